package cohort

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/zeebo/xxh3"

	"paperlight/analyzer/crash"
)

// What a lookup returns besides a patient number.
const (
	// None: no patient carries the id, or it is ambiguous.
	None int32 = -1
	// Several: more than one patient row carries the id; ask with the practice.
	Several int32 = -2
)

// key is an id in 16 bytes: itself where it has that length, else a hash.
type key struct{ lo, hi uint64 }

func keyOf(id []byte) key {
	if len(id) == 16 {
		return key{binary.LittleEndian.Uint64(id), binary.LittleEndian.Uint64(id[8:])}
	}
	h := xxh3.Hash128(id)
	return key{h.Lo, h.Hi}
}

// with returns the key of the id within a practice.
func (k key) with(practice int32) key {
	k.hi ^= mix(uint64(uint32(practice)) + 0x9e3779b97f4a7c15)
	return k
}

func (k key) hash() uint64 { return mix(k.lo ^ bits.RotateLeft64(k.hi, 29)) }

func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}

// IDs maps patient ids to patient numbers. BuildIDs makes it once; then any
// number of goroutines may look up.
type IDs struct {
	byID, byPair [partitions]table
	// hashes are those of the patients' ids, by number; 0 for a row that is
	// not a patient, or whose id another row carries too.
	hashes []uint64
}

// partitions is how many tables are built at the same time; the top bit of the
// hash chooses one.
const partitions = 2

// table is an open-addressing hash table at a load of at most two thirds.
type table struct {
	slots []slot
	used  int
}

// slot is a key and its value, in words of 4 bytes so that there is no padding.
type slot struct {
	lo0, lo1, hi0, hi1 uint32
	value              int32 // 0 free; else Several, None or number+1
}

const slotBytes = 20

func (s *slot) has(k key) bool {
	return uint64(s.lo0)|uint64(s.lo1)<<32 == k.lo && uint64(s.hi0)|uint64(s.hi1)<<32 == k.hi
}

// Hash is the hash of a patient's id; 0 where another row carries the id too.
func (x *IDs) Hash(patient int32) uint64 { return x.hashes[patient] }

// PatientHash is Hash of an id, whoever carries it.
func PatientHash(id []byte) uint64 { return keyOf(id).hash() }

// A Segment is the patients of one part, in order.
type Segment struct {
	// First is the number of the first patient. IDs are the ids back to back,
	// Ends where each ends. An empty id is a row that is not a patient.
	First int32
	IDs   []byte
	Ends  []uint32
	// Practice is the practice number of each row.
	Practice []int32
}

// BuildIDs indexes the segments with at most jobs goroutines. It returns the
// index and the numbers of the patients whose practice and id another carries
// too, sorted: such an id is ambiguous and is found as None. repeated is how
// many of them an earlier one precedes.
func BuildIDs(segments []Segment, jobs int) (x *IDs, ambiguous []int32, repeated int) {
	x = &IDs{hashes: hashIDs(segments, jobs)}
	var lists, shared [partitions][]int32
	var counts [partitions]int
	var group crash.Group
	for p := range partitions {
		build := func() { lists[p], shared[p], counts[p] = x.build(p, segments) }
		if jobs < 2 {
			build()
			continue
		}
		group.Go(build)
	}
	group.Wait()
	for p, n := range counts {
		repeated += n
		for _, number := range shared[p] {
			x.hashes[number] = 0
		}
	}
	ambiguous = slices.Concat(lists[:]...)
	slices.Sort(ambiguous)
	return x, ambiguous, repeated
}

// hashIDs hashes the ids of the segments, by number.
func hashIDs(segments []Segment, jobs int) []uint64 {
	most := 0
	for i := range segments {
		most = max(most, int(segments[i].First)+len(segments[i].Ends))
	}
	hashes := make([]uint64, most)
	var group crash.Group
	slots := make(chan struct{}, max(1, jobs))
	for i := range segments {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			s, start := &segments[i], uint32(0)
			for j, end := range s.Ends {
				if end > start {
					hashes[int(s.First)+j] = keyOf(s.IDs[start:end]).hash()
				}
				start = end
			}
		})
	}
	group.Wait()
	return hashes
}

