package mapping

import (
	"bytes"
	"context"

	"github.com/zeebo/xxh3"

	"paperlight/analyzer/source"
)

// A lookup is a small side table held in memory: for each key the texts of some
// columns. Of several rows with one key the first counts.
type lookup struct {
	columns []string // in lower case
	have    []bool   // whether some file has the column
	keys    texts
	values  []texts // by column
	hashes  []uint64
	slots   []int32
	seed    uint64
}

// maxLookupBytes bounds the text of one column of a lookup.
const maxLookupBytes = 1 << 30

// find returns the row of a key, or -1.
func (l *lookup) find(key []byte) int32 {
	if len(l.slots) == 0 {
		return -1
	}
	hash := xxh3.HashSeed(key, l.seed)
	mask := uint64(len(l.slots) - 1)
	for at := hash & mask; l.slots[at] != 0; at = (at + 1) & mask {
		if row := l.slots[at] - 1; l.hashes[row] == hash && bytes.Equal(l.keys.at(row), key) {
			return row
		}
	}
	return -1
}

// through turns a key into a column's text; absent where the table lacks the
// key.
func (l *lookup) through(column int) step {
	return func(cell []byte) ([]byte, state) {
		row := l.find(cell)
		if row < 0 {
			return nil, absent
		}
		return l.values[column].at(row), present
	}
}

// column returns the place of a column, or -1 where no file has it.
func (l *lookup) column(name string) int {
	for i, c := range l.columns {
		if c == name && l.have[i] {
			return i
		}
	}
	return -1
}

func (l *lookup) add(key []byte, value func(column int) []byte) error {
	if 2*(l.keys.len()+1) > len(l.slots) {
		l.grow()
	}
	hash := xxh3.HashSeed(key, l.seed)
	mask := uint64(len(l.slots) - 1)
	at := hash & mask
	for ; l.slots[at] != 0; at = (at + 1) & mask {
		if row := l.slots[at] - 1; l.hashes[row] == hash && bytes.Equal(l.keys.at(row), key) {
			return nil
		}
	}
	l.slots[at] = l.keys.append(key) + 1
	l.hashes = append(l.hashes, hash)
	total := len(l.keys.bytes)
	for c := range l.values {
		l.values[c].append(value(c))
		total = max(total, len(l.values[c].bytes))
	}
	if total > maxLookupBytes {
		return &source.DecodeError{Message: "a side table holds more than 1 GiB of text", Limit: true}
	}
	return nil
}

func (l *lookup) grow() {
	l.slots = make([]int32, max(256, 2*len(l.slots)))
	mask := uint64(len(l.slots) - 1)
	for row, hash := range l.hashes {
		at := hash & mask
		for l.slots[at] != 0 {
			at = (at + 1) & mask
		}
		l.slots[at] = int32(row) + 1
	}
}

// load reads the rows of a file that the filter selects. A column that the file
// lacks is empty.
func (l *lookup) load(ctx context.Context, b *bindings, f *bound, key int, only filter) error {
	s := slots{}
	keySlot := s.of(key)
	valueSlots := make([]int, len(l.columns))
	for i, name := range l.columns {
		valueSlots[i] = -1
		if c, ok := f.header[name]; ok {
			valueSlots[i], l.have[i] = s.of(c), true
		}
	}
	only = only.slotted(&s)
	r := rows{cells: make([]cells, len(s.columns))}
	how := make([]tidy, len(s.columns))
	for slot, column := range s.columns {
		how[slot] = b.tidyOf(f, column, true)
	}
	for _, p := range f.file.Parts {
		for raw, err := range p.Scan(ctx, s.columns) {
			if err == nil {
				err = l.rows(&r, raw, how, keySlot, valueSlots, only)
			}
			if err != nil {
				return inFile(f.file, err)
			}
		}
	}
	return nil
}

func (l *lookup) rows(r *rows, raw *source.Raw, how []tidy, key int, values []int, only filter) error {
	if err := r.setTidy(raw, how); err != nil {
		return err
	}
	if err := r.renderAll(); err != nil {
		return err
	}
	for i := range r.n {
		k := r.cells[key].at(i)
		if len(k) == 0 || !only.matches(r, i) {
			continue
		}
		err := l.add(k, func(c int) []byte {
			if values[c] < 0 {
				return nil
			}
			return r.cells[values[c]].at(i)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
