package source

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
)

// The encodings of Parquet.
const (
	encodingPlain       = 0
	encodingPlainDict   = 2
	encodingRLE         = 3
	encodingDelta       = 5
	encodingDeltaLength = 6
	encodingDeltaText   = 7
	encodingDict        = 8
	encodingSplit       = 9
)

// A parquetColumn reads a column chunk as batches. Nothing it holds grows
// with the chunk: at most a page, the dictionary and a batch.
type parquetColumn struct {
	leaf     *parquetLeaf
	number   int // of the leaf
	typ      arrow.DataType
	layout   layout
	optional bool
	pages    pageReader
	page     page
	left     int64 // rows of the chunk in pages that are not loaded yet

	// The current page.
	rows   int // rows not handed out yet
	levels hybrid
	coded  bool   // values are in codes: indexes, or bits
	codes  hybrid // indexes into the dictionary, or bits
	plain  []byte // plain values not handed out yet
	spare  []byte // scratch for converted values
	// sized says that plain is text without length prefixes: lengths has them.
	sized         bool
	lengths       []int64 // not handed out yet
	lengthScratch []int64

	dictionary        *columnDictionary // nil until the chunk has shown one
	dictionaryNumber  uint64
	dictionaryScratch columnDictionary

	batch columnBatch
}

// A columnDictionary is the dictionary of a chunk, as values of the column's
// layout or as text.
type columnDictionary struct {
	entries     int
	fixed       []byte
	offsets     []int32
	text        []byte
	array       arrow.Array
	offsetBytes []byte // memory of the offsets
}

// begin starts on another chunk, with the buffers of the one before.
func (c *parquetColumn) begin(chunk *parquetChunk, codec *codec, dictionary uint64) {
	c.left, c.rows, c.coded, c.sized = chunk.values, 0, false, false
	c.levels, c.codes, c.plain, c.lengths = hybrid{}, hybrid{}, nil, nil
	c.dictionary, c.dictionaryNumber = nil, dictionary
	c.pages.begin(chunk, codec)
}

