package source

import (
	"encoding/binary"
	"encoding/hex"
	"math/big"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"paperlight/analyzer/bitmap"
)

// readAlone reads the field of lists that all have one value as that value's.
func (f *arrowField) readAlone(t flatTable) {
	children := fieldsBelow(t)
	if len(children) != 1 {
		return
	}
	inner := arrowField{name: f.name, node: f.node + 1, buffer: f.buffer + 1, views: f.views, dictionary: -1}
	if inner.read(children[0]); inner.typ != nil && inner.values == nil && !inner.alone && inner.typ.ID() != arrow.NULL {
		*f = inner
		f.alone = true
	}
}

// readRuns reads the field of a column that is run-end encoded.
func (f *arrowField) readRuns(t flatTable) {
	children := fieldsBelow(t)
	if len(children) != 2 {
		return
	}
	ends := arrowField{node: f.node + 1, buffer: f.buffer, views: f.views, dictionary: -1}
	values := arrowField{name: f.name, node: f.node + 2, buffer: f.buffer + 2, views: f.views, dictionary: -1}
	ends.read(children[0])
	values.read(children[1])
	if ends.typ == nil || values.typ == nil || values.values != nil || values.alone {
		return
	}
	switch ends.typ.ID() {
	case arrow.INT16, arrow.INT32, arrow.INT64:
	default:
		return
	}
	switch values.typ.ID() {
	case arrow.DICTIONARY:
		return
	case arrow.STRING:
		f.typ = dictionaryType()
	default:
		f.typ = values.typ
	}
	f.ends, f.values = &ends, &values
}

func fieldsBelow(t flatTable) (out []flatTable) {
	t.tables(5, func(child flatTable) { out = append(out, child) })
	return out
}

// given reports whether row i of the run that is being read has a value.
func (c *arrowColumn) given(i int) bool {
	return c.buffers[0].size == 0 && (!c.field.alone || c.outer.size == 0) || bitmap.Has(c.valid, i)
}

// readBoth reads which rows have a list, and a value in it.
func (c *arrowColumn) readBoth(from, n int) (nulls int, err error) {
	lists, scratch, err := c.outer.read(from/8, (n+7)/8, c.outerScratch, c.file, c.mem)
	if c.outerScratch = scratch; err != nil {
		return 0, err
	}
	both := slices.Clone(words[uint64](lists))
	if c.buffers[0].size > 0 {
		values, scratch, err := c.buffers[0].read(from/8, (n+7)/8, c.scratch[0], c.file, c.mem)
		if c.scratch[0] = scratch; err != nil {
			return 0, err
		}
		for w, known := range words[uint64](values) {
			both[w] &= known
		}
	} else if c.nulls != 0 {
		return 0, fault("a column has nulls and does not say where")
	}
	c.valid = both
	return n - bitmap.Count(c.valid, n), nil
}

// readWords reads n values of one width as text: bytes, or numbers too long for
// others.
func (c *arrowColumn) readWords(from, n int) error {
	width := c.field.width
	if n > maxScanBytes/width {
		return limit("text of over %d MiB in one batch", maxScanBytes>>20)
	}
	raw, scratch, err := c.buffers[1].read(from*width, n*width, c.scratch[1], c.file, c.mem)
	if c.scratch[1] = scratch; err != nil {
		return err
	}
	c.offsets = growOffsets(c.offsets, n)
	c.text = c.text[:0]
	for i := range n {
		if value := raw[i*width:][:width]; c.given(i) && c.field.wide {
			c.text = appendWide(c.text, value, c.field.scale)
		} else if c.given(i) {
			c.text = append(c.text, value...)
		}
		c.offsets[i+1] = int32(len(c.text))
	}
	return nil
}

// checkText refuses n texts that are not UTF-8. Bytes that nobody called text are
// written in hexadecimal then: equal ones stay equal, as ids must.
func (c *arrowColumn) checkText(n int) error {
	if validText(c.text) {
		return nil
	}
	if !c.field.bytes {
		return notUTF8()
	}
	var out []byte
	from := c.offsets[0]
	for i := range n {
		value := c.text[from:c.offsets[i+1]]
		if from = c.offsets[i+1]; validText(value) {
			out = append(out, value...)
		} else {
			out = hex.AppendEncode(out, value)
		}
		if len(out) > maxScanBytes {
			return limit("text of over %d MiB in one batch", maxScanBytes>>20)
		}
		c.offsets[i+1] = int32(len(out))
	}
	c.text = out
	return nil
}

