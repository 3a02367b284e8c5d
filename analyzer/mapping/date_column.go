package mapping

import (
	"encoding/binary"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/calendar"
)

// isoDates reads a column of plain text; false where it has another layout. It
// does what isoDate does: without a call a row, and with no branch on the
// text, which no processor could predict.
func isoDates(a *alternative, c *cells, out *column) bool {
	if !a.iso {
		return false
	}
	data, days := c.data, out.days[:c.n]
	for w := range out.known {
		at, to := w*64, min(w*64+64, c.n)
		out.known[w], out.malformed[w] = isoWord(data, c.start[at:to], c.end[at:to], days[at:to])
	}
	return true
}

const isoBytes = 10

// isoWord reads up to 64 cells, and says which hold a day and which something
// else.
func isoWord(data []byte, start, end []uint32, days []int32) (known, malformed uint64) {
	var given uint64
	c := century{differ: 1} // that of the cell before
	end, days = end[:len(start)], days[:len(start)]
	for i, s := range start {
		length := end[i] - s
		// The bits come in at the top.
		given, known = given>>1|bitmap.Of(length != 0)<<63, known>>1
		if int(s)+isoBytes > len(data) {
			days[i] = 0 // too short to be one
			continue
		}
		// What the cell holds is read as YYYY-MM-DD, and judged after that.
		b := (*[isoBytes]byte)(data[s:])
		long := bitmap.Of(length == isoBytes)
		if first := binary.LittleEndian.Uint16(b[:]); (first^c.digits)&-uint16(long) != 0 {
			c = byCentury.centuries[(first&15*10+first>>8-'0')&127]
			c.differ, c.digits = first^c.digits, first
		}
		// Digits have become 0 to 9, the first of the month 0 or 1, and hyphens
		// 0; anything else reaches a top bit.
		x := binary.LittleEndian.Uint64(b[2:]) ^ 0x30302d30302d3030
		wrong := (x | (x + 0x76767f767e7f7676)) & 0x8080808080808080
		pairs := x*10 + x>>8 // of digits
		m := byCentury.months[(c.months+uint32(pairs&0xff)<<5+uint32(pairs>>24&31))%uint32(len(byCentury.months))]
		day := uint32(pairs>>48) & 0xff
		ok := long & bitmap.Of(wrong|uint64(c.differ) == 0) & bitmap.Of(day-1 < m&0xff)
		days[i] = (c.before + int32(m>>8+day)) & -int32(ok)
		known |= ok << 63
	}
	unused := uint(64-len(start)) & 63
	return known >> unused, (given &^ known) >> unused
}

// byCentury holds centuries and months for isoWord. Places of no month have no
// days.
var byCentury = newByCentury()

type centuriesAndMonths struct {
	centuries [128]century
	months    [4 * yearsOfMonths]uint32
}

// A century is one whose years share the first two digits.
type century struct {
	before int32  // the day before it begins
	months uint32 // where in months its own begin, those of a year 32 apart
	digits uint16 // in text
	differ uint16 // not zero where the text has other digits
}

// yearsOfMonths is the length of the table of the months of a century: how many
// days each has and, from bit 8 on, how many days of the century come before it.
const yearsOfMonths = 4096

func newByCentury() *centuriesAndMonths {
	t := new(centuriesAndMonths)
	for n := range uint32(100) {
		// Centuries 0, 1 and 4 stand for all: they begin with a year that does
		// not exist, with a common one and with a leap year.
		like := min(n, 1)
		if n > 0 && n%4 == 0 {
			like = 4
		}
		second, _ := calendar.Of(n*100+1, 1, 1)
		first := int32(second) - 365 - int32(bitmap.Of(n%4 == 0))
		t.centuries[n] = century{before: first - 1, digits: uint16('0'+n/10) | uint16('0'+n%10)<<8, months: min(like, 2) * yearsOfMonths}
		if n == like {
			t.addMonths(n, first)
		}
	}
	return t
}

// addMonths fills in the months of century n, which begins on day first.
func (t *centuriesAndMonths) addMonths(n uint32, first int32) {
	months := t.months[t.centuries[n].months:]
	for month := range uint32(1200) {
		y, m := month/12, month%12+1
		begins, ok := calendar.Of(n*100+y, m, 1)
		if !ok {
			continue
		}
		days := uint32(31)
		for ok = false; !ok; days-- {
			_, ok = calendar.Of(n*100+y, m, days)
		}
		months[y<<5+m] = uint32(int32(begins)-first)<<8 | (days + 1)
	}
}
