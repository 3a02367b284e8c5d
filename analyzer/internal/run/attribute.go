package run

import (
	"fmt"
	"slices"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/intake"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// An attributor turns the batches of a table's files into an evaluator's batches:
// it decides whose row each is, and counts what is wrong with it.
type attributor struct {
	run *Run
	in  *eval.Setup
	e   *eval.Evaluator
	// reading is nil where the table has been counted before; first says that
	// rows are counted, fresh which columns' cells are.
	counts *intake.Counts
	first  bool
	fresh  []bool

	patientAt, practiceAt, keyAt int   // places in in.columns, or -1
	noClaim                      int32 // what a row without practice_id claims
	required                     []int
	codes                        []codeColumn
	comparer                     rowComparer
	reject                       []uint64
	rejected                     bool       // some row of the batch is
	whole                        bool       // no row is, and each has its patient
	rooms                        [4][]int32 // for the evaluator's patients and practices
	named                        []int32    // what patient_id leads to
	only                         []int32    // room for count
	claimed                      []int32    // the practice that practice_id names; -2 none, -1 not one of ours
	trail                        cohort.Trail
	patientEntries               entryNumbers
	practiceEntries              entryNumbers
}

// entryNumbers remembers what the entries of a dictionary lead to.
type entryNumbers struct {
	number uint64
	to     []int32
}

// A codeColumn is one whose identifiers a spreadsheet may have rounded.
type codeColumn struct {
	at, system int // places in in.columns; system -1 where the code implies it
	number     uint64
	rounded    []bool // by entry
	some       bool   // of the entries is
}

func newAttributor(run *Run, in *eval.Setup, e *eval.Evaluator, first bool) *attributor {
	t := in.Pass.Table
	r := &attributor{run: run, in: in, e: e, patientAt: in.ColumnAt(t.Patient), practiceAt: in.ColumnAt(t.Practice), keyAt: -1,
		named: make([]int32, e.MaxRows), claimed: make([]int32, e.MaxRows), only: make([]int32, e.MaxRows),
		reject: make([]uint64, kernel.Words(e.MaxRows))}
	for i := range r.rooms {
		r.rooms[i] = make([]int32, e.MaxRows)
	}
	if t.Patient == nil || t == schema.Patients {
		r.patientAt = -1
	}
	r.noClaim = noClaim
	if t == schema.Patients {
		r.noClaim = run.practices.Home()
	}
	x := run.x.Table(t)
	for i, c := range in.Columns {
		if c.Required && (c != t.Key || !x.DerivedKey) {
			r.required = append(r.required, i)
		}
	}
	r.fresh = run.fresh(in.Columns)
	if !first && !slices.Contains(r.fresh, true) {
		return r
	}
	r.counts, r.first = intake.NewCounts(t, len(run.practices.List)), first
	if !first {
		return r
	}
	r.counts.CountIDs = run.countsIDs(x)
	r.compareRows(x)
	if r.counts.CountIDs {
		rows := min(run.rowsEstimate(t), duplicateLimit) / int64(max(1, min(run.options.jobs(), len(x.Parts))))
		r.counts.Ids = make([]uint64, 0, rows+rows/16)
	}
	if run.plan.Rounded {
		for _, c := range codeColumns(t) {
			if at := in.ColumnAt(c[0]); at >= 0 {
				system := -1
				if c[1] != nil {
					if system = in.ColumnAt(c[1]); system < 0 {
						continue // without the system no code is known to be SNOMED CT
					}
				}
				r.codes = append(r.codes, codeColumn{at: at, system: system})
			}
		}
	}
	return r
}

// compareRows prepares for telling rows that stand there again: by record id
// or, where there is none, by every cell that is read.
func (r *attributor) compareRows(x *extract.Table) {
	t := x.Schema
	sampled := r.run.plan.Repeated && hasRecords(t)
	switch {
	case hasIDs(x):
		if t != schema.Patients && (r.counts.CountIDs || sampled) {
			r.keyAt = r.in.ColumnAt(t.Key)
		}
	case sampled:
		r.comparer = newRowComparer(r.in)
		sampled = r.comparer.compares()
	}
	if sampled {
		r.counts.Sample = r.run.sample(x)
	}
}

// batch takes over a batch: columns, whose row each is, and counts.
func (r *attributor) batch(b *extract.Batch) error {
	n := b.Rows()
	if n > r.e.MaxRows {
		return fmt.Errorf("%s: a batch of %d rows, want at most %d", b.File, n, r.e.MaxRows)
	}
	for i, c := range r.in.Columns {
		v, err := b.View(i)
		if err != nil {
			return fmt.Errorf("%s, column %s: %w", b.File, c.Name, err)
		}
		r.e.Columns[i], r.e.Flags[i], r.e.Numbers[i] = vector.FromView(&v), b.Malformed[i], b.Dictionaries[i]
	}
	r.rejects(b, n)
	r.places(n)
	if r.counts != nil {
		r.count(b, n)
	}
	if !r.rejected {
		return nil
	}
	// What is rejected is no one's row from here on.
	kernel.ForEachSet(r.reject, n, func(i int) {
		r.e.OwnPatient[i], r.e.OwnPractice[i] = -1, -1
		r.e.Patient[i], r.e.Practice[i] = int32(r.run.nullPatient), int32(len(r.run.practices.List))
	})
	return nil
}

// rejects marks the rows without a value in a required column.
func (r *attributor) rejects(b *extract.Batch, n int) {
	if b.Ragged != nil {
		copy(r.reject, b.Ragged[:kernel.Words(n)])
	} else {
		kernel.Fill(r.reject, false, n)
	}
	for _, i := range r.required {
		if k := r.e.Columns[i].Known; k != nil {
			for w := range kernel.Words(n) {
				r.reject[w] |= ^k[w]
			}
		}
	}
	r.rejected = kernel.CountBits(r.reject, n) > 0
}

// places works out the patient and practice of every row, and what it
// gathers from.
func (r *attributor) places(n int) {
	run, e := r.run, r.e
	r.claims(n)
	r.names(n)
	if r.whole = !r.rejected && r.allNamed(n); r.whole {
		home := r.rooms[1]
		kernel.Gather(home, run.patientPractice, r.named, n)
		e.Patient, e.Practice, e.OwnPatient, e.OwnPractice = r.named, home, r.named, home
		return
	}
	e.Patient, e.Practice, e.OwnPatient, e.OwnPractice = r.rooms[0], r.rooms[1], r.rooms[2], r.rooms[3]
	practices := int32(len(run.practices.List))
	for i := range n {
		own, patient := r.claimed[i], r.named[i]
		if patient == cohort.Several {
			patient = cohort.None
			if own >= 0 {
				patient = run.ids.FindIn(e.Columns[r.patientAt].TextAt(i), own)
			}
		}
		if patient >= 0 {
			home := run.patientPractice[patient]
			e.OwnPatient[i], e.OwnPractice[i], e.Patient[i], e.Practice[i] = patient, home, patient, home
			continue
		}
		if own == noClaim && practices == 1 && r.in.Pass.Table.Patient == nil {
			own = 0
		}
		own = max(own, -1)
		e.OwnPatient[i], e.OwnPractice[i] = -1, own
		e.Patient[i], e.Practice[i] = int32(run.nullPatient)+1+own, own
		if own < 0 {
			e.Practice[i] = practices
		}
	}
}

// allNamed says that every row leads to one patient.
func (r *attributor) allNamed(n int) bool {
	return r.patientAt >= 0 && kernel.Least(r.named[:n]) == 0
}

// noClaim: the row's practice_id is null or not supplied.
const noClaim = -2

// claims fills claimed with the practice that each row's practice_id names.
func (r *attributor) claims(n int) {
	if r.practiceAt < 0 {
		for i := range n {
			r.claimed[i] = r.noClaim
		}
		return
	}
	r.lookUp(r.claimed, r.practiceAt, n, &r.practiceEntries, r.noClaim, func(dst []int32, bytes []byte, offsets []int32, n int) {
		for i := range n {
			q, ok := r.run.practices.ByID[vector.Text(bytes[offsets[i]:offsets[i+1]])]
			if !ok {
				q = -1
			}
			dst[i] = q
		}
	})
}

// names fills named with the patient that each row's patient_id leads to.
func (r *attributor) names(n int) {
	if r.patientAt < 0 || r.run.ids == nil {
		for i := range n {
			r.named[i] = cohort.None
		}
		return
	}
	v := &r.e.Columns[r.patientAt]
	if v.Index != nil || len(v.Offsets) == 0 {
		r.lookUp(r.named, r.patientAt, n, &r.patientEntries, cohort.None, func(dst []int32, bytes []byte, offsets []int32, n int) {
			r.run.ids.FindAll(dst, bytes, offsets, n, &r.trail)
		})
		return
	}
	r.run.ids.FindAll(r.named, v.Bytes, v.Offsets, n, &r.trail)
	if v.Known != nil {
		for i := range n {
			if !vector.Bit(v.Known, i) {
				r.named[i] = cohort.None
			}
		}
	}
}

// lookUp fills dst with what the text of each row leads to: once an entry of
// a dictionary, or once for equal neighbours. find looks up n entries.
func (r *attributor) lookUp(dst []int32, at, n int, memo *entryNumbers, null int32, find func(dst []int32, bytes []byte, offsets []int32, n int)) {
	v := &r.e.Columns[at]
	entries := max(0, len(v.Offsets)-1)
	if number := r.e.Numbers[at]; v.Index != nil && number != 0 {
		if memo.number != number || len(memo.to) > entries {
			memo.number, memo.to = number, memo.to[:0]
		}
		if old := len(memo.to); old < entries {
			memo.to = slices.Grow(memo.to, entries-old)[:entries]
			find(memo.to[old:], v.Bytes, v.Offsets[old:], entries-old)
		}
		if v.Known == nil {
			kernel.Gather(dst, memo.to, v.Index, n)
			return
		}
		for i := range n {
			if dst[i] = null; vector.Bit(v.Known, i) {
				dst[i] = memo.to[v.Index[i]]
			}
		}
		return
	}
	var last []byte
	to := null
	for i := range n {
		if !vector.Bit(v.Known, i) || entries == 0 {
			dst[i] = null
			continue
		}
		if id := v.TextAt(i); last == nil || string(id) != string(last) {
			entry := i
			if v.Index != nil {
				entry = int(v.Index[i])
			}
			last = id
			find(dst[i:], v.Bytes, v.Offsets[entry:], 1)
			to = dst[i]
		}
		dst[i] = to
	}
}
