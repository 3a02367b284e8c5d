package eval

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"sync"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/vector"
)

// Where the rows of each patient lie together, earlier repeats among them can be told in
// the first pass over a table, as each patient's rows end: the rows are few, and in the
// cache. What is kept is a bit a row. Where some patient's rows lie apart, three passes
// tell (plan.IsMatch).

// KnownRepeats are the values of an OpRepeatsEarlier of every row of a table, by part
// and place in the part.
type KnownRepeats struct {
	mu     sync.Mutex
	parts  map[int]partBits
	visits cohort.Visits
	edges  []edgeRow
	ids    []byte // of edges
}

type partBits struct {
	bits []uint64
	rows int
}

// A placedRow is one of the rows of a patient that are compared.
type placedRow struct {
	hash  uint64 // of the values in which rows would be equal
	place uint32 // in the part
	asked bool   // the condition is true: others may repeat it
}

// An edgeRow is a row of the first or last patient of a part, whose rows may go on in
// another.
type edgeRow struct {
	placedRow
	part   int
	digest cohort.Digest
	id     span
}

// A span is some bytes of a text.
type span struct{ from, to int }

// A savedRow is what is kept of a row whose batch is gone: its id, and the digest of the
// values in which rows would be equal.
type savedRow struct {
	digest cohort.Digest
	id     span
}

// An alikeRow is one of several rows of a hash. Hashes of 64 bits can be made to
// collide; digests tell such rows apart.
type alikeRow struct {
	digest cohort.Digest
	row    int32
}

// knownRepeats are what one worker finds of a node: of the part that it reads, the bits
// so far and the rows of the patient that came last.
type knownRepeats struct {
	node    *expr.Node
	hasher  *rowHasher
	visits  cohort.Visits
	patient int32
	first   bool // they are the first of the part
	rows    []placedRow
	saved   []savedRow // of rows of earlier batches
	text    []byte     // their ids
	alike   []alikeRow // scratch: rows that have their hash in common
	slots   []int32    // scratch: a hash table of rows
	bits    []uint64
	edges   []edgeRow
	ids     []byte
}

// startKnown readies the nodes that the pass tells at once.
func startKnown(f *Facts, nodes []*expr.Node, patients int) {
	for _, n := range nodes {
		f.known[n] = &KnownRepeats{parts: map[int]partBits{}, visits: cohort.NewVisits(patients)}
	}
}

// RepeatsKnown says that the values of n are known of every row.
func (f *Facts) RepeatsKnown(n *expr.Node) bool { return f.known[n] != nil }

// StartPart says that the batches that follow are of that part of the table.
func (e *Evaluator) StartPart(part int) {
	e.part, e.place, e.next = part, 0, 0
	for _, k := range e.known {
		k.patient, k.first, k.bits = cohort.None, true, nil
	}
}

// EndPart says that all rows of the part have been evaluated.
func (e *Evaluator) EndPart() {
	for _, k := range e.known {
		k.close(e, true)
		of := e.setup.Facts.known[k.node]
		of.mu.Lock()
		of.parts[e.part] = partBits{k.bits, e.next}
		of.mu.Unlock()
	}
}

// compareRepeats compares the rows of the batch among those of their patients.
func (e *Evaluator) compareRepeats(n *expr.Node) {
	at := slices.IndexFunc(e.known, func(k *knownRepeats) bool { return k.node == n })
	if at < 0 {
		at = len(e.known)
		e.known = append(e.known, &knownRepeats{node: n, hasher: e.rowHasher(n.Args[3:]), visits: cohort.NewVisits(e.setup.Patients), patient: cohort.None, first: true})
	}
	e.known[at].batch(e)
}

func (k *knownRepeats) batch(e *Evaluator) {
	k.bits = vector.Grow(k.bits, bitmap.Words(e.next))
	if k.visits.Seen() {
		return // other passes will tell
	}
	own, id, cond := e.owners(k.node.Relation), e.Value(k.node.Args[2]), e.Value(k.node.Args[1])
	k.hasher.hash(e, own, false)
	hashes := k.hasher.hashes
	for i := 0; i < e.Rows; {
		end := kernel.RunEnd(own[:e.Rows], i)
		if own[i] < 0 {
			i = end
			continue
		}
		if own[i] != k.patient {
			k.close(e, false)
			k.patient = own[i]
		}
		for ; i < end; i++ {
			if bitmap.Known(id.Known, i) {
				asked := bitmap.Has(cond.Bits, i) && bitmap.Known(cond.Known, i)
				k.rows = append(k.rows, placedRow{hashes[i], uint32(e.place + i), asked})
			}
		}
	}
	for j := len(k.saved); j < len(k.rows); j++ {
		from := len(k.text)
		row := int(k.rows[j].place) - e.place
		k.text = append(k.text, id.TextAt(row)...)
		k.saved = append(k.saved, savedRow{k.hasher.digest(own[row], row), span{from, len(k.text)}})
	}
}

