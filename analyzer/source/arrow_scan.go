package source

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/pierrec/lz4/v4"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/crash"
	"paperlight/analyzer/extract"
)

// An arrowScan reads some columns of a part.
type arrowScan struct {
	part    *arrowPart
	cols    []int
	columns []*arrowColumn
	mem     budget

	piece        int // the next piece
	current      arrowPiece
	row          int // the next row of the current piece
	batch        int // the record batch that the columns are at, or -1
	dictionaries map[int64]*arrowDictionary
	applied      int // dictionary batches looked at
	raw          Raw
	buf          []byte
}

// scan returns a scan of the part, which reuses the memory of one that has ended
// where there is one.
func (p *arrowPart) scan(cols []int) *arrowScan {
	s, _ := p.file.spare.Get().(*arrowScan)
	if s == nil || !slices.Equal(s.cols, cols) {
		s = newArrowScan(p.file, cols)
	}
	s.part, s.piece, s.current, s.row = p, 0, arrowPiece{}, 0
	if len(p.pieces) > 0 && p.pieces[0].batch < s.batch {
		s.forget()
	}
	s.raw.First, s.raw.Rows = p.first, 0
	return s
}

func newArrowScan(file *arrowFile, cols []int) *arrowScan {
	s := &arrowScan{cols: slices.Clone(cols), dictionaries: map[int64]*arrowDictionary{}}
	s.raw.Columns = make([]RawColumn, len(cols))
	for _, col := range cols {
		f := &file.schema.fields[file.fields[col]]
		s.columns = append(s.columns, &arrowColumn{field: f, mem: &s.mem, file: file})
		if f.dictionary >= 0 || f.typ.ID() == dictionaryType().ID() {
			s.dictionaries[f.dictionary] = &arrowDictionary{field: f}
		}
	}
	s.forget()
	return s
}

// forget resets the scan to before the first record batch and its dictionaries.
func (s *arrowScan) forget() {
	s.batch, s.applied = -1, 0
	for id, d := range s.dictionaries {
		s.dictionaries[id] = &arrowDictionary{field: d.field}
	}
}

