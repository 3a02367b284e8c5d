package mapping

import (
	"context"
	"encoding/binary"
)

// firsts are the rows that count of a target of which one row a key is wanted: in a table
// that says in every row what is of the patient or the practice.
type firsts struct {
	resolver *resolver
	all      *bindings
	target   *Target
	keys     keySet
	rows     []firstRow // by key
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
			f := &firsts{resolver: r, all: b, target: t, keys: keySet{seed: binary.LittleEndian.Uint64(r.options.Key[8:])}}
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
	of      *firsts
	file    *bound
	only    selection
	text    keyText
	keys    keySet
	records []int64 // by key
}

func (f *firsts) begin(file *bound, s *slots) gatherer {
	columns, ok := file.columns(f.target.Once)
	only, told := f.resolver.filter(f.all, file, f.target.Where)
	if !ok || !told {
		return nil
	}
	return &firstKeys{of: f, file: file, only: only.begin(s), text: keyText{slots: s.all(columns)}, keys: keySet{seed: f.keys.seed}}
}

func (k *firstKeys) gather(r *rows) error {
	for i := range r.n {
		if !k.only.hold(r, i) {
			continue
		}
		if _, added := k.keys.add(k.keys.hash(k.text.of(r, i))); added {
			k.records = append(k.records, r.number(i))
		}
	}
	return nil
}

func (k *firstKeys) harvested() gatherer {
	out := &firstKeys{of: k.of, file: k.file, keys: k.keys, records: k.records}
	k.keys, k.records = keySet{seed: k.keys.seed}, nil
	return out
}

func (f *firsts) take(from gatherer) error {
	k := from.(*firstKeys)
	for i, hash := range k.keys.hashes {
		if _, added := f.keys.add(hash); added {
			f.rows = append(f.rows, firstRow{k.file, k.records[i]})
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
		text := keyText{slots: s.all(columns)}
		return func(r *rows, i int) bool {
			number := f.keys.find(text.of(r, i))
			return number >= 0 && f.rows[number] == firstRow{file, r.number(i)}
		}
	}}
}

// A keyText writes the key of a row as one text. Rows without any of it have one key.
type keyText struct {
	slots []int
	text  []byte
}

func (k *keyText) of(r *rows, i int) []byte {
	k.text = k.text[:0]
	for _, slot := range k.slots {
		k.text = append(append(k.text, r.cells[slot].at(i)...), keySeparator)
	}
	return k.text
}
