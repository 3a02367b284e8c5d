package cohort

import "sync/atomic"

// A Filter tells digests that were added twice or more from nearly all that
// were not, so that only those need to be held. Any number of goroutines may
// add, and ask once all have been added.
//
// It takes 1 to 2 bytes for each row foreseen, and 512 MiB at most. Of rows
// that repeat nothing at most about one in five passes as a repeat while rows
// are no more than foreseen.
type Filter struct {
	words []uint64 // two bits a slot: once, twice
	mask  uint64
}

// Slots of a filter: four for each row, within bounds.
const (
	filterLeast = 1 << 10
	filterMost  = 1 << 31
)

// FilterBytes is the memory of a filter for so many rows.
func FilterBytes(rows int64) int64 {
	slots := int64(filterLeast)
	for slots < 4*rows && slots < filterMost {
		slots *= 2
	}
	return slots / 4
}

// NewFilter returns an empty filter for so many rows.
func NewFilter(rows int64) *Filter {
	bytes := FilterBytes(rows)
	return &Filter{words: make([]uint64, bytes/8), mask: uint64(4*bytes - 1)}
}

func (f *Filter) slot(d Digest) (word *uint64, once uint64) {
	at := (d.hi >> 1) & f.mask
	return &f.words[at/32], 1 << (at % 32 * 2)
}

// Add counts d.
func (f *Filter) Add(d Digest) {
	word, once := f.slot(d)
	if old := atomic.LoadUint64(word); old&(once<<1) != 0 {
		return
	}
	if atomic.OrUint64(word, once)&once != 0 {
		atomic.OrUint64(word, once<<1)
	}
}

// Twice is true where d was added twice; now and then it is true where it was
// not.
func (f *Filter) Twice(d Digest) bool {
	word, once := f.slot(d)
	return *word&(once<<1) != 0
}

// Bytes is the memory held.
func (f *Filter) Bytes() int64 { return int64(len(f.words)) * 8 }