// next returns the next rows, or nil at the end.
func (s *arrowScan) next(ctx context.Context) (raw *Raw, err error) {
	defer crash.Catch(&err, "the reading")
	if s.row == s.current.to {
		if s.piece == len(s.part.pieces) {
			return nil, s.part.file.in.unchanged()
		}
		s.current = s.part.pieces[s.piece]
		s.row = s.current.from
		s.piece++
		if err := s.load(s.current.batch); err != nil {
			return nil, s.located(err, "")
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.raw.First += int64(s.raw.Rows)
	n := min(s.current.to-s.row, extract.MaxBatchRows)
	s.raw.Rows = n
	for i, c := range s.columns {
		if s.raw.Columns[i], err = c.read(s.row, n, s.dictionaries[c.field.dictionary]); err != nil {
			return nil, s.located(err, c.field.name)
		}
	}
	s.row += n
	rows := s.current.to - s.current.from
	s.raw.Bytes = s.current.bytes*int64(s.row-s.current.from)/int64(rows) - s.current.bytes*int64(s.row-n-s.current.from)/int64(rows)
	return &s.raw, nil
}

func (s *arrowScan) located(err error, column string) error {
	return named(err, column).record(s.raw.First)
}

// load points the columns at record batch k, with its dictionaries.
func (s *arrowScan) load(k int) error {
	if s.batch == k {
		return nil
	}
	s.batch = k
	if err := s.loadDictionaries(k); err != nil {
		return err
	}
	b, err := s.parse(s.part.file.batches[k].offset, messageBatch)
	if err != nil {
		return err
	}
	if err := b.fits(s.part.file.schema); err != nil {
		return err
	}
	if b.rows != s.part.file.batches[k].rows {
		return fault("the file was changed while it was being read")
	}
	for _, c := range s.columns {
		c.batch = k
		if err := c.point(&b, b.first(c.field), c.field.node); err != nil {
			return named(err, c.field.name)
		}
	}
	return nil
}

func (s *arrowScan) parse(offset int64, kind byte) (recordBatch, error) {
	m, buf, err := readMessage(s.part.file.in, offset, s.buf)
	s.buf = buf
	if err != nil {
		return recordBatch{}, err
	}
	if m.kind != kind {
		return recordBatch{}, fault("the file was changed while it was being read")
	}
	t := m.header
	if kind == messageDictionary {
		var ok bool
		if t, ok = t.table(1); !ok {
			return recordBatch{}, fault("a dictionary is damaged")
		}
	}
	return parseRecordBatch(t, m)
}

// An arrowDictionary is the text of a dictionary as it stands. Entries are
// only ever appended to its slices, so arrays made from them stay as they are.
type arrowDictionary struct {
	field   *arrowField // in whose form the file has it
	offsets []int32
	text    []byte
	missing []uint64 // entries that are null; nil where none is
	version int
	array   arrow.Array // of the present entries; nil until asked for
}

func (d *arrowDictionary) entries() int { return max(0, len(d.offsets)-1) }

func (d *arrowDictionary) asArray() arrow.Array {
	if d.array == nil {
		if d.offsets == nil {
			d.offsets = []int32{0}
		}
		d.array = textArray(d.entries(), nil, 0, d.offsets, d.text)
	}
	return d.array
}

// loadDictionaries brings the dictionaries to where record batch k needs
// them. What a later one replaces is not read.
func (s *arrowScan) loadDictionaries(k int) error {
	all := s.part.file.dictionaries
	end := s.applied
	base := map[int64]int{}
	for ; end < len(all) && all[end].before <= k; end++ {
		if d := s.dictionaries[all[end].id]; d != nil && !all[end].delta {
			base[all[end].id] = end
			d.version++
		}
	}
	for i := s.applied; i < end; i++ {
		d := s.dictionaries[all[i].id]
		if d == nil || i < base[all[i].id] {
			continue
		}
		if err := s.addDictionary(d, all[i]); err != nil {
			return err
		}
	}
	s.applied = end
	return nil
}

// addDictionary reads a dictionary batch onto d.
func (s *arrowScan) addDictionary(d *arrowDictionary, block arrowBlock) error {
	b, err := s.parse(block.offset, messageDictionary)
	if err != nil {
		return err
	}
	buffers := int64(3)
	if d.field.view {
		if len(b.views) != 1 {
			return fault("a dictionary is damaged")
		}
		buffers = 2 + b.views[0]
	}
	if len(b.nodes) != 1 || int64(len(b.buffers)) != buffers {
		return fault("a dictionary is damaged")
	}
	d.array = nil
	if !block.delta || d.offsets == nil {
		d.offsets, d.text, d.missing = []int32{0}, nil, nil
	}
	if b.rows == 0 {
		return nil
	}
	field := arrowField{name: "dictionary", large: d.field.large, view: d.field.view, bytes: d.field.bytes, dictionary: -1}
	c := &arrowColumn{field: &field, mem: &s.mem, file: s.part.file}
	if err := c.point(&b, 0, 0); err != nil {
		return err
	}
	nulls, err := c.readValid(0, b.rows)
	if err != nil {
		return err
	}
	read := c.readText
	if d.field.view {
		read = c.readViews
	}
	if err := read(0, b.rows); err != nil {
		return err
	}
	if err := c.checkText(b.rows); err != nil {
		return err
	}
	return d.add(c, b.rows, nulls)
}

func (d *arrowDictionary) add(c *arrowColumn, n, nulls int) error {
	at, base := d.entries(), int32(len(d.text))
	if len(d.text)+len(c.text) > maxScanBytes {
		return limit("a dictionary of over %d MiB", maxScanBytes>>20)
	}
	d.text = append(d.text, c.text...)
	for _, o := range c.offsets[1 : n+1] {
		d.offsets = append(d.offsets, base+o)
	}
	if nulls == 0 {
		return nil
	}
	for len(d.missing) < bitmap.Words(at+n) {
		d.missing = append(d.missing, 0)
	}
	for i := range n {
		if !bitmap.Has(c.valid, i) {
			bitmap.Set(d.missing, at+i)
		}
	}
	return nil
}

// An arrowBuffer is one buffer of a record batch: in the file, or decoded in
// memory.
type arrowBuffer struct {
	span    bufferSpan
	at      int64  // of the body
	plain   []byte // decompressed, with capacity to a multiple of 8
	decoded bool   // plain is the buffer
	size    int64
}

// open points b at a buffer; with a codec it is decompressed.
func (b *arrowBuffer) open(span bufferSpan, batch *recordBatch, file *arrowFile, mem *budget) error {
	b.span, b.at, b.decoded, b.size = span, batch.body, false, span.length
	if batch.codec < 0 || span.length == 0 {
		return nil
	}
	var head [8]byte
	if span.length < 8 {
		return fault("a compressed buffer is damaged")
	}
	if _, err := file.in.at.ReadAt(head[:], b.at+span.offset); err != nil {
		return fault("the file ends too early")
	}
	b.span.offset, b.span.length = span.offset+8, span.length-8
	b.size = int64(binary.LittleEndian.Uint64(head[:]))
	if b.size == -1 { // stored as it is
		b.size = b.span.length
		return nil
	}
	if b.size < 0 || b.size > maxScanBytes || b.span.length > maxScanBytes {
		return limit("a record batch of over %d MiB", maxScanBytes>>20).hint("write the file with smaller record batches")
	}
	stored, err := mem.resize(nil, int(b.span.length))
	if err != nil {
		return err
	}
	defer func() { mem.used -= cap(stored) }()
	if b.plain, err = mem.resize(b.plain, int(b.size+7)&^7); err != nil {
		return err
	}
	if _, err := file.in.at.ReadAt(stored, b.at+b.span.offset); err != nil {
		return fault("the file ends too early")
	}
	decode := unframeLZ4
	if batch.codec == 1 {
		decode = file.codecs.unzstd
	}
	if err := decode(b.plain[:b.size], stored); err != nil {
		return &DecodeError{Message: "a compressed buffer is damaged", Hint: "copy or export the file again", cause: err}
	}
	b.decoded = true
	return nil
}

// read returns n bytes from off on, with capacity to a multiple of 8, in dst where
// they have to be read; scratch is dst, which may have grown.
func (b *arrowBuffer) read(off, n int, dst []byte, file *arrowFile, mem *budget) (out, scratch []byte, err error) {
	if int64(off)+int64(n) > b.size {
		return nil, dst, fault("a buffer of a record batch is too short")
	}
	padded := (n + 7) &^ 7
	if b.decoded && off&7 == 0 {
		return b.plain[off : off+padded : off+padded], dst, nil
	}
	if dst, err = mem.resize(dst, padded); err != nil {
		return nil, dst, err
	}
	if b.decoded {
		copy(dst, b.plain[off:off+n])
	} else if _, err := file.in.at.ReadAt(dst[:n], b.at+b.span.offset+int64(off)); err != nil {
		return nil, dst, fault("the file ends too early")
	}
	clear(dst[n:])
	return dst, dst, nil
}

func unframeLZ4(dst, src []byte) error {
	r := lz4.NewReader(bytes.NewReader(src))
	if err := r.Apply(lz4.ConcurrencyOption(1)); err != nil {
		return err
	}
	if _, err := io.ReadFull(r, dst); err != nil {
		return err
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		return errSize
	}
	return nil
}
