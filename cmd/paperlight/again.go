package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"

	"paperlight/analyzer"
	"paperlight/analyzer/comparison"
	"paperlight/analyzer/evidence"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/report"
)

// A repetition is what came of repeating the run of a bundle.
type repetition struct {
	Same bool `json:"same"`
	// SameFiles: the files of the extract are those that the bundle has the digests of.
	SameFiles  bool                   `json:"same_files"`
	Comparison *comparison.Comparison `json:"comparison"`
}

// repeat runs the rules of a bundle over the extract again, as of the same day and with
// the same options.
func (v *verifying) repeat(ctx context.Context, b *evidence.Bundle) (*repetition, error) {
	was, err := b.Repeat()
	if err != nil {
		return nil, fail(exitInput, err, "")
	}
	if len(was.Answers()) > 0 && v.declarations == "" {
		return nil, usage("the run took answers of the practice from a file: give it with --declarations")
	}
	o := analyzer.Options{Practices: was.Asked.Practices, Anonymised: was.Asked.Anonymised}
	if o.Catalogue, o.Scheme, err = was.Texts.Load(); err != nil {
		return nil, err
	}
	k := &checking{console: v.console, read: v.read, declarations: v.declarations, level: string(was.Level), failOn: "never"}
	k.read.jobs, k.read.progress, k.read.allowTest = runtime.NumCPU(), v.read.progress, was.Asked.TestNumbers
	k.asOf, k.outgoing = was.Asked.AsOf, was.Asked.Outgoing
	if err := k.prepare(); err != nil {
		return nil, err
	}
	defer k.line.finish()
	if o, err = k.judging(v.again, o, true); err != nil {
		return nil, err
	}
	o.ToolVersion, o.Asked = was.Version, was.OptionsWith
	if o.Read.Systems, err = systemsOf(was.Texts.Mappings, o.Read.Systems); err != nil {
		return nil, err
	}
	o.Told = func(name string, err error) report.NotRead {
		k.line.finish()
		return v.console.sayNotRead(name, err)
	}
	all, err := analyzer.Survey(ctx, v.again, o)
	k.line.finish()
	var none *analyzer.UnreadError
	switch {
	case errors.As(err, &none):
		return nil, notAllRead(nil, len(none.NotRead), none.NotRead)
	case err != nil:
		return nil, err
	}
	return repetitionOf(was, all.Released)
}

func repetitionOf(was *evidence.Repeat, again report.Released) (*repetition, error) {
	same, before, after, err := was.Same(again)
	if err != nil || same {
		return &repetition{Same: same, SameFiles: same}, err
	}
	return &repetition{SameFiles: evidence.SameFiles(before, after), Comparison: comparison.Of(before, after)}, nil
}

// systemsOf are the systems that are read, with those of mappings in place of ours.
func systemsOf(texts [][]byte, ours []*mapping.System) ([]*mapping.System, error) {
	var own []*mapping.System
	for i, text := range texts {
		s, err := mapping.ParseSystem(fmt.Sprintf("mappings/%03d.yaml", i+1), text)
		if err != nil {
			return nil, fail(exitInput, err, mappingHint)
		}
		own = append(own, s)
	}
	rest := slices.DeleteFunc(slices.Clone(ours), func(s *mapping.System) bool {
		return slices.ContainsFunc(own, func(o *mapping.System) bool { return o.ID == s.ID })
	})
	return append(rest, own...), nil
}

// text says what came of it.
func (r *repetition) text(w io.Writer) error {
	switch {
	case r.Same:
		_, err := io.WriteString(w, "Repeated over the extract: the same report, byte for byte.\n")
		return err
	case r.SameFiles:
		fmt.Fprintln(w, "Repeated over the extract: another report, though its files are those of the bundle.")
	default:
		fmt.Fprintln(w, "Repeated over the extract: its files are not those of the bundle. What differs:")
	}
	return r.Comparison.Text(w)
}
