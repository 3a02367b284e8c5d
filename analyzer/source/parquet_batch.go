package source

import (
	"encoding/binary"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/extract"
)

// A columnBatch is the rows of one column that are handed out together. Its
// buffers are used again for the next batch.
type columnBatch struct {
	n     int
	nulls int
	valid []uint64 // one bit a row, of optional columns
	fixed []byte
	words []uint64 // of booleans
	small []int32  // scratch

	// Text is either indexes into the dictionary, or plain; a batch that
	// meets both becomes plain.
	isCodes, isPlain bool
	index            []int32
	offsets          []int32
	text             []byte
	mem              *budget
}

func (b *columnBatch) reset(c *parquetColumn, n int) error {
	b.n, b.nulls, b.mem = n, 0, c.pages.mem
	b.isCodes, b.isPlain = false, false
	words := bitmap.Words(n)
	if c.optional {
		b.valid = zeroed(b.valid, words)
	}
	var err error
	switch {
	case c.layout.bits:
		b.words = zeroed(b.words, words)
	case c.layout.text:
		b.text = b.text[:0]
	default:
		b.fixed, err = b.mem.resize(b.fixed, (n*c.layout.width+7)&^7)
	}
	return err
}

// zeroed returns n zero words, in the memory of w where it suffices.
func zeroed(w []uint64, n int) []uint64 {
	if cap(w) < n {
		return make([]uint64, n, bitmap.Words(extract.MaxBatchRows))
	}
	clear(w[:n])
	return w[:n]
}

// codes returns scratch memory for n indexes.
func (b *columnBatch) codes(n int) []int32 {
	if cap(b.small) < n {
		b.small = make([]int32, extract.MaxBatchRows)
	}
	return b.small[:n]
}

func (b *columnBatch) addBits(codes *hybrid, at, take, set int) error {
	if set == take {
		_, err := codes.bits(b.words, at, take)
		return err
	}
	var compact [extract.MaxBatchRows / 64]uint64
	if _, err := codes.bits(compact[:], 0, set); err != nil {
		return err
	}
	j := 0
	for i := at; i < at+take; i++ {
		if bitmap.Has(b.valid, i) {
			bitmap.Or(b.words, i, bitmap.At(compact[:], j))
			j++
		}
	}
	return nil
}

// addCodes adds rows of a dictionary page.
func (b *columnBatch) addCodes(c *parquetColumn, at, take, set int) error {
	if cap(b.index) < b.n {
		b.index = make([]int32, extract.MaxBatchRows)
	}
	index := b.index[:extract.MaxBatchRows][at : at+take]
	switch {
	case set == 0:
		clear(index)
	case c.dictionary == nil:
		return fault("a page points into a dictionary that is not there")
	default:
		if err := c.codes.read(index[:set], c.dictionary.entries); err != nil {
			return err
		}
	}
	if set > 0 && set < take {
		spreadBack(index, set, b.valid, at)
	}
	if b.isPlain || c.dictionary == nil {
		return b.plainCodes(c.dictionary, at, index)
	}
	b.isCodes = true
	return nil
}

// plainCodes adds rows of a dictionary page as plain text.
func (b *columnBatch) plainCodes(d *columnDictionary, at int, index []int32) error {
	b.makePlain()
	for i, k := range index {
		if b.known(at + i) {
			if err := b.appendText(d.text[d.offsets[k]:d.offsets[k+1]]); err != nil {
				return err
			}
		}
		b.offsets[at+i+1] = int32(len(b.text))
	}
	return nil
}

// makePlain readies the batch for plain text.
func (b *columnBatch) makePlain() {
	if b.isPlain {
		return
	}
	b.isPlain = true
	if cap(b.offsets) < b.n+2 {
		b.offsets = make([]int32, extract.MaxBatchRows+2)
	}
	b.offsets = b.offsets[:(b.n+2)&^1]
	b.offsets[0] = 0
}

func (b *columnBatch) known(i int) bool {
	return bitmap.Known(b.valid, i)
}

// addText adds rows of a plain page.
func (b *columnBatch) addText(c *parquetColumn, at, take int) error {
	if b.isCodes {
		b.isCodes = false
		if err := b.plainCodes(c.dictionary, 0, b.index[:at]); err != nil {
			return err
		}
	}
	b.makePlain()
	// No more than what is left of the page can come.
	if err := b.reserve(len(c.plain)); err != nil {
		return err
	}
	if c.sized {
		return b.addSized(c, at, take)
	}
	if b.nulls == 0 {
		return b.addAll(c, at, take)
	}
	plain := c.plain
	for i := at; i < at+take; i++ {
		if b.known(i) {
			v, rest, err := textValue(plain)
			if err != nil {
				return err
			}
			b.put(v)
			plain = rest
		}
		b.offsets[i+1] = int32(len(b.text))
	}
	c.plain = plain
	return nil
}

