package mapping

import (
	"encoding/binary"
	"slices"

	"github.com/zeebo/xxh3"

	"paperlight/analyzer/source"
)

// A lookup is a small side table held in memory: for each key the texts of some
// columns. Of several rows with one key the first counts.
type lookup struct {
	keySet
	declared *Lookup
	resolver *resolver
	all      *bindings
	wanted   []*lookup // only their keys count; none: all do

	columns []string // in lower case
	have    []bool   // whether some file has the column
	values  []texts  // by column
}

// maxLookupBytes bounds the text of one column of a lookup, and its keys.
const maxLookupBytes = 1 << 30

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

// addRow adds a row, unless there is one with its key.
func (l *lookup) addRow(key xxh3.Uint128, value func(column int) []byte) error {
	if _, added := l.add(key); !added {
		return nil
	}
	total := 16 * l.len()
	for c := range l.values {
		l.values[c].append(value(c))
		total = max(total, len(l.values[c].bytes))
	}
	if total > maxLookupBytes {
		return tooLongLookup()
	}
	return nil
}

// newLookup returns the lookup of a name without rows: its files say which columns they
// have.
func (r *resolver) newLookup(b *bindings, name string, columns []string) *lookup {
	declared := r.system.Lookups[name]
	l := &lookup{declared: declared, resolver: r, all: b, columns: columns, have: make([]bool, len(columns)),
		values: make([]texts, len(columns)), keySet: keySet{seed: binary.LittleEndian.Uint64(r.options.Key[:8])}}
	for i, column := range columns {
		l.have[i] = slices.ContainsFunc(b.files[declared.From], func(f *bound) bool { _, ok := f.header[column]; return ok })
	}
	for _, name := range declared.For {
		l.wanted = append(l.wanted, r.lookups[name])
	}
	return l
}

// lookupRows gathers the rows of one part of a file for a lookup.
type lookupRows struct {
	of     *lookup
	only   selection
	key    []int
	values []int // slots; -1 where the file lacks the column
	keys   []xxh3.Uint128
	texts  []texts
	joined []byte
}

func (l *lookup) begin(f *bound, s *slots) gatherer {
	key, ok := f.columns(l.declared.Key)
	if !ok {
		return nil
	}
	only, told := l.resolver.filter(l.all, f, l.declared.Where)
	if !told {
		return nil
	}
	g := &lookupRows{of: l, only: only.begin(s), key: s.all(key), texts: make([]texts, len(l.columns))}
	for _, name := range l.columns {
		c, ok := f.header[name]
		if !ok {
			g.values = append(g.values, -1)
			continue
		}
		g.values = append(g.values, s.of(c))
	}
	return g
}

func (g *lookupRows) gather(r *rows) error {
	for i := range r.n {
		var ok bool
		if g.joined, ok = appendKey(g.joined[:0], r, g.key, i); !ok || !g.of.wants(g.joined) || !g.only.hold(r, i) {
			continue
		}
		g.keys = append(g.keys, g.of.hash(g.joined))
		total := 16 * len(g.keys)
		for c, slot := range g.values {
			var value []byte
			if slot >= 0 {
				value = r.cells[slot].at(i)
			}
			g.texts[c].append(value)
			total = max(total, len(g.texts[c].bytes))
		}
		if total > maxLookupBytes {
			return tooLongLookup()
		}
	}
	return nil
}

func (g *lookupRows) harvested() gatherer {
	out := &lookupRows{of: g.of, keys: g.keys, texts: g.texts}
	g.keys, g.texts = nil, make([]texts, len(g.texts))
	return out
}

// wants reports whether rows with the key count.
func (l *lookup) wants(key []byte) bool {
	if len(l.wanted) == 0 {
		return true
	}
	hash := l.hash(key) // the lookups of a run have one seed
	for _, other := range l.wanted {
		if other.findHash(hash) >= 0 {
			return true
		}
	}
	return false
}

func (l *lookup) take(from gatherer) error {
	g := from.(*lookupRows)
	for i, key := range g.keys {
		row := int32(i)
		if err := l.addRow(key, func(c int) []byte { return g.texts[c].at(row) }); err != nil {
			return err
		}
	}
	return nil
}

func tooLongLookup() error {
	return &source.DecodeError{Message: "a side table holds more than 1 GiB of text", Limit: true}
}
