package convert

import (
	"math"
	"strconv"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
)

// add adds the cell of a row as the column's treatment has it. v is nil for a column
// that is worked out.
func (c *column) add(v, beside *extract.Vector, row int) {
	known := v != nil && bitmap.Known(v.Known, row)
	switch {
	case c.does == toMonth && c.out.Column.Type == schema.Text:
		c.addPrecision(v, beside, row, known)
	case !known && c.otherwise != nil:
		c.out.AddText(c.otherwise)
	case !known:
		c.out.AddAbsent()
	case c.does == toMonth:
		year, month, _ := calendar.Civil(calendar.Day(v.Days[row]))
		c.addDay(calendar.Date(year, month, 1))
	case c.does == toYear:
		c.addYear(calendar.Year(calendar.Day(v.Days[row])))
	case c.does == toGiven:
		c.out.AddText([]byte("given"))
	case c.does == toPseudonym:
		c.out.AddText(c.pseudonyms.of(textOf(v, row)))
	case c.does == toDistrict:
		c.out.AddText(district(textOf(v, row)))
	case c.form != anyForm && !c.form.fits(textOf(v, row), c.words):
		c.withheld++
		c.out.AddText([]byte(withheld))
	case c.bounded && beyond(v, row):
		c.withheld++
		c.out.AddAbsent()
	default:
		c.addValue(v, row)
	}
}

// beyond reports whether a number is more than anything is counted or measured as.
func beyond(v *extract.Vector, row int) bool {
	if v.Reals != nil {
		return !(math.Abs(v.Reals[row]) < most)
	}
	return v.Ints[row] >= most || v.Ints[row] <= -most
}

// addValue adds a cell as it is.
func (c *column) addValue(v *extract.Vector, row int) {
	if c.out.Column.Type != schema.Text && c.out.Type == schema.Text {
		c.addAsText(v, row)
		return
	}
	switch c.out.Type {
	case schema.Text:
		c.out.AddText(textOf(v, row))
	case schema.Date:
		c.out.AddInt(int64(v.Days[row]), true)
	case schema.Int:
		c.out.AddInt(v.Ints[row], true)
	case schema.Decimal:
		c.out.AddReal(v.Reals[row], true)
	case schema.Bool:
		c.out.AddInt(int64(bitmap.At(v.Bits, row)), true)
	}
}

// addAsText adds a cell in the words in which it is read again, to a column some of
// whose cells could not be read.
func (c *column) addAsText(v *extract.Vector, row int) {
	switch c.out.Column.Type {
	case schema.Date:
		c.out.AddText([]byte(calendar.Day(v.Days[row]).String()))
	case schema.Int:
		c.out.AddText(strconv.AppendInt(nil, v.Ints[row], 10))
	case schema.Decimal:
		c.out.AddText(strconv.AppendFloat(nil, v.Reals[row], 'f', -1, 64))
	case schema.Bool:
		c.out.AddText(strconv.AppendBool(nil, bitmap.Has(v.Bits, row)))
	}
}

func (c *column) addDay(day calendar.Day) {
	if c.out.Type == schema.Text {
		c.out.AddText([]byte(day.String()))
		return
	}
	c.out.AddInt(int64(day), true)
}

func (c *column) addYear(year int64) {
	if c.out.Type == schema.Text {
		c.out.AddText(strconv.AppendInt(nil, year, 10))
		return
	}
	c.out.AddInt(year, true)
}

// addPrecision adds how much of a date is known once no more than its month is told.
func (c *column) addPrecision(v, beside *extract.Vector, row int, known bool) {
	switch {
	case !bitmap.Known(beside.Known, row):
		c.out.AddAbsent()
	case known && string(textOf(v, row)) == "year":
		c.out.AddText([]byte("year"))
	default:
		c.out.AddText([]byte("month"))
	}
}

func textOf(v *extract.Vector, row int) []byte {
	if v.Index != nil {
		return v.Entry(v.Index[row])
	}
	return v.Entry(int32(row))
}
