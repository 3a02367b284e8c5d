package cohort

import (
	"bytes"
	"sync"
)

// Firsts maps each digest to the bytewise smallest id that was added with it.
// Goroutines may add at the same time, and ask once all have been added. It
// takes 24 bytes a digest at a load of at most three quarters, and the ids.
type Firsts struct{ shards [1 << 6]firstShard }

type firstShard struct {
	mu    sync.Mutex
	slots []Digest // hi 0: free
	ids   []span   // by slot
	text  []byte
	used  int
}

// A span is some bytes of firstShard.text.
type span struct{ at, size uint32 }

func (f *Firsts) shard(d Digest) *firstShard { return &f.shards[d.hi>>58] }

// Add adds an id under d.
func (f *Firsts) Add(d Digest, id []byte) {
	s := f.shard(d)
	s.mu.Lock()
	defer s.mu.Unlock()
	if 4*(s.used+1) > 3*len(s.slots) {
		s.grow()
	}
	at := s.find(d)
	if s.slots[at].hi == 0 {
		s.slots[at] = d
		s.used++
		s.store(at, id)
		return
	}
	if old := s.ids[at]; bytes.Compare(id, s.text[old.at:old.at+old.size]) < 0 {
		if len(id) <= int(old.size) {
			copy(s.text[old.at:], id)
			s.ids[at].size = uint32(len(id))
			return
		}
		s.store(at, id)
	}
}

func (s *firstShard) store(at int, id []byte) {
	s.ids[at] = span{uint32(len(s.text)), uint32(len(id))}
	s.text = append(s.text, id...)
}

// Before is true where an id smaller than id was added with d.
func (f *Firsts) Before(d Digest, id []byte) bool {
	s := f.shard(d)
	if len(s.slots) == 0 {
		return false
	}
	at := s.find(d)
	first := s.ids[at]
	return s.slots[at].hi != 0 && bytes.Compare(s.text[first.at:first.at+first.size], id) < 0
}

func (s *firstShard) find(d Digest) int {
	mask := len(s.slots) - 1
	at := int(d.lo>>1) & mask
	for s.slots[at].hi != 0 && s.slots[at] != d {
		at = (at + 1) & mask
	}
	return at
}

func (s *firstShard) grow() {
	slots, ids := s.slots, s.ids
	s.slots, s.ids = touched[Digest](max(16, 2*len(slots))), make([]span, max(16, 2*len(slots)))
	for i, d := range slots {
		if d.hi != 0 {
			at := s.find(d)
			s.slots[at], s.ids[at] = d, ids[i]
		}
	}
}

// Bytes is the memory used.
func (f *Firsts) Bytes() int64 {
	var n int64
	for i := range f.shards {
		n += int64(len(f.shards[i].slots))*24 + int64(cap(f.shards[i].text))
	}
	return n
}
