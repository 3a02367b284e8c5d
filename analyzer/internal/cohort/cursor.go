package cohort

// A Trail remembers where the last lookups of a reader led. Tables that come
// by patient mostly follow the order of the patients, so the next id is that of
// the next patient or of one soon after: a look at the hashes in their order
// answers, which are near in memory. Where that fails, ids are looked up in
// groups instead. A false answer takes two ids that share 64 bits of hash. The
// zero Trail is ready for use by one goroutine.
type Trail struct {
	next   int32 // the patient after the one found last
	doubt  int   // grows with each id that is not found ahead
	behind bool  // ids do not follow the order
	group  lookups
}

const (
	// lookupGroup is how many ids are looked up together: their slots are
	// touched first, so that the memory system fetches them side by side.
	lookupGroup = 32
	// ahead is how many patients after the last one are tried.
	ahead = 8
	// doubtful is how much doubt ends following the order.
	doubtful = 64
)

// lookups are ids that wait to be looked up together.
type lookups struct {
	n      int
	keys   [lookupGroup]key
	hashes [lookupGroup]uint64
	rows   [lookupGroup]int32
	seen   [lookupGroup]int32
}

// repeat points at the row before it until an id has been answered.
const repeat = -3

// FindAll looks up n ids, given as text entries (id i is
// bytes[offsets[i]:offsets[i+1]]), into dst. An id equal to the one before it
// is looked up once.
func (x *IDs) FindAll(dst []int32, bytes []byte, offsets []int32, n int, t *Trail) {
	var last []byte
	repeats := false
	for i := range n {
		id := bytes[offsets[i]:offsets[i+1]]
		if i > 0 && string(id) == string(last) {
			dst[i], repeats = repeat, true
			continue
		}
		last = id
		k := keyOf(id)
		h := k.hash()
		if !t.behind {
			dst[i] = x.follow(t, k, h)
			continue
		}
		g := &t.group
		g.keys[g.n], g.hashes[g.n], g.rows[g.n] = k, h, int32(i)
		if g.n++; g.n == lookupGroup {
			x.findGroup(dst, t)
		}
	}
	x.findGroup(dst, t)
	if !repeats {
		return
	}
	for i := 1; i < n; i++ {
		if dst[i] == repeat {
			dst[i] = dst[i-1]
		}
	}
}

// follow looks for an id ahead of the last, then anywhere.
func (x *IDs) follow(t *Trail, k key, h uint64) int32 {
	window := x.order[min(int(t.next), len(x.order)):min(int(t.next)+ahead, len(x.order))]
	for i, have := range window {
		if have == h && h != 0 {
			t.next += int32(i) + 1
			t.doubt -= min(t.doubt, 1)
			return t.next - 1
		}
	}
	if t.doubt += 4; t.doubt >= doubtful {
		t.behind = true
	}
	found := x.find(k, h)
	if found >= 0 {
		t.next = found + 1
	}
	return found
}

// findGroup looks up the ids that wait, and takes up the order again where
// they follow it.
func (x *IDs) findGroup(dst []int32, t *Trail) {
	g := &t.group
	for i, h := range g.hashes[:g.n] { // loaded together, before any probing
		g.seen[i] = 0
		if of := &x.byID[h>>63]; len(of.slots) > 0 {
			g.seen[i] = of.slots[of.home(h)].value
		}
	}
	inOrder := 0
	for i := range g.n {
		found := None
		if g.seen[i] != 0 {
			found = x.find(g.keys[i], g.hashes[i])
		}
		dst[g.rows[i]] = found
		if found < 0 {
			continue
		}
		if found >= t.next && found < t.next+ahead {
			inOrder++
		}
		t.next = found + 1
	}
	if 2*inOrder > lookupGroup {
		t.behind, t.doubt = false, 0
	}
	g.n = 0
}
