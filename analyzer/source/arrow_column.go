package source

import (
	"encoding/binary"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"paperlight/analyzer/bitmap"
)

// An arrowColumn reads a column of record batches in runs of rows.
type arrowColumn struct {
	field *arrowField
	file  *arrowFile
	mem   *budget

	batch   int // its number
	rows    int
	nulls   int64 // as declared
	buffers [3]arrowBuffer
	data    []arrowBuffer // of views, read whole
	scratch [3][]byte
	views   [][]byte
	runs    *arrowRuns

	outer        arrowBuffer // which rows have the list that a value is alone in
	outerScratch []byte

	valid   []uint64
	index   []int32
	offsets []int32
	text    []byte
}

// point sets the column to record batch b, whose buffers for it start at
// first.
func (c *arrowColumn) point(b *recordBatch, first, node int) error {
	c.rows, c.nulls = b.rows, b.nodes[node].nulls
	if b.nodes[node].length != int64(b.rows) {
		return fault("a column has other rows than its record batch")
	}
	if c.field.values != nil {
		return c.pointRuns(b, first, node)
	}
	if c.field.alone {
		if err := c.outer.open(b.buffers[first-1], b, c.file, c.mem); err != nil {
			return err
		}
	}
	return c.open(b, first)
}

// open opens the buffers of the column, of which the first is given.
func (c *arrowColumn) open(b *recordBatch, first int) error {
	want := 2
	switch {
	case c.field.typ != nil && c.field.typ.ID() == arrow.NULL:
		want = 0
	case c.isText():
		want = 3
	}
	for i := range want {
		if i == 2 && c.field.view {
			break
		}
		if err := c.buffers[i].open(b.buffers[first+i], b, c.file, c.mem); err != nil {
			return err
		}
	}
	if c.field.view {
		return c.pointViews(b, first+2)
	}
	return nil
}

func (c *arrowColumn) isText() bool {
	return (c.field.typ == nil || c.field.typ.ID() == arrow.STRING) && !c.field.fixed && !c.field.wide
}

// pointViews reads the data buffers of a column of views.
func (c *arrowColumn) pointViews(b *recordBatch, first int) error {
	n := int(b.views[c.field.views])
	for len(c.data) < n {
		c.data = append(c.data, arrowBuffer{})
	}
	c.views = c.views[:0]
	for i := range n {
		d := &c.data[i]
		if err := d.open(b.buffers[first+i], b, c.file, c.mem); err != nil {
			return err
		}
		if d.size > maxScanBytes {
			return limit("a record batch of over %d MiB", maxScanBytes>>20)
		}
		if !d.decoded {
			var err error
			if d.plain, _, err = d.read(0, int(d.size), d.plain, c.file, c.mem); err != nil {
				return err
			}
		}
		c.views = append(c.views, d.plain[:d.size])
	}
	return nil
}

// read hands out n rows from row from on, which is a multiple of 64.
func (c *arrowColumn) read(from, n int, d *arrowDictionary) (RawColumn, error) {
	switch {
	case c.field.typ.ID() == arrow.NULL:
		return RawColumn{Array: array.NewNull(n)}, nil
	case c.field.values != nil:
		return c.readRuns(from, n)
	}
	nulls, err := c.readValid(from, n)
	if err != nil {
		return RawColumn{}, err
	}
	switch {
	case c.field.typ.ID() == arrow.DICTIONARY:
		return c.readIndex(from, n, nulls, d)
	case c.field.fixed, c.field.wide:
		if err := c.readWords(from, n); err != nil {
			return RawColumn{}, err
		}
		return c.textColumn(n, nulls)
	case c.field.view:
		if err := c.readViews(from, n); err != nil {
			return RawColumn{}, err
		}
		return c.textColumn(n, nulls)
	case c.isText():
		if err := c.readText(from, n); err != nil {
			return RawColumn{}, err
		}
		return c.textColumn(n, nulls)
	}
	off, size := from*c.field.width, n*c.field.width
	if c.field.typ.ID() == arrow.BOOL {
		off, size = from/8, (n+7)/8
	}
	values, scratch, err := c.buffers[1].read(off, size, c.scratch[1], c.file, c.mem)
	if c.scratch[1] = scratch; err != nil {
		return RawColumn{}, err
	}
	data := array.NewData(c.field.typ, n, []*memory.Buffer{c.validBuffer(nulls), memory.NewBufferBytes(values)}, nil, nulls, 0)
	return RawColumn{Array: array.MakeFromData(data)}, nil
}

