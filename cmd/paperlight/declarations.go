package main

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// declarationsName is the file of answers that may lie in an extract.
const declarationsName = "declarations.yaml"

// open opens the extract at paths and gathers the practice's answers: those of
// the file named, and those of a declarations.yaml that lies in a folder or an
// archive of the extract. keys are those that rules ask for.
func (k *checking) open(ctx context.Context, paths, keys []string, digest bool) (x *extract.Extract, err error) {
	if k.declarations != "" {
		text, err := readRegular(k.declarations)
		if err != nil {
			return nil, usage("--declarations %s: cannot be read", filepath.Base(k.declarations))
		}
		k.answersFrom("--declarations", filepath.Base(k.declarations), text)
		if err := k.answersIn(filepath.Base(k.declarations), text, keys); err != nil {
			return nil, err
		}
	}
	if x, err = k.read.open(ctx, paths, digest); err != nil {
		return nil, err
	}
	for _, path := range paths {
		name, text, err := k.lyingIn(path)
		if err == nil && text != nil {
			k.answersFrom(declarationsName, filepath.Base(path)+"/"+name, text)
			err = k.answersIn(filepath.Base(path)+"/"+name, text, keys)
		}
		if err != nil {
			closing(x, &err)
			return nil, err
		}
	}
	return x, nil
}

func (k *checking) answersIn(name string, text []byte, keys []string) error {
	given, err := rules.ParseAnswers(name, text, keys)
	if err != nil {
		return fail(exitInput, err, "")
	}
	k.options.Declarations = append(k.options.Declarations, given...)
	for _, a := range given {
		k.given = append(k.given, answerIn{file: name, line: a.Line, practice: a.Practice})
	}
	return nil
}

// An answerIn says where an answer was written, and of which practice.
type answerIn struct {
	file     string
	line     int
	practice string
}

// answered refuses answers of practices that the extract does not have: they
// would count for nothing, unseen.
func (k *checking) answered(practices []state.PracticeState) error {
	for _, a := range k.given {
		if a.practice != "" && !slices.ContainsFunc(practices, func(p state.PracticeState) bool { return p.ID == a.practice }) {
			return fail(exitInput, &rules.Error{File: a.file, Line: a.line, Column: 1, Message: "the extract has no practice of this id",
				Hint: "leave practice out where the extract has one practice"}, "")
		}
	}
	return nil
}

// unasked says how many answers of the extract's own table no rule asks for:
// a misspelt key is no answer, and nobody would see why.
func unasked(given []rules.Declaration, keys []string) []string {
	n := 0
	for i := range given {
		if !slices.Contains(keys, given[i].Key) {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("Answers in the table declarations that no rule asks for: %d. They count for nothing; a key may be misspelt.", n)}
}

// maxAnswers bounds the bytes of a file of answers read from an extract.
const maxAnswers = 1 << 20

// lyingIn returns the file of answers in a folder or zip, or one folder down,
// where tables may lie too; no text where there is none or it is the one that
// was named. The extract has been opened, so that an archive is known to be
// sound.
func (k *checking) lyingIn(path string) (name string, text []byte, err error) {
	var folder fs.FS
	switch info, err := os.Stat(path); {
	case err != nil:
		return "", nil, nil
	case info.IsDir():
		root, err := os.OpenRoot(path)
		if err != nil {
			return "", nil, outOfReach(path)
		}
		defer root.Close()
		folder = regularFiles{root.FS()}
	case strings.EqualFold(filepath.Ext(path), ".zip"):
		archive, err := zip.OpenReader(path)
		if err != nil {
			return "", nil, outOfReach(path)
		}
		defer archive.Close()
		folder = archive
	default:
		return "", nil, nil
	}
	var names []string
	for _, pattern := range []string{declarationsName, "*/" + declarationsName} {
		found, err := fs.Glob(folder, pattern)
		if err != nil {
			return "", nil, outOfReach(path)
		}
		names = append(names, found...)
	}
	// What macOS adds to archives is no answer.
	names = slices.DeleteFunc(names, func(n string) bool { return strings.HasPrefix(n, "__MACOSX/") })
	switch len(names) {
	case 0:
		return "", nil, nil
	case 1:
		text, err = k.readAnswers(folder, names[0])
		if err != nil {
			err = outOfReach(path + "/" + names[0])
		}
		return names[0], text, err
	}
	return "", nil, fail(exitInput, fmt.Errorf("%s and %s are both files of answers", names[0], names[1]), "keep one, with the answers of both")
}

// readAnswers reads a regular file: opening a named pipe would wait for ever.
func (k *checking) readAnswers(folder fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(folder, name)
	if err != nil {
		return nil, err
	}
	if named, e := os.Stat(k.declarations); e == nil && os.SameFile(info, named) {
		return nil, nil
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxAnswers))
}

func outOfReach(path string) error {
	return fail(exitInput, fmt.Errorf("%s: cannot be read", filepath.Base(path)), "")
}
