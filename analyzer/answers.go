package analyzer

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"paperlight/analyzer/report"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/source"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// AnswersName is the file of a practice's answers that may lie in an extract.
const AnswersName = "declarations.yaml"

// An AnswerFile holds a practice's answers.
type AnswerFile struct {
	// Option is how the file came to be read, and Name what it is called; both
	// go into the report. Path is where it lies, empty where nobody knows.
	Option, Name, Path string
	Text               []byte
}

// answers are those of files, with what the report says of each file.
type answers struct {
	given   []rules.Declaration
	options []report.Option
}

// add adds the answers of a file. terms are of those that rules ask for.
func (a *answers) add(f AnswerFile, terms map[string]rules.AnswerTerms) error {
	given, err := rules.ParseAnswers(f.Name, f.Text, terms)
	if err != nil {
		return &Refusal{Message: err.Error()}
	}
	sum := sha256.Sum256(f.Text)
	a.options = append(a.options, report.Option{Name: f.Option, Value: f.Name, File: true, SHA256: hex.EncodeToString(sum[:]), Says: report.AnswersTaken})
	a.given = append(a.given, given...)
	return nil
}

// known refuses answers in files of answers that are of practices the extract does
// not have: they would count for nothing, unseen. In a table a note says so.
func known(given []rules.Declaration, practices []state.PracticeState) error {
	for i := range given {
		d := &given[i]
		if d.Record == 0 && d.Practice != "" && !slices.ContainsFunc(practices, func(p state.PracticeState) bool { return p.ID == d.Practice }) {
			e := &rules.Error{File: d.File, Line: d.Line, Column: 1, Message: "the extract has no practice of this id",
				Hint: "leave practice out where the extract has one practice"}
			return &Refusal{Message: e.Error()}
		}
	}
	return nil
}

// unasked names the answers of the extract's own table that no rule asks for, by
// the key they may mean: a misspelt key is no answer, and nobody would see why.
func unasked(given []rules.Declaration, keys []string) []string {
	var hints []string
	found := map[string][]rules.Declaration{}
	for _, d := range given {
		if slices.Contains(keys, d.Key) {
			continue
		}
		hint := schema.DidYouMean(d.Key, keys)
		if found[hint] == nil {
			hints = append(hints, hint)
		}
		found[hint] = append(found[hint], d)
	}
	var out []string
	for _, hint := range hints {
		note := rules.Places(found[hint]) + ", key: no rule asks for an answer of this name. It counts for nothing."
		if hint != "" {
			note += " D" + hint[1:]
		}
		out = append(out, note)
	}
	return out
}

// answersIn returns the file of answers in a folder or zip, or one folder down,
// where tables may lie too; nil where there is none or it is one of given. The
// extract has been opened, so that an archive is known to be sound.
func answersIn(place source.Place, given []AnswerFile) (f *AnswerFile, err error) {
	var folder fs.FS
	path := place.Path
	switch info, err := os.Stat(path); {
	case err != nil:
		return nil, nil
	case info.IsDir():
		root, err := os.OpenRoot(path)
		if err != nil {
			return nil, outOfReach(path)
		}
		defer root.Close()
		folder = source.RegularFiles(root.FS())
	case strings.EqualFold(filepath.Ext(path), ".zip"):
		archive, err := zip.OpenReader(path)
		if err != nil {
			return nil, outOfReach(path)
		}
		defer archive.Close()
		folder = archive
		if place.Within != "" {
			path = filepath.Join(path, place.Within)
			if folder, err = fs.Sub(archive, place.Within); err != nil {
				return nil, outOfReach(path)
			}
		}
	default:
		return nil, nil
	}
	name, err := answersNamed(folder, path)
	if name == "" || err != nil {
		return nil, err
	}
	text, err := readAnswers(folder, name, given)
	if err != nil {
		return nil, outOfReach(path + "/" + name)
	}
	if text == nil {
		return nil, nil
	}
	return &AnswerFile{Option: AnswersName, Name: filepath.Base(path) + "/" + name, Text: text}, nil
}

// answersNamed finds the one file of answers of a folder; empty where there is
// none.
func answersNamed(folder fs.FS, path string) (string, error) {
	var names []string
	for _, pattern := range []string{AnswersName, "*/" + AnswersName} {
		found, err := fs.Glob(folder, pattern)
		if err != nil {
			return "", outOfReach(path)
		}
		names = append(names, found...)
	}
	// What macOS adds to archives is no answer.
	names = slices.DeleteFunc(names, func(n string) bool { return strings.HasPrefix(n, "__MACOSX/") })
	switch len(names) {
	case 0:
		return "", nil
	case 1:
		return names[0], nil
	}
	return "", &Refusal{Message: fmt.Sprintf("%s and %s are both files of answers", names[0], names[1]), Hint: "keep one, with the answers of both"}
}

// readAnswers reads a regular file; no text where it is one that was given.
func readAnswers(folder fs.FS, name string, given []AnswerFile) ([]byte, error) {
	info, err := fs.Stat(folder, name)
	if err != nil {
		return nil, err
	}
	for _, g := range given {
		if named, e := os.Stat(g.Path); e == nil && os.SameFile(info, named) {
			return nil, nil
		}
	}
	if !info.Mode().IsRegular() {
		return nil, source.ErrNotRegular
	}
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, rules.MaxAnswers+1))
}

func outOfReach(path string) error {
	return &Refusal{Message: filepath.Base(path) + ": cannot be read"}
}
