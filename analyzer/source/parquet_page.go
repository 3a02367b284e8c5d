package source

import (
	"bytes"
	"errors"
	"hash/crc32"
	"io"
	"sync"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"paperlight/analyzer/internal/inflate"
)

// A budget bounds the memory that one scan uses for pages.
type budget struct {
	used int
	// lent is where memory comes from before it is made; nil for none.
	lent *Scratch
}

// resize returns b with length n, allocated anew where its capacity is too small.
func (m *budget) resize(b []byte, n int) ([]byte, error) {
	if n <= cap(b) {
		return b[:n], nil
	}
	size := (n + n/4 + 63) &^ 63
	if m.used-cap(b)+size > maxScanBytes {
		return nil, limit("reading takes over %d MiB at once", maxScanBytes>>20)
	}
	m.used += size - cap(b)
	return m.lent.take(n, size), nil
}

// A pageHeader is what comes before a page, as far as it is needed.
type pageHeader struct {
	kind               int32 // 0 data, 1 index, 2 dictionary, 3 data in the second form
	plain, stored      int32 // sizes in bytes
	crc                int32
	checked            bool
	values             int32
	encoding           int32
	levels             int32 // encoding of the definition levels
	levelBytes, repeat int32 // second form: bytes of levels
	packed             bool  // second form: the values are compressed
}

// The kinds of page.
const (
	pageData = iota
	pageIndex
	pageDictionary
	pageDataV2
)

// A page is one page, decompressed. Its bytes are overwritten by the next.
type page struct {
	pageHeader
	levelData []byte // definition levels, second form
	body      []byte
}

// A pageReader reads the pages of a column chunk one after the other. It
// checks every declared size before memory is taken, and every checksum.
type pageReader struct {
	at    io.ReaderAt
	pos   int64 // of the next byte that is not in ahead
	end   int64
	codec *codec
	mem   *budget

	most int  // how many rows are wanted of the chunk; 0 for all
	cut  bool // a page was not unpacked whole

	window []byte // read ahead; ahead is what is left of it
	ahead  []byte
	stored []byte
	plain  []byte
}

const aheadBytes = 16 << 10

// begin starts on the pages of a chunk.
func (r *pageReader) begin(chunk *parquetChunk, codec *codec) {
	r.pos, r.end, r.codec, r.ahead, r.cut = chunk.start, chunk.start+chunk.size, codec, nil, false
}

// position is the offset of the next page.
func (r *pageReader) position() int64 { return r.pos - int64(len(r.ahead)) }

// next reads the next page, or returns io.EOF at the end of the chunk.
func (r *pageReader) next(p *page) error {
	if r.position() >= r.end {
		return io.EOF
	}
	if err := r.header(&p.pageHeader); err != nil {
		return err
	}
	if err := r.check(&p.pageHeader); err != nil {
		return err
	}
	if wanted := r.wanted(p, int(p.plain)); p.kind == pageData && !p.checked && wanted < int(p.plain) {
		return r.start(p, wanted)
	}
	stored, err := r.take(int(p.stored))
	if err != nil {
		return err
	}
	if p.checked && crc32.ChecksumIEEE(stored) != uint32(p.crc) {
		return fault("the checksum of a page is wrong: the file is damaged").hint("copy or export the file again")
	}
	return r.unpack(p, stored)
}

// header parses the header of the next page.
func (r *pageReader) header(h *pageHeader) error {
	for want := 256; ; want *= 4 {
		if err := r.look(want); err != nil {
			return err
		}
		t := &thrift{b: r.ahead}
		*h = t.page()
		if !t.bad {
			r.ahead = r.ahead[t.pos:]
			return nil
		}
		if !t.short || int64(len(r.ahead)) >= r.end-r.position() || want >= maxPageHeader {
			return fault("the header of a page is damaged")
		}
	}
}

// look reads ahead until at least n bytes of what follows are in ahead, or all
// there are.
func (r *pageReader) look(n int) error {
	if len(r.ahead) >= n || r.pos == r.end {
		return nil
	}
	size := max(n, aheadBytes)
	if len(r.window) < size {
		window, err := r.mem.resize(nil, size)
		if err != nil {
			return err
		}
		copy(window, r.ahead)
		r.mem.used -= cap(r.window)
		r.window = window
	} else {
		copy(r.window, r.ahead)
	}
	have := len(r.ahead)
	more := int(min(int64(size-have), r.end-r.pos))
	if _, err := r.at.ReadAt(r.window[have:have+more], r.pos); err != nil {
		return fault("the file ends too early")
	}
	r.pos += int64(more)
	r.ahead = r.window[:have+more]
	return nil
}

