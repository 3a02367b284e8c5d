package analyzer

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/zeebo/xxh3"

	"paperlight/analyzer/cohort"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/kernel"
	"paperlight/analyzer/schema"
	"paperlight/rules/identifier"
)

// duplicateLimit is the most rows a table may have for its record ids to be
// compared, unless that is asked for: 8 bytes a row are held for it.
const duplicateLimit = 4 << 20

// A reader turns the batches of a table's files into an evaluator's batches:
// it decides whose row each is, and counts what is wrong with it.
type reader struct {
	run *Run
	in  *prepared
	e   *evaluator
	// reading is nil where the table has been counted before; first says that
	// rows are counted, fresh which columns' cells are.
	reading *reading
	first   bool
	fresh   []bool

	patientAt, practiceAt, keyAt int   // places in in.columns, or -1
	noClaim                      int32 // what a row without practice_id claims
	required                     []int
	codes                        []codeColumn
	reject                       []uint64
	named                        []int32 // what patient_id leads to
	only                         []int32 // room for count
	claimed                      []int32 // the practice that practice_id names; -2 none, -1 not one of ours
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
	rounded    []bool
}

// prepareRows lists the columns that a pass over a table's files reads.
func (run *Run) prepareRows(p *pass, first bool) *prepared {
	t := run.x.Table(p.table)
	in := &prepared{pass: p, run: run, rows: partRows(t)}
	add := func(c *schema.Column) {
		if c != nil && !c.Virtual && t != nil && t.Supplied[c.Index] && in.columnAt(c) < 0 {
			in.columns = append(in.columns, c)
		}
	}
	for _, n := range p.nodes {
		if n.Column != nil && n.Space == p.table {
			add(n.Column)
		}
		if (n.Op == expr.OpGather || isAggregate(n)) && byID(n.Relation) {
			add(n.Relation.Near)
		}
	}
	for _, l := range p.links {
		add(l.relation.Far)
	}
	for _, n := range p.repeats {
		add(n.Relation.Far)
	}
	for _, n := range p.nodes {
		if n.Op == expr.OpRepeatedIn {
			add(n.Relation.Far)
		}
	}
	for _, c := range p.also {
		add(c)
	}
	add(p.table.Patient)
	add(p.table.Practice)
	if t == nil {
		return in
	}
	for _, c := range p.table.Columns {
		if c.Required && !vouched(t, c) {
			add(c)
		}
	}
	if !first {
		return in
	}
	if run.options.everyColumn {
		for _, c := range p.table.Columns {
			add(c)
		}
	}
	if run.countsIDs(t) {
		add(p.table.Key)
	}
	if run.plan.rounded {
		for _, c := range codeColumns(p.table) {
			add(c[0])
			add(c[1])
		}
	}
	return in
}

// partRows is the room for a batch of any part of t.
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
		most = max(most, int(min(rows, batchRows)))
	}
	return capacity(most)
}

// vouched says that the source itself guarantees the column in every part.
func vouched(t *extract.Table, c *schema.Column) bool {
	for _, p := range t.Parts {
		if !p.NoNulls(c) {
			return false
		}
	}
	return true
}

// countsIDs says that repeated record ids of the table may be counted. It
// turns on the number of rows alone, where that is known before reading.
func (run *Run) countsIDs(t *extract.Table) bool {
	if t.Schema.Key == nil || t.DerivedKey || !t.Supplied[t.Schema.Key.Index] || t.Schema.Name == "patients" {
		return false
	}
	if run.options.CountDuplicateIDs {
		return true
	}
	var total int64
	for _, p := range t.Parts {
		if _, rows := p.Size(); rows > 0 {
			total += rows
		}
	}
	return total <= duplicateLimit
}

// codeColumns are the table's columns of SNOMED CT and dm+d identifiers, each
// with the column that says whether a code is one.
func codeColumns(t *schema.Table) [][2]*schema.Column {
	switch t.Name {
	case "events":
		return [][2]*schema.Column{{t.Column("code"), t.Column("code_system")}}
	case "medications", "issues":
		return [][2]*schema.Column{{t.Column("dmd_code"), nil}}
	case "allergies":
		return [][2]*schema.Column{{t.Column("agent_code"), nil}}
	}
	return nil
}

