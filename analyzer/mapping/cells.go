package mapping

import (
	"fmt"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/source"
)

// cells is a raw column seen as text: what every conversion can read, whatever
// the source's type. Row i is text i, or text index[i] of a dictionary.
type cells struct {
	n          int
	data       []byte
	start, end []uint32
	index      []int32
	known      []uint64 // nil: every cell is given (it may be empty)
	dictionary uint64   // number of the dictionary, 0 where unknown
	// array is the column as it came, where it came as Arrow and no row was
	// left out: values that need no text are read from it.
	array arrow.Array
	// interned are the entries of a dictionary of our own; none of them is empty.
	interned *texts
	// text says that start and end are set; else the array must be rendered.
	text bool

	rendered []byte // buffers of our own, reused
	ends     []uint32
	starts   []uint32
	indexes  []int32
	knowns   []uint64
}

// set points c at a raw column.
func (c *cells) set(raw *source.RawColumn, n int) error {
	c.n, c.index, c.known, c.dictionary, c.array = n, nil, nil, raw.Dictionary, raw.Array
	c.text, c.interned = true, nil
	if raw.Array == nil {
		c.data, c.start, c.end = raw.Data, raw.Start[:n], raw.End[:n]
		return nil
	}
	switch a := raw.Array.(type) {
	case *array.String, *array.Dictionary:
		v, err := extract.ViewArray(a)
		if err != nil {
			return err
		}
		c.data, c.index, c.known = v.Bytes, v.Index, v.Known
		c.start, c.end = spans(v.Offsets)
	default:
		c.text = false
	}
	return nil
}

// spans views offsets as starts and ends, without a copy.
func spans(offsets []int32) (start, end []uint32) {
	if len(offsets) < 2 {
		return nil, nil
	}
	all := unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(offsets))), len(offsets))
	return all[:len(all)-1], all[1:]
}

// at returns the text of row i; empty where there is none.
func (c *cells) at(i int) []byte {
	if !bitmap.Known(c.known, i) {
		return nil
	}
	if c.index != nil {
		i = int(c.index[i])
	}
	return c.data[c.start[i]:c.end[i]]
}

// entry returns text e of the dictionary.
func (c *cells) entry(e int) []byte { return c.data[c.start[e]:c.end[e]] }

// render makes text of a column that came as numbers, dates or booleans.
func (c *cells) render() error {
	if c.text {
		return nil
	}
	if c.array.DataType().ID() == arrow.NULL {
		c.starts = sized(c.starts, c.n)
		clear(c.starts)
		c.data, c.start, c.end, c.text = nil, c.starts, c.starts, true
		return nil
	}
	appendCell, err := renderer(c.array)
	if err != nil {
		return err
	}
	c.starts, c.ends = sized(c.starts, c.n), sized(c.ends, c.n)
	c.rendered = c.rendered[:0]
	for i := range c.n {
		c.starts[i] = uint32(len(c.rendered))
		if !c.array.IsNull(i) {
			c.rendered = appendCell(c.rendered, i)
		}
		c.ends[i] = uint32(len(c.rendered))
	}
	c.data, c.start, c.end, c.text = c.rendered, c.starts, c.ends, true
	return nil
}

// selectRows reduces the column to the rows of the list (a selection vector), in
// order.
func (c *cells) selectRows(rows []int32) error {
	if err := c.render(); err != nil {
		return err
	}
	if c.known != nil {
		c.knowns = sized(c.knowns, bitmap.Words(len(rows)))
		for w := range c.knowns { // word by word, since known may be knowns
			var known uint64
			for i := w * 64; i < min(w*64+64, len(rows)); i++ {
				known |= bitmap.At(c.known, int(rows[i])) << (i & 63)
			}
			c.knowns[w] = known
		}
		c.known = c.knowns
	}
	if c.index != nil {
		c.indexes = sized(c.indexes, len(rows))
		for i, r := range rows {
			c.indexes[i] = c.index[r]
		}
		c.index = c.indexes
	} else {
		// In place where the spans are ours already: row r never lies before i.
		c.starts, c.ends = sized(c.starts, len(rows)), sized(c.ends, len(rows))
		for i, r := range rows {
			c.starts[i], c.ends[i] = c.start[r], c.end[r]
		}
		c.start, c.end = c.starts, c.ends
	}
	c.n, c.array = len(rows), nil
	return nil
}

// sized returns a slice of length n, over the memory of s where it suffices.
// What it holds is undefined.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		// Whole 8-byte words, as batches must be padded.
		return make([]T, n, (max(n, 64)+63)&^63)
	}
	return s[:n]
}

// readable reports whether values of the type can be converted at all.
func readable(t arrow.DataType) error {
	switch t.ID() {
	case arrow.TIMESTAMP:
		_, err := zoneOf(t.(*arrow.TimestampType))
		return err
	case arrow.STRING, arrow.NULL, arrow.BOOL, arrow.DATE32, arrow.DATE64,
		arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64, arrow.UINT8, arrow.UINT16, arrow.UINT32, arrow.UINT64,
		arrow.FLOAT32, arrow.FLOAT64:
		return nil
	case arrow.DECIMAL128:
		if scale := t.(*arrow.Decimal128Type).Scale; -38 <= scale && scale <= 38 {
			return nil
		}
	case arrow.DICTIONARY:
		if t.(*arrow.DictionaryType).ValueType.ID() == arrow.STRING {
			return nil
		}
	}
	return fmt.Errorf("columns of type %s cannot be read", t)
}
