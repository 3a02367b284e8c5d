package run

import (
	"context"
	"slices"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/intake"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// A patientPart is what the scan of one part of the patients collects.
type patientPart struct {
	ids      []byte
	ends     []uint32
	practice []int32
	values   []*vector.Builder
	batches  []batchPlace
}

// A batchPlace is the position of a batch in the source.
type batchPlace struct {
	row   int
	file  string
	first int64
}

// scanPatients reads the patients: it numbers them, indexes their ids, and
// materialises the values that later passes read.
func (run *Run) scanPatients(ctx context.Context, p *plan.Pass) error {
	setup := run.scanSetup(p, true)
	setup.Sets = eval.GatherSets(run.Facts, p)
	t := run.x.Table(p.Table)
	parts := make([]*patientPart, len(t.Parts))
	attributors := make([]*attributor, max(1, min(run.options.jobs(), len(t.Parts))))
	id := setup.ColumnAt(p.Table.Patient)
	if id < 0 {
		return &practices.Refusal{Message: "patients: no column patient_id", Hint: "every patient needs an id that other tables refer to"}
	}
	err := run.eachPart(ctx, t, setup.Columns, len(attributors), func(i int) partConsumer {
		e := eval.New(setup)
		a := newAttributor(run, setup, e, true)
		attributors[i] = a
		var to *patientPart
		return partConsumer{
			start: func(part int) {
				to = newPatientPart(p.Materialise, int(min(max(extract.RowsAbout(t.Parts[part]), 0), maxReserved)))
				parts[part] = to
			},
			batch: func(b *extract.Batch) error {
				if err := a.batch(b); err != nil {
					return err
				}
				e.Run(b.Rows())
				to.batches = append(to.batches, batchPlace{len(to.ends), b.File, b.RecordNumber(0)})
				to.add(e, a, id, p)
				return nil
			},
		}
	})
	if err != nil {
		return err
	}
	total := attributors[0].counts
	for _, a := range attributors[1:] {
		total.Merge(a.counts)
	}
	run.numberPatients(parts)
	run.indexPatients(parts, total)
	run.tables[p.Table.Index] = total
	for _, c := range setup.Columns {
		run.countedColumns[c] = true
	}
	nulls := newPatientPart(p.Materialise, 0)
	run.evaluateNullRows(setup, func(e *eval.Evaluator) {
		for j, n := range p.Materialise {
			nulls.values[j].Append(e.Value(n), e.Rows)
		}
	})
	parts = append(parts, nulls)
	bases := append(append([]int{}, run.bases...), run.nullPatient)
	for j, n := range p.Materialise {
		column := make([]*vector.Builder, len(parts))
		for i, part := range parts {
			column[i] = part.values[j]
			part.values[j] = nil
		}
		run.Columns[n] = vector.Join(n, run.patients, column, bases)
	}
	return nil
}

// maxReserved is the most rows of a part that memory is allocated for beforehand:
// a damaged file may declare any number.
const maxReserved = 1 << 18

// newPatientPart returns an empty part with memory for so many rows.
func newPatientPart(keep []*expr.Node, rows int) *patientPart {
	to := &patientPart{ends: make([]uint32, 0, rows), practice: make([]int32, 0, rows)}
	for _, n := range keep {
		b := vector.NewBuilder(n)
		b.Reserve(rows)
		to.values = append(to.values, b)
	}
	return to
}

// add copies the ids, practices and materialised values of a batch.
func (to *patientPart) add(e *eval.Evaluator, a *attributor, id int, p *plan.Pass) {
	v := &e.Columns[id]
	if to.ids == nil && e.Rows > 0 && len(v.Offsets) > 1 {
		to.ids = make([]byte, 0, min(len(v.TextAt(0))+1, 40)*cap(to.ends))
	}
	for i := range e.Rows {
		if !bitmap.Has(a.reject, i) {
			to.ids = append(to.ids, v.TextAt(i)...)
		}
		to.ends = append(to.ends, uint32(len(to.ids)))
	}
	to.practice = append(to.practice, e.OwnPractice[:e.Rows]...)
	for j, n := range p.Materialise {
		to.values[j].Append(e.Value(n), e.Rows)
	}
}

// numberPatients gives every row of the parts a number.
func (run *Run) numberPatients(parts []*patientPart) {
	run.bases = make([]int, len(parts))
	at := 0
	for i, p := range parts {
		run.bases[i] = at
		at += bitmap.Words(len(p.ends)) * 64
	}
	practices := len(run.practices.List)
	run.nullPatient, run.patients = at, at+1+practices
	run.patientPractice = make([]int32, bitmap.Words(run.patients)*64)
	for i := range run.patientPractice {
		run.patientPractice[i] = int32(practices)
	}
	for i, p := range parts {
		for j, q := range p.practice {
			if q >= 0 {
				run.patientPractice[run.bases[i]+j] = q
			}
		}
	}
	for q := range practices {
		run.patientPractice[at+1+q] = int32(practices + 1 + q)
	}
}

// indexPatients builds the index of ids. Patients whose practice and id another
// carries are rejected.
func (run *Run) indexPatients(parts []*patientPart, total *intake.Counts) {
	segments := make([]cohort.Segment, len(parts))
	for i, p := range parts {
		segments[i] = cohort.Segment{First: int32(run.bases[i]), IDs: p.ids, Ends: p.ends, Practice: p.practice}
	}
	var ambiguous []int32
	var repeated int
	run.ids, ambiguous, repeated = cohort.BuildIDs(segments, run.options.jobs())
	total.Repeated, total.Counted = int64(repeated), true
	for _, n := range ambiguous {
		total.Rejected++
		if q := run.patientPractice[n]; int(q) < len(run.practices.List) {
			total.Practices[q].Rejected++
		}
		run.patientPractice[n] = int32(len(run.practices.List))
	}
	if len(ambiguous) > 0 {
		run.rejectAmbiguous(ambiguous, parts, total)
	}
	for _, p := range parts {
		p.ids, p.ends, p.practice = nil, nil, nil
	}
}

// rejectAmbiguous counts the patients whose id is ambiguous as faults.
func (run *Run) rejectAmbiguous(rows []int32, parts []*patientPart, total *intake.Counts) {
	f := &total.Faults[len(schema.Patients.Columns)]
	f.Count += int64(len(rows))
	part := 0
	for _, n := range rows[:min(len(rows), intake.MaxPositions)] {
		for part+1 < len(run.bases) && run.bases[part+1] <= int(n) {
			part++
		}
		row := int(n) - run.bases[part]
		for _, b := range slices.Backward(parts[part].batches) {
			if b.row <= row {
				f.Add(state.Position{File: b.file, Record: b.first + int64(row-b.row)})
				break
			}
		}
	}
}
