package run

import (
	"context"
	"slices"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/intake"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// patientPart is what one part of the patients leaves behind.
type patientPart struct {
	ids      []byte
	ends     []uint32
	practice []int32
	values   []*vector.Builder
	batches  []batchPlace
}

// batchPlace says where the rows of a batch stand in the source.
type batchPlace struct {
	row   int
	file  string
	first int64
}

// scanPatients reads the patients: it numbers them, indexes their ids, and
// holds the values that later passes ask for.
func (run *Run) scanPatients(ctx context.Context, p *plan.Pass) error {
	in := run.prepareRows(p, true)
	in.Sets = eval.GatherSets(run.Facts, p)
	t := run.x.Table(p.Table)
	parts := make([]*patientPart, len(t.Parts))
	readers := make([]*attributor, max(1, min(run.options.jobs(), len(t.Parts))))
	id := in.ColumnAt(p.Table.Patient)
	if id < 0 {
		return &practices.Refusal{Message: "patients: no column patient_id", Hint: "every patient needs an id that other tables refer to"}
	}
	err := run.eachPart(ctx, t, in.Columns, len(readers), func(i int) partReader {
		e := eval.New(in)
		r := newAttributor(run, in, e, true)
		readers[i] = r
		var to *patientPart
		return partReader{
			start: func(part int) {
				_, rows := t.Parts[part].Size()
				to = newPatientPart(p.Keep, int(min(max(rows, 0), mostForeseen)))
				parts[part] = to
			},
			batch: func(b *extract.Batch) error {
				if err := r.batch(b); err != nil {
					return err
				}
				e.Run(b.Rows())
				to.batches = append(to.batches, batchPlace{len(to.ends), b.File, b.RecordNumber(0)})
				to.add(e, r, id, p)
				return nil
			},
		}
	})
	if err != nil {
		return err
	}
	total := readers[0].counts
	for _, r := range readers[1:] {
		total.Merge(r.counts)
	}
	run.number(parts)
	run.index(parts, total)
	run.tables[p.Table.Index] = total
	for _, c := range in.Columns {
		run.seen[c] = true
	}
	nulls := newPatientPart(p.Keep, 0)
	run.evaluateNullRows(in, func(e *eval.Evaluator) {
		for j, n := range p.Keep {
			nulls.values[j].Append(e.Value(n), e.Rows)
		}
	})
	parts = append(parts, nulls)
	bases := append(append([]int{}, run.bases...), run.nullPatient)
	for j, n := range p.Keep {
		column := make([]*vector.Builder, len(parts))
		for i, part := range parts {
			column[i] = part.values[j]
			part.values[j] = nil
		}
		run.Columns[n] = vector.Join(n, run.patients, column, bases)
	}
	return nil
}

// mostForeseen is the most rows of a part that room is made for beforehand: a
// damaged file may promise any number.
const mostForeseen = 1 << 18

// newPatientPart returns a part with room for some rows.
func newPatientPart(keep []*expr.Node, rows int) *patientPart {
	to := &patientPart{ends: make([]uint32, 0, rows), practice: make([]int32, 0, rows)}
	for _, n := range keep {
		h := vector.NewBuilder(n)
		h.Reserve(rows)
		to.values = append(to.values, h)
	}
	return to
}

// add keeps what is needed of a batch.
func (to *patientPart) add(e *eval.Evaluator, r *attributor, id int, p *plan.Pass) {
	v := &e.Columns[id]
	if to.ids == nil && e.Rows > 0 && len(v.Offsets) > 1 {
		to.ids = make([]byte, 0, min(len(v.TextAt(0))+1, 40)*cap(to.ends))
	}
	for i := range e.Rows {
		if !vector.Bit(r.reject, i) {
			to.ids = append(to.ids, v.TextAt(i)...)
		}
		to.ends = append(to.ends, uint32(len(to.ids)))
	}
	to.practice = append(to.practice, e.OwnPractice[:e.Rows]...)
	for j, n := range p.Keep {
		to.values[j].Append(e.Value(n), e.Rows)
	}
}

// number gives every row of the parts a number.
func (run *Run) number(parts []*patientPart) {
	run.bases = make([]int, len(parts))
	at := 0
	for i, p := range parts {
		run.bases[i] = at
		at += kernel.Words(len(p.ends)) * 64
	}
	practices := len(run.practices.List)
	run.nullPatient, run.patients = at, at+1+practices
	run.patientPractice = make([]int32, kernel.Words(run.patients)*64)
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

// index builds the index of ids. Patients whose practice and id another
// carries are rejected.
func (run *Run) index(parts []*patientPart, total *intake.Counts) {
	segments := make([]cohort.Segment, len(parts))
	for i, p := range parts {
		segments[i] = cohort.Segment{First: int32(run.bases[i]), IDs: p.ids, Ends: p.ends, Practice: p.practice}
	}
	var ambiguous []int32
	var repeated int
	run.ids, ambiguous, repeated = cohort.BuildIDs(segments, run.options.jobs())
	total.Repeated, total.CountIDs = int64(repeated), true
	for _, n := range ambiguous {
		total.Rejected++
		if q := run.patientPractice[n]; int(q) < len(run.practices.List) {
			total.Practices[q].Rejected++
		}
		run.patientPractice[n] = int32(len(run.practices.List))
	}
	if len(ambiguous) > 0 {
		run.ambiguous(ambiguous, parts, total)
	}
	for _, p := range parts {
		p.ids, p.ends, p.practice = nil, nil, nil
	}
}

// ambiguous adds the rejected patients to the faults of the reading.
func (run *Run) ambiguous(rows []int32, parts []*patientPart, total *intake.Counts) {
	f := &total.Faults[len(schema.Patients.Columns)]
	f.Count += int64(len(rows))
	part := 0
	for _, n := range rows[:min(len(rows), intake.FirstFaults)] {
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