// close ends the rows of a patient.
func (k *knownRepeats) close(e *Evaluator, last bool) {
	if k.patient == cohort.None {
		return
	}
	edge := k.first || last
	k.visits.Ended(k.patient, edge)
	id := func(j int32) []byte {
		if int(j) < len(k.saved) {
			return k.text[k.saved[j].id.from:k.saved[j].id.to]
		}
		return e.Value(k.node.Args[2]).TextAt(int(k.rows[j].place) - e.place)
	}
	digest := func(j int32) cohort.Digest {
		if int(j) < len(k.saved) {
			return k.saved[j].digest
		}
		return k.hasher.digest(k.patient, int(k.rows[j].place)-e.place)
	}
	if edge {
		for j, r := range k.rows {
			from := len(k.ids)
			k.ids = append(k.ids, id(int32(j))...)
			k.edges = append(k.edges, edgeRow{r, e.part, digest(int32(j)), span{from, len(k.ids)}})
		}
	} else {
		k.compare(id, digest)
	}
	k.patient, k.first = cohort.None, false
	k.rows, k.saved, k.text = k.rows[:0], k.saved[:0], k.text[:0]
}

// compare sets the bits of the patient's rows that repeat one with a smaller id. Most
// patients have none.
func (k *knownRepeats) compare(id func(int32) []byte, digest func(int32) cohort.Digest) {
	size := cohort.TableSize(len(k.rows))
	k.slots = slices.Grow(k.slots[:0], size)[:size]
	clear(k.slots)
	k.alike = k.alike[:0]
	mask := uint64(size - 1)
	for j := range k.rows {
		h := k.rows[j].hash
		at := h & mask
		for k.slots[at] != 0 && k.rows[k.slots[at]-1].hash != h {
			at = (at + 1) & mask
		}
		if k.slots[at] == 0 {
			k.slots[at] = int32(j) + 1
			continue
		}
		first := k.slots[at] - 1
		k.alike = append(k.alike, alikeRow{digest(first), first}, alikeRow{digest(int32(j)), int32(j)})
	}
	slices.SortFunc(k.alike, func(a, b alikeRow) int {
		return cmp.Or(a.digest.Compare(b.digest), bytes.Compare(id(a.row), id(b.row)), cmp.Compare(a.row, b.row))
	})
	k.alike = slices.Compact(k.alike)
	repeated(len(k.alike), func(i int) (cohort.Digest, []byte, bool) {
		a := k.alike[i]
		return a.digest, id(a.row), k.rows[a.row].asked
	}, func(i int) { bitmap.Set(k.bits, int(k.rows[k.alike[i].row].place)) })
}

// repeated calls found for each of n rows, in the order of their digests and ids, that has
// the digest of one before it that is asked for and has a smaller id.
func repeated(n int, row func(int) (of cohort.Digest, id []byte, asked bool), found func(int)) {
	var last cohort.Digest
	var smallest []byte // the id of the first row of the digest that is asked for
	have := false
	for i := range n {
		of, id, asked := row(i)
		if i == 0 || of != last {
			last, have = of, false
		}
		if have && bytes.Compare(smallest, id) < 0 {
			found(i)
		}
		if !have && asked {
			smallest, have = id, true
		}
	}
}

// JoinKnown joins what the workers of a pass found of the nodes that it tells at once,
// and returns those that it could not tell, of which nothing is kept.
func (f *Facts) JoinKnown(nodes []*expr.Node, workers []*Evaluator) (untold []*expr.Node) {
	for _, n := range nodes {
		of := f.known[n]
		for _, e := range workers {
			for _, k := range e.known {
				if k.node == n {
					of.add(k)
				}
			}
		}
		if of.visits.Apart() {
			delete(f.known, n)
			untold = append(untold, n)
			continue
		}
		of.compareEdges()
	}
	return untold
}

// add adds what a worker found.
func (of *KnownRepeats) add(k *knownRepeats) {
	of.visits.Merge(&k.visits)
	base := len(of.ids)
	of.ids = append(of.ids, k.ids...)
	for _, r := range k.edges {
		r.id.from, r.id.to = r.id.from+base, r.id.to+base
		of.edges = append(of.edges, r)
	}
}

// compareEdges compares the rows of patients that may be in several parts.
func (of *KnownRepeats) compareEdges() {
	id := func(r *edgeRow) []byte { return of.ids[r.id.from:r.id.to] }
	slices.SortFunc(of.edges, func(a, b edgeRow) int {
		return cmp.Or(a.digest.Compare(b.digest), bytes.Compare(id(&a), id(&b)), cmp.Compare(a.part, b.part), cmp.Compare(a.place, b.place))
	})
	repeated(len(of.edges), func(i int) (cohort.Digest, []byte, bool) {
		r := &of.edges[i]
		return r.digest, id(r), r.asked
	}, func(i int) {
		bitmap.Set(of.parts[of.edges[i].part].bits, int(of.edges[i].place))
	})
	of.edges, of.ids = nil, nil
}

// Bytes is the memory used.
func (of *KnownRepeats) Bytes() int64 {
	var n int64
	for _, p := range of.parts {
		n += int64(len(p.bits)) * 8
	}
	return n
}

// knownStep compiles the values of a node that the first pass told.
func (e *Evaluator) knownStep(n *expr.Node, of *KnownRepeats, out *vector.Vec) func() {
	*out = vector.Make(n.Type, e.MaxRows)
	out.Known = nil
	return func() {
		p, ok := of.parts[e.part]
		if !ok || e.next > p.rows {
			panic(fmt.Sprintf("part %d has other rows than when it was read first", e.part+1))
		}
		bitmap.Copy(out.Bits, 0, p.bits, e.place, e.Rows)
	}
}
