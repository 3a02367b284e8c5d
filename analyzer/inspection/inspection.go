// Package inspection says what is in an extract before anybody is judged by it: which
// system the files come from and how that was told, what each file and column gives,
// what is absent and which checks that costs, and as of when each practice would be
// judged. It is plain data, with a form for people as text and one as a page. No value
// of a cell is in it but the id, code and name of a practice.
package inspection

import (
	"context"
	"errors"

	"paperlight/analyzer"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/report"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// Options say how an extract is inspected.
type Options struct {
	// Catalogue and Scheme are those that it would be judged by.
	Catalogue *rules.Catalogue
	Scheme    *rules.Scheme
	// Quick reads names and headers alone.
	Quick bool
	// Anonymised: an extract that can identify people is an
	// *analyzer.IdentifiableError.
	Anonymised bool
	// Run says how the extract is read; AsOf is the day that was asked for, if any.
	Run analyzer.RunOptions
}

// An Inspection is what was found in one extract.
type Inspection struct {
	Extract string              `json:"extract"`
	System  string              `json:"system"`
	Format  string              `json:"format"`
	Judging Judging             `json:"judging"`
	Mapping mapping.Description `json:"mapping"`
	// Slips are side tables that are missing, names that were probably meant otherwise,
	// and columns of types that are not read.
	Slips []string `json:"slips"`
	// Practices and Reading are null where no row was read.
	Practices []Practice `json:"practices"`
	Reading   []Reading  `json:"reading"`
	// Identifying is what could identify people; null where no row was read.
	Identifying *report.Identifying `json:"identifying"`
	Notes       []string            `json:"notes"`
}

// A Practice is one that the extract holds, and as of when it would be judged.
type Practice struct {
	ID      string `json:"practice_id"`
	ODSCode string `json:"ods_code"`
	Name    string `json:"name"`
	// AsOf is the day, and AsOfFrom says how it was found; both are empty where that of
	// some practice cannot be told.
	AsOf     string `json:"as_of"`
	AsOfFrom string `json:"as_of_from"`
}

// A Reading is how the rows of one table read.
type Reading struct {
	Table            string  `json:"table"`
	Rows             int64   `json:"rows"`
	Rejected         int64   `json:"rejected"`
	Malformed        int64   `json:"malformed"`
	Orphans          int64   `json:"orphans"`
	DuplicateIDs     *int64  `json:"duplicate_ids"`
	PracticeMismatch int64   `json:"practice_mismatch"`
	LeftOut          int64   `json:"left_out,omitempty"`
	DerivedIDs       bool    `json:"derived_ids"`
	Faults           []Fault `json:"faults"`
}

// A Fault is one kind of fault in the cells of a column, or in rows that were left out,
// with the first positions.
type Fault struct {
	Column string           `json:"column"`
	Want   string           `json:"want"`
	Count  int64            `json:"count"`
	First  []state.Position `json:"first"`
}

// Of inspects an extract that analyzer.OpenFound returned.
func Of(ctx context.Context, x *extract.Extract, o Options) (*Inspection, error) {
	found := &Inspection{Extract: x.Name, System: x.System, Format: x.Format, Mapping: mapping.Describe(x),
		Slips: append([]string{}, x.Slips()...), Notes: append([]string{}, x.Notes...)}
	outgoing := false
	if !o.Quick {
		var err error
		if found.Identifying, err = analyzer.Identify(ctx, x, o.Anonymised, o.Run); err != nil {
			return nil, err
		}
		if outgoing, err = found.readPractices(ctx, x, o.Run.AsOf); err != nil {
			return nil, err
		}
		if err = found.read(ctx, x, o.Run); err != nil {
			return nil, err
		}
	}
	if err := found.Judging.of(x, o, outgoing); err != nil {
		return nil, err
	}
	if x.Noticed != nil {
		found.Notes = append(found.Notes, x.Noticed()...)
	}
	return found, nil
}

// readPractices finds the practices and their as-of dates, and whether one is marked as
// leaving. Where a date cannot be told the extract cannot be judged, and the practices are
// named all the same.
func (n *Inspection) readPractices(ctx context.Context, x *extract.Extract, asked *calendar.Day) (outgoing bool, err error) {
	found, err := analyzer.AsOf(ctx, x, asked)
	var undated *analyzer.Refusal
	if errors.As(err, &undated) {
		n.Judging.Refused, n.Judging.Cure = undated.Message, undated.Hint
		found, err = analyzer.AsOf(ctx, x, new(calendar.Day))
	}
	if err != nil {
		return false, err
	}
	n.Practices = []Practice{}
	for i := range found.List {
		q := &found.List[i]
		p := Practice{ID: q.ID, ODSCode: q.ODSCode, Name: q.Name}
		if undated == nil {
			p.AsOf, p.AsOfFrom = q.AsOf.String(), string(q.AsOfFrom)
		}
		n.Practices, outgoing = append(n.Practices, p), outgoing || q.Outgoing
	}
	n.Notes = append(n.Notes, found.Notes...)
	return outgoing, nil
}

// read reads every column of every table, with no rule.
func (n *Inspection) read(ctx context.Context, x *extract.Extract, o analyzer.RunOptions) error {
	o.CountDuplicateIDs, o.AsOf = true, nil // nothing depends on the day
	s, err := analyzer.Read(ctx, x, o)
	if err != nil {
		return err
	}
	n.Reading = []Reading{}
	for i := range s.Tables {
		n.Reading = append(n.Reading, readingOf(&s.Tables[i]))
	}
	return nil
}

func readingOf(t *state.TableState) Reading {
	out := Reading{Table: t.Table.Name, Rows: t.Rows, Rejected: t.Rejected, Malformed: t.Malformed, Orphans: t.Orphans,
		PracticeMismatch: t.PracticeMismatch, LeftOut: t.LeftOut, DerivedIDs: t.DerivedKey, Faults: []Fault{}}
	if t.DuplicateIDs >= 0 {
		out.DuplicateIDs = &t.DuplicateIDs
	}
	for _, f := range t.Faults {
		one := Fault{Want: f.Want, Count: f.Count, First: f.First}
		if f.Column != nil {
			one.Column = f.Column.Name
		}
		out.Faults = append(out.Faults, one)
	}
	return out
}
