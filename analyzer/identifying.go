package analyzer

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/privacy"
	"paperlight/analyzer/report"
)

// An IdentifiableError says that an extract that must be anonymised is not. It holds
// no value.
type IdentifiableError struct {
	// Found are the findings that stop it, in the order of the files.
	Found []privacy.Finding
}

func (e *IdentifiableError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "this extract can identify people: %s", figures.Plural(int64(len(e.Found)), "finding", "findings"))
	for i := range e.Found {
		b.WriteString("\n  " + findingWords(&e.Found[i]))
	}
	return b.String()
}

// Hint says what to do.
func (e *IdentifiableError) Hint() string {
	return "take these columns and files out, or make them coarser (a year for a date of birth, a keyed pseudonym for a number), then run again"
}

// findingWords are where a finding is, what was found and by what rule.
func findingWords(f *privacy.Finding) string {
	var at []string
	for _, part := range []string{f.File, f.Column} {
		if part != "" {
			at = append(at, part)
		}
	}
	if f.File == "" && f.Table != "" {
		at = slices.Insert(at, 0, f.Table)
	}
	said := strings.Join(at, ", ") + ": " + f.Says
	switch {
	case f.Rows > 0 && f.Looked > 0:
		said += fmt.Sprintf(", in %s of %s", figures.Count(f.Rows), figures.Plural(f.Looked, "row", "rows"))
	case f.Rows > 0:
		said += ", " + figures.Count(f.Rows)
	}
	if f.First > 0 {
		said += fmt.Sprintf(", first in record %d", f.First)
	}
	return said + " (" + f.Why + ")"
}

// Identify looks for what could identify people in an extract that Open returned.
// Where it must be anonymised every row is looked at, and the error of an extract that
// is not is an *IdentifiableError.
func Identify(ctx context.Context, x *extract.Extract, anonymised bool, o RunOptions) (*report.Identifying, error) {
	found, err := beginIdentify(ctx, x, anonymised, o)
	if err != nil {
		return nil, err
	}
	return found(ctx)
}

// beginIdentify is the first half of Identify: it looks at rows. It returns the second
// half, which reads less where the extract has been read in between.
func beginIdentify(ctx context.Context, x *extract.Extract, anonymised bool, o RunOptions) (finish func(context.Context) (*report.Identifying, error), err error) {
	look := privacy.Options{Full: anonymised, Jobs: o.Jobs}
	if o.Progress != nil {
		look.Progress = func(what string, done, total int64) {
			o.Progress(Progress{Table: what, Rows: -1, Bytes: done, All: total})
		}
	}
	begun, err := privacy.Begin(ctx, x, look)
	if err != nil {
		return nil, err
	}
	if !anonymised {
		return func(ctx context.Context) (*report.Identifying, error) {
			found, err := begun.Finish(ctx)
			if err != nil {
				return nil, err
			}
			return identifying(found), nil
		}, nil
	}
	found, err := begun.Finish(ctx)
	if err != nil {
		return nil, err
	}
	if stops := found.Stops(); len(stops) > 0 {
		return nil, &IdentifiableError{Found: stops}
	}
	return func(context.Context) (*report.Identifying, error) { return identifying(found), nil }, nil
}

// identifying is what was found as the report takes it: of the files of one table
// together and in the order of names, since a report does not depend on how tables lie
// in files and columns in tables.
func identifying(found *privacy.Findings) *report.Identifying {
	out := &report.Identifying{Looked: report.LookedSample, Kinds: privacy.Kinds - 1, Found: []report.IdentifyingColumn{}}
	if found.Full {
		out.Looked, out.Kinds = report.LookedAll, privacy.Kinds
	}
	for i := range found.Found {
		f := &found.Found[i]
		one := report.IdentifyingColumn{Table: f.Table, Column: f.Column, Kind: f.Kind.String(), Meant: f.Meant, Stops: f.Weight == privacy.Stops,
			Says: f.Says, Why: f.Why, File: f.File, Rows: f.Rows, Looked: f.Looked}
		if f.Other {
			one.Kind = ""
		}
		same := slices.IndexFunc(out.Found, func(o report.IdentifyingColumn) bool {
			return o.Table == one.Table && o.Column == one.Column && o.Kind == one.Kind && o.Says == one.Says && (one.Table != "" || o.File == one.File)
		})
		if same < 0 {
			out.Found = append(out.Found, one)
			continue
		}
		out.Found[same].Rows += one.Rows
		out.Found[same].Looked += one.Looked
	}
	slices.SortStableFunc(out.Found, func(a, b report.IdentifyingColumn) int {
		return cmp.Or(cmp.Compare(fileOf(&a), fileOf(&b)), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Kind, b.Kind))
	})
	return out
}

// fileOf orders what was found: tables by name, then files that no table is read from.
func fileOf(c *report.IdentifyingColumn) string {
	if c.Table == "" {
		return "\xff" + c.File
	}
	return c.Table
}
