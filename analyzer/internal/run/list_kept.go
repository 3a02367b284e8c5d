package run

import (
	"context"
	"fmt"
	"math"
	"slices"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// allKept says that every row that is listed has been kept.
func (l *lister) allKept() bool {
	if l.all || l.counted || plan.InMemory(l.pass.Table) {
		return false
	}
	for k, at := range l.pass.Tallies {
		u := &l.run.unsettled[at]
		if u.failing == nil || l.listUndetermined[k] && anyOf(u.undetermined) || !l.run.kept.of[at].all && anyOf(u.failing) {
			return false
		}
	}
	return true
}

func anyOf(set []uint64) bool { return slices.ContainsFunc(set, func(w uint64) bool { return w != 0 }) }

// listKept lists the rows that have been kept, in the order of the parts. It reads the
// columns of what was not kept of them, if there are any.
func (l *lister) listKept(ctx context.Context, emit func(Row) error) error {
	t, late := l.run.x.Table(l.pass.Table), keyFields(0)
	for _, at := range l.pass.Tallies {
		late |= l.run.kept.of[at].late
	}
	var setup eval.Setup
	keys := newRowKeys(&setup, t, late, nil)
	if len(setup.Columns) > 0 {
		return l.rows(ctx, emit, func(ctx context.Context, t *extract.Table, parts []chan []Row) error {
			return l.readParts(ctx, t, setup.Columns, parts, func() partLister {
				return &keptLister{keptMerge: l.merge(), keys: keys, read: setup.Columns, columns: make([]vector.Vec, len(setup.Columns))}
			})
		})
	}
	m := l.merge()
	for part := range t.Parts {
		if err := ctx.Err(); err != nil {
			return err
		}
		m.start(part)
		if err := m.rows(math.MaxInt, func(r Row, _ keyFields, _ int) error { return emit(r) }); err != nil {
			return err
		}
	}
	return nil
}

// A keptMerge brings the rows that were kept of each program into one order.
type keptMerge struct {
	*lister
	parts []*keptPart // by tally; nil where no row of the part failed
	next  []int       // by tally, of its rows
}

func (l *lister) merge() keptMerge {
	n := len(l.pass.Tallies)
	return keptMerge{lister: l, parts: make([]*keptPart, n), next: make([]int, n)}
}

func (m *keptMerge) start(part int) {
	for k, at := range m.pass.Tallies {
		m.parts[k], m.next[k] = m.run.kept.of[at].parts[part], 0
	}
}

// rows calls visit with the next rows of the part up to a place, exclusive: each with the
// fields that were not kept, and its place.
func (m *keptMerge) rows(end int, visit func(r Row, late keyFields, place int) error) error {
	for {
		place := end
		for k := range m.parts {
			if r := m.row(k); r != nil {
				place = min(place, r.place)
			}
		}
		if place == end {
			return nil
		}
		for k, at := range m.pass.Tallies {
			if r := m.row(k); r != nil && r.place == place {
				if err := visit(m.listed(k, r), m.run.kept.of[at].late, place); err != nil {
					return err
				}
				m.next[k]++
			}
		}
	}
}

// row is the next row of a program; nil where none is left.
func (m *keptMerge) row(k int) *keptRow {
	if p := m.parts[k]; p != nil && m.next[k] < len(p.rows) {
		return &p.rows[m.next[k]]
	}
	return nil
}

// listed is r, the next row of a program, as it is listed.
func (m *keptMerge) listed(k int, r *keptRow) Row {
	p := m.parts[k]
	text, from, record := p.text, uint32(0), r.record
	if i := m.next[k]; i > 0 {
		from = p.rows[i-1].codeEnd
	}
	if p.before != nil {
		record += p.before.Records()
	}
	return Row{
		Rule: m.run.plan.Programs[m.pass.Tallies[k]].ID, Table: m.pass.Table, Practice: m.run.practices.List[r.practice].ID,
		Patient: string(text[from:r.patientEnd]), Record: string(text[r.patientEnd:r.recordEnd]), Code: string(text[r.recordEnd:r.codeEnd]),
		Date: r.date, HasDate: r.hasDate, Position: m.position(state.Position{File: p.file, Record: record}),
		Verdict: r.verdict, Unmet: r.unmet, Untold: r.untold,
	}
}

// A keptLister adds to the rows that were kept of the parts of one worker what was not
// kept of them.
type keptLister struct {
	keptMerge
	keys    rowKeys
	read    []*schema.Column
	columns []vector.Vec // of the batch
	at      int          // the first row of the next batch
}

func (w *keptLister) start(part int) {
	w.keptMerge.start(part)
	w.at = 0
}

func (w *keptLister) batch(b *extract.Batch) (out []Row, err error) {
	for i, c := range w.read {
		v, err := b.View(i)
		if err != nil {
			return nil, fmt.Errorf("%s, column %s: %w", b.File, c.Name, err)
		}
		w.columns[i] = vector.FromView(&v)
	}
	err = w.rows(w.at+b.Rows(), func(r Row, late keyFields, place int) error {
		w.fill(&r, late, place-w.at)
		out = append(out, r)
		return nil
	})
	w.at += b.Rows()
	return out, err
}

// fill fills in the fields that were not kept of row i of the batch.
func (w *keptLister) fill(r *Row, late keyFields, i int) {
	text := func(at int) string { return string(appendCell(nil, w.columns, at, i)) }
	if late&patientField != 0 {
		r.Patient = text(w.keys.patient)
	}
	if late&recordField != 0 {
		r.Record = text(w.keys.record)
	}
	if late&dateField != 0 {
		r.Date, r.HasDate = w.keys.dateAt(w.columns, i)
	}
	if late&codeField != 0 {
		r.Code = string(w.keys.appendCode(nil, w.columns, i))
	}
}
