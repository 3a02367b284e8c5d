package convert

import (
	"fmt"
	"slices"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/canonical"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
)

// unreadable is what is written for a cell that could not be read: it is no date,
// number or answer, and in no closed list, so that a check finds it unreadable again.
const unreadable = "unreadable"

// A layout turns the batches of one table into blocks.
type layout struct {
	table   *extract.Table
	people  *people
	scanned []*schema.Column // what is read
	block   *canonical.Block
	columns []column // of the block
	// patient and practice are the places of these columns among those read, -1 where
	// they are not; only where rows are left out.
	patient, practice int
	rows              []int32 // of the batch, which are written
	blank             []bool  // which of these have nothing that is written
	left              left
}

// left counts rows that were left out for what they are, whoever's they are.
type left struct{ unknown, excluded int64 }

// A column is one of the block.
type column struct {
	out *canonical.Column
	// from is its place among the columns that are read; -1 where it is worked out.
	from int
	treatment
	// beside is the date that a precision is of, as it is read.
	beside int
	// withheld counts the cells that have not the column's form.
	withheld int64
}

// layout says how a table is written.
func (j *job) layout(t *extract.Table) *layout {
	l := &layout{table: t, people: j.people, patient: -1, practice: -1}
	var columns []*schema.Column
	for _, c := range t.Schema.Columns {
		how := j.treatment(t, c)
		if how.does == drop {
			continue
		}
		from := -1
		switch {
		case how.does == toYear:
			from = l.read(birthDate)
		case t.Supplied[c.Index]:
			from = l.read(c)
		}
		columns = append(columns, c)
		l.columns = append(l.columns, column{from: from, treatment: how, beside: -1})
	}
	l.block = canonical.BlockOf(t.Schema, columns)
	for i, c := range columns {
		one := &l.columns[i]
		one.out = l.block.Columns[i]
		if one.from >= 0 && j.unreadable[l.scanned[one.from]] {
			one.out.Type = schema.Text
		}
		if c.Beside != "" && one.does == toMonth {
			one.beside = l.read(t.Schema.Column(c.Beside))
		}
	}
	if j.people != nil && t.Schema != schema.Practice {
		if p := t.Schema.Patient; p != nil && t.Supplied[p.Index] {
			l.patient = l.read(p)
		}
		if p := t.Schema.Practice; t.Supplied[p.Index] {
			l.practice = l.read(p)
		}
	}
	return l
}

// read has a column read, and returns its place.
func (l *layout) read(c *schema.Column) int {
	if i := slices.Index(l.scanned, c); i >= 0 {
		return i
	}
	l.scanned = append(l.scanned, c)
	return len(l.scanned) - 1
}

// add fills the block with the rows of a batch that are written.
func (l *layout) add(b *extract.Batch) error {
	l.block.Reset()
	views := make([]extract.Vector, len(l.scanned))
	for i, c := range l.scanned {
		v, err := b.View(i)
		if err != nil {
			return fmt.Errorf("%s, column %s: %w", b.File, c.Name, err)
		}
		views[i] = v
	}
	l.choose(b, views)
	for i := range l.columns {
		c := &l.columns[i]
		var v, beside *extract.Vector
		var malformed []uint64
		if c.from >= 0 {
			v, malformed = &views[c.from], b.Malformed[c.from]
		}
		if c.beside >= 0 {
			beside = &views[c.beside]
		}
		for k, row := range l.rows {
			switch {
			case l.blank[k]:
				c.out.AddAbsent()
			case malformed != nil && bitmap.Has(malformed, int(row)):
				c.addUnreadable()
			case c.gone != nil && l.patient >= 0 && l.leadsNowhere(c.gone, v, views, int(row)):
				c.out.AddAbsent()
			default:
				c.add(v, beside, int(row))
			}
		}
	}
	l.block.Rows = len(l.rows)
	return nil
}

// choose notes which rows are written.
func (l *layout) choose(b *extract.Batch, views []extract.Vector) {
	l.rows, l.blank = l.rows[:0], l.blank[:0]
	for i := range b.Rows() {
		stays, blank := true, false
		if l.people != nil {
			stays, blank = l.people.stay(l, b, views, i)
		}
		if stays {
			l.rows, l.blank = append(l.rows, int32(i)), append(l.blank, blank)
		}
	}
}

// leadsNowhere reports whether the record that a cell names, of the row's patient, is
// not written.
func (l *layout) leadsNowhere(gone map[string]bool, id *extract.Vector, views []extract.Vector, row int) bool {
	who := &views[l.patient]
	if !bitmap.Known(id.Known, row) || !bitmap.Known(who.Known, row) {
		return false
	}
	return gone[link(string(textOf(who, row)), string(textOf(id, row)))]
}

// addUnreadable adds a cell that could not be read.
func (c *column) addUnreadable() {
	if c.out.Type != schema.Text {
		c.out.AddAbsent()
		return
	}
	c.out.AddText([]byte(unreadable))
}