// take returns the next n bytes.
func (r *pageReader) take(n int) ([]byte, error) {
	if n <= len(r.ahead) {
		b := r.ahead[:n]
		r.ahead = r.ahead[n:]
		return b, nil
	}
	b, err := r.mem.resize(r.stored, n)
	if err != nil {
		return nil, err
	}
	r.stored = b
	have := copy(b, r.ahead)
	r.ahead = nil
	if _, err := r.at.ReadAt(b[have:], r.pos); err != nil {
		return nil, fault("the file ends too early")
	}
	r.pos += int64(n - have)
	return b, nil
}

func (r *pageReader) check(h *pageHeader) error {
	switch {
	case h.plain < 0, h.stored < 0, h.values < 0, h.levelBytes < 0, h.repeat < 0:
		return fault("the header of a page is damaged")
	case h.plain > maxPageBytes || h.stored > maxPageBytes:
		return limit("a page of %d MiB is over the limit of %d MiB", max(h.plain, h.stored)>>20, maxPageBytes>>20)
	case int64(h.stored) > r.end-r.position():
		return fault("a page reaches beyond its column")
	case h.kind == pageDataV2 && int64(h.levelBytes)+int64(h.repeat) > int64(min(h.stored, h.plain)):
		return fault("the header of a page contradicts itself")
	}
	return nil
}

// unpack decompresses the page.
func (r *pageReader) unpack(p *page, stored []byte) error {
	p.levelData = nil
	plain := int(p.plain)
	if p.kind == pageDataV2 {
		p.levelData = stored[p.repeat : p.repeat+p.levelBytes]
		stored = stored[p.repeat+p.levelBytes:]
		plain -= int(p.repeat + p.levelBytes)
		if !p.packed {
			p.body = stored
			return nil
		}
	}
	if r.codec == nil || p.kind == pageIndex {
		p.body = stored
		return nil
	}
	if len(stored) == 0 || plain == 0 {
		p.body = nil
		return nil
	}
	wanted := r.wanted(p, plain)
	b, err := r.mem.resize(r.plain, wanted)
	if err != nil {
		return err
	}
	r.plain = b
	if wanted < plain {
		r.cut, err = true, r.codec.start(b, bytes.NewReader(stored))
	} else {
		err = r.codec.whole(b, stored)
	}
	if err != nil {
		return damagedPage(err)
	}
	p.body = b
	return nil
}

func damagedPage(cause error) error {
	return &DecodeError{Message: "a compressed page is damaged", Hint: "copy or export the file again", cause: cause}
}

// start unpacks the first bytes of a page, and reads as much as that seems to take.
func (r *pageReader) start(p *page, wanted int) error {
	p.levelData, r.cut = nil, true
	end := r.position() + int64(p.stored)
	some := min(int(p.stored), int(int64(p.stored)*int64(wanted)/int64(p.plain))+leastUnpacked)
	stored, err := r.take(some)
	if err != nil {
		return err
	}
	from := r.position()
	b, err := r.mem.resize(r.plain, wanted)
	if err != nil {
		return err
	}
	r.plain = b
	if err := r.codec.start(b, io.MultiReader(bytes.NewReader(stored), io.NewSectionReader(r.at, from, end-from))); err != nil {
		return damagedPage(err)
	}
	if skip := end - from; skip <= int64(len(r.ahead)) {
		r.ahead = r.ahead[skip:]
	} else {
		r.ahead, r.pos = nil, end
	}
	p.body = b
	return nil
}

// wanted is how many of the plain bytes of a page the rows that are wanted seem to take.
// Where they take more, what is missing is told as damage.
func (r *pageReader) wanted(p *page, plain int) int {
	if r.most == 0 || r.codec == nil || r.codec.start == nil || int(p.values) <= r.most || p.kind == pageDictionary ||
		p.encoding != encodingPlain && p.encoding != encodingDict && p.encoding != encodingPlainDict {
		return plain
	}
	some := int(int64(plain)*int64(r.most)/int64(p.values))*3/2 + leastUnpacked
	if some > plain/2 {
		return plain
	}
	return some
}

// leastUnpacked are bytes that cost next to nothing: a block of zstd has up to 128 KiB.
const leastUnpacked = 64 << 10

