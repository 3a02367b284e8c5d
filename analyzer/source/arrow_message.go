package source

import (
	"encoding/binary"
	"slices"

	"paperlight/analyzer/extract"
)

// The kinds of message.
const (
	messageSchema     = 1
	messageDictionary = 2
	messageBatch      = 3
)

// A message is the head of one message of a stream.
type message struct {
	kind   byte
	header flatTable
	body   int64 // offset in the file
	length int64 // of the body
	end    int64 // offset of the next message
}

// readMessage reads the metadata of the message at offset pos, into buf where
// it fits. At a mark of length zero, which ends a stream, it returns kind 0
// and where the mark ends; no such mark can be cut off unseen.
func readMessage(in *input, pos int64, buf []byte) (message, []byte, error) {
	damage := fault("a message of the file is damaged")
	cut := fault("the file ends inside a message").hint("copy or export the file again")
	if pos < 0 || pos > in.size-4 {
		return message{}, buf, cut
	}
	var prefix [8]byte
	n := min(int64(len(prefix)), in.size-pos)
	if _, err := in.at.ReadAt(prefix[:n], pos); err != nil {
		return message{}, buf, fault("the file ends too early")
	}
	length, start := int64(int32(binary.LittleEndian.Uint32(prefix[:]))), pos+4
	if length == -1 { // the mark of the present form; older files lack it
		if n < 8 {
			return message{}, buf, cut
		}
		length, start = int64(int32(binary.LittleEndian.Uint32(prefix[4:]))), pos+8
	}
	switch {
	case length == 0:
		return message{end: start}, buf, nil
	case length < 0:
		return message{}, buf, damage
	case length > maxFooterBytes:
		return message{}, buf, limit("metadata of more than %d MiB", maxFooterBytes>>20)
	case length > in.size-start:
		return message{}, buf, cut
	}
	buf = slices.Grow(buf[:0], int(length))[:length]
	if _, err := in.at.ReadAt(buf, start); err != nil {
		return message{}, buf, fault("the file ends too early")
	}
	t := (&flatbuffer{b: buf}).root()
	m := message{kind: t.u8(1), length: t.i64(3), body: start + length}
	version := t.i16(0, 0)
	header, ok := t.table(2)
	switch {
	case t.f.bad || !ok || m.length < 0:
		return message{}, buf, damage
	case version < 3 || version > 4:
		return message{}, buf, fault("the file's version of Arrow is not supported").hint("export it with a current version")
	case m.length > in.size-m.body:
		return message{}, buf, cut
	}
	m.header, m.end = header, m.body+m.length
	return m, buf, nil
}

// A recordBatch is where the data of a record batch, or of a dictionary, are.
type recordBatch struct {
	rows    int
	nodes   []fieldNode
	buffers []bufferSpan
	views   []int64 // data buffers of each column of views
	codec   int8    // 0 LZ4 frames, 1 zstd, -1 none
	body    int64
}

type fieldNode struct{ length, nulls int64 }

// A bufferSpan is a place in a body.
type bufferSpan struct{ offset, length int64 }

// parseRecordBatch reads the table t, whose body is in m. Sizes are held
// against the body.
func parseRecordBatch(t flatTable, m message) (recordBatch, error) {
	damage := fault("a record batch is damaged")
	b := recordBatch{codec: -1, body: m.body}
	rows := t.i64(0)
	if rows < 0 || rows > 1<<40 {
		return b, damage
	}
	b.rows = int(rows)
	p, n := t.vector(1, 16)
	for i := range n {
		node := fieldNode{t.f.i64(p + 16*i), t.f.i64(p + 16*i + 8)}
		if node.length < 0 || node.nulls < 0 || node.nulls > node.length {
			return b, damage
		}
		b.nodes = append(b.nodes, node)
	}
	p, n = t.vector(2, 16)
	for i := range n {
		s := bufferSpan{t.f.i64(p + 16*i), t.f.i64(p + 16*i + 8)}
		if s.offset < 0 || s.length < 0 || s.offset > m.length-s.length {
			return b, damage
		}
		b.buffers = append(b.buffers, s)
	}
	if c, ok := t.table(3); ok {
		if b.codec = int8(c.u8(0)); b.codec < 0 || b.codec > 1 || c.u8(1) != 0 {
			return b, fault("the compression of the file is not supported").hint("export it with zstd, lz4 or none")
		}
	}
	p, n = t.vector(4, 8)
	for i := range n {
		views := t.f.i64(p + 8*i)
		if views < 0 || views > int64(len(b.buffers)) {
			return b, damage
		}
		b.views = append(b.views, views)
	}
	if t.f.bad {
		return b, damage
	}
	return b, nil
}

// fits holds the batch against the schema.
func (b *recordBatch) fits(s *arrowSchema) error {
	buffers := int64(s.buffers)
	for _, v := range b.views {
		buffers += v
	}
	if len(b.nodes) != s.nodes || int64(len(b.buffers)) != buffers || len(b.views) != s.views {
		return fault("a record batch does not fit the schema")
	}
	return nil
}

// first returns the place of the field's first buffer in this batch: views
// before it move it.
func (b *recordBatch) first(f *arrowField) int {
	at := f.buffer
	for _, v := range b.views[:f.views] {
		at += int(v)
	}
	return at
}

// splitRows is how many rows of a large record batch one part has.
const splitRows = 8 * extract.MaxBatchRows