// build fills partition p. Pairs of practice and id lie in the partition of the
// id. shared are the patients whose id another carries, whatever the practices.
func (x *IDs) build(p int, segments []Segment) (ambiguous, shared []int32, repeated int) {
	byID, byPair := &x.byID[p], &x.byPair[p]
	rows := 0
	for i := range segments {
		rows += len(segments[i].Ends)
	}
	byID.grow(rows/partitions + rows/64)
	several := false
	var pending [lookupGroup]pendingKey
	fill := 0
	flush := func() {
		for _, w := range pending[:fill] { // nothing but probing, so that cache misses overlap
			s := byID.find(w.key, w.hash)
			if s.value == 0 {
				byID.put(s, w.key, w.hash, w.number+1)
				continue
			}
			s.value, several = Several, true
		}
		fill = 0
	}
	x.each(segments, p, func(number, _ int32, k key, hash uint64) {
		pending[fill] = pendingKey{k, hash, number}
		if fill++; fill == lookupGroup {
			flush()
		}
	})
	flush()
	if !several {
		return nil, nil, 0
	}
	x.each(segments, p, func(number, practice int32, k key, hash uint64) {
		if byID.find(k, hash).value != Several {
			return
		}
		shared = append(shared, number)
		pair := k.with(practice)
		switch s := byPair.findOrGrow(pair); s.value {
		case 0:
			byPair.put(s, pair, pair.hash(), number+1)
		case None:
			ambiguous, repeated = append(ambiguous, number), repeated+1
		default:
			ambiguous, repeated = append(ambiguous, s.value-1, number), repeated+1
			s.value = None
		}
	})
	return ambiguous, shared, repeated
}

type pendingKey struct {
	key    key
	hash   uint64
	number int32
}

// each visits the ids of partition p in order of their numbers.
func (x *IDs) each(segments []Segment, p int, visit func(number, practice int32, k key, hash uint64)) {
	for i := range segments {
		s := &segments[i]
		start := uint32(0)
		for j, end := range s.Ends {
			id := s.IDs[start:end]
			start = end
			number := s.First + int32(j)
			if hash := x.hashes[number]; len(id) > 0 && int(hash>>63) == p {
				visit(number, s.Practice[j], keyOf(id), hash)
			}
		}
	}
}

// grow resizes the table for n keys and inserts those that it has anew.
func (t *table) grow(n int) {
	old := t.slots
	t.slots = make([]slot, n+n/2+16)
	for i := range old {
		if s := &old[i]; s.value != 0 {
			k := key{uint64(s.lo0) | uint64(s.lo1)<<32, uint64(s.hi0) | uint64(s.hi1)<<32}
			*t.find(k, k.hash()) = *s
		}
	}
}

// home is the slot where probing for a key begins. The top bit of the hash has
// chosen the partition.
func (t *table) home(hash uint64) int {
	at, _ := bits.Mul64(hash<<1, uint64(len(t.slots)))
	return int(at)
}

// find returns the slot of k, or the free slot it would take.
func (t *table) find(k key, hash uint64) *slot {
	at := t.home(hash)
	for {
		s := &t.slots[at]
		if s.value == 0 || s.has(k) {
			return s
		}
		if at++; at == len(t.slots) {
			at = 0
		}
	}
}

// findOrGrow is find in a table that may have no slot yet.
func (t *table) findOrGrow(k key) *slot {
	if len(t.slots) == 0 {
		t.grow(16)
	}
	return t.find(k, k.hash())
}

// put stores k in the free slot s, which find returned.
func (t *table) put(s *slot, k key, hash uint64, value int32) {
	if 3*(t.used+1) > 2*len(t.slots) {
		t.grow(2 * (t.used + 1))
		s = t.find(k, hash)
	}
	*s = slot{uint32(k.lo), uint32(k.lo >> 32), uint32(k.hi), uint32(k.hi >> 32), value}
	t.used++
}

// Find returns the number of the patient called id, None, or Several.
func (x *IDs) Find(id []byte) int32 {
	k := keyOf(id)
	return x.find(k, k.hash())
}

func (x *IDs) find(k key, hash uint64) int32 {
	t := &x.byID[hash>>63]
	if len(t.slots) == 0 {
		return None
	}
	switch v := t.find(k, hash).value; v {
	case 0:
		return None
	case Several:
		return Several
	default:
		return v - 1
	}
}

// FindIn returns the number of the patient called id of a practice, or None.
// It is meant for ids that Find answers with Several.
func (x *IDs) FindIn(id []byte, practice int32) int32 {
	k := keyOf(id)
	t := &x.byPair[k.hash()>>63]
	if len(t.slots) == 0 {
		return None
	}
	pair := k.with(practice)
	if v := t.find(pair, pair.hash()).value; v > 0 {
		return v - 1
	}
	return None
}

// Bytes is the memory used.
func (x *IDs) Bytes() int64 {
	n := int64(len(x.hashes)) * 8
	for p := range partitions {
		n += int64(len(x.byID[p].slots)+len(x.byPair[p].slots)) * slotBytes
	}
	return n
}
