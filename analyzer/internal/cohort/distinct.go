package cohort

import (
	"math/bits"
	"slices"
	"sync/atomic"

	"paperlight/analyzer/crash"
)

// RecordIDs counts the records of a table whose id an earlier one of the same owner
// carries, by the hashes of owner and id. One worker adds to it, part after part; the
// workers' are merged, and Repeated counts.
//
// Rows mostly come by patient. The ids of a patient are then compared as soon as the
// next one's begin, while they are in the cache. That counts all repeats if no patient
// comes back later; if one does, all hashes are compared at the end.
type RecordIDs struct {
	all []block // of patients whose rows ended inside a part
	// visits say whether one of them came back.
	visits   Visits
	repeated int64 // among the rows of each of them
	// open are hashes that must be compared with those of other workers: of the first
	// and the last patient of each part, and of rows that are no patient's.
	open []block

	patient  int32 // whose rows came last; None where there are none
	firstRun bool  // they are the first of the part
	current  []uint64
	slots    []uint64
}

// A block is a part of a long list that grows without being copied.
type block []uint64

const blockLength = 8 << 10

// NewRecordIDs returns an empty one for so many patients.
func NewRecordIDs(patients int) *RecordIDs {
	return &RecordIDs{visits: NewVisits(patients), patient: None, firstRun: true}
}

// Add adds the hashes of consecutive rows of a part, all of one patient, or None.
func (r *RecordIDs) Add(patient int32, hashes []uint64) {
	switch {
	case r.visits.apart:
		r.all = extend(r.all, hashes)
		return
	case patient == None:
		r.open = extend(r.open, hashes)
		return
	case patient != r.patient:
		r.close(false)
		r.patient = patient
	}
	r.current = append(r.current, hashes...)
}

// EndPart says that the rows that follow are of another part.
func (r *RecordIDs) EndPart() {
	r.close(true)
	r.firstRun = true
}

// close ends the rows of a patient. Those of the first and the last of a part may go on
// in another.
func (r *RecordIDs) close(last bool) {
	p := r.patient
	r.patient = None
	if p == None {
		return
	}
	edge := r.firstRun || last
	r.firstRun = false
	if r.visits.Ended(p, edge); edge {
		r.open = extend(r.open, r.current)
	} else {
		r.all = extend(r.all, r.current)
		r.repeated += r.repeatedNow()
	}
	r.current = r.current[:0]
}

func (r *RecordIDs) repeatedNow() int64 {
	size := TableSize(len(r.current))
	r.slots = slices.Grow(r.slots[:0], size)[:size]
	clear(r.slots)
	return repeatedIn(r.current, r.slots)
}

// Merge adds those of another worker, once both have ended their parts.
func (r *RecordIDs) Merge(o *RecordIDs) {
	r.all, r.open = append(r.all, o.all...), append(r.open, o.open...)
	r.repeated += o.repeated
	r.visits.Merge(&o.visits)
}

// Repeated counts the records that an earlier one repeats, with at most jobs
// goroutines.
func (r *RecordIDs) Repeated(jobs int) int64 {
	if !r.visits.Apart() {
		return r.repeated + repeatedInBlocks(r.open, jobs)
	}
	return repeatedInBlocks(append(r.all, r.open...), jobs)
}

// extend appends hashes to a list of blocks.
func extend(blocks []block, hashes []uint64) []block {
	for len(hashes) > 0 {
		if n := len(blocks); n == 0 || len(blocks[n-1]) == cap(blocks[n-1]) {
			blocks = append(blocks, make(block, 0, blockLength))
		}
		last := &blocks[len(blocks)-1]
		n := min(len(hashes), cap(*last)-len(*last))
		*last = append(*last, hashes[:n]...)
		hashes = hashes[n:]
	}
	return blocks
}

// shares is how many shares of the hashes are counted one after the other, or at the
// same time: each is dealt to memory of its own.
const shareBits, shares = 2, 1 << shareBits

// repeatedInBlocks is Repeated of all hashes of the blocks.
func repeatedInBlocks(blocks []block, jobs int) int64 {
	var next, repeated atomic.Int64
	var group crash.Group
	for range min(max(jobs, 1), shares) {
		group.Go(func() {
			var dealt []uint64
			for {
				share := uint64(next.Add(1) - 1)
				if share >= shares {
					return
				}
				dealt = dealt[:0]
				for _, b := range blocks {
					for _, h := range b {
						if h>>(64-shareBits) == share {
							dealt = append(dealt, bits.RotateLeft64(h, shareBits))
						}
					}
				}
				repeated.Add(Repeated(dealt))
			}
		})
	}
	group.Wait()
	return repeated.Load()
}

// Repeated counts the hashes that an equal one precedes. It may reorder them.
//
// Hashes are partitioned first, so that the hash table of each partition fits
// in the cache; a zero hash is counted apart, since zero marks a free slot.
func Repeated(hashes []uint64) int64 {
	const bucketBits = 10
	if len(hashes) < 1<<bucketBits {
		return repeatedIn(hashes, make([]uint64, TableSize(len(hashes))))
	}
	var ends [1 << bucketBits]int
	for _, h := range hashes {
		ends[h>>(64-bucketBits)]++
	}
	most, at := 0, 0
	for i, n := range ends {
		most = max(most, n)
		ends[i] = at
		at += n
	}
	dealt := make([]uint64, len(hashes))
	for _, h := range hashes {
		b := h >> (64 - bucketBits)
		dealt[ends[b]] = h
		ends[b]++
	}
	table := make([]uint64, TableSize(most))
	var repeated int64
	start := 0
	for _, end := range ends {
		bucket := dealt[start:end]
		slots := table[:TableSize(len(bucket))]
		clear(slots)
		repeated += repeatedIn(bucket, slots)
		start = end
	}
	return repeated
}

// TableSize is the slots for n hashes, at most half of them taken: a power of two.
func TableSize(n int) int {
	size := 16
	for size < 2*n {
		size *= 2
	}
	return size
}

func repeatedIn(hashes, slots []uint64) int64 {
	mask := uint64(len(slots) - 1)
	var repeated int64
	zero := false
	for _, h := range hashes {
		if h == 0 {
			if zero {
				repeated++
			}
			zero = true
			continue
		}
		at := h & mask
		for slots[at] != 0 && slots[at] != h {
			at = (at + 1) & mask
		}
		if slots[at] == h {
			repeated++
		}
		slots[at] = h
	}
	return repeated
}