// load reads the next page that has rows.
func (c *parquetColumn) load() error {
	for c.rows == 0 {
		if err := c.pages.next(&c.page); err != nil {
			if errors.Is(err, io.EOF) {
				return fault("the column holds fewer rows than the footer says")
			}
			return err
		}
		switch c.page.kind {
		case pageDictionary:
			if err := c.loadDictionary(); err != nil {
				return err
			}
		case pageData, pageDataV2:
			if err := c.loadData(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *parquetColumn) loadDictionary() error {
	if c.dictionary != nil {
		return fault("the column has two dictionaries")
	}
	if e := c.page.encoding; e != encodingPlain && e != encodingPlainDict {
		return fault("the dictionary has an encoding that is not supported")
	}
	plain, err := c.convert(c.page.body, int(c.page.values), encodingPlain)
	if err != nil {
		return err
	}
	d := &c.dictionaryScratch
	d.entries = int(c.page.values)
	switch {
	case c.layout.bits:
		return fault("a column of booleans has a dictionary")
	case c.layout.text:
		err = d.readText(plain, c.pages.mem)
	default:
		if len(plain)/c.layout.width < d.entries {
			return fault("the dictionary holds fewer values than it says")
		}
		if d.fixed, err = c.pages.mem.resize(d.fixed, d.entries*c.layout.width); err == nil {
			copy(d.fixed, plain)
		}
	}
	c.dictionary = d
	return err
}

// readText takes d.entries values off plain text.
func (d *columnDictionary) readText(plain []byte, mem *budget) error {
	if d.entries > len(plain)/4 {
		return fault("the dictionary holds fewer values than it says")
	}
	var err error
	if d.text, err = mem.resize(d.text[:0], len(plain)); err != nil {
		return err
	}
	if d.offsetBytes, err = mem.resize(d.offsetBytes, 4*(d.entries+2)); err != nil {
		return err
	}
	text, offsets := d.text, words[int32](d.offsetBytes)
	n := 0
	offsets[0], offsets[d.entries+1] = 0, 0
	for i := range d.entries {
		v, rest, err := textValue(plain)
		if err != nil {
			return err
		}
		// The texts are shorter than plain, by the lengths between them.
		if len(v) <= shortText && len(rest) >= shortText {
			*(*[shortText]byte)(text[n:]) = [shortText]byte(v[:shortText])
		} else {
			copy(text[n:], v)
		}
		n += len(v)
		plain = rest
		offsets[i+1] = int32(n)
	}
	d.text, d.offsets = text[:n], offsets[:d.entries+1]
	if !validText(d.text) {
		return notUTF8()
	}
	d.array = textArray(d.entries, nil, 0, d.offsets, d.text)
	return nil
}

func notUTF8() *DecodeError {
	return fault("want UTF-8 text").hint("export the column as text in UTF-8")
}

// textValue takes one value with a length prefix off plain.
func textValue(plain []byte) (value, rest []byte, err error) {
	if len(plain) < 4 {
		return nil, nil, fault("a page holds fewer values than it says")
	}
	n := binary.LittleEndian.Uint32(plain)
	if n > maxFieldBytes {
		return nil, nil, limit("a value longer than %d MiB", maxFieldBytes>>20)
	}
	if int(n) > len(plain)-4 {
		return nil, nil, fault("a page ends inside a value")
	}
	return plain[4 : 4+n], plain[4+n:], nil
}

// loadData starts on the current page.
func (c *parquetColumn) loadData() error {
	p := &c.page
	if int64(p.values) > c.left {
		return fault("the column holds more rows than the footer says")
	}
	body := p.body
	if c.optional {
		levels := p.levelData
		if p.kind == pageData {
			if p.levels != encodingRLE {
				return fault("the page marks its nulls in a way that is not supported")
			}
			if len(body) < 4 || uint64(binary.LittleEndian.Uint32(body)) > uint64(len(body)-4) {
				return fault("a page ends inside its levels")
			}
			n := binary.LittleEndian.Uint32(body)
			levels, body = body[4:4+n], body[4+n:]
		}
		c.levels = newHybrid(levels, 1)
	}
	c.rows = int(p.values)
	c.left -= int64(p.values)
	return c.loadValues(body)
}

func (c *parquetColumn) loadValues(body []byte) error {
	c.coded, c.sized, c.plain, c.codes = false, false, nil, hybrid{}
	switch e := c.page.encoding; {
	case e == encodingDict || e == encodingPlainDict:
		c.coded = true
		if len(body) == 0 {
			return nil // every row is null
		}
		if c.dictionary == nil {
			return fault("a page points into a dictionary that is not there")
		}
		if body[0] > 32 {
			return fault("the indexes of a page are wider than 32 bits")
		}
		c.codes = newHybrid(body[1:], int(body[0]))
		return nil
	case c.layout.bits && e == encodingPlain:
		c.coded = true
		c.codes = hybrid{src: body, width: 1, packed: true, run: len(body) * 8, end: len(body)}
		return nil
	case c.layout.bits && e == encodingRLE:
		c.coded = true
		if len(body) >= 4 {
			n := min(uint64(binary.LittleEndian.Uint32(body)), uint64(len(body)-4))
			c.codes = newHybrid(body[4:4+n], 1)
		}
		return nil
	case c.layout.bits:
		return fault("a page of booleans has an encoding that is not supported")
	}
	// The values that are not null are counted only where the encoding needs
	// their number before.
	count := -1
	if c.page.encoding != encodingPlain || c.layout.convert != nil {
		var err error
		if count, err = c.known(); err != nil {
			return err
		}
	}
	if c.page.encoding == encodingDeltaLength && c.layout.text && c.layout.convert == nil {
		return c.loadLengths(body, count)
	}
	var err error
	c.plain, err = c.convert(body, count, c.page.encoding)
	return err
}

// loadLengths reads the lengths that come before the text of a page.
func (c *parquetColumn) loadLengths(body []byte, count int) error {
	if count > maxPageBytes/8 {
		return limit("a page of over %d MiB", maxPageBytes>>20)
	}
	out, rest, sum, err := deltaLengths(c.lengthScratch[:0], body, count)
	if err != nil {
		return err
	}
	if sum > int64(len(rest)) {
		return fault("a page of delta-coded text ends too early")
	}
	c.sized, c.lengths, c.lengthScratch, c.plain = true, out, out, rest
	return nil
}

// known counts the values of the page that are not null.
func (c *parquetColumn) known() (int, error) {
	if !c.optional {
		return c.rows, nil
	}
	levels, words, count := c.levels, [16]uint64{}, 0
	for left := c.rows; left > 0; left -= 1024 {
		clear(words[:])
		set, err := levels.bits(words[:], 0, min(left, 1024))
		if err != nil {
			return 0, err
		}
		count += set
	}
	return count, nil
}

// convert brings count values in the encoding into the plain form of the
// column's layout.
func (c *parquetColumn) convert(body []byte, count int, encoding int32) ([]byte, error) {
	e := &c.leaf.schemaElement
	width := storedWidth(e)
	if encoding != encodingPlain && count > maxPageBytes/max(width, 8) {
		return nil, limit("a page of over %d MiB", maxPageBytes>>20)
	}
	text := e.physical == parquetBytes || e.physical == parquetFixed
	var err error
	switch {
	case encoding == encodingPlain:
	case encoding == encodingDelta && (e.physical == parquetInt32 || e.physical == parquetInt64):
		body, err = deltaPlain(nil, body, count, width)
	case encoding == encodingDeltaText && text:
		body, err = deltaText(nil, body, count, e.physical == parquetFixed)
	case encoding == encodingSplit && width > 0:
		body, err = splitStreams(nil, body, count, width)
	default:
		err = fault("a page has an encoding that is not supported").hint("export it with plain or dictionary encoding")
	}
	if err != nil || c.layout.convert == nil {
		return body, err
	}
	size := count * max(c.layout.width, 4+int(e.length), 40)
	if c.spare, err = c.pages.mem.resize(c.spare, size); err != nil {
		return nil, err
	}
	return c.layout.convert(c.spare[:0], body, count)
}

// fill reads the next n rows into the batch.
func (c *parquetColumn) fill(n int) error {
	if err := c.batch.reset(c, n); err != nil {
		return err
	}
	for at := 0; at < n; {
		if err := c.load(); err != nil {
			return err
		}
		take := min(c.rows, n-at)
		set := take
		if c.optional {
			var err error
			if set, err = c.levels.bits(c.batch.valid, at, take); err != nil {
				return err
			}
		}
		c.batch.nulls += take - set
		if err := c.values(at, take, set); err != nil {
			return err
		}
		c.rows -= take
		at += take
	}
	return nil
}

// values reads set values that spread over the rows at to at+take.
func (c *parquetColumn) values(at, take, set int) error {
	switch {
	case c.layout.bits:
		return c.batch.addBits(&c.codes, at, take, set)
	case c.layout.text && c.coded:
		return c.batch.addCodes(c, at, take, set)
	case c.layout.text:
		return c.batch.addText(c, at, take)
	}
	dst := c.batch.fixed[at*c.layout.width:][:take*c.layout.width]
	if c.coded {
		if err := c.gather(dst, set); err != nil {
			return err
		}
	} else {
		n := set * c.layout.width
		if n > len(c.plain) {
			return fault("a page holds fewer values than it says")
		}
		copy(dst, c.plain[:n])
		c.plain = c.plain[n:]
	}
	if set < take {
		spreadFixed(dst, c.layout.width, set, c.batch.valid, at)
	}
	return nil
}

// gather looks up the next set indexes in the dictionary.
func (c *parquetColumn) gather(dst []byte, set int) error {
	if set == 0 {
		return nil
	}
	if c.dictionary == nil {
		return fault("a page points into a dictionary that is not there")
	}
	codes := c.batch.codes(set)
	if err := c.codes.read(codes, c.dictionary.entries); err != nil {
		return err
	}
	d := c.dictionary.fixed
	switch c.layout.width {
	case 4:
		gatherFixed(words[uint32](dst), words[uint32](d), codes)
	case 8:
		gatherFixed(words[uint64](dst), words[uint64](d), codes)
	default:
		gatherFixed(words[[2]uint64](dst), words[[2]uint64](d), codes)
	}
	return nil
}

func gatherFixed[T any](dst, dictionary []T, codes []int32) {
	for i, k := range codes {
		dst[i] = dictionary[k]
	}
}
