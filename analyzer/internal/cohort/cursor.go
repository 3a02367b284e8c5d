package cohort

// A Cursor is the place in the order of the patients that a worker's lookups
// have reached. Tables that come by patient mostly follow that order, so the
// next id is that of the next patient or of one soon after, and comparing it
// with the next few hashes, which are adjacent in memory, answers without a
// probe of the hash table. Where ids keep missing, they are probed in groups
// instead. A wrong answer takes two ids that share 64 bits of hash. The zero
// Cursor is ready for use by one goroutine.
type Cursor struct {
	next       int32 // the patient after the one that was found last
	misses     int   // grows with each id that is not among the next patients, and shrinks with each that is
	outOfOrder bool  // ids do not follow the order of the patients: probe in groups
	group      lookups
}

const (
	// lookupGroup is how many ids are probed together: their slots are loaded
	// before any is compared, so that the cache misses overlap.
	lookupGroup = 32
	// lookAhead is how many patients after the last one are compared.
	lookAhead = 8
	// maxMisses is how many misses end following the order.
	maxMisses = 64
)

// lookups are ids that wait to be probed together.
type lookups struct {
	n      int
	keys   [lookupGroup]key
	hashes [lookupGroup]uint64
	rows   [lookupGroup]int32
	values [lookupGroup]int32
}

// sameAsBefore stands for the answer of the row before, until all are known.
const sameAsBefore = -3

// FindAll looks up n ids, given as text entries (id i is
// bytes[offsets[i]:offsets[i+1]]), into dst. An id equal to the one before it
// is looked up once.
func (x *IDs) FindAll(dst []int32, bytes []byte, offsets []int32, n int, cur *Cursor) {
	var last []byte
	repeats := false
	for i := range n {
		id := bytes[offsets[i]:offsets[i+1]]
		if i > 0 && string(id) == string(last) {
			dst[i], repeats = sameAsBefore, true
			continue
		}
		last = id
		k := keyOf(id)
		h := k.hash()
		if !cur.outOfOrder {
			dst[i] = x.follow(cur, k, h)
			continue
		}
		g := &cur.group
		g.keys[g.n], g.hashes[g.n], g.rows[g.n] = k, h, int32(i)
		if g.n++; g.n == lookupGroup {
			x.findGroup(dst, cur)
		}
	}
	x.findGroup(dst, cur)
	if !repeats {
		return
	}
	for i := 1; i < n; i++ {
		if dst[i] == sameAsBefore {
			dst[i] = dst[i-1]
		}
	}
}

// follow compares an id with the next patients, then probes for it.
func (x *IDs) follow(cur *Cursor, k key, h uint64) int32 {
	window := x.hashes[min(int(cur.next), len(x.hashes)):min(int(cur.next)+lookAhead, len(x.hashes))]
	for i, have := range window {
		if have == h && h != 0 {
			cur.next += int32(i) + 1
			cur.misses -= min(cur.misses, 1)
			return cur.next - 1
		}
	}
	if cur.misses += 4; cur.misses >= maxMisses {
		cur.outOfOrder = true
	}
	found := x.find(k, h)
	if found >= 0 {
		cur.next = found + 1
	}
	return found
}

// findGroup probes for the ids that wait, and goes back to following the order
// where most of them are in it.
func (x *IDs) findGroup(dst []int32, cur *Cursor) {
	g := &cur.group
	for i, h := range g.hashes[:g.n] { // loaded together, before any probing
		g.values[i] = 0
		if of := &x.byID[h>>63]; len(of.slots) > 0 {
			g.values[i] = of.slots[of.home(h)].value
		}
	}
	inOrder := 0
	for i := range g.n {
		found := None
		if g.values[i] != 0 {
			found = x.find(g.keys[i], g.hashes[i])
		}
		dst[g.rows[i]] = found
		if found < 0 {
			continue
		}
		if found >= cur.next && found < cur.next+lookAhead {
			inOrder++
		}
		cur.next = found + 1
	}
	if 2*inOrder > lookupGroup {
		cur.outOfOrder, cur.misses = false, 0
	}
	g.n = 0
}
