package cohort

import "sync/atomic"

// A Filter tells rows that may repeat another from those that cannot, as a Bloom
// filter of two hashes does that counts to two, so that exact keys are stored for
// the former only. Rows are added by the hash of the values in which they would
// be equal. Any number of goroutines may add, and ask once all have been added.
//
// It takes 2 to 4 bytes for each row expected, and 512 MiB at most. Of the rows that
// repeat nothing, one in twenty to one in seventy is a false positive while there are no
// more rows than expected: an exact key takes 80 bytes, so that fewer bits would take
// more memory in all. Rows of neighbouring patients are near in memory, and the two
// slots of a row in one line of the cache.
type Filter struct {
	words        []uint64 // two bits a slot: added once, added twice
	size         uint64   // slots of a division, a power of two
	lastDivision uint32   // the last division
}

// Slots of a filter: eight for each row, within bounds.
const (
	filterLeast = 1 << 10
	filterMost  = 1 << 31
	// filterPatients is how many patients share a division, as a power of two.
	filterPatients = 6
	// filterLine is how many slots a line of the cache holds.
	filterLine = 64 / 8 * 32
)

func filterShape(rows int64, patients int) (divisions, size int64) {
	divisions, size = int64(patients)>>filterPatients+1, filterLeast
	for divisions*size < 8*rows {
		size *= 2
	}
	for divisions*size > filterMost && size > 64 {
		size /= 2
	}
	return divisions, size
}

// FilterBytes is the memory of a filter for so many rows and patients.
func FilterBytes(rows int64, patients int) int64 {
	divisions, size := filterShape(rows, patients)
	return divisions * size / 4
}

// NewFilter returns an empty filter for so many digests in no order.
func NewFilter(rows int64) *Filter { return NewRowFilter(rows, 0) }

// NewRowFilter returns an empty filter for so many rows of so many patients.
func NewRowFilter(rows int64, patients int) *Filter {
	divisions, size := filterShape(rows, patients)
	return &Filter{words: touched[uint64](int(divisions * size / 32)), size: uint64(size), lastDivision: uint32(divisions - 1)}
}

// slots are the numbers of the two slots of a row: they differ in the low bits.
func (f *Filter) slots(patient int32, h uint64) (one, other uint64) {
	one = uint64(min(uint32(patient)>>filterPatients, f.lastDivision))*f.size + h&(f.size-1)
	return one, one ^ (h>>56&(min(f.size, filterLine)-1) | 1)
}

// AddRow counts a row of the patient, by its hash.
func (f *Filter) AddRow(patient int32, h uint64) {
	one, other := f.slots(patient, h)
	f.add(one)
	f.add(other)
}

func (f *Filter) add(slot uint64) {
	word, once := &f.words[slot/32], uint64(1)<<(slot%32*2)
	old := atomic.LoadUint64(word)
	if old&once == 0 {
		old = atomic.OrUint64(word, once)
	}
	if old&once != 0 && old&(once<<1) == 0 {
		atomic.OrUint64(word, once<<1)
	}
}

// MayRepeat is true where the patient's hash was added twice, and for false
// positives.
func (f *Filter) MayRepeat(patient int32, h uint64) bool {
	one, other := f.slots(patient, h)
	return f.twice(one) && f.twice(other)
}

func (f *Filter) twice(slot uint64) bool { return f.words[slot/32]&(2<<(slot%32*2)) != 0 }

// Bytes is the memory used.
func (f *Filter) Bytes() int64 { return int64(len(f.words)) * 8 }

// Combine extends the hash of some values by one more.
func Combine(h, value uint64) uint64 { return mix(h ^ (value+1)*0x9e3779b97f4a7c15) }
