package run

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/intake"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/schema"
)

// duplicateLimit is the most rows a table may have for its record ids to be
// compared, unless that is asked for: it takes 8 bytes a row.
const duplicateLimit = 4 << 20

// scanSetup returns the setup of a pass over a table's files, with the columns that
// it reads; first says that no pass has read the table before.
func (run *Run) scanSetup(p *plan.Pass, first bool) *eval.Setup {
	t := run.x.Table(p.Table)
	setup := run.newSetup(p, partRows(t))
	add := func(c *schema.Column) {
		if c != nil && !c.Virtual && t != nil && t.Supplied[c.Index] && setup.ColumnAt(c) < 0 {
			setup.Columns = append(setup.Columns, c)
		}
	}
	for _, n := range p.Nodes {
		if n.Column != nil && n.Space == p.Table {
			add(n.Column)
		}
		if (n.Op == expr.OpGather || plan.IsAggregate(n)) && plan.ByID(n.Relation) {
			add(n.Relation.Near)
		}
	}
	for _, l := range p.Links {
		add(l.Relation.Far)
	}
	for _, n := range p.Repeats {
		add(n.Relation.Far)
	}
	for _, n := range p.Nodes {
		if n.Op == expr.OpRepeatedIn {
			add(n.Relation.Far)
		}
	}
	for _, c := range p.CountColumns {
		add(c)
	}
	add(p.Table.Patient)
	add(p.Table.Practice)
	if t == nil {
		return setup
	}
	for _, c := range p.Table.Columns {
		if c.Required && !neverNull(t, c) {
			add(c)
		}
	}
	if !first {
		return setup
	}
	if run.options.everyColumn {
		for _, c := range p.Table.Columns {
			add(c)
		}
	}
	if run.countsIDs(t) || run.plan.Sampled && hasRecords(p.Table) && hasIDs(t) {
		add(p.Table.Key)
	}
	if run.plan.Rounded {
		for _, c := range codeColumns(p.Table) {
			add(c[0])
			add(c[1])
		}
	}
	return setup
}

// partRows is the size of buffers for a batch of any part of t.
func partRows(t *extract.Table) int {
	if t == nil {
		return capacity(0)
	}
	most := 0
	for _, p := range t.Parts {
		_, rows := p.Size()
		if rows < 0 {
			return capacity(-1)
		}
		most = max(most, int(min(rows, eval.BatchRows)))
	}
	return capacity(most)
}

// neverNull says that the source itself guarantees that the column has no null in
// any part.
func neverNull(t *extract.Table, c *schema.Column) bool {
	for _, p := range t.Parts {
		if !p.NoNulls(c) {
			return false
		}
	}
	return true
}

// countsIDs says that repeated record ids of the table may be counted. It
// depends on the number of rows alone, where that is known before reading. Where it is
// known about, and seems too large, uncountedRight holds it to what was read.
func (run *Run) countsIDs(t *extract.Table) bool {
	if !hasIDs(t) || t.Schema == schema.Patients {
		return false
	}
	if run.options.CountDuplicateIDs {
		return true
	}
	var total, about int64
	for _, p := range t.Parts {
		_, rows := p.Size()
		total += max(rows, 0)
		about += max(extract.RowsAbout(p), 0)
	}
	return total <= duplicateLimit && about <= duplicateLimit+duplicateLimit/4
}

// errFewer says that a table has fewer rows than it seemed. Who estimated them opens the
// extract again without.
var errFewer = errors.New("the table has fewer rows than was estimated")

// uncountedRight is errFewer where ids were not compared of a table that was estimated to
// have too many rows, and has not.
func (run *Run) uncountedRight(t *extract.Table, r *intake.Counts) error {
	if r.IDs != nil || r.Rows > duplicateLimit || !hasIDs(t) || t.Schema == schema.Patients || run.countsIDs(t) {
		return nil
	}
	for _, p := range t.Parts {
		if _, rows := p.Size(); rows < 0 {
			return errFewer
		}
	}
	return nil
}

// hasIDs says that the source itself gives each row an id.
func hasIDs(t *extract.Table) bool {
	return t.Schema.Key != nil && !t.DerivedKey && t.Supplied[t.Schema.Key.Index]
}

// codeColumns are the table's columns of SNOMED CT and dm+d identifiers, each
// with the column that says whether a code is one.
func codeColumns(t *schema.Table) [][2]*schema.Column {
	switch t {
	case schema.Events:
		return [][2]*schema.Column{{t.Column("code"), t.Column("code_system")}}
	case schema.Medications, schema.Issues:
		return [][2]*schema.Column{{t.Column("dmd_code"), nil}}
	case schema.Allergies:
		return [][2]*schema.Column{{t.Column("agent_code"), nil}}
	}
	return nil
}

