package cohort

// Repeated counts the hashes that an equal one precedes. It may reorder them.
//
// Hashes are partitioned first, so that the hash table of each partition fits
// in the cache; a zero hash is counted apart, since zero marks a free slot.
func Repeated(hashes []uint64) int64 {
	const bucketBits = 10
	if len(hashes) < 1<<bucketBits {
		return repeatedIn(hashes, make([]uint64, tableSize(len(hashes))))
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
	table := make([]uint64, tableSize(most))
	var repeated int64
	start := 0
	for _, end := range ends {
		bucket := dealt[start:end]
		slots := table[:tableSize(len(bucket))]
		clear(slots)
		repeated += repeatedIn(bucket, slots)
		start = end
	}
	return repeated
}

// tableSize is the slots for n hashes, at most half of them taken.
func tableSize(n int) int {
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
