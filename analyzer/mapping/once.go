package mapping

import (
	"context"
	"encoding/binary"

	"github.com/zeebo/xxh3"
)

// firsts are the rows that count of a target of which one row a key is wanted: in a table
// that says in every row what is of the patient or the practice.
type firsts struct {
	resolver *resolver
	all      *bindings
	target   *Target
	seed     uint64
	rows     map[xxh3.Uint128]firstRow
}

// A firstRow is where a key stands first.
type firstRow struct {
	file   *bound
	record int64
}

// findFirsts reads the keys of the targets that want one row of each.
func (b *bindings) findFirsts(ctx context.Context, r *resolver) error {
	b.firsts = map[*Target]*firsts{}
	bySource := map[string][]harvest{}
	for _, name := range sortedKeys(b.system.Tables) {
		for _, t := range b.system.Tables[name] {
			if len(t.Once) == 0 {
				continue
			}
			f := &firsts{resolver: r, all: b, target: t, rows: map[xxh3.Uint128]firstRow{},
				seed: binary.LittleEndian.Uint64(r.options.Key[8:])}
			b.firsts[t] = f
			bySource[t.From] = append(bySource[t.From], f)
		}
	}
	for _, source := range sortedKeys(bySource) {
		if err := reap(ctx, b.files[source], bySource[source], r.options.jobs()); err != nil {
			return err
		}
	}
	return nil
}

// firstKeys gathers the keys of one part.
type firstKeys struct {
	of   *firsts
	file *bound
	only selection
	key  keyHash
	rows map[xxh3.Uint128]int64
}

func (f *firsts) begin(file *bound, s *slots) gatherer {
	columns, ok := file.columns(f.target.Once)
	only, told := f.resolver.filter(f.all, file, f.target.Where)
	if !ok || !told {
		return nil
	}
	return &firstKeys{of: f, file: file, only: only.begin(s), key: f.keyHash(s, columns), rows: map[xxh3.Uint128]int64{}}
}

func (k *firstKeys) gather(r *rows) error {
	for i := range r.n {
		if !k.only.hold(r, i) {
			continue
		}
		key := k.key.of(r, i)
		if _, have := k.rows[key]; !have {
			k.rows[key] = r.record(i)
		}
	}
	return nil
}

func (k *firstKeys) release() { k.only = selection{} }

func (f *firsts) take(from gatherer) error {
	k := from.(*firstKeys)
	for key, record := range k.rows {
		if _, have := f.rows[key]; !have {
			f.rows[key] = firstRow{k.file, record}
		}
	}
	return nil
}

// test holds for the first row of each key. In a file without the columns it holds for
// every row: nothing says which are of one key.
func (f *firsts) test(file *bound) rowTest {
	columns, ok := file.columns(f.target.Once)
	if !ok {
		return always(true)
	}
	return rowTest{columns, func(s *slots) verdict {
		key := f.keyHash(s, columns)
		return func(r *rows, i int) bool {
			return f.rows[key.of(r, i)] == firstRow{file, r.record(i)}
		}
	}}
}

// A keyHash hashes the key of a row. Rows without any of it have one key.
type keyHash struct {
	slots []int
	seed  uint64
	text  []byte
}

func (f *firsts) keyHash(s *slots, columns []int) keyHash {
	return keyHash{slots: s.all(columns), seed: f.seed}
}

func (k *keyHash) of(r *rows, i int) xxh3.Uint128 {
	k.text = k.text[:0]
	for _, slot := range k.slots {
		k.text = append(append(k.text, r.cells[slot].at(i)...), keySeparator)
	}
	return xxh3.Hash128Seed(k.text, k.seed)
}
