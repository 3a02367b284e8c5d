package privacy

import (
	"math/bits"

	"github.com/zeebo/xxh3"
)

// mostDifferent is how many different values of a column are told apart, the first
// ones; mostDigests how many hashes are tried.
const mostDifferent, mostDigests = 1024, 1000

// A tally counts the shapes of a column, over rows in the order of the file.
type tally struct {
	rows, filled  int64
	length, words int64
	hits, first   [shapes]int64
	different     [shapes]int64 // of the first values
	entries       []entry
	slots         []uint16 // by hash: one more than the entry, 0 where there is none
	full          int64    // filled rows up to the last entry, once there is no room
	days          *dayCounts
	shortDays     *dayCounts // of those that are isShortDate
	stems         prefixes   // of those that are isInsuranceStem
	ascending     int64      // integers greater than the one before
	last, most    uint64
	digests       [][]byte
	passing       entry // of a value for which there is no room
}

// An entry is one of the first values, by its hash, and where it was first.
type entry struct {
	hash  uint64
	shape shape
	words int32
	day   date
	at    int64 // filled rows before
}

// dayCounts are the years and the days of the month of a column of dates.
type dayCounts struct {
	years [latest - oldest + 1]int64
	days  [32]int64
}

// add counts a cell of a record. A value that was seen is not looked at again.
func (t *tally) add(l *looker, cell []byte, record int64) {
	t.rows++
	if len(cell) == 0 {
		return
	}
	e := t.find(l, cell)
	t.count(e, len(cell), record)
	if e.shape&isInteger != 0 {
		t.order(cell)
	}
}

// find returns the entry of a value: a new one where it is among the first.
func (t *tally) find(l *looker, cell []byte) *entry {
	if t.slots == nil {
		t.slots = make([]uint16, 2*mostDifferent)
	}
	hash := xxh3.Hash(cell)
	slot := t.slot(hash)
	if n := t.slots[slot]; n > 0 {
		return &t.entries[n-1]
	}
	shape, words, day := l.shapeOf(cell)
	if shape&isInsuranceStem != 0 {
		t.stems.add(bare(cell))
	}
	e := &t.passing
	*e = entry{hash: hash, shape: shape, words: int32(words), day: day, at: t.filled}
	if len(t.entries) == mostDifferent {
		if t.full == 0 {
			t.full = t.filled
		}
		return e
	}
	t.keep(*e, slot)
	if e.shape&isHex != 0 && len(t.digests) < mostDigests {
		if digest := digestOf(cell); digest != nil {
			t.digests = append(t.digests, digest)
		}
	}
	return &t.entries[len(t.entries)-1]
}

func (t *tally) slot(hash uint64) uint64 {
	for at := hash % uint64(len(t.slots)); ; at = (at + 1) % uint64(len(t.slots)) {
		if n := t.slots[at]; n == 0 || t.entries[n-1].hash == hash {
			return at
		}
	}
}

func (t *tally) keep(e entry, slot uint64) {
	t.entries = append(t.entries, e)
	t.slots[slot] = uint16(len(t.entries))
	for s := e.shape; s != 0; s &= s - 1 {
		t.different[bits.TrailingZeros32(uint32(s))]++
	}
}

func (t *tally) count(e *entry, length int, record int64) {
	t.filled++
	t.length += int64(length)
	t.words += int64(e.words)
	for s := e.shape; s != 0; s &= s - 1 {
		i := bits.TrailingZeros32(uint32(s))
		if t.hits[i]++; t.hits[i] == 1 {
			t.first[i] = record
		}
	}
	switch {
	case e.shape&isDate != 0:
		t.days = t.days.add(e.day)
	case e.shape&isShortDate != 0:
		t.shortDays = t.shortDays.add(e.day)
	}
}

// add counts a day; there may be no counts yet.
func (d *dayCounts) add(day date) *dayCounts {
	if d == nil {
		d = new(dayCounts)
	}
	d.years[day.year-oldest]++
	d.days[day.day]++
	return d
}

// order counts how many integers follow a smaller one.
func (t *tally) order(cell []byte) {
	n := uint64(0)
	for _, c := range cell {
		if !digit(c) {
			return
		}
		n = n*10 + uint64(c-'0')
	}
	if n > t.last {
		t.ascending++
	}
	t.last, t.most = n, max(t.most, n)
}

// merge adds the counts of the rows that come after those of t.
func (t *tally) merge(o *tally) {
	if t.slots == nil && o.slots != nil {
		t.slots = make([]uint16, len(o.slots))
	}
	digests := o.digests // in the order of the entries that have one
	for i := range o.entries {
		e := o.entries[i]
		var digest []byte
		if e.shape&isHex != 0 && len(digests) > 0 {
			digest, digests = digests[0], digests[1:]
		}
		slot := t.slot(e.hash)
		if t.slots[slot] > 0 {
			continue
		}
		e.at += t.filled
		if len(t.entries) == mostDifferent {
			if t.full == 0 {
				t.full = e.at
			}
			break
		}
		t.keep(e, slot)
		if digest != nil && len(t.digests) < mostDigests {
			t.digests = append(t.digests, digest)
		}
	}
	if t.full == 0 && o.full > 0 {
		t.full = t.filled + o.full
	}
	for i := range t.hits {
		if t.hits[i] == 0 {
			t.first[i] = o.first[i]
		}
		t.hits[i] += o.hits[i]
	}
	t.days, t.shortDays = t.days.merge(o.days), t.shortDays.merge(o.shortDays)
	t.rows, t.filled, t.length, t.words = t.rows+o.rows, t.filled+o.filled, t.length+o.length, t.words+o.words
	t.stems.merge(&o.stems)
	t.ascending += o.ascending
	t.last, t.most = o.last, max(t.most, o.most)
}

func (d *dayCounts) merge(o *dayCounts) *dayCounts {
	if o == nil {
		return d
	}
	if d == nil {
		d = new(dayCounts)
	}
	for i, n := range o.years {
		d.years[i] += n
	}
	for i, n := range o.days {
		d.days[i] += n
	}
	return d
}

// of counts the rows that have any one shape of those given, where no cell has two.
func (t *tally) of(any shape) (n int64) {
	for s := any; s != 0; s &= s - 1 {
		n += t.hits[bits.TrailingZeros32(uint32(s))]
	}
	return n
}

// values counts the different values, of the first, that have a shape.
func (t *tally) values(any shape) (n int64) {
	for s := any; s != 0; s &= s - 1 {
		n += t.different[bits.TrailingZeros32(uint32(s))]
	}
	return n
}

// firstOf is the first record that has a shape.
func (t *tally) firstOf(any shape) (first int64) {
	for s := any; s != 0; s &= s - 1 {
		if at := t.first[bits.TrailingZeros32(uint32(s))]; at > 0 && (first == 0 || at < first) {
			first = at
		}
	}
	return first
}

// share reports whether at least percent of the filled rows have a shape.
func (t *tally) share(any shape, percent int64) bool {
	n := t.of(any)
	return n > 0 && n*100 >= t.filled*percent
}

// told are the filled rows over which different values were told apart.
func (t *tally) told() int64 {
	if t.full > 0 {
		return t.full
	}
	return t.filled
}

// varied reports whether at least percent of the values differ from all before.
func (t *tally) varied(percent int64) bool {
	return t.filled > 0 && int64(len(t.entries))*100 >= t.told()*percent
}

// listed reports whether the column holds a few values again and again, as one does
// whose values are of a list.
func (t *tally) listed() bool {
	n := int64(len(t.entries))
	return n < 10 && n*2 < t.filled
}
