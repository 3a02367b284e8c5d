package damage

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"paperlight/rules"
)

// A Damage is one way in which an extract may be worse than the practice's
// records, or say other than they do.
type Damage struct {
	// Kind is what is done, Where the table, table.column or answer that it is
	// done to, Share the percentage of rows: together they name it.
	Kind, Where string
	Share       int
	// Hits are the tables, columns (table.column) and answers
	// (declarations:key) that are no longer what they were.
	Hits []string
	// Harmless damage is none to a reader that keeps to its word: it must not
	// help, and need not show.
	Harmless bool
	// Apply returns the damaged extract, or x itself where nothing changes.
	Apply func(x *Extract) *Extract
}

// Name names the damage in reports and exceptions.
func (d *Damage) Name() string { return fmt.Sprintf("%s %s %d%%", d.Kind, d.Where, d.Share) }

// Table is the table that the damage is done to first.
func (d *Damage) Table() string {
	name, _, _ := strings.Cut(d.Where, ".")
	name, _, _ = strings.Cut(name, ":")
	return name
}

// then returns both damages, one after the other.
func (d *Damage) then(next *Damage) Damage {
	return Damage{
		Kind: "pair", Where: d.Name() + " + " + next.Name(), Share: max(d.Share, next.Share),
		Hits: slices.Concat(d.Hits, next.Hits), Harmless: d.Harmless && next.Harmless,
		Apply: func(x *Extract) *Extract { return next.Apply(d.Apply(x)) },
	}
}

// undone reports whether next may give back what d took: it writes the same
// cells. A table that goes as a whole gives nothing back.
func (d *Damage) undone(next *Damage) bool {
	return slices.ContainsFunc(d.Hits, func(hit string) bool {
		return slices.ContainsFunc(next.Hits, func(other string) bool { return hit == other || strings.HasPrefix(other, hit+".") })
	})
}

// half reports whether the damage changes half of the rows of a table, or an
// answer. To blank a column that few rows fill is no such damage: where all who
// died are left out nobody can tell.
func (d *Damage) half(x *Extract) bool {
	if strings.Contains(d.Where, ":") {
		return true
	}
	was, now := x.Table(d.Table()), d.Apply(x).Table(d.Table())
	if was == nil || now == nil || len(was.Rows) == 0 {
		return true
	}
	changed := max(0, len(was.Rows)-len(now.Rows), len(now.Rows)-len(was.Rows))
	for i := range min(len(was.Rows), len(now.Rows)) {
		if !slices.Equal(filled(was.Rows[i]), filled(now.Rows[i])) {
			changed++
		}
	}
	return 20*changed >= 9*len(was.Rows) // half of them are chosen by chance
}

// filled are the cells of a row that hold something.
func filled(row []string) []string {
	return slices.DeleteFunc(slices.Clone(row), func(s string) bool { return s == "" })
}

// shares are how many in a hundred rows are damaged.
var shares = []int{10, 50, 100}

// chosen reports whether a row is among a share of a table's rows. A larger
// share holds the rows of a smaller one.
func chosen(table string, row, share int) bool {
	if share >= 100 {
		return true
	}
	h := fnv.New32a()
	fmt.Fprintf(h, "%s %d", table, row)
	return int(h.Sum32()>>8)%100 < share
}

// A cell changes one cell of a row; ok is false where it stays.
type cell func(row []string, was string) (now string, ok bool)

// to always writes the same.
func to(value string) cell { return func([]string, string) (string, bool) { return value, true } }

// change changes the cells of a column in a share of a table's rows.
func change(x *Extract, table, column string, share int, f cell) *Extract {
	t := x.Table(table)
	if t == nil || t.Column(column) < 0 {
		return x
	}
	at := t.Column(column)
	return rewrite(x, table, share, func(row []string) []string {
		now, ok := f(row, row[at])
		if !ok || now == row[at] {
			return row
		}
		row = slices.Clone(row)
		row[at] = now
		return row
	})
}

// rewrite puts other rows in the place of a share of a table's rows; x itself
// comes back where all stay.
func rewrite(x *Extract, table string, share int, f func(row []string) []string) *Extract {
	t := x.Table(table)
	if t == nil {
		return x
	}
	out := &Table{Name: t.Name, Columns: t.Columns, Rows: slices.Clone(t.Rows)}
	changed := false
	for i, row := range t.Rows {
		if !chosen(table, i, share) {
			continue
		}
		out.Rows[i] = f(row)
		changed = changed || len(row) > 0 && &out.Rows[i][0] != &row[0]
	}
	if !changed {
		return x
	}
	return x.with(out)
}

// both writes a second column where a first is changed.
func both(table, first, second string, share int, a, b cell) func(*Extract) *Extract {
	return func(x *Extract) *Extract {
		return change(change(x, table, first, share, a), table, second, share, b)
	}
}

// All returns every damage that can be done to an extract. Another kind joins
// here.
func (all *Practices) All(x *Extract, catalogue *rules.Catalogue) []Damage {
	return slices.Concat(
		tableDamages(x),
		columnDamages(x, all.RootConcept),
		populationDamages(all.AsOf),
		periodDamages(),
		answerDamages(x, catalogue),
		itemsDamages(practiceID(x), all.Quarter),
	)
}
