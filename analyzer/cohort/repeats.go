package cohort

import (
	"sync"

	"github.com/zeebo/xxh3"
)

// A Digest stands for the values of several columns: 128 bits, so that two
// that differ never meet in practice.
type Digest struct{ lo, hi uint64 }

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
	return Digest{h.Lo &^ 1, h.Hi | 1} // bit 0 of lo says twice; hi is never zero
}

// Repeats counts digests up to two. Goroutines may add at the same time, and
// look up once all have been added. It holds 16 bytes a distinct digest, at a
// load of at most three quarters.
//
// Each digest has a place: digests that come together should share theirs, for
// what is near in place is near in memory. Equal digests must have one place.
type Repeats struct{ shards [1 << 10]repeatShard }

type repeatShard struct {
	mu    sync.Mutex
	slots []Digest // hi 0: free
	used  int
}

// Key is half of the digest, for what a rare mistake does no harm in.
func (d Digest) Key() uint64 { return d.hi ^ d.lo }

// Place is a place for digests that come in no order.
func (d Digest) Place() uint64 { return d.hi >> 32 << 8 }

func (r *Repeats) shard(place uint64) *repeatShard {
	return &r.shards[place>>8%uint64(len(r.shards))]
}

// Add counts d, and reports whether it has been added before.
func (r *Repeats) Add(place uint64, d Digest) bool {
	s := r.shard(place)
	s.mu.Lock()
	defer s.mu.Unlock()
	if 4*(s.used+1) > 3*len(s.slots) {
		s.grow()
	}
	at := s.find(d)
	if s.slots[at].hi == 0 {
		s.slots[at] = d
		s.used++
		return false
	}
	s.slots[at].lo |= 1
	return true
}

// Count returns how often d was added: 0, 1, or 2 for more.
func (r *Repeats) Count(place uint64, d Digest) int {
	s := r.shard(place)
	if len(s.slots) == 0 {
		return 0
	}
	at := s.find(d)
	if s.slots[at].hi == 0 {
		return 0
	}
	return 1 + int(s.slots[at].lo&1)
}

func (s *repeatShard) find(d Digest) int {
	mask := len(s.slots) - 1
	at := int(d.lo>>1) & mask
	for s.slots[at].hi != 0 && (s.slots[at].hi != d.hi || s.slots[at].lo&^1 != d.lo) {
		at = (at + 1) & mask
	}
	return at
}

func (s *repeatShard) grow() {
	old := s.slots
	s.slots = make([]Digest, max(16, 2*len(old)))
	for _, d := range old {
		if d.hi != 0 {
			s.slots[s.find(Digest{d.lo &^ 1, d.hi})] = d
		}
	}
}

// Bytes is the memory held.
func (r *Repeats) Bytes() int64 {
	var n int64
	for i := range r.shards {
		n += int64(len(r.shards[i].slots)) * 16
	}
	return n
}
