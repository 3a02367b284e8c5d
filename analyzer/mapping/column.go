package mapping

import (
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/schema"
)

// A column is one canonical column of the batch being made. Its slices are
// reused from batch to batch; the Arrow array is made around them.
type column struct {
	n         int
	moved     int      // instants that were read as another day than that in UTC
	known     []uint64 // one bit a row, set where the cell holds a value
	malformed []uint64

	days  []int32
	ints  []int64
	reals []float64
	bits  []uint64

	// Text: either index into a dictionary, or offsets and bytes.
	index      []int32
	offsets    []int32
	bytes      []byte
	entries    *texts
	dictionary uint64
	indexed    bool
	borrowed   bool // index is the memory of the cells

	// ready is a source array that is passed on without a copy.
	ready arrow.Array
}

// texts is a growing list of texts: the entries of a dictionary.
type texts struct {
	offsets []int32
	bytes   []byte
}

func (t *texts) len() int { return max(0, len(t.offsets)-1) }

func (t *texts) at(e int32) []byte { return t.bytes[t.offsets[e]:t.offsets[e+1]] }

func (t *texts) append(text []byte) int32 {
	if len(t.offsets) == 0 {
		t.offsets = append(t.offsets, 0)
	}
	t.bytes = append(t.bytes, text...)
	t.offsets = append(t.offsets, int32(len(t.bytes)))
	return int32(len(t.offsets) - 2)
}

// listed returns the texts of a closed list.
func listed(values []string) *texts {
	t := new(texts)
	for _, v := range values {
		t.append([]byte(v))
	}
	return t
}

// begin empties the column for n rows: none known, none malformed.
func (c *column) begin(n int) {
	c.n, c.ready, c.entries, c.dictionary, c.indexed, c.moved = n, nil, nil, 0, false, 0
	if c.borrowed {
		c.index, c.borrowed = nil, false
	}
	c.known, c.malformed = sized(c.known, bitmap.Words(n)), sized(c.malformed, bitmap.Words(n))
	clear(c.known)
	clear(c.malformed)
}

// mask makes the cells of the given rows null and not malformed.
func (c *column) mask(rows []uint64) {
	if c.ready != nil {
		return // only text files have such rows, and no array came from them
	}
	for w := range c.known {
		c.known[w] &^= rows[w]
		c.malformed[w] &^= rows[w]
	}
}

// faults returns the malformed bits, or nil where there is none.
func (c *column) faults() []uint64 {
	for _, w := range c.malformed {
		if w != 0 {
			return c.malformed
		}
	}
	return nil
}

// nulls counts the cells without a value.
func (c *column) nulls() int {
	return c.n - bitmap.Count(c.known, c.n)
}

var (
	textDictionary = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	arrowTypes     = map[schema.Type]arrow.DataType{
		schema.Date: arrow.FixedWidthTypes.Date32, schema.Int: arrow.PrimitiveTypes.Int64,
		schema.Decimal: arrow.PrimitiveTypes.Float64, schema.Bool: arrow.FixedWidthTypes.Boolean,
	}
)

// array makes the Arrow array of the column.
func (c *column) array(t schema.Type) arrow.Array {
	if c.ready != nil {
		c.ready.Retain()
		return c.ready
	}
	var validity *memory.Buffer
	nulls := c.nulls()
	if nulls > 0 {
		validity = buffer(c.known)
	}
	var data *array.Data
	switch {
	case t != schema.Text:
		values := []*memory.Buffer{validity, c.values(t)}
		data = array.NewData(arrowTypes[t], c.n, values, nil, nulls, 0)
	case c.indexed:
		entries := c.entries.array()
		data = array.NewDataWithDictionary(textDictionary, c.n, []*memory.Buffer{validity, buffer(c.index)}, nulls, 0, entries)
		entries.Release()
	default:
		data = array.NewData(arrow.BinaryTypes.String, c.n, []*memory.Buffer{validity, buffer(c.offsets), memory.NewBufferBytes(c.bytes)}, nil, nulls, 0)
	}
	defer data.Release()
	return array.MakeFromData(data)
}

func (c *column) values(t schema.Type) *memory.Buffer {
	switch t {
	case schema.Date:
		return buffer(c.days)
	case schema.Int:
		return buffer(c.ints)
	case schema.Decimal:
		return buffer(c.reals)
	}
	return buffer(c.bits)
}

func (t *texts) array() *array.Data {
	offsets := t.offsets
	if len(offsets) == 0 {
		offsets = make([]int32, 1, 2)
	}
	return array.NewData(arrow.BinaryTypes.String, len(offsets)-1,
		[]*memory.Buffer{nil, buffer(offsets), memory.NewBufferBytes(t.bytes)}, nil, 0, 0)
}

// buffer views a slice as an Arrow buffer, up to a whole 8-byte word where the
// memory behind the slice reaches that far.
func buffer[T int32 | int64 | uint64 | float64](s []T) *memory.Buffer {
	size := int(unsafe.Sizeof(*new(T)))
	if len(s)*size%8 != 0 && cap(s) > len(s) {
		s = s[:len(s)+1]
	} else if len(s)*size%8 != 0 {
		s = append(s, 0)
	}
	if len(s) == 0 {
		return memory.NewBufferBytes(nil)
	}
	return memory.NewBufferBytes(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*size))
}
