package source

import (
	"context"
	"slices"

	"github.com/zeebo/xxh3"
)

// A Resource says which resources make a table, and which of their texts its columns.
type Resource struct {
	// Name is the name of the table, Type that of the resources.
	Name, Type string
	Columns    []ResourceColumn
	// Has and Once, where not empty, are columns. Of resources without a text in
	// either none counts, and of those with one text in Once the first alone.
	Has, Once string
}

// A ResourceColumn is a column of a table of resources. One that no resource has a
// text for is left out, unless it is kept.
type ResourceColumn struct {
	Name string
	Path Path
	Kept bool
}

// resourceTable is what the parts of a table share.
type resourceTable struct {
	paths []Path // by column
}

// A resourcePart is some resources of one type, of one document or several.
type resourcePart struct {
	table     *resourceTable
	stretches []stretch
	first     int64 // number of the first resource
	rows      int64
	bytes     int64
}

// Table makes a table of the resources of a type: a File of text columns. It reads
// them once, for which columns have a text. Index comes before.
func (d *Documents) Table(ctx context.Context, r Resource) (*File, error) {
	t := &resourceTable{}
	parts := d.parts(t, r.Type)
	called := func(name string) int {
		return slices.IndexFunc(r.Columns, func(c ResourceColumn) bool { return c.Name == name })
	}
	for _, c := range r.Columns {
		t.paths = append(t.paths, c.Path)
	}
	l := look{columns: make([]bool, len(r.Columns)), has: called(r.Has), once: called(r.Once), seen: map[xxh3.Uint128]bool{}}
	if err := l.over(ctx, parts); err != nil {
		return nil, err
	}
	if l.selects() {
		parts = number(l.kept)
	}
	f := &File{Name: r.Name, Stem: r.Name, Format: FHIR, Charset: "utf-8"}
	paths := t.paths
	t.paths = nil
	for i, c := range r.Columns {
		if c.Kept || l.columns[i] {
			f.Columns, t.paths = append(f.Columns, c.Name), append(t.paths, paths[i])
		}
	}
	for _, p := range parts {
		f.Parts, f.Bytes = append(f.Parts, p), f.Bytes+p.bytes
	}
	return f, nil
}

// parts puts the stretches of a type together, so that a part is worth its work.
func (d *Documents) parts(t *resourceTable, kind string) []*resourcePart {
	var out []*resourcePart
	for _, doc := range d.docs {
		for _, s := range doc.types[kind] {
			if n := len(out); n == 0 || out[n-1].bytes+s.bytes > d.options.part {
				out = append(out, &resourcePart{table: t})
			}
			p := out[len(out)-1]
			p.stretches, p.bytes = append(p.stretches, s), p.bytes+s.bytes
		}
	}
	return number(out)
}

// number counts the resources of the parts.
func number(parts []*resourcePart) []*resourcePart {
	first := int64(1)
	for _, p := range parts {
		p.first, p.rows, p.bytes = first, 0, 0
		for _, s := range p.stretches {
			p.rows, p.bytes = p.rows+s.rows, p.bytes+s.bytes
		}
		first += p.rows
	}
	return parts
}

// A look reads all resources of a table, for which columns have a text and, where
// not all of them count, which do.
type look struct {
	columns   []bool
	has, once int // columns, or -1
	seen      map[xxh3.Uint128]bool
	kept      []*resourcePart
}

func (l *look) selects() bool { return l.has >= 0 || l.once >= 0 }

func (l *look) over(ctx context.Context, parts []*resourcePart) error {
	for _, p := range parts {
		r := newRowReader(p.table.paths)
		k := &resourcePart{table: p.table}
		for _, s := range p.stretches {
			some := stretch{doc: s.doc}
			err := s.read(ctx, r, func(at span) error {
				if l.counts(r) {
					some.add(at)
					l.note(r)
				}
				r.data = r.data[:0]
				return nil
			})
			if err != nil {
				return within(s.doc.label, err)
			}
			if some.rows > 0 {
				k.stretches = append(k.stretches, some)
			}
		}
		if l.selects() && len(k.stretches) > 0 {
			l.kept = append(l.kept, k)
		}
		if !l.selects() && !slices.Contains(l.columns, false) {
			return nil
		}
	}
	return nil
}

// counts reports whether the resource that was read counts.
func (l *look) counts(r *rowReader) bool {
	has, once := l.has < 0, l.once < 0
	for _, c := range r.got {
		has = has || c.column == l.has
		if c.column == l.once {
			text := xxh3.Hash128(r.data[c.start:c.end])
			once = !l.seen[text]
			l.seen[text] = true
		}
	}
	return has && once
}

// note notes which columns the resource has a text for.
func (l *look) note(r *rowReader) {
	for _, c := range r.got {
		if c.column < len(l.columns) {
			l.columns[c.column] = true
		}
	}
}

// read reads the resources of a stretch, each followed by do.
func (s *stretch) read(ctx context.Context, r *rowReader, do func(at span) error) error {
	from := &cursor{in: s.doc.in}
	defer from.close()
	r.doc = s.doc
	r.json.reset(from)
	for at := range s.all {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.read(at); err != nil {
			return err
		}
		if err := do(at); err != nil {
			return err
		}
	}
	return s.doc.stored.unchanged()
}
