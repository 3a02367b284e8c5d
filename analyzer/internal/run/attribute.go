package run

import (
	"fmt"
	"slices"
	"sync/atomic"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/intake"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// An attributor turns the batches of a table's files into an evaluator's batches:
// it attributes each row to a patient and a practice, and counts what is wrong
// with it.
type attributor struct {
	run   *Run
	setup *eval.Setup
	e     *eval.Evaluator
	// counts is nil where the table has been counted before; first says that rows
	// are counted, uncounted which columns' cells are.
	counts    *intake.Counts
	first     bool
	uncounted []bool
	idRows    *atomic.Int64 // what all workers have read of a table whose ids are counted

	patientAt, practiceAt, keyAt int   // indexes into setup.Columns, or -1
	unclaimed                    int32 // what a row without practice_id claims
	required                     []int
	codes                        []codeColumn
	comparer                     rowComparer
	filled, varied               []int // indexes into setup.Columns
	told                         []int // of varied, the columns that tell what a row says
	reject, blank                []uint64
	anyRejected                  bool       // some row of the batch is rejected
	allPlaced                    bool       // no row is rejected, and each is a patient's
	scratch                      [4][]int32 // of the evaluator's patients and practices
	named                        []int32    // the patient of patient_id, or cohort.None or cohort.Several
	countedAs                    []int32    // what countUnder returns
	hashed                       []int32    // rows with a record id
	hashes, owners               []uint64   // of hashed: of the record, and of whose it is
	claimed                      []int32    // the practice of practice_id; noClaim, or -1 where it is none of the extract
	cursor                       cohort.Cursor
	patientEntries               entryNumbers
	practiceEntries              entryNumbers
}

// entryNumbers remembers the patients or practices of the entries of a dictionary.
type entryNumbers struct {
	number uint64
	to     []int32
}

// A codeColumn is one whose identifiers a spreadsheet may have rounded.
type codeColumn struct {
	at, system int // indexes into setup.Columns; system -1 where the column implies it
	number     uint64
	rounded    []bool // by entry
	anyRounded bool   // some entry is
}

// newAttributor returns the attributor of one worker; first says that no pass has
// read the table before.
func newAttributor(run *Run, setup *eval.Setup, e *eval.Evaluator, first bool) *attributor {
	t := setup.Pass.Table
	a := &attributor{run: run, setup: setup, e: e, patientAt: setup.ColumnAt(t.Patient), practiceAt: setup.ColumnAt(t.Practice), keyAt: -1,
		named: make([]int32, e.MaxRows), claimed: make([]int32, e.MaxRows), countedAs: make([]int32, e.MaxRows),
		reject: make([]uint64, bitmap.Words(e.MaxRows)), blank: make([]uint64, bitmap.Words(e.MaxRows))}
	for i := range a.scratch {
		a.scratch[i] = make([]int32, e.MaxRows)
	}
	if t.Patient == nil || t == schema.Patients {
		a.patientAt = -1
	}
	a.unclaimed = noClaim
	if t == schema.Patients {
		a.unclaimed = run.practices.Home()
	}
	x := run.x.Table(t)
	for i, c := range setup.Columns {
		if c.Required && (c != t.Key || !x.DerivedKey) {
			a.required = append(a.required, i)
		}
	}
	a.uncounted = run.uncounted(setup.Columns)
	if !first && !slices.Contains(a.uncounted, true) {
		return a
	}
	a.counts, a.first = intake.NewCounts(t, len(run.practices.List)), first
	for i, c := range setup.Columns {
		if c.Filled && a.uncounted[i] {
			a.filled = append(a.filled, i)
		}
		if c.Varied > 0 {
			a.varied = append(a.varied, i)
		}
	}
	if !first {
		return a
	}
	if run.countsIDs(x) {
		a.counts.IDs = cohort.NewRecordIDs(run.patients)
	}
	a.compareRows(x)
	if run.plan.Rounded {
		for _, c := range codeColumns(t) {
			if at := setup.ColumnAt(c[0]); at >= 0 {
				system := -1
				if c[1] != nil {
					if system = setup.ColumnAt(c[1]); system < 0 {
						continue // without the system no code is known to be SNOMED CT
					}
				}
				a.codes = append(a.codes, codeColumn{at: at, system: system})
			}
		}
	}
	return a
}

// compareRows prepares to find rows that repeat another: by record id or, where
// there is none, by every cell that is read.
func (a *attributor) compareRows(x *extract.Table) {
	t := x.Schema
	sampled := a.run.plan.Sampled && hasRecords(t)
	switch {
	case hasIDs(x):
		if t != schema.Patients && (a.counts.IDs != nil || sampled) {
			a.keyAt = a.setup.ColumnAt(t.Key)
		}
	case sampled:
		a.comparer = newRowComparer(a.setup)
		sampled = a.comparer.compares()
	}
	if sampled {
		a.counts.Sample = a.run.sample(x)
	}
	if !a.run.plan.Sampled || len(a.varied) == 0 {
		return
	}
	a.counts.Commonest = a.run.commonest(x, len(a.varied))
	for _, at := range a.varied {
		a.counts.Varied = append(a.counts.Varied, a.setup.Columns[at])
		if at != a.patientAt {
			a.told = append(a.told, at)
		}
	}
	if sampled && a.keyAt >= 0 && len(a.told) >= fewestTold {
		a.counts.Doubled = a.run.sample(x)
	}
}

// endPart says that the batches that follow are of another part of the table.
func (a *attributor) endPart() {
	if a.counts != nil && a.counts.IDs != nil {
		a.counts.IDs.EndPart()
	}
}

// batch makes a batch that of the evaluator: its columns, whose row each is, and
// the counts.
func (a *attributor) batch(b *extract.Batch) error {
	n := b.Rows()
	if n > a.e.MaxRows {
		return fmt.Errorf("%s: a batch of %d rows, want at most %d", b.File, n, a.e.MaxRows)
	}
	for i, c := range a.setup.Columns {
		v, err := b.View(i)
		if err != nil {
			return fmt.Errorf("%s, column %s: %w", b.File, c.Name, err)
		}
		a.e.Columns[i], a.e.Flags[i], a.e.Numbers[i] = vector.FromView(&v), b.Malformed[i], b.Dictionaries[i]
	}
	a.markRejects(b, n)
	a.placeRows(n)
	if a.counts != nil {
		a.count(b, n)
	}
	if !a.anyRejected {
		return nil
	}
	// A rejected row is no one's from here on.
	bitmap.ForEach(a.reject, n, func(i int) {
		a.e.OwnPatient[i], a.e.OwnPractice[i] = -1, -1
		a.e.Patient[i], a.e.Practice[i] = int32(a.run.nullPatient), int32(len(a.run.practices.List))
	})
	return nil
}

// markRejects marks the rows with a null in a required column, and the lines of a
// list beside the extract that count for nothing.
func (a *attributor) markRejects(b *extract.Batch, n int) {
	if b.Ragged != nil {
		copy(a.reject, b.Ragged[:bitmap.Words(n)])
	} else {
		bitmap.Fill(a.reject, false, n)
	}
	for _, i := range a.required {
		if k := a.e.Columns[i].Known; k != nil {
			for w := range bitmap.Words(n) {
				a.reject[w] |= ^k[w]
			}
		}
	}
	if t := a.setup.Pass.Table; t.Side && a.run.practices.Refuses(t) {
		for i := range n {
			if a.run.practices.Refused(t, state.Position{File: b.File, Record: b.RecordNumber(i)}) {
				bitmap.Set(a.reject, i)
			}
		}
	}
	a.anyRejected = bitmap.Count(a.reject, n) > 0
}

// placeRows finds the patient and practice of every row, and the rows that it
// gathers from.
func (a *attributor) placeRows(n int) {
	run, e := a.run, a.e
	a.findPractices(n)
	a.findPatients(n)
	if a.allPlaced = !a.anyRejected && a.allNamed(n); a.allPlaced {
		home := a.scratch[1]
		kernel.Gather(home, run.patientPractice, a.named, n)
		e.Patient, e.Practice, e.OwnPatient, e.OwnPractice = a.named, home, a.named, home
		return
	}
	e.Patient, e.Practice, e.OwnPatient, e.OwnPractice = a.scratch[0], a.scratch[1], a.scratch[2], a.scratch[3]
	practices := int32(len(run.practices.List))
	for i := range n {
		own, patient := a.claimed[i], a.named[i]
		if patient == cohort.Several {
			patient = cohort.None
			if own >= 0 {
				patient = run.ids.FindIn(e.Columns[a.patientAt].TextAt(i), own)
			}
		}
		if patient >= 0 {
			home := run.patientPractice[patient]
			e.OwnPatient[i], e.OwnPractice[i], e.Patient[i], e.Practice[i] = patient, home, patient, home
			continue
		}
		if own == noClaim && practices == 1 && a.setup.Pass.Table.Patient == nil {
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

// allNamed says that every row names one patient.
func (a *attributor) allNamed(n int) bool {
	return a.patientAt >= 0 && kernel.Least(a.named[:n]) == 0
}

// noClaim: the row's practice_id is null or not supplied.
const noClaim = -2

// findPractices fills claimed with the practice of each row's practice_id.
func (a *attributor) findPractices(n int) {
	if a.practiceAt < 0 {
		for i := range n {
			a.claimed[i] = a.unclaimed
		}
		return
	}
	a.lookUp(a.claimed, a.practiceAt, n, &a.practiceEntries, a.unclaimed, func(dst []int32, bytes []byte, offsets []int32, n int) {
		for i := range n {
			q, ok := a.run.practices.Listed(a.setup.Pass.Table, bytes[offsets[i]:offsets[i+1]])
			if !ok {
				q = -1
			}
			dst[i] = q
		}
	})
}

// findPatients fills named with the patient of each row's patient_id.
func (a *attributor) findPatients(n int) {
	if a.patientAt < 0 || a.run.ids == nil {
		for i := range n {
			a.named[i] = cohort.None
		}
		return
	}
	v := &a.e.Columns[a.patientAt]
	if v.Index != nil || len(v.Offsets) == 0 {
		a.lookUp(a.named, a.patientAt, n, &a.patientEntries, cohort.None, func(dst []int32, bytes []byte, offsets []int32, n int) {
			a.run.ids.FindAll(dst, bytes, offsets, n, &a.cursor)
		})
		return
	}
	a.run.ids.FindAll(a.named, v.Bytes, v.Offsets, n, &a.cursor)
	if v.Known != nil {
		for i := range n {
			if !bitmap.Known(v.Known, i) {
				a.named[i] = cohort.None
			}
		}
	}
}

// lookUp fills dst with the number of each row's text, null where it has none. find
// looks up n texts: each entry of a dictionary once, or equal neighbours once.
func (a *attributor) lookUp(dst []int32, at, n int, memo *entryNumbers, null int32, find func(dst []int32, bytes []byte, offsets []int32, n int)) {
	v := &a.e.Columns[at]
	entries := max(0, len(v.Offsets)-1)
	if number := a.e.Numbers[at]; v.Index != nil && number != 0 {
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
			if dst[i] = null; bitmap.Known(v.Known, i) {
				dst[i] = memo.to[v.Index[i]]
			}
		}
		return
	}
	var last []byte
	to := null
	for i := range n {
		if !bitmap.Known(v.Known, i) || entries == 0 {
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