func newReader(in *prepared, e *evaluator, first bool) *reader {
	t := in.pass.table
	r := &reader{run: in.run, in: in, e: e, patientAt: in.columnAt(t.Patient), practiceAt: in.columnAt(t.Practice), keyAt: -1,
		named: make([]int32, e.rows), claimed: make([]int32, e.rows), only: make([]int32, e.rows),
		reject: make([]uint64, kernel.Words(e.rows))}
	e.patient, e.practice = make([]int32, e.rows), make([]int32, e.rows)
	e.ownPatient, e.ownPractice = make([]int32, e.rows), make([]int32, e.rows)
	if t.Patient == nil || t.Name == "patients" {
		r.patientAt = -1
	}
	r.noClaim = noClaim
	if t.Name == "patients" {
		r.noClaim = in.run.practices.home()
	}
	x := in.run.x.Table(t)
	for i, c := range in.columns {
		if c.Required && (c != t.Key || !x.DerivedKey) {
			r.required = append(r.required, i)
		}
	}
	r.fresh = in.run.fresh(in.columns)
	if !first && !slices.Contains(r.fresh, true) {
		return r
	}
	r.reading, r.first = newReading(t, len(in.run.practices.List)), first
	if !first {
		return r
	}
	if r.reading.countIDs = in.run.countsIDs(x); r.reading.countIDs {
		r.keyAt = in.columnAt(t.Key)
	}
	if in.run.plan.rounded {
		for _, c := range codeColumns(t) {
			if at := in.columnAt(c[0]); at >= 0 {
				system := -1
				if c[1] != nil {
					if system = in.columnAt(c[1]); system < 0 {
						continue // without the system no code is known to be SNOMED CT
					}
				}
				r.codes = append(r.codes, codeColumn{at: at, system: system})
			}
		}
	}
	return r
}

// batch takes over a batch: columns, whose row each is, and counts.
func (r *reader) batch(b *extract.Batch) error {
	n := b.Rows()
	if n > r.e.rows {
		return fmt.Errorf("%s: a batch of %d rows, want at most %d", b.File, n, r.e.rows)
	}
	for i, c := range r.in.columns {
		v, err := b.View(i)
		if err != nil {
			return fmt.Errorf("%s, column %s: %w", b.File, c.Name, err)
		}
		r.e.columns[i], r.e.flags[i], r.e.numbers[i] = viewed(&v), b.Malformed[i], b.Dictionaries[i]
	}
	r.rejects(b, n)
	r.places(n)
	if r.reading != nil {
		r.count(b, n)
	}
	// What is rejected is no one's row from here on.
	kernel.ForEachSet(r.reject, n, func(i int) {
		r.e.ownPatient[i], r.e.ownPractice[i] = -1, -1
		r.e.patient[i], r.e.practice[i] = int32(r.run.nullPatient), int32(len(r.run.practices.List))
	})
	return nil
}

// rejects marks the rows without a value in a required column.
func (r *reader) rejects(b *extract.Batch, n int) {
	if b.Ragged != nil {
		copy(r.reject, b.Ragged[:kernel.Words(n)])
	} else {
		kernel.Fill(r.reject, false, n)
	}
	for _, i := range r.required {
		if k := r.e.columns[i].known; k != nil {
			for w := range kernel.Words(n) {
				r.reject[w] |= ^k[w]
			}
		}
	}
}

// places works out the patient and practice of every row, and what it
// gathers from.
func (r *reader) places(n int) {
	run, e := r.run, r.e
	r.claims(n)
	r.names(n)
	practices := int32(len(run.practices.List))
	for i := range n {
		own, patient := r.claimed[i], r.named[i]
		if patient == cohort.Several {
			patient = cohort.None
			if own >= 0 {
				patient = run.ids.FindIn(e.columns[r.patientAt].textAt(i), own)
			}
		}
		if patient >= 0 {
			home := run.patientPractice[patient]
			e.ownPatient[i], e.ownPractice[i], e.patient[i], e.practice[i] = patient, home, patient, home
			continue
		}
		if own == noClaim && practices == 1 && r.in.pass.table.Patient == nil {
			own = 0
		}
		own = max(own, -1)
		e.ownPatient[i], e.ownPractice[i] = -1, own
		e.patient[i], e.practice[i] = int32(run.nullPatient)+1+own, own
		if own < 0 {
			e.practice[i] = practices
		}
	}
}

// noClaim: the row's practice_id is null or not supplied.
const noClaim = -2

// claims fills claimed with the practice that each row's practice_id names.
func (r *reader) claims(n int) {
	if r.practiceAt < 0 {
		for i := range n {
			r.claimed[i] = r.noClaim
		}
		return
	}
	r.lookUp(r.claimed, r.practiceAt, n, &r.practiceEntries, r.noClaim, func(id []byte) int32 {
		if q, ok := r.run.practices.byID[text(id)]; ok {
			return q
		}
		return -1
	})
}

