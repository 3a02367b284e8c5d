package cohort

import "github.com/zeebo/xxh3"

// Keys numbers 64-bit keys in the order they are added: entry 0 is the first.
// It serves one goroutine while it grows and any number once it stands still.
type Keys struct {
	slots   []int32 // 0 free; else entry+1
	entries []uint64
}

// RowKey is the key of a record id within a patient.
func RowKey(patient int32, id []byte) uint64 {
	return mix(xxh3.Hash(id) ^ mix(uint64(uint32(patient))+0x9e3779b97f4a7c15))
}

// Len returns the number of entries.
func (k *Keys) Len() int { return len(k.entries) }

// Key returns the key of entry e.
func (k *Keys) Key(e int) uint64 { return k.entries[e] }

// Add returns the entry of the key, and whether it is new.
func (k *Keys) Add(h uint64) (entry int32, added bool) {
	if 4*(len(k.entries)+1) > 3*len(k.slots) {
		k.grow()
	}
	mask := uint64(len(k.slots) - 1)
	for at := mix(h) & mask; ; at = (at + 1) & mask {
		e := k.slots[at]
		if e == 0 {
			k.entries = append(k.entries, h)
			k.slots[at] = int32(len(k.entries))
			return int32(len(k.entries)) - 1, true
		}
		if k.entries[e-1] == h {
			return e - 1, false
		}
	}
}

// Find returns the entry of the key, or None.
func (k *Keys) Find(h uint64) int32 {
	if len(k.slots) == 0 {
		return None
	}
	return k.findFrom(h, mix(h))
}

// findFrom is Find from a slot on.
func (k *Keys) findFrom(h, slot uint64) int32 {
	mask := uint64(len(k.slots) - 1)
	for at := slot & mask; ; at = (at + 1) & mask {
		e := k.slots[at]
		if e == 0 {
			return None
		}
		if k.entries[e-1] == h {
			return e - 1
		}
	}
}

// FindAll looks up the first n keys of hashes into dst. Groups are looked up
// together, so that the memory system fetches their slots side by side.
func (k *Keys) FindAll(dst []int32, hashes []uint64, n int) {
	if len(k.slots) == 0 {
		for i := range n {
			dst[i] = None
		}
		return
	}
	mask := uint64(len(k.slots) - 1)
	var seen [lookupGroup]int32
	for first := 0; first < n; first += lookupGroup {
		group := hashes[first:min(first+lookupGroup, n)]
		for i, h := range group {
			seen[i] = k.slots[mix(h)&mask]
		}
		for i, h := range group {
			switch e := seen[i]; {
			case e == 0:
				dst[first+i] = None
			case k.entries[e-1] == h:
				dst[first+i] = e - 1
			default:
				dst[first+i] = k.findFrom(h, mix(h)+1)
			}
		}
	}
}

func (k *Keys) grow() {
	size := max(64, 2*len(k.slots))
	k.slots = make([]int32, size)
	mask := uint64(size - 1)
	for i, h := range k.entries {
		at := mix(h) & mask
		for k.slots[at] != 0 {
			at = (at + 1) & mask
		}
		k.slots[at] = int32(i) + 1
	}
}

// Bytes is the memory that the index holds.
func (k *Keys) Bytes() int64 { return int64(len(k.slots))*4 + int64(cap(k.entries))*8 }
