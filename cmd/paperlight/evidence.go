package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"paperlight/analyzer"
	"paperlight/analyzer/challenge"
	"paperlight/analyzer/evidence"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
	"paperlight/analyzer/sampling"
	"paperlight/analyzer/visible"
	"paperlight/rules"
)

const evidenceText = `Check an extract, and write one bundle that stands up later: the report, the counts
that it follows from, the rules and the scheme, and the digests of all. verify tells
from it, without the extract, whether anything was changed. The extract is not in it.

With --sign the bundle is signed. docs/evidence.md says what a bundle shows, what it
does not, and how to check one without paperlight.`

func newEvidence(c *console) *cobra.Command {
	e := &evidencing{checking: checking{console: c}}
	cmd := &cobra.Command{
		Use:     "evidence EXTRACT... --out BUNDLE",
		Short:   "Check an extract, and keep the result so that it stands up",
		Long:    evidenceText,
		Example: "  paperlight evidence extract.zip --out practice-2026.zip --sign ~/.ssh/id_ed25519\n  paperlight evidence extract --out bundle --declarations declarations.yaml",
		Args:    func(_ *cobra.Command, args []string) error { return atLeastOne("a folder, a zip or files")(args) },
		RunE:    func(cmd *cobra.Command, args []string) error { return e.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	e.read.add(f)
	e.rules.add(f)
	e.rules.addScheme(f)
	f.StringVar(&e.out, "out", "", "the bundle to make: a new folder, or a zip where the name ends in .zip")
	f.StringVar(&e.asOf, "as-of", "", "judge as of this day, YYYY-MM-DD (default: the extract's own date)")
	f.StringSliceVar(&e.practices, "practice", nil, "report on these practices only")
	f.StringVar(&e.declarations, "declarations", "", "file of the practice's answers to what an extract cannot show")
	f.BoolVar(&e.outgoing, "outgoing", false, "judge the extract as one that leaves the practice")
	f.StringVar(&e.level, "level", "assessor", "who may see it: assessor (no keys, no names of files), practice (exact)")
	f.BoolVar(&e.anonymised, "require-anonymised", false, anonymisedText)
	f.StringVar(&e.sign, "sign", "", "sign with this SSH key: a private key, or the public one (.pub) of a key that ssh-agent holds")
	f.StringVar(&e.at, "at", "", "say that the bundle was made at this time, 2026-03-31T12:00:00Z (default: now), so that it can be made again")
	f.StringArrayVar(&e.handChecks, "sample", nil, "keep the result of a hand check (sample read --out) with the report; repeatable")
	f.StringArrayVar(&e.challenged, "challenge", nil, "keep a file of challenges, and what was decided, with the report; repeatable")
	reading(f, "declarations", "sign", "sample", "challenge")
	return cmd
}

// evidencing is one run of evidence.
type evidencing struct {
	checking
	out, sign, at string
	// handChecks and challenged are files of what people said of the result.
	handChecks, challenged []string
	target                 *target
	made                   time.Time
	kept                   evidence.Run
}

func (e *evidencing) run(ctx context.Context, args []string) (err error) {
	if err := e.ready(); err != nil {
		return err
	}
	defer e.line.finish()
	if e.writing, err = claim(e.console, nil, e.allInputs(args), e.target); err != nil {
		return err
	}
	defer e.writing.abandon()
	key, err := findSigner(e.sign)
	if err != nil {
		return err
	}
	if err := e.attach(); err != nil {
		return err
	}
	catalogue, scheme, err := e.rules.chosen()
	if err != nil {
		return err
	}
	all, err := e.survey(ctx, args, analyzer.Options{Catalogue: catalogue, Scheme: scheme, Practices: e.practices, Anonymised: e.anonymised, Each: e.keep})
	if err != nil {
		return err
	}
	bundle, err := e.bundle(all, catalogue, scheme)
	if err != nil {
		return err
	}
	if err := key.sign(ctx, bundle); err != nil {
		return err
	}
	if err := e.write(bundle); err != nil {
		return err
	}
	if err := e.writing.commit(ctx); err != nil {
		return err
	}
	if err := e.say(bundle, all.Exact); err != nil {
		return err
	}
	return notAllRead(nil, len(all.Exact.Extracts)+len(all.NotRead), all.NotRead)
}

// ready checks the flags before anything is read.
func (e *evidencing) ready() (err error) {
	if e.out == "" {
		return usage("want --out with the bundle to make")
	}
	if e.level == string(report.Publish) {
		return fail(exitPrivacy, fmt.Errorf("a bundle keeps exact counts, and the level is publish"), "make it at --level assessor; it goes to the assessor alone")
	}
	e.made = time.Now()
	if e.at != "" {
		if e.made, err = time.Parse(time.RFC3339, e.at); err != nil || e.made.Year() < 1 || e.made.Year() > 9999 {
			return usage("--at %s: want a time such as 2026-03-31T12:00:00Z", e.at)
		}
	}
	e.made = time.Unix(e.made.Unix(), 0).UTC()
	e.failOn = "never"
	if err := e.prepare(); err != nil {
		return err
	}
	if e.zipped() {
		if e.target, err = fileTarget("--out", e.out); err == nil {
			e.target.exists = fail(exitUsage, fmt.Errorf("%s is already there", e.target.name), "give a name that does not exist yet")
		}
	} else if e.target, err = newFolder("--out", e.out); err == nil {
		e.target.sums = nil // a bundle lists its files itself
	}
	return err
}

// zipped reports whether the bundle is a zip.
func (e *evidencing) zipped() bool { return strings.EqualFold(filepath.Ext(e.out), ".zip") }

func (e *evidencing) allInputs(extract []string) []inputPath {
	in := e.inputs(extract)
	if e.sign != "" {
		in = append(in, inputPath{"--sign " + baseName(e.sign), e.sign})
	}
	for _, path := range e.handChecks {
		in = append(in, inputPath{"--sample " + baseName(path), path})
	}
	for _, path := range e.challenged {
		in = append(in, inputPath{"--challenge " + baseName(path), path})
	}
	return in
}

// keep notes what an extract was scored from.
func (e *evidencing) keep(j *analyzer.Judgement) error {
	files, err := j.Digests()
	if err != nil {
		return err
	}
	e.kept.Extracts = append(e.kept.Extracts, evidence.Extract{Scored: j.Input, Files: files})
	return nil
}

func (e *evidencing) bundle(all *analyzer.Surveyed, catalogue *rules.Catalogue, scheme *rules.Scheme) (*evidence.Bundle, error) {
	texts, err := e.texts(catalogue, scheme)
	if err != nil {
		return nil, err
	}
	tool, err := toolOf()
	if err != nil {
		return nil, err
	}
	e.kept.At, e.kept.Level, e.kept.Tool, e.kept.Texts, e.kept.NotRead = e.made, report.Level(e.level), tool, texts, all.NotRead
	e.kept.Asked = evidence.Asked{AsOf: e.asOf, Outgoing: e.outgoing, TestNumbers: e.read.allowTest, Anonymised: e.anonymised, Practices: e.practices}
	b, err := evidence.Make(&e.kept, all.Released)
	return b, e.attachedError(err)
}

// attach reads what people said of the result, before the extract is read.
func (e *evidencing) attach() error {
	read := func(flag, made string, paths []string, most int64) (out [][]byte, err error) {
		for _, path := range paths {
			text, err := readRegularTo(path, most)
			if err != nil {
				return nil, fail(exitInput, fmt.Errorf("%s %s: cannot be read as a file", flag, baseName(path)), "give the file that "+made+" wrote")
			}
			out = append(out, text)
		}
		return out, nil
	}
	var err error
	if e.kept.HandChecks, err = read("--sample", "sample read --out", e.handChecks, sampling.MaxResult); err != nil {
		return err
	}
	e.kept.Challenges, err = read("--challenge", "challenge open", e.challenged, challenge.MaxBytes)
	return err
}

// attachedError names the file that does not belong to the report.
func (e *evidencing) attachedError(err error) error {
	var wrong *evidence.AttachedError
	if !errors.As(err, &wrong) {
		return err
	}
	flag, paths, made := "--challenge", e.challenged, "challenge open"
	if wrong.HandCheck {
		flag, paths, made = "--sample", e.handChecks, "sample read --out"
	}
	path := paths[wrong.At]
	return fail(exitInput, fmt.Errorf("%s %s: %w", flag, baseName(path), err), "give the file as "+made+" wrote it, of this extract, with the same options of evidence")
}

// texts are the rules, the scheme and the mappings of the run, as they are in their files.
func (e *evidencing) texts(catalogue *rules.Catalogue, scheme *rules.Scheme) (t evidence.Texts, err error) {
	t.Version, t.Scheme = catalogue.Version, scheme.ID
	base := rules.Published()
	if e.rules.base != "" {
		base = rules.Folder{FS: folderOf(e.rules.base), Name: baseName(e.rules.base)}
	}
	if t.Base, err = base.Texts(true); err != nil {
		return t, err
	}
	more, err := e.rules.further()
	if err != nil {
		return t, err
	}
	for _, f := range more {
		files, err := f.Texts(false)
		if err != nil {
			return t, err
		}
		t.Added = append(t.Added, evidence.Added{ListsOnly: f.ListsOnly, Files: files})
	}
	if e.rules.prevalence != "" {
		if t.Prevalence, err = readRegular(e.rules.prevalence); err != nil {
			return t, usage("--prevalence %s: cannot be read", baseName(e.rules.prevalence))
		}
	}
	if e.rules.schemeFile() {
		if t.SchemeText, err = readRegular(e.rules.scheme); err != nil {
			return t, usage("--scheme %s: cannot be read", baseName(e.rules.scheme))
		}
	}
	for _, path := range e.read.own.files {
		text, err := readRegular(path)
		if err != nil {
			return t, usage("--mapping %s: want a file that can be read", baseName(path))
		}
		t.Mappings = append(t.Mappings, text)
	}
	return t, nil
}

// write writes the bundle where it waits to be put in place.
func (e *evidencing) write(b *evidence.Bundle) error {
	if e.zipped() {
		return e.writing.write(e.target, "", b.WriteZip)
	}
	for _, name := range b.Names() {
		if err := e.writing.write(e.target, name, func(w io.Writer) error {
			_, err := w.Write(b.File(name))
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// say says what was written.
func (e *evidencing) say(b *evidence.Bundle, r *report.Report) error {
	var out strings.Builder
	signed := "not signed: anybody could have made it"
	if b.File(evidence.SignatureName) != nil {
		signed = "signed"
	}
	fmt.Fprintf(&out, "%s: %s, %s\n", e.target.name, figures.Plural(int64(len(b.Names())), "file", "files"), signed)
	for i := range r.Practices {
		for _, a := range r.Practices[i].Accreditations {
			fmt.Fprintf(&out, "  %s: %s: %s\n", visible.Line(r.Practices[i].PracticeID), a.Title, strings.ReplaceAll(string(a.Verdict), "_", " "))
		}
	}
	if e.level == string(report.Practice) {
		out.WriteString("It has names of files, and the words of answers: it is not for others. --level assessor leaves them out.\n")
	}
	fmt.Fprintf(&out, "To check it: paperlight verify %s\n", e.target.name)
	_, err := io.WriteString(e.console.out, visible.Text(out.String()))
	return outputErrorOrNil("standard output", err)
}