func (c *arrowColumn) textColumn(n, nulls int) (RawColumn, error) {
	if err := c.checkText(n); err != nil {
		return RawColumn{}, err
	}
	return RawColumn{Array: textArray(n, c.validBuffer(nulls), nulls, c.offsets, c.text)}, nil
}

func (c *arrowColumn) validBuffer(nulls int) *memory.Buffer {
	if nulls == 0 {
		return nil
	}
	return memory.NewBufferBytes(bytesOf(c.valid))
}

// readValid reads which rows are known, and counts those that are not: the
// count in the file is not relied on.
func (c *arrowColumn) readValid(from, n int) (nulls int, err error) {
	if c.field.alone && c.outer.size > 0 {
		return c.readBoth(from, n)
	}
	if c.buffers[0].size == 0 {
		if c.nulls != 0 {
			return 0, fault("a column has nulls and does not say where")
		}
		return 0, nil
	}
	b, scratch, err := c.buffers[0].read(from/8, (n+7)/8, c.scratch[0], c.file, c.mem)
	c.scratch[0] = scratch
	if err != nil {
		return 0, err
	}
	c.valid = words[uint64](b)
	return n - bitmap.Count(c.valid, n), nil
}

// readText reads n values with offsets.
func (c *arrowColumn) readText(from, n int) error {
	width := 4
	if c.field.large {
		width = 8
	}
	raw, scratch, err := c.buffers[1].read(from*width, (n+1)*width, c.scratch[1], c.file, c.mem)
	if c.scratch[1] = scratch; err != nil {
		return err
	}
	c.offsets = growOffsets(c.offsets, n)
	var start, size int64
	if c.field.large {
		start, size, err = rebase(c.offsets[:n+1], words[int64](raw), c.buffers[2].size)
	} else {
		start, size, err = rebase(c.offsets[:n+1], words[int32](raw), c.buffers[2].size)
	}
	if err != nil {
		return err
	}
	// Empty text may lie in an absent buffer.
	text, scratch, err := c.buffers[2].read(int(start), int(size), c.scratch[2], c.file, c.mem)
	if c.scratch[2] = scratch; err != nil {
		return err
	}
	c.text = text[:size]
	return nil
}

// rebase turns offsets into a buffer of so many bytes into offsets from the
// first of them, which is start.
func rebase[T int32 | int64](dst []int32, from []T, bytes int64) (start, size int64, err error) {
	from = from[:len(dst)]
	first, end := from[0], from[len(from)-1]
	if first < 0 || end < first || int64(end) > bytes {
		return 0, 0, fault("the offsets of text lie outside its bytes")
	}
	if int64(end-first) > maxScanBytes {
		return 0, 0, limit("text of over %d MiB in one batch", maxScanBytes>>20)
	}
	// Signs, or-ed. A difference overflows only where an offset is negative.
	var wrong, long T
	at := first
	for i, next := range from {
		wrong |= next | (next - at) | (end - next)
		long |= maxFieldBytes - (next - at)
		at = next
		dst[i] = int32(next - first)
	}
	switch {
	case wrong < 0:
		return 0, 0, fault("the offsets of text run backwards")
	case long < 0:
		return 0, 0, limit("a value longer than %d MiB", maxFieldBytes>>20)
	}
	return int64(first), int64(end - first), nil
}

// growOffsets returns memory for n+1 offsets, padded to whole words.
func growOffsets(o []int32, n int) []int32 {
	if size := (n + 2) &^ 1; cap(o) < size {
		o = make([]int32, size)
	} else {
		o = o[:size]
	}
	o[0] = 0
	return o
}

