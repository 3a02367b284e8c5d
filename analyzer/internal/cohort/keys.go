package cohort

import "github.com/zeebo/xxh3"

// Keys gives dense numbers, its entries, to the keys of patients' records, in the
// order they are added: entry 0 is the first. One goroutine may use it while keys
// are added, and any number after that. It takes 8 bytes a key, and 8 for a slot
// at a load of at most three quarters.
//
// The slots are divided by runs of patients, as short as divisions allow, so that rows
// which come by patient probe what is in the cache, and growth rehashes one division only.
type Keys struct {
	divisions [divisions]division
	chunks    [][]uint64
	n         int
	run       uint8 // a division takes runs of 1<<run patients
	first     int   // slots of a new division, a power of two; 0 is few
}

// NewKeys returns empty keys that expect about n of so many patients; n may be 0 where
// that is not known.
func NewKeys(n int64, patients int) *Keys {
	k := &Keys{first: fewSlots}
	for patients>>k.run >= divisions {
		k.run++
	}
	used := int64(patients)>>k.run + 1
	for int64(k.first)*used*3/4 < n && k.first < mostSlots {
		k.first *= 2
	}
	return k
}

type division struct {
	slots []keySlot
	used  int
}

// A keySlot has the low bits of its key beside the entry: keys lie in the order they
// came, far from each other, and most probes of another key need not look there.
type keySlot struct {
	entry int32 // 0 free; else entry+1
	low   uint32
}

const (
	divisions = 1 << 12
	chunkBits = 16
	// A division begins with so many slots; with more where more are expected.
	fewSlots, mostSlots = 16, 1 << 14
)

// RowKey is the key of a record id within a patient.
func RowKey(patient int32, id []byte) uint64 { return RowKeyOf(patient, IDHash(id)) }

// RowKeyOf is RowKey for the hash of an id.
func RowKeyOf(patient int32, id uint64) uint64 {
	return mix(id ^ mix(uint64(uint32(patient))+0x9e3779b97f4a7c15))
}

// RecordHash is the hash of a record by the hashes of its owner and of its id.
// Unlike RowKey it does not depend on the numbers that patients have in a run.
func RecordHash(owner, id uint64) uint64 { return mix(id ^ mix(owner+0x9e3779b97f4a7c15)) }

// IDHash is the hash of a record id, whoever it belongs to.
func IDHash(id []byte) uint64 { return xxh3.Hash(id) }

// Len returns the number of entries.
func (k *Keys) Len() int { return k.n }

func (k *Keys) key(e int32) uint64 { return k.chunks[e>>chunkBits][e&(1<<chunkBits-1)] }

func (k *Keys) division(patient int32) *division {
	return &k.divisions[uint32(patient)>>k.run%divisions]
}

// Add returns the entry of the patient's key, and whether it is new.
func (k *Keys) Add(patient int32, h uint64) (entry int32, added bool) {
	d := k.division(patient)
	if 4*(d.used+1) > 3*len(d.slots) {
		k.grow(d)
	}
	mask := uint64(len(d.slots) - 1)
	for at := h & mask; ; at = (at + 1) & mask {
		s := d.slots[at]
		if s.entry == 0 {
			if k.n>>chunkBits == len(k.chunks) {
				k.chunks = append(k.chunks, make([]uint64, 0, 1<<chunkBits))
			}
			last := &k.chunks[k.n>>chunkBits]
			*last = append(*last, h)
			k.n++
			d.used++
			d.slots[at] = keySlot{int32(k.n), uint32(h)}
			return int32(k.n) - 1, true
		}
		if s.low == uint32(h) && k.key(s.entry-1) == h {
			return s.entry - 1, false
		}
	}
}

// touched returns n zeros whose memory has been written to. A page of new memory that is
// read first, as slots are, is the system's page of zeros, and the first write then
// stops all processors to put another in its place.
func touched[T any](n int) []T {
	out := make([]T, n)
	clear(out)
	return out
}

func (k *Keys) grow(d *division) {
	old := d.slots
	d.slots = touched[keySlot](max(fewSlots, k.first, 2*len(old)))
	mask := uint32(len(d.slots) - 1)
	for _, s := range old {
		if s.entry == 0 {
			continue
		}
		at := s.low & mask
		for d.slots[at].entry != 0 {
			at = (at + 1) & mask
		}
		d.slots[at] = s
	}
}

// Find returns the entry of the patient's key, or None.
func (k *Keys) Find(patient int32, h uint64) int32 {
	d := k.division(patient)
	if d.used == 0 {
		return None
	}
	return k.find(d, h, h)
}

// find is Find, probing from a slot on.
func (k *Keys) find(d *division, h, slot uint64) int32 {
	mask := uint64(len(d.slots) - 1)
	for at := slot & mask; ; at = (at + 1) & mask {
		s := d.slots[at]
		if s.entry == 0 {
			return None
		}
		if s.low == uint32(h) && k.key(s.entry-1) == h {
			return s.entry - 1
		}
	}
}

// FindAll looks up the first n keys of hashes, each of its patient, into dst;
// a patient below 0 has none. Keys are probed in groups, so that their cache
// misses overlap.
func (k *Keys) FindAll(dst, patients []int32, hashes []uint64, n int) {
	var seen [lookupGroup]keySlot
	for first := 0; first < n; first += lookupGroup {
		last := min(first+lookupGroup, n)
		for i := first; i < last; i++ {
			seen[i-first] = keySlot{}
			if d := k.division(patients[i]); patients[i] >= 0 && d.used > 0 {
				seen[i-first] = d.slots[hashes[i]&uint64(len(d.slots)-1)]
			}
		}
		for i := first; i < last; i++ {
			switch s := seen[i-first]; {
			case s.entry == 0:
				dst[i] = None
			case s.low == uint32(hashes[i]) && k.key(s.entry-1) == hashes[i]:
				dst[i] = s.entry - 1
			default:
				dst[i] = k.find(k.division(patients[i]), hashes[i], hashes[i]+1)
			}
		}
	}
}

// Bytes is the memory used.
func (k *Keys) Bytes() int64 {
	n := int64(len(k.chunks)) << chunkBits * 8
	for i := range k.divisions {
		n += int64(len(k.divisions[i].slots)) * 8
	}
	return n
}