// names fills named with the patient that each row's patient_id leads to.
func (r *reader) names(n int) {
	if r.patientAt < 0 || r.run.ids == nil {
		for i := range n {
			r.named[i] = cohort.None
		}
		return
	}
	v := &r.e.columns[r.patientAt]
	if v.index != nil || len(v.offsets) == 0 {
		r.lookUp(r.named, r.patientAt, n, &r.patientEntries, cohort.None, r.run.ids.Find)
		return
	}
	r.run.ids.FindAll(r.named, v.bytes, v.offsets, n)
	if v.known != nil {
		for i := range n {
			if !bit(v.known, i) {
				r.named[i] = cohort.None
			}
		}
	}
}

// lookUp fills dst with what the text of each row leads to: once an entry of
// a dictionary, or once for equal neighbours.
func (r *reader) lookUp(dst []int32, at, n int, memo *entryNumbers, null int32, find func([]byte) int32) {
	v := &r.e.columns[at]
	entries := max(0, len(v.offsets)-1)
	if number := r.e.numbers[at]; v.index != nil && number != 0 {
		if memo.number != number || len(memo.to) > entries {
			memo.number, memo.to = number, memo.to[:0]
		}
		for i := len(memo.to); i < entries; i++ {
			memo.to = append(memo.to, find(v.bytes[v.offsets[i]:v.offsets[i+1]]))
		}
		for i := range n {
			if dst[i] = null; bit(v.known, i) {
				dst[i] = memo.to[v.index[i]]
			}
		}
		return
	}
	var last []byte
	to := null
	for i := range n {
		if !bit(v.known, i) || entries == 0 {
			dst[i] = null
			continue
		}
		if id := v.textAt(i); last == nil || string(id) != string(last) {
			last, to = id, find(id)
		}
		dst[i] = to
	}
}

// count counts the batch in the reading.
func (r *reader) count(b *extract.Batch, n int) {
	c := r.reading
	own := r.answers(n)
	if r.first {
		c.rows += int64(n)
		c.rejected += c.mark(len(r.in.pass.table.Columns), r.reject, b)
		for i := 0; i < n; {
			j := i
			for j < n && own[j] == own[i] {
				j++
			}
			if own[i] >= 0 {
				c.practices[own[i]].rows += int64(j - i)
				c.practices[own[i]].rejected += countRange(r.reject, i, j)
			}
			i = j
		}
		r.countPatients(n, own)
		r.countIDs(n)
		r.countRounded(n, own)
	}
	for i, col := range r.in.columns {
		if set := b.Malformed[i]; set != nil && r.fresh[i] {
			c.malformed += c.mark(col.Index, set, b)
			kernel.ForEachSet(set, n, func(i int) {
				if own[i] >= 0 {
					c.practices[own[i]].malformed++
				}
			})
		}
	}
}

// answers returns the practice that each row is counted under: its own, and
// where there is only one, that one for all that name none.
func (r *reader) answers(n int) []int32 {
	if len(r.reading.practices) != 1 {
		return r.e.ownPractice
	}
	for i := range n {
		if r.only[i] = r.e.ownPractice[i]; r.claimed[i] == noClaim {
			r.only[i] = 0
		}
	}
	return r.only
}

// countPatients counts orphans, and rows that name another practice than
// their patient's.
func (r *reader) countPatients(n int, own []int32) {
	if r.patientAt < 0 {
		return
	}
	c, e := r.reading, r.e
	known := e.columns[r.patientAt].known
	for i := range n {
		switch {
		case bit(r.reject, i) || !bit(known, i):
		case e.ownPatient[i] < 0:
			c.orphans++
			if q := own[i]; q >= 0 {
				c.practices[q].orphans++
			}
		case r.claimed[i] != noClaim && r.claimed[i] != e.ownPractice[i]:
			c.mismatch++
		}
	}
}

// countIDs notes the record ids, until there are more than are compared.
func (r *reader) countIDs(n int) {
	c := r.reading
	if !c.countIDs || r.keyAt < 0 {
		return
	}
	if c.rows > duplicateLimit && !r.run.options.CountDuplicateIDs {
		c.countIDs, c.ids = false, nil
		return
	}
	v := &r.e.columns[r.keyAt]
	for i := range n {
		if bit(r.reject, i) || !bit(v.known, i) {
			continue
		}
		owner := r.e.ownPatient[i]
		if owner < 0 {
			owner = -3 - r.e.ownPractice[i]
		}
		h := cohort.RowKey(owner, v.textAt(i))
		if r.e.ownPatient[i] < 0 && r.patientAt >= 0 && bit(r.e.columns[r.patientAt].known, i) {
			h ^= xxh3.Hash(r.e.columns[r.patientAt].textAt(i))
		}
		c.ids = append(c.ids, h)
	}
}