// readViews reads n values of a column of views.
func (c *arrowColumn) readViews(from, n int) error {
	raw, scratch, err := c.buffers[1].read(from*16, n*16, c.scratch[1], c.file, c.mem)
	if c.scratch[1] = scratch; err != nil {
		return err
	}
	c.offsets = growOffsets(c.offsets, n)
	c.text = c.text[:0]
	for i := range n {
		v := raw[16*i : 16*i+16]
		length := int64(int32(binary.LittleEndian.Uint32(v)))
		known := c.given(i)
		switch {
		case !known || length == 0:
		case length < 0:
			return fault("text of a negative length")
		case length <= 12:
			c.text = append(c.text, v[4:4+length]...)
		case length > maxFieldBytes:
			return limit("a value longer than %d MiB", maxFieldBytes>>20)
		default:
			k, off := int64(int32(binary.LittleEndian.Uint32(v[8:]))), int64(int32(binary.LittleEndian.Uint32(v[12:])))
			if k < 0 || k >= int64(len(c.views)) || off < 0 || off > int64(len(c.views[k]))-length {
				return fault("text lies outside its bytes")
			}
			if int64(len(c.text))+length > maxScanBytes {
				return limit("text of over %d MiB in one batch", maxScanBytes>>20)
			}
			c.text = append(c.text, c.views[k][off:off+length]...)
		}
		c.offsets[i+1] = int32(len(c.text))
	}
	return nil
}

// readIndex reads n indexes into dictionary d as 32-bit ones.
func (c *arrowColumn) readIndex(from, n, nulls int, d *arrowDictionary) (RawColumn, error) {
	width, entries := c.field.width, d.entries()
	raw, scratch, err := c.buffers[1].read(from*width, n*width, c.scratch[1], c.file, c.mem)
	if c.scratch[1] = scratch; err != nil {
		return RawColumn{}, err
	}
	if cap(c.index) < n+1 {
		c.index = make([]int32, max(n+1, 1024))
	}
	index := c.index[:(n+1)&^1]
	outside := widen(index[:n], raw, width, entries, c.field.unsigned)
	if outside || d.missing != nil {
		if nulls, err = c.settle(index[:n], nulls, d); err != nil {
			return RawColumn{}, err
		}
	}
	data := array.NewDataWithDictionary(dictionaryType(), n, []*memory.Buffer{c.validBuffer(nulls), memory.NewBufferBytes(bytesOf(index))},
		nulls, 0, d.asArray().Data().(*array.Data))
	return RawColumn{Array: array.NewDictionaryData(data), Dictionary: c.dictionaryNumber(d)}, nil
}

// widen turns indexes of width bytes into 32-bit ones; those outside the
// entries become -1, and it says whether there are any.
func widen(dst []int32, raw []byte, width, entries int, unsigned bool) (outside bool) {
	bound, extend := uint64(entries), 64-8*width
	if unsigned {
		extend = 0
	}
	for i := range dst {
		var v uint64
		switch width {
		case 1:
			v = uint64(raw[i])
		case 2:
			v = uint64(binary.LittleEndian.Uint16(raw[2*i:]))
		case 4:
			v = uint64(binary.LittleEndian.Uint32(raw[4*i:]))
		default:
			v = binary.LittleEndian.Uint64(raw[8*i:])
		}
		v = uint64(int64(v<<extend) >> extend) // a negative index becomes a huge one
		if v >= bound {
			v = 1<<32 - 1
			outside = true
		}
		dst[i] = int32(uint32(v))
	}
	return outside
}

// settle makes rows null whose entry is null, and gives null rows an index
// that is in bounds.
func (c *arrowColumn) settle(index []int32, nulls int, d *arrowDictionary) (int, error) {
	if nulls == 0 {
		c.valid = make([]uint64, bitmap.Words(len(index)))
		bitmap.SetRange(c.valid, 0, len(index))
	} else {
		c.valid = append([]uint64(nil), c.valid...)
	}
	for i, k := range index {
		known := bitmap.Has(c.valid, i)
		switch {
		case !known:
			index[i] = 0
		case k < 0:
			return 0, fault("an index points outside its dictionary")
		case int(k)>>6 < len(d.missing) && bitmap.Has(d.missing, int(k)):
			bitmap.Clear(c.valid, i)
			nulls++
		}
	}
	return nulls, nil
}

// dictionaryNumber is the same for the same dictionary in every scan.
func (c *arrowColumn) dictionaryNumber(d *arrowDictionary) uint64 {
	for i := range c.file.schema.fields {
		if f := &c.file.schema.fields[i]; f.dictionary == c.field.dictionary {
			return c.file.numberOf(i, d.version)
		}
	}
	return 0
}

// numberOf is the number of a version of the dictionary of field i.
func (a *arrowFile) numberOf(i, version int) uint64 {
	return a.number + uint64(i)<<20 + uint64(version)
}