// addAll adds rows none of which is null, nor any before them in the batch.
func (b *columnBatch) addAll(c *parquetColumn, at, take int) error {
	plain, text, n := c.plain, b.text[:cap(b.text)], len(b.text)
	offsets := b.offsets[at+1 : at+1+take]
	for i := range offsets {
		// Short text is copied as a block of fixed size, without a call.
		if len(plain) >= 4+shortText {
			if size := int(binary.LittleEndian.Uint32(plain)); size <= shortText {
				*(*[shortText]byte)(text[n : n+shortText]) = [shortText]byte(plain[4 : 4+shortText])
				n += size
				plain = plain[4+size:]
				offsets[i] = int32(n)
				continue
			}
		}
		v, rest, err := textValue(plain)
		if err != nil {
			return err
		}
		n += copy(text[n:], v)
		plain = rest
		offsets[i] = int32(n)
	}
	b.text, c.plain = text[:n], plain
	return nil
}

// addSized adds rows whose lengths stand apart from the text, which is then
// copied at once.
func (b *columnBatch) addSized(c *parquetColumn, at, take int) error {
	end, j := len(b.text), 0
	for i := at; i < at+take; i++ {
		if b.known(i) {
			if j == len(c.lengths) {
				return fault("a page holds fewer values than it says")
			}
			end += int(c.lengths[j])
			j++
		}
		b.offsets[i+1] = int32(end)
	}
	n := end - len(b.text)
	b.text = append(b.text, c.plain[:n]...)
	c.plain, c.lengths = c.plain[n:], c.lengths[j:]
	return nil
}

// reserve grows the text to take n more bytes.
func (b *columnBatch) reserve(n int) error {
	if len(b.text)+n+shortText <= cap(b.text) {
		return nil
	}
	more, err := b.mem.resize(nil, len(b.text)+n+shortText)
	if err != nil {
		return err
	}
	b.mem.used -= cap(b.text)
	b.text = more[:copy(more, b.text)]
	return nil
}

const shortText = 48

// put appends v, for which reserve was called. Short text is copied as a block of
// fixed size, without a call, where the bytes after it may be read.
func (b *columnBatch) put(v []byte) {
	n := len(b.text)
	if len(v) <= shortText && cap(v) >= shortText {
		*(*[shortText]byte)(b.text[n : n+shortText]) = [shortText]byte(v[:shortText])
		b.text = b.text[:n+len(v)]
		return
	}
	b.text = append(b.text, v...)
}

func (b *columnBatch) appendText(v []byte) error {
	if err := b.reserve(len(v)); err != nil {
		return err
	}
	b.put(v)
	return nil
}

// column hands out the batch.
func (b *columnBatch) column(c *parquetColumn) (RawColumn, error) {
	var valid *memory.Buffer
	if b.nulls > 0 {
		valid = memory.NewBufferBytes(bytesOf(b.valid))
	}
	if !c.layout.text {
		values := b.fixed
		if c.layout.bits {
			values = bytesOf(b.words)
		}
		data := array.NewData(c.typ, b.n, []*memory.Buffer{valid, memory.NewBufferBytes(values)}, nil, b.nulls, 0)
		return RawColumn{Array: array.MakeFromData(data)}, nil
	}
	if b.isPlain {
		if !validText(b.text) {
			return RawColumn{}, notUTF8()
		}
		return RawColumn{Array: textArray(b.n, valid, b.nulls, b.offsets, b.text)}, nil
	}
	index := bytesOf(b.index[:(b.n+1)&^1])
	data := array.NewDataWithDictionary(dictionaryType(), b.n, []*memory.Buffer{valid, memory.NewBufferBytes(index)}, b.nulls, 0,
		c.dictionary.array.Data().(*array.Data))
	return RawColumn{Array: array.NewDictionaryData(data), Dictionary: c.dictionaryNumber}, nil
}

func dictionaryType() *arrow.DictionaryType {
	return &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
}

// textArray makes a utf8 array; offsets has n+1 entries at least.
func textArray(n int, valid *memory.Buffer, nulls int, offsets []int32, text []byte) arrow.Array {
	data := array.NewData(arrow.BinaryTypes.String, n,
		[]*memory.Buffer{valid, memory.NewBufferBytes(bytesOf(offsets)), memory.NewBufferBytes(text)}, nil, nulls, 0)
	return array.NewStringData(data)
}

// spreadFixed moves the first set values of dst, from the last on, to the
// places of the bits that are set.
func spreadFixed(dst []byte, width, set int, valid []uint64, at int) {
	if set == 0 {
		return
	}
	switch width {
	case 4:
		spreadBack(words[uint32](dst), set, valid, at)
	case 8:
		spreadBack(words[uint64](dst), set, valid, at)
	default:
		spreadBack(words[[2]uint64](dst), set, valid, at)
	}
}

// spreadBack does so without a branch a row: the place of a null takes the
// value before it. set is not 0.
func spreadBack[T any](dst []T, set int, valid []uint64, at int) {
	j := set - 1
	for i := len(dst) - 1; i > j; i-- {
		dst[i] = dst[max(j, 0)]
		row := at + i
		j -= int(bitmap.At(valid, row))
	}
}

// words sees the bytes of b as values of type T; b is aligned for them.
func words[T uint32 | uint64 | int32 | int64 | [2]uint64](b []byte) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(*new(T))))
}

// bytesOf sees values as bytes.
func bytesOf[T int32 | uint64](v []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(*new(T))))
}