// scanRows carries out a pass over the files of a table.
func (run *Run) scanRows(ctx context.Context, p *plan.Pass) error {
	first := run.tables[p.Table.Index] == nil
	w := run.work(run.scanSetup(p, first))
	w.Sets = eval.GatherSets(run.Facts, p)
	t := run.x.Table(p.Table)
	if t == nil {
		w.join([]*worker{w.worker()})
		return nil
	}
	workers := make([]*worker, max(1, min(run.options.jobs(), len(t.Parts))))
	w.keepRows(t)
	idRows := new(atomic.Int64)
	err := run.eachPart(ctx, t, w.Columns, len(workers), func(i int) partConsumer {
		k, part := w.worker(), 0
		k.attributor = newAttributor(run, w.Setup, k.e, first)
		k.attributor.idRows = idRows
		k.keeper = w.keeper()
		workers[i] = k
		return partConsumer{
			start: func(at int) {
				part = at
				k.e.StartPart(at)
			},
			batch: func(b *extract.Batch) error {
				if err := k.attributor.batch(b); err != nil {
					return err
				}
				k.e.Run(b.Rows())
				w.batch(k)
				if k.keeper != nil {
					k.keeper.batch(k.e, b, k.counts)
				}
				return nil
			},
			end: func() {
				k.attributor.endPart()
				k.e.EndPart()
				w.endPart(k, part, len(t.Parts))
				if k.keeper != nil {
					k.keeper.end(part)
				}
			},
		}
	})
	if err != nil {
		return err
	}
	if total := workers[0].attributor.counts; total != nil {
		for _, k := range workers[1:] {
			total.Merge(k.attributor.counts)
		}
		if err := run.uncountedRight(t, total); first && err != nil {
			return err
		}
		run.addCounts(p.Table, total, w.Columns)
	}
	w.join(workers)
	return run.tellEarly(ctx, p, workers)
}

// tellEarly joins the earlier repeats that the pass could tell at once. Of a table in which
// the rows of a patient lie apart another pass fills the filters.
func (run *Run) tellEarly(ctx context.Context, p *plan.Pass, workers []*worker) error {
	if len(p.Early) == 0 {
		return nil
	}
	var evaluators []*eval.Evaluator
	for _, k := range workers {
		evaluators = append(evaluators, k.e)
	}
	late := &plan.Pass{Table: p.Table}
	for _, n := range run.JoinKnown(p.Early, evaluators) {
		if !slices.Contains(late.Matches, n.Args[0]) {
			late.Matches = append(late.Matches, n.Args[0])
		}
	}
	if len(late.Matches) == 0 {
		return nil
	}
	late.SetNodes(run.plan.Programs, run.isKnown)
	run.progress.All += run.x.Table(p.Table).Bytes
	return run.scanRows(ctx, late)
}

// uncounted says of which columns no pass has counted the malformed cells.
func (run *Run) uncounted(columns []*schema.Column) []bool {
	out := make([]bool, len(columns))
	for i, c := range columns {
		out[i] = !run.countedColumns[c]
	}
	return out
}

// addCounts adds the counts of a pass over a table, and marks the columns that it
// read as counted.
func (run *Run) addCounts(t *schema.Table, r *intake.Counts, columns []*schema.Column) {
	for _, c := range columns {
		run.countedColumns[c] = true
	}
	if before := run.tables[t.Index]; before != nil {
		before.Merge(r)
		return
	}
	if r.Rows > duplicateLimit && !run.options.CountDuplicateIDs {
		r.IDs = nil
	}
	r.Finish(run.patientRows(), run.options.jobs())
	run.tables[t.Index] = r
}

// rowsEstimate is how many rows the files of a table have, estimated from their
// size where they do not say.
func (run *Run) rowsEstimate(t *schema.Table) int64 {
	const bytesARow = 32
	var rows int64
	if have := run.x.Table(t); have != nil {
		for _, p := range have.Parts {
			size, n := p.Size()
			if b, ok := p.(extract.Bounded); ok && n < 0 {
				n = b.MostRows()
			}
			if n < 0 {
				n = size/bytesARow + 1
			}
			rows += n
		}
	}
	return rows
}

// patientRows is how many rows of patients each practice has.
func (run *Run) patientRows() []int64 {
	out := make([]int64, len(run.practices.List))
	if c := run.tables[schema.Patients.Index]; c != nil {
		for q := range out {
			out[q] = c.Practices[q].Rows
		}
	}
	return out
}