// countRounded counts identifiers that look rounded.
func (r *reader) countRounded(n int, own []int32) {
	for k := range r.codes {
		c := &r.codes[k]
		v := &r.e.columns[c.at]
		entries := max(0, len(v.offsets)-1)
		number := r.e.numbers[c.at]
		byEntry := v.index != nil && number != 0
		if byEntry {
			if c.number != number || len(c.rounded) > entries {
				c.number, c.rounded = number, c.rounded[:0]
			}
			for i := len(c.rounded); i < entries; i++ {
				c.rounded = append(c.rounded, identifier.SCTIDRounded(v.bytes[v.offsets[i]:v.offsets[i+1]]))
			}
		}
		for i := range n {
			if !bit(v.known, i) || entries == 0 || own[i] < 0 {
				continue
			}
			if byEntry && !c.rounded[v.index[i]] || !byEntry && !identifier.SCTIDRounded(v.textAt(i)) {
				continue
			}
			if c.system >= 0 {
				s := &r.e.columns[c.system]
				if !bit(s.known, i) || string(s.textAt(i)) != "sct" {
					continue
				}
			}
			r.reading.practices[own[i]].rounded++
		}
	}
}

// overRows carries out a pass over the files of a table.
func (run *Run) overRows(ctx context.Context, p *pass) error {
	first := run.tables[p.table.Index] == nil
	w := run.work(run.prepareRows(p, first))
	w.sets = run.gathers(p)
	t := run.x.Table(p.table)
	if t == nil {
		w.join([]*worker{w.worker()})
		return nil
	}
	workers := make([]*worker, max(1, min(run.options.jobs(), len(t.Parts))))
	err := run.eachPart(ctx, t, w.columns, len(workers), func(i int) partReader {
		k := w.worker()
		k.reader = newReader(w.prepared, k.e, first)
		workers[i] = k
		return partReader{
			start: func(int) {},
			batch: func(b *extract.Batch) error {
				if err := k.reader.batch(b); err != nil {
					return err
				}
				k.e.run(b.Rows())
				w.batch(k)
				return nil
			},
		}
	})
	if err != nil {
		return err
	}
	if total := workers[0].reader.reading; total != nil {
		for _, k := range workers[1:] {
			total.merge(k.reader.reading)
		}
		run.counted(p.table, total, w.columns)
	}
	w.join(workers)
	return nil
}

// fresh says which of the columns no pass has counted the cells of.
func (run *Run) fresh(columns []*schema.Column) []bool {
	out := make([]bool, len(columns))
	for i, c := range columns {
		out[i] = !run.seen[c]
	}
	return out
}

// counted takes over the counts of a pass over a table, and of the columns
// that it read.
func (run *Run) counted(t *schema.Table, r *reading, columns []*schema.Column) {
	for _, c := range columns {
		run.seen[c] = true
	}
	if before := run.tables[t.Index]; before != nil {
		before.merge(r)
		return
	}
	if r.rows > duplicateLimit && !run.options.CountDuplicateIDs {
		r.countIDs, r.ids = false, nil
	}
	r.countRepeated()
	run.tables[t.Index] = r
}

// A partReader takes the batches of the parts given to one worker.
type partReader struct {
	start func(part int)
	batch func(*extract.Batch) error
	end   func()
}

// eachPart reads every part of a table, shared out among workers in the order
// of the parts. The first error stops all.
func (run *Run) eachPart(ctx context.Context, t *extract.Table, cols []*schema.Column, workers int, open func(worker int) partReader) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var next atomic.Int64
	return parallel(workers, func(i int) (err error) {
		defer func() {
			if err != nil {
				stop()
			}
		}()
		r := open(i)
		for {
			at := int(next.Add(1)) - 1
			if at >= len(t.Parts) {
				return nil
			}
			if err := run.part(ctx, t, at, cols, r); err != nil {
				return err
			}
		}
	})
}

// part reads one part. A panic while decoding becomes an error that says
// where it happened.
func (run *Run) part(ctx context.Context, t *extract.Table, at int, cols []*schema.Column, r partReader) (err error) {
	file := "part " + fmt.Sprint(at+1)
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("table %s, %s: internal error while reading: %v", t.Schema.Name, file, p)
		}
	}()
	r.start(at)
	for b, err := range t.Parts[at].Scan(ctx, cols) {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if b.File != "" {
			file = b.File
		}
		if err := r.batch(b); err != nil {
			return err
		}
		run.advance(t.Schema, b)
	}
	if r.end != nil {
		r.end()
	}
	return ctx.Err()
}

// advance reports progress.
func (run *Run) advance(t *schema.Table, b *extract.Batch) {
	if run.options.Progress == nil {
		return
	}
	run.mu.Lock()
	defer run.mu.Unlock()
	run.progress.Table = t.Name
	run.progress.Rows += int64(b.Rows())
	run.progress.Bytes += b.Bytes
	run.options.Progress(run.progress)
}
