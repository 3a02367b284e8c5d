package mapping

import (
	"context"
	"iter"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/source"
)

// maxGatheredBytes bounds the rows that are kept in memory for a table. Where there are
// more the table is read from its file.
const maxGatheredBytes = 64 << 20

// gathered are the rows of a source that a table wants, kept while the source was read
// for lookups, so that a large file is not read again for few rows.
type gathered struct {
	resolver *resolver
	all      *bindings
	target   *Target
	rows     map[*bound][]source.Part
	bytes    int
	over     bool
}

// addGathered has the rows of tables gathered whose source is read for lookups anyway.
func (b *bindings) addGathered(r *resolver, bySource map[string][]harvest) {
	b.gathered = map[*Target]*gathered{}
	for _, name := range sortedKeys(b.system.Tables) {
		for _, t := range b.system.Tables[name] {
			if !t.Gather || len(bySource[t.From]) == 0 {
				continue
			}
			g := &gathered{resolver: r, all: b, target: t, rows: map[*bound][]source.Part{}}
			b.gathered[t] = g
			bySource[t.From] = append(bySource[t.From], g)
		}
	}
}

// parts are the rows of the file; one part without rows where there is none.
func (g *gathered) parts(f *bound) []source.Part {
	if len(g.rows[f]) == 0 {
		return []source.Part{noRows{}}
	}
	return g.rows[f]
}

func (g *gathered) begin(f *bound, s *slots) gatherer {
	only, told := g.resolver.filter(g.all, f, g.target.Where)
	if !told {
		return nil
	}
	k := &keptRows{of: g, file: f, columns: g.target.reads(f)}
	k.slots = s.all(k.columns)
	k.only = only.begin(s)
	k.texts = make([]texts, len(k.columns))
	return k
}

func (g *gathered) take(from gatherer) error {
	k := from.(*keptRows)
	g.bytes += k.bytes
	if g.over = g.over || k.over || g.bytes > maxGatheredBytes; g.over {
		g.rows = nil
		return nil
	}
	if len(k.records) > 0 {
		g.rows[k.file] = append(g.rows[k.file], k)
	}
	return nil
}

// reads are the columns of a file that the target's expressions and conditions name.
func (t *Target) reads(f *bound) []int {
	var s slots
	t.names(func(names ...string) {
		for _, name := range names {
			if i, ok := f.header[folded(name)]; ok && name != "" {
				s.of(i)
			}
		}
	})
	return s.columns
}

// names calls back with every column that the target names.
func (t *Target) names(column func(names ...string)) {
	for _, name := range sortedKeys(t.Columns) {
		t.Columns[name].reads(column)
	}
	t.Where.reads(column)
	column(t.Once...)
}

// reads calls back with every column that the expression names.
func (e *Expression) reads(column func(names ...string)) {
	column(e.From)
	column(e.With...)
	column(e.Parts...)
	e.When.reads(column)
	for _, alternative := range e.FirstOf {
		alternative.reads(column)
	}
}

func (c Conditions) reads(column func(names ...string)) {
	for _, one := range c {
		if one == nil {
			continue
		}
		column(one.From, one.Same)
		column(one.With...)
		Conditions(one.All).reads(column)
		Conditions(one.Any).reads(column)
		Conditions{one.Not}.reads(column)
	}
}

// keptRows are rows of one part, as a part of their own.
type keptRows struct {
	of      *gathered
	file    *bound
	columns []int
	slots   []int
	only    selection
	texts   []texts
	records []int64
	before  extract.Before // as that of a Raw
	bytes   int
	over    bool
}

func (k *keptRows) gather(r *rows) error {
	k.before = r.before
	for i := range r.n {
		if k.over || !k.only.hold(r, i) {
			continue
		}
		for c, slot := range k.slots {
			cell := r.cells[slot].at(i)
			k.texts[c].append(cell)
			k.bytes += len(cell) + 4
		}
		k.records = append(k.records, r.record(i))
		if k.bytes > maxGatheredBytes {
			k.over, k.texts = true, make([]texts, len(k.columns))
		}
	}
	return nil
}

func (k *keptRows) harvested() gatherer {
	out := *k
	out.only = selection{}
	k.texts, k.records, k.bytes, k.over = make([]texts, len(k.columns)), nil, 0, false
	return &out
}

func (k *keptRows) Size() (bytes, rows int64) { return 0, int64(len(k.records)) }

func (k *keptRows) NoNulls(int) bool { return false }

func (k *keptRows) Scan(ctx context.Context, cols []int) iter.Seq2[*source.Raw, error] {
	return func(yield func(*source.Raw, error) bool) {
		for from := 0; from < len(k.records); from += extract.MaxBatchRows {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			to := min(from+extract.MaxBatchRows, len(k.records))
			raw := &source.Raw{Rows: to - from, First: k.records[from], Records: k.records[from:to], Before: k.before}
			for _, c := range cols {
				raw.Columns = append(raw.Columns, k.column(c, from, to))
			}
			if !yield(raw, nil) {
				return
			}
		}
	}
}

// column returns the kept texts of a column; empty cells where it was not kept.
func (k *keptRows) column(c, from, to int) source.RawColumn {
	for i, have := range k.columns {
		if have == c {
			start, end := spans(k.texts[i].offsets)
			return source.RawColumn{Data: k.texts[i].bytes, Start: start[from:to], End: end[from:to]}
		}
	}
	none := make([]uint32, to-from)
	return source.RawColumn{Start: none, End: none}
}
