package cohort

import (
	"cmp"
	"math/bits"
	"sync"
	"sync/atomic"

	"github.com/zeebo/xxh3"
)

// A Digest stands for the values of several columns: 128 bits, so that two
// that differ have equal digests never, in practice.
type Digest struct{ lo, hi uint64 }

// Compare orders digests.
func (d Digest) Compare(o Digest) int {
	return cmp.Or(cmp.Compare(d.lo, o.lo), cmp.Compare(d.hi, o.hi))
}

// Digester makes digests of values one after the other. Reset first.
type Digester struct{ buffer []byte }

// Reset starts a digest of values that belong to owner.
func (d *Digester) Reset(owner uint64) { d.buffer = d.buffer[:0]; d.Number(owner) }

// Number adds a number.
func (d *Digester) Number(v uint64) {
	d.buffer = append(d.buffer, byte(v), byte(v>>8), byte(v>>16), byte(v>>24), byte(v>>32), byte(v>>40), byte(v>>48), byte(v>>56))
}

// Text adds a text, with its length, so that texts do not run together.
func (d *Digester) Text(b []byte) {
	d.Number(uint64(len(b)))
	d.buffer = append(d.buffer, b...)
}

// Sum returns the digest.
func (d *Digester) Sum() Digest {
	h := xxh3.Hash128(d.buffer)
	return Digest{h.Lo &^ 1, h.Hi | 1} // hi is never zero
}

// DigestOf makes a digest of a 64-bit hash, for where so few are compared that no
// two collide.
func DigestOf(hash uint64) Digest { return Digest{hash &^ 1, hash | 1} }

// With returns the digest with one more value.
func (d Digest) With(value uint64) Digest {
	return Digest{Combine(d.lo, value) &^ 1, Combine(d.hi, ^value) | 1}
}

// Place returns a place for digests that come in no order.
func (d Digest) Place() uint64 { return d.hi >> 32 << 8 }

// A Placed is a digest and its place, which chooses the shard. Digests that come
// together should have places that are near, so that they are near in memory.
// Equal digests must have one place.
type Placed struct {
	Place  uint64
	Digest Digest
}

// Repeats counts digests up to two. Goroutines may add at the same time, and
// look up once all have been added. It takes 8 bytes a distinct digest, at a
// load between a half and four fifths: 63 bits of the digest, which are only
// ever compared within 1 in 1024 of the places.
type Repeats struct{ shards [repeatShards]repeatShard }

const repeatShards = 1 << 10

type repeatShard struct {
	mu    sync.Mutex
	size  atomic.Int32 // of slots, for the next shard to see
	slots []uint64     // 0 free; bit 0 says twice
	used  int
}

func (r *Repeats) shard(place uint64) *repeatShard { return &r.shards[place>>8%repeatShards] }

// word is what a shard stores of a digest; never zero.
func (d Digest) word() uint64 { return max(d.lo, 2) }

// AddAll counts the digests of rows; again[i] says that row i's has been added
// before.
func (r *Repeats) AddAll(rows []Placed, again []bool) {
	again = again[:len(rows)]
	for i := 0; i < len(rows); {
		s := r.shard(rows[i].Place)
		s.mu.Lock()
		for ; i < len(rows) && r.shard(rows[i].Place) == s; i++ {
			if s.slots == nil {
				s.begin(r.sizeBefore(rows[i].Place))
			}
			again[i] = s.add(rows[i].Digest.word())
		}
		s.mu.Unlock()
	}
}

// sizeBefore is the size of the shard before that of a place. Where rows come by
// patient that shard is full when the next one begins, and as large as the next
// will be.
func (r *Repeats) sizeBefore(place uint64) int {
	return int(r.shards[(place>>8-1)%repeatShards].size.Load())
}

func (s *repeatShard) begin(slots int) {
	s.slots = touched[uint64](max(8, slots))
	s.size.Store(int32(len(s.slots)))
}

func (s *repeatShard) add(word uint64) bool {
	if 5*(s.used+1) > 4*len(s.slots) {
		s.grow()
	}
	at := s.find(word)
	if s.slots[at] == 0 {
		s.slots[at] = word
		s.used++
		return false
	}
	s.slots[at] |= 1
	return true
}

// CountAll fills times with how often each row's digest was added: 0, 1, or 2
// for more.
func (r *Repeats) CountAll(rows []Placed, times []uint8) {
	times = times[:len(rows)]
	var seen [lookupGroup]uint64 // loaded together, so that cache misses overlap
	for first := 0; first < len(rows); first += lookupGroup {
		group := rows[first:min(first+lookupGroup, len(rows))]
		for i, p := range group {
			seen[i] = 0
			if s := r.shard(p.Place); len(s.slots) > 0 {
				seen[i] = s.slots[s.home(p.Digest.word())]
			}
		}
		for i, p := range group {
			found, word := seen[i], p.Digest.word()
			if found != 0 && found&^1 != word {
				s := r.shard(p.Place)
				found = s.slots[s.find(word)]
			}
			times[first+i] = 0
			if found != 0 {
				times[first+i] = 1 + uint8(found&1)
			}
		}
	}
}

// home is the slot where probing for word begins.
func (s *repeatShard) home(word uint64) int {
	at, _ := bits.Mul64(word, uint64(len(s.slots)))
	return int(at)
}

// find returns the slot of word, or the free slot it would take.
func (s *repeatShard) find(word uint64) int {
	at := s.home(word)
	for s.slots[at] != 0 && s.slots[at]&^1 != word {
		if at++; at == len(s.slots) {
			at = 0
		}
	}
	return at
}

func (s *repeatShard) grow() {
	old := s.slots
	s.begin(len(old) + len(old)/2)
	for _, word := range old {
		if word != 0 {
			s.slots[s.find(word&^1)] = word
		}
	}
}

// Bytes is the memory used.
func (r *Repeats) Bytes() int64 {
	var n int64
	for i := range r.shards {
		n += int64(len(r.shards[i].slots)) * 8
	}
	return n
}
