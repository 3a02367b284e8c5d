package extract

import (
	"context"
	"fmt"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/schema"
)

// allergies is a table with every type of column but decimals, with nulls,
// cells that could not be read and a ragged row, in parts of several batches.
func allergies(dictionary bool) *Memory {
	t := schema.Lookup("allergies")
	m := &Memory{Schema: t, Dictionary: dictionary, Parts: [][]int{{70, 130}, {1}, {99}}}
	for _, c := range t.Columns {
		if !c.Virtual {
			m.Columns = append(m.Columns, c)
		}
	}
	for i := range 300 {
		if i == 150 {
			m.Rows = append(m.Rows, nil)
			continue
		}
		row := make([]Cell, len(m.Columns))
		for j, c := range m.Columns {
			switch {
			case (i+j)%7 == 0:
				row[j] = Cell{Malformed: i%2 == 0}
			case c.Type == schema.Text:
				row[j] = TextCell(fmt.Sprintf("%s-%d", c.Name, i%(j+3)))
			case c.Type == schema.Bool:
				row[j] = BoolCell(i%3 == 0)
			case c.Type == schema.Decimal:
				row[j] = RealCell(float64(i) / 4)
			default:
				row[j] = IntCell(int64(i * j))
			}
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}

// rendered is all that a scan shows of its rows.
func rendered(t *testing.T, p Part, cols []*schema.Column) (out []string) {
	t.Helper()
	for b, err := range p.Scan(context.Background(), cols) {
		require.NoError(t, err)
		for i, c := range cols {
			v, err := b.View(i)
			require.NoError(t, err)
			for row := range b.Rows() {
				bit := func(words []uint64) bool { return words != nil && bitmap.Has(words, row) }
				text := fmt.Sprintf("%s %d %s malformed %t ragged %t", b.File, b.RecordNumber(row), c.Name, bit(b.Malformed[i]), bit(b.Ragged))
				if v.Known == nil || bit(v.Known) {
					text += " = " + value(&v, c.Type, row)
				}
				out = append(out, text)
			}
		}
	}
	return out
}

func value(v *Vector, t schema.Type, row int) string {
	switch t {
	case schema.Date:
		return fmt.Sprint(v.Days[row])
	case schema.Int:
		return fmt.Sprint(v.Ints[row])
	case schema.Decimal:
		return fmt.Sprint(v.Reals[row])
	case schema.Bool:
		return fmt.Sprint(v.Bits[row/64] >> (row % 64) & 1)
	}
	entry := int32(row)
	if v.Index != nil {
		entry = v.Index[row]
	}
	return string(v.Entry(entry))
}

// A onceOnly part shows what it yields in memory that it overwrites, as
// readers do, and counts its scans.
type onceOnly struct {
	Part
	scans int
}

func (p *onceOnly) Scan(ctx context.Context, cols []*schema.Column) iter.Seq2[*Batch, error] {
	p.scans++
	return func(yield func(*Batch, error) bool) {
		for b, err := range p.Part.Scan(ctx, cols) {
			if !yield(b, err) {
				return
			}
			for i := range cols {
				v, _ := b.View(i)
				clear(v.Known)
				clear(v.Days)
				clear(v.Ints)
				clear(v.Bits)
				clear(v.Index)
				clear(b.Malformed[i])
			}
			clear(b.Ragged)
			b.File = "overwritten"
		}
	}
}

func TestHoldYieldsWhatTheExtractDoes(t *testing.T) {
	for _, dictionary := range []bool{false, true} {
		m := allergies(dictionary)
		x := InMemory("held", m)
		var parts []*onceOnly
		for i, p := range x.Tables[0].Parts {
			parts = append(parts, &onceOnly{Part: p})
			x.Tables[0].Parts[i] = parts[i]
		}
		h := Materialise(x, 0)
		fresh := InMemory("held", m).Tables[0].Parts
		few := []*schema.Column{m.Columns[4], m.Columns[1]}
		more := []*schema.Column{m.Columns[0], m.Columns[4], m.Columns[2]}
		for _, cols := range [][]*schema.Column{few, m.Columns, more, few, nil} {
			for i, p := range h.Tables[0].Parts {
				require.Equal(t, rendered(t, fresh[i], cols), rendered(t, p, cols), "part %d, %d columns", i, len(cols))
			}
		}
		for _, p := range parts {
			require.Equal(t, 2, p.scans, "once for the few, once when there were more")
		}
		require.Equal(t, m.Columns, h.Columns(m.Schema))
		require.False(t, h.Tables[0] == x.Tables[0], "the extract keeps its own table")
	}
}

func TestHoldCountsEachColumnOnce(t *testing.T) {
	m := allergies(true)
	h := Materialise(InMemory("held", m), 0)
	date := m.Schema.Column("recorded_date")
	require.Zero(t, h.Bytes(date))
	for _, p := range h.Tables[0].Parts {
		rendered(t, p, []*schema.Column{date})
	}
	once := h.Bytes(date)
	// 4 bytes a row, and the words of 70, 130 and 99 known bits; the row that
	// is a part of its own is known.
	require.EqualValues(t, 300*4+8*(2+3+2), once)
	for _, p := range h.Tables[0].Parts {
		rendered(t, p, m.Columns)
	}
	require.Equal(t, once, h.Bytes(date))
}

func TestHoldRefusesWhatIsTooMuch(t *testing.T) {
	m := allergies(false)
	h := Materialise(InMemory("held", m), 1000)
	for _, err := range h.Tables[0].Parts[0].Scan(context.Background(), m.Columns) {
		var limit *LimitError
		require.ErrorAs(t, err, &limit)
		return
	}
	t.Fatal("nothing was yielded")
}

func TestHoldStopsWithTheContext(t *testing.T) {
	m := allergies(false)
	h := Materialise(InMemory("held", m), 0)
	rendered(t, h.Tables[0].Parts[0], m.Columns)
	ctx, stop := context.WithCancel(context.Background())
	stop()
	for _, err := range h.Tables[0].Parts[0].Scan(ctx, m.Columns) {
		require.ErrorIs(t, err, context.Canceled)
		return
	}
	t.Fatal("nothing was yielded")
}