// page reads a page header.
func (t *thrift) page() pageHeader {
	h := pageHeader{kind: -1, plain: -1, stored: -1, packed: true, values: -1}
	t.fields(func(id int64, typ byte) bool {
		switch {
		case id == 1:
			h.kind = t.int32(typ)
		case id == 2:
			h.plain = t.int32(typ)
		case id == 3:
			h.stored = t.int32(typ)
		case id == 4:
			h.crc, h.checked = t.int32(typ), true
		case typ == thriftStruct && (id == 5 && h.kind == pageData || id == 7 && h.kind == pageDictionary || id == 8 && h.kind == pageDataV2):
			t.fields(func(f int64, typ byte) bool { return t.pageField(&h, f, typ) })
		default:
			return false
		}
		return true
	})
	if h.kind < 0 || h.stored < 0 || h.plain < 0 || h.values < 0 && h.kind != pageIndex {
		if !t.bad {
			t.fail(false)
		}
	}
	return h
}

func (t *thrift) pageField(h *pageHeader, id int64, typ byte) bool {
	second := h.kind == pageDataV2
	switch {
	case id == 1:
		h.values = t.int32(typ)
	case id == 2 && !second, id == 4 && second:
		h.encoding = t.int32(typ)
	case id == 3 && h.kind == pageData:
		h.levels = t.int32(typ)
	case id == 5 && second:
		h.levelBytes = t.int32(typ)
	case id == 6 && second:
		h.repeat = t.int32(typ)
	case id == 7 && second:
		h.packed = t.bool(typ)
	default:
		return false
	}
	return true
}

// A codec decompresses.
type codec struct {
	// whole decompresses src into dst, which it must fill exactly.
	whole func(dst, src []byte) error
	// start fills dst with the first bytes of what src holds, where that takes less; else
	// nil.
	start func(dst []byte, src io.Reader) error
}

var errSize = errors.New("size differs from the declared one")

// codecs makes the codec of a number in the footer; what unpacks gzip and zstd is
// expensive to make, so it is pooled.
type codecs struct{ gzip, zstd sync.Pool }

func (c *codecs) codec(id int32) (*codec, error) {
	switch id {
	case 0:
		return nil, nil
	case 1:
		return &codec{whole: unsnappy}, nil
	case 2:
		return &codec{whole: c.gunzip}, nil
	case 6:
		return &codec{whole: c.unzstd, start: c.startZstd}, nil
	case 7:
		return &codec{whole: unlz4}, nil
	}
	return nil, fault("the compression of the column is not supported").hint("export it with zstd, snappy, gzip or none")
}

func unsnappy(dst, src []byte) error {
	if n, err := snappy.DecodedLen(src); err != nil || n != len(dst) {
		return errSize
	}
	_, err := snappy.Decode(dst, src)
	return err
}

func (c *codecs) gunzip(dst, src []byte) error {
	z, _ := c.gzip.Get().(*inflate.GzipReader)
	if z == nil {
		z = inflate.NewGzipReader(bytes.NewReader(src))
	} else {
		z.Reset(bytes.NewReader(src))
	}
	defer c.gzip.Put(z)
	if _, err := io.ReadFull(z, dst); err != nil {
		return err
	}
	if n, err := z.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		return errSize
	}
	return nil
}

func unlz4(dst, src []byte) error {
	n, err := lz4.UncompressBlock(src, dst)
	if err == nil && n != len(dst) {
		err = errSize
	}
	return err
}

func (c *codecs) decoder() (*zstd.Decoder, error) {
	if z, _ := c.zstd.Get().(*zstd.Decoder); z != nil {
		return z, nil
	}
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderMaxMemory(maxScanBytes))
}

// startZstd decompresses block by block.
func (c *codecs) startZstd(dst []byte, src io.Reader) error {
	z, err := c.decoder()
	if err != nil {
		return err
	}
	defer c.zstd.Put(z)
	if err := z.Reset(src); err != nil {
		return err
	}
	_, err = io.ReadFull(z, dst)
	return errors.Join(err, z.Reset(nil)) // else it keeps a block, and unzstd waits for it
}

func (c *codecs) unzstd(dst, src []byte) error {
	z, err := c.decoder()
	if err != nil {
		return err
	}
	defer c.zstd.Put(z)
	out, err := z.DecodeAll(src, dst[:0:len(dst)])
	if err == nil && len(out) != len(dst) {
		err = errSize
	}
	return err
}
