package practices

import (
	"context"
	"fmt"
	"slices"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// readLists reads the lists beside the extract for what cannot be used in them, before
// any rule sees a line.
func (p *Set) readLists(ctx context.Context, x *extract.Extract) error {
	p.refused, p.doubts = map[*schema.Table]map[state.Position]bool{}, make([][]state.Doubt, len(p.List))
	for _, t := range schema.Tables {
		if !t.Side {
			continue
		}
		l := &list{set: p, table: t, refused: map[state.Position]bool{}, figures: map[figureOf]state.Position{}, open: map[doubtOf]bool{}}
		if err := cells(ctx, x, t, t.Columns, l.line); err != nil {
			return err
		}
		if t == schema.ControlTotals && l.lines > 0 && !l.named {
			return nobodys(l.first)
		}
		p.refused[t] = l.refused
		l.settle()
	}
	return nil
}

// Refused reports whether a line of a list beside the extract counts for nothing: it
// cannot be read, or another line gives the same figure.
func (p *Set) Refused(t *schema.Table, at state.Position) bool { return p.refused[t][at] }

// Refuses reports whether some line of the list counts for nothing.
func (p *Set) Refuses(t *schema.Table) bool { return len(p.refused[t]) > 0 }

// Doubts are what the refused lines leave open for practice number n, in the order
// of the tables.
func (p *Set) Doubts(n int) []state.Doubt { return p.doubts[n] }

// A list is one list beside the extract, while it is read.
type list struct {
	set     *Set
	table   *schema.Table
	refused map[state.Position]bool
	figures map[figureOf]state.Position
	open    map[doubtOf]bool
	first   state.Position
	lines   int
	named   bool // some line is of a practice of the extract
}

type figureOf struct {
	practice int32
	figure   schema.Figure
}

type doubtOf struct {
	practice int32
	figure   string // that stands more than once; empty where a line cannot be read
}

func (l *list) line(at state.Position, row []extract.Cell) {
	if l.lines++; l.lines == 1 {
		l.first = at
	}
	given := make([]schema.Given, len(row))
	for i, c := range row {
		given[i] = schema.Given{Known: c.Known, Malformed: c.Malformed, Text: c.Text, Int: c.Int}
	}
	id := row[l.table.Practice.Index]
	practice, ok := l.set.Listed(l.table, []byte(id.Text))
	l.named = l.named || id.Known && ok
	if !l.table.Usable(given) {
		l.refused[at] = true
		switch {
		case id.Known && ok:
			l.open[doubtOf{practice: practice}] = true
		case !id.Known: // it may be of any
			for q := range l.set.List {
				l.open[doubtOf{practice: int32(q)}] = true
			}
		}
		return
	}
	figure, one := l.table.Figure(given)
	if !ok || !one {
		return
	}
	key := figureOf{practice, figure}
	if before, twice := l.figures[key]; twice {
		l.refused[before], l.refused[at] = true, true
		l.open[doubtOf{practice, figure.Name}] = true
		return
	}
	l.figures[key] = at
}

// settle hands the doubts to the practices, in one order.
func (l *list) settle() {
	for d := range l.open {
		l.set.doubts[d.practice] = append(l.set.doubts[d.practice], state.Doubt{Table: l.table.Name, Figure: d.figure})
	}
	for q := range l.set.doubts {
		slices.SortFunc(l.set.doubts[q], state.CompareDoubts)
	}
}

// nobodys refuses figures of the clinical system of which none is of a practice of
// the extract: they would be compared with nothing, in silence.
func nobodys(first state.Position) *Refusal {
	return &Refusal{Message: fmt.Sprintf("%s record %d, practice_id: want the practice_id that patients have, letter for letter, or the ODS code of the practice", first.File, first.Record),
		Hint: "no line of this list is of a practice of the extract; paperlight inspect shows how practices are named"}
}
