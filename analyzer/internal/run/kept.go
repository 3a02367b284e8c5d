package run

import (
	"cmp"
	"slices"
	"sync"
	"unsafe"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
)

// mostKept bounds the memory, in bytes, of the rows that are kept for lists.
const mostKept = 16 << 20

// keptRows are the rows of tables read from files that fail a program. They are kept while
// they are counted, with as much of what lists show as that pass reads: so a list need
// work nothing out again, and read only what is left. A program that has too many gives
// up its own, and its rows are found anew.
type keptRows struct {
	mu    sync.Mutex
	most  int // bytes
	bytes int
	of    []keptOf // by program
}

// keptOf are the failing rows of one program.
type keptOf struct {
	all   bool      // every one is kept
	late  keyFields // those that are not kept
	bytes int
	parts map[int]*keptPart // those that have any
}

// A keptPart has the failing rows of one part of a table, in its order, and the texts
// of their keys end to end.
type keptPart struct {
	rows   []keptRow
	text   []byte
	file   string
	before extract.Before // the records before those that rows count
}

type keptRow struct {
	place         int   // in the part
	record        int64 // among those after before
	unmet, untold uint64
	practice      int32
	date          calendar.Day
	// The texts of patient, record and code end there, and begin where those of the row
	// before do.
	patientEnd, recordEnd, codeEnd uint32
	hasDate                        bool
	verdict                        Verdict
}

func newKeptRows(programs, most int) *keptRows {
	return &keptRows{most: cmp.Or(most, mostKept), of: make([]keptOf, programs)}
}

// begin says that the rows of a program that fail will be kept, but for the fields late.
func (k *keptRows) begin(at int, late keyFields) {
	k.of[at] = keptOf{all: true, late: late, parts: map[int]*keptPart{}}
}

// keeps says that the program has not given up.
func (k *keptRows) keeps(at int) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.of[at].all
}

// take counts n more bytes of a program that keeps its rows. Where all take too many,
// the program with the most gives up.
func (k *keptRows) take(at, n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.of[at].all {
		return
	}
	k.of[at].bytes += n
	k.bytes += n
	for k.bytes > k.most {
		most := 0
		for i := range k.of {
			if k.of[i].bytes > k.of[most].bytes {
				most = i
			}
		}
		k.bytes -= k.of[most].bytes
		k.of[most] = keptOf{}
	}
}

// put keeps the rows of a part.
func (k *keptRows) put(at, part int, rows *keptPart) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of[at].all {
		k.of[at].parts[part] = rows
	}
}

// A keeper keeps the rows that fail of the batches of one worker.
type keeper struct {
	run      *Run
	tallies  []int
	keys     rowKeys
	parts    []keptPart      // by tally, of the part that is read
	counted  []kernel.Counts // by tally, when the batch before ended
	failing  []uint64        // a bitmap
	expected []kernel.Bools
	place    int // of the batch in the part
}

// keepRows begins to keep the rows that fail the programs that the pass counts, with the
// fields of which it reads every column.
func (w *work) keepRows(t *extract.Table) {
	var have keyFields
	for f := keyFields(1); f&shownFields != 0; f <<= 1 {
		trial := eval.Setup{Columns: slices.Clip(w.Columns)}
		if newRowKeys(&trial, t, f, nil); len(trial.Columns) == len(w.Columns) {
			have |= f
		}
	}
	w.keys = newRowKeys(w.Setup, t, have, nil)
	for _, at := range w.Pass.Tallies {
		if w.run.plan.Programs[at].Listed {
			w.run.kept.begin(at, shownFields&^have)
			w.keeps = true
		}
	}
}

// keeper returns the keeper of a worker; nil where nothing is kept.
func (w *work) keeper() *keeper {
	if !w.keeps {
		return nil
	}
	n := len(w.Pass.Tallies)
	return &keeper{run: w.run, tallies: w.Pass.Tallies, keys: w.keys, parts: make([]keptPart, n), counted: make([]kernel.Counts, n), failing: make([]uint64, bitmap.Words(w.MaxRows))}
}

// batch keeps the rows of the evaluator's batch that fail; counts are by tally, with
// those of the batch.
func (k *keeper) batch(e *eval.Evaluator, b *extract.Batch, counts [][]kernel.Counts) {
	for i, at := range k.tallies {
		p := &k.run.plan.Programs[at]
		if !p.Listed {
			continue
		}
		now, was := sumOf(counts[i]), k.counted[i]
		k.counted[i] = now
		if now.Denominator-now.Numerator == was.Denominator-was.Numerator {
			continue
		}
		if !k.run.kept.keeps(at) {
			k.parts[i] = keptPart{}
			continue
		}
		before := k.parts[i].size()
		k.add(&k.parts[i], p, e, b)
		k.run.kept.take(at, k.parts[i].size()-before)
	}
	k.place += b.Rows()
}

// size is how many bytes the rows take, about.
func (p *keptPart) size() int {
	if len(p.rows) == 0 {
		return 0
	}
	return int(unsafe.Sizeof(*p)) + len(p.rows)*int(unsafe.Sizeof(p.rows[0])) + len(p.text)
}

// add adds the rows of the batch that fail program p.
func (k *keeper) add(to *keptPart, p *plan.Program, e *eval.Evaluator, b *extract.Batch) {
	c := e.Condition(p)
	to.file, to.before = b.File, b.Before
	k.expected = appendReasons(k.expected[:0], p, e)
	c.Failing(k.failing, e.Rows)
	bitmap.ForEach(k.failing, e.Rows, func(i int) {
		if e.OwnPractice[i] < 0 || to.size() > k.run.kept.most {
			return // no one's, or too many, and given up once they are counted
		}
		r := keptRow{place: k.place + i, record: b.RecordAfter(i), practice: e.OwnPractice[i], verdict: verdictAt(&c, i)}
		r.unmet, r.untold = reasonsOf(k.expected, i, r.verdict)
		r.date, r.hasDate = k.keys.dateAt(e.Columns, i)
		to.text = appendCell(to.text, e.Columns, k.keys.patient, i)
		r.patientEnd = uint32(len(to.text))
		to.text = appendCell(to.text, e.Columns, k.keys.record, i)
		r.recordEnd = uint32(len(to.text))
		to.text = k.keys.appendCode(to.text, e.Columns, i)
		r.codeEnd = uint32(len(to.text))
		to.rows = append(to.rows, r)
	})
}

// end puts what was kept of the part, and starts on the next.
func (k *keeper) end(part int) {
	for i, at := range k.tallies {
		if p := &k.parts[i]; len(p.rows) > 0 {
			k.run.kept.put(at, part, &keptPart{slices.Clone(p.rows), slices.Clone(p.text), p.file, p.before})
			p.rows, p.text = p.rows[:0], p.text[:0]
		}
	}
	k.place = 0
}
