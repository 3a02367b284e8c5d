package convert

import (
	"strings"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
)

// statesPractices reports whether the practice table is written even where the
// extract has none.
func (j *job) statesPractices() bool {
	return j.Anonymise != nil || j.x.HasReleaseDate || len(j.x.NeverHas) > 0
}

// states reports whether a column of the practice table is written whatever the
// extract has of it.
func (j *job) states(c *schema.Column) bool {
	switch c.Name {
	case "practice_id":
		return true
	case "outgoing":
		return j.Anonymise != nil
	case "extract_to":
		return j.Anonymise != nil || j.x.HasReleaseDate
	case "tables_not_kept":
		return len(j.x.NeverHas) > 0
	}
	return false
}

// practiceRows fills the block with a row for each practice.
func (j *job) practiceRows(l *layout) {
	for i := range j.practices.List {
		for k := range l.columns {
			c := &l.columns[k]
			cell := j.stated(i, c.out.Column)
			switch {
			case cell.Malformed && !cell.Known:
				c.addUnreadable()
			case !cell.Known:
				c.out.AddAbsent()
			case c.form != anyForm && !c.form.fits([]byte(cell.Text), c.words):
				c.withheld++
				c.out.AddText([]byte(withheld))
			case c.out.Column.Type == schema.Text:
				c.out.AddText([]byte(cell.Text))
			default:
				day := int32(cell.Int)
				c.addValue(&extract.Vector{Len: 1, Days: []int32{day}, Ints: []int64{cell.Int}, Reals: []float64{cell.Real}, Bits: []uint64{uint64(cell.Int) & 1}}, 0)
			}
		}
		l.block.Rows++
	}
}

// stated is the cell of a practice: what the extract says, but for what only its
// mapping knows.
func (j *job) stated(practice int, c *schema.Column) extract.Cell {
	p := &j.practices.List[practice]
	var said extract.Cell
	if row := j.practices.Values[practice]; row != nil {
		said = row[c.Index]
	}
	switch {
	case c.Name == "practice_id":
		return extract.TextCell(p.ID)
	case c.Name == "outgoing" && j.Anonymise != nil:
		return extract.BoolCell(true)
	case c.Name == "extract_to" && j.Anonymise != nil:
		return extract.IntCell(int64(p.AsOf))
	case c.Name == "extract_to" && j.x.HasReleaseDate && !said.Known:
		return extract.IntCell(int64(j.x.ReleaseDate))
	case c.Name == "tables_not_kept" && len(j.x.NeverHas) > 0:
		names := make([]string, len(j.x.NeverHas))
		for i, t := range j.x.NeverHas {
			names[i] = t.Name
		}
		return extract.TextCell(strings.Join(names, " "))
	}
	if c.Name == "tables_not_kept" && j.Anonymise != nil {
		return extract.TextCell(tablesNamed(said.Text))
	}
	return said
}