// appendWide writes a decimal of 256 bits with a point before its last scale digits,
// and no zeros at its end.
func appendWide(dst, value []byte, scale int) []byte {
	b := slices.Clone(value)
	slices.Reverse(b)
	v := new(big.Int).SetBytes(b)
	if b[0]&0x80 != 0 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), 256))
		dst = append(dst, '-')
		v.Neg(v)
	}
	digits := v.Append(nil, 10)
	for len(digits) <= scale {
		digits = slices.Insert(digits, 0, '0')
	}
	point := len(digits) - scale
	dst = append(dst, digits[:point]...)
	end := len(digits)
	for end > point && digits[end-1] == '0' {
		end--
	}
	if end > point {
		dst = append(append(dst, '.'), digits[point:end]...)
	}
	return dst
}

// arrowRuns are the runs of a record batch and their values.
type arrowRuns struct {
	values  arrowColumn
	ends    []int64 // number of the row after each run
	array   arrow.Array
	index   []int32
	scratch []byte
}

// pointRuns reads the runs of a record batch, and the value of each.
func (c *arrowColumn) pointRuns(b *recordBatch, first, node int) error {
	if c.runs == nil {
		c.runs = &arrowRuns{values: arrowColumn{field: c.field.values, mem: c.mem, file: c.file}}
	}
	r := c.runs
	r.array = nil
	n := b.nodes[node+1].length
	var ends arrowBuffer
	if err := ends.open(b.buffers[first+1], b, c.file, c.mem); err != nil {
		return err
	}
	width := c.field.ends.width
	if b.nodes[node+1].nulls != 0 || b.nodes[node+2].length != n || n > ends.size/int64(width) {
		return fault("the runs of a column are damaged")
	}
	raw, scratch, err := ends.read(0, int(n)*width, r.scratch, c.file, c.mem)
	if r.scratch = scratch; err != nil {
		return err
	}
	c.mem.used -= cap(ends.plain)
	r.ends = r.ends[:0]
	before := int64(0)
	for ; len(raw) >= width && int64(len(r.ends)) < n; raw = raw[width:] {
		end := signed(raw, width)
		if end <= before {
			return fault("the runs of a column are damaged")
		}
		r.ends, before = append(r.ends, end), end
	}
	if before < int64(b.rows) {
		return fault("a column has other rows than its record batch")
	}
	v := &r.values
	v.rows, v.nulls = int(n), b.nodes[node+2].nulls
	return v.open(b, first+2)
}

func signed(b []byte, width int) int64 {
	switch width {
	case 2:
		return int64(int16(binary.LittleEndian.Uint16(b)))
	case 4:
		return int64(int32(binary.LittleEndian.Uint32(b)))
	}
	return int64(binary.LittleEndian.Uint64(b))
}

// readRuns hands out n rows from row from on: each has the value of its run. Text is a
// dictionary of the values.
func (c *arrowColumn) readRuns(from, n int) (RawColumn, error) {
	r := c.runs
	if r.array == nil {
		values, err := r.values.read(0, r.values.rows, nil)
		if err != nil {
			return RawColumn{}, err
		}
		r.array = values.Array
	}
	run, _ := slices.BinarySearch(r.ends, int64(from)+1)
	r.index = slices.Grow(r.index[:0], n+1)[:n]
	valid, nulls := make([]uint64, bitmap.Words(n)), 0
	for i := range n {
		for r.ends[run] <= int64(from+i) {
			run++
		}
		r.index[i] = int32(run)
		if r.array.IsValid(run) {
			bitmap.Set(valid, i)
		} else {
			nulls++
		}
	}
	var known *memory.Buffer
	if nulls > 0 {
		known = memory.NewBufferBytes(bytesOf(valid))
	}
	if text, ok := r.array.(*array.String); ok {
		index := r.index[:(n+1)&^1]
		entries := textArray(text.Len(), nil, 0, c.runs.values.offsets, c.runs.values.text)
		data := array.NewDataWithDictionary(dictionaryType(), n, []*memory.Buffer{known, memory.NewBufferBytes(bytesOf(index))}, nulls, 0, entries.Data().(*array.Data))
		return RawColumn{Array: array.NewDictionaryData(data), Dictionary: c.file.numberOf(c.field.place, c.batch)}, nil
	}
	values := spreadRuns(r.array, r.index, c.field.values.width)
	return RawColumn{Array: array.MakeFromData(array.NewData(c.field.typ, n, []*memory.Buffer{known, memory.NewBufferBytes(values)}, nil, nulls, 0))}, nil
}

// spreadRuns copies the value of each run to its rows.
func spreadRuns(values arrow.Array, index []int32, width int) []byte {
	from := values.Data().Buffers()[1].Bytes()
	if values.DataType().ID() == arrow.BOOL {
		bits := words[uint64](from[:len(from)&^7])
		out := make([]uint64, bitmap.Words(len(index)))
		for i, run := range index {
			bitmap.Or(out, i, bitmap.At(bits, int(run)))
		}
		return bytesOf(out)
	}
	out := make([]byte, (len(index)*width+7)&^7)
	for i, run := range index {
		copy(out[i*width:], from[int(run)*width:][:width])
	}
	return out
}
