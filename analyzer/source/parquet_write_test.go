package source

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// A thriftWriter writes the compact protocol, for files that no library would
// write.
type thriftWriter struct {
	bytes.Buffer
	last []int
}

func (w *thriftWriter) field(id int, typ byte) {
	n := len(w.last) - 1
	w.WriteByte(byte(id-w.last[n])<<4 | typ)
	w.last[n] = id
}

func (w *thriftWriter) zigzag(v int64) {
	w.Write(binary.AppendUvarint(nil, uint64(v<<1)^uint64(v>>63)))
}

func (w *thriftWriter) int(id int, v int64) { w.field(id, 6); w.zigzag(v) }
func (w *thriftWriter) i32(id int, v int64) { w.field(id, 5); w.zigzag(v) }

func (w *thriftWriter) text(id int, s string) { w.field(id, thriftBinary); w.bare(s) }
func (w *thriftWriter) bare(s string) {
	w.Write(binary.AppendUvarint(nil, uint64(len(s))))
	w.WriteString(s)
}

// structure writes a struct as field id, or bare for id 0.
func (w *thriftWriter) structure(id int, body func()) {
	if id > 0 {
		w.field(id, thriftStruct)
	}
	w.last = append(w.last, 0)
	body()
	w.last = w.last[:len(w.last)-1]
	w.WriteByte(0)
}

func (w *thriftWriter) list(id, n int, typ byte, each func(i int)) {
	w.field(id, thriftList)
	w.WriteByte(0xf0 | typ)
	w.Write(binary.AppendUvarint(nil, uint64(n)))
	for i := range n {
		each(i)
	}
}

// A testChunk builds a Parquet file of one text column, page by page.
type testChunk struct {
	optional bool
	body     bytes.Buffer
	codes    map[string]int
	// Lies for hostile files, where not zero.
	plainSize, storedSize, pageValues, groupRows, footerRows, chunkSize, codec int64
	checksum                                                                   bool
}

func (c *testChunk) dictionary(values []string) {
	c.codes = map[string]int{}
	var b bytes.Buffer
	for i, v := range values {
		c.codes[v] = i
		binary.Write(&b, binary.LittleEndian, uint32(len(v)))
		b.WriteString(v)
	}
	c.page(pageDictionary, len(values), encodingPlain, b.Bytes())
}

func (c *testChunk) data(values []string, coded bool) {
	var levels, body []byte
	packed := make([]byte, (len(values)+7)/8)
	var codes []byte
	var plain bytes.Buffer
	for i, v := range values {
		if c.optional && v == "(null)" {
			continue
		}
		packed[i/8] |= 1 << (i % 8)
		codes = append(codes, byte(c.codes[v]))
		binary.Write(&plain, binary.LittleEndian, uint32(len(v)))
		plain.WriteString(v)
	}
	if c.optional {
		levels = append(binary.AppendUvarint(nil, uint64(len(packed))<<1|1), packed...)
		body = binary.LittleEndian.AppendUint32(body, uint32(len(levels)))
		body = append(body, levels...)
	}
	if !coded {
		c.page(pageData, len(values), encodingPlain, append(body, plain.Bytes()...))
		return
	}
	// Eight bits wide, so that a code is a byte.
	body = append(body, 8)
	for len(codes)%8 != 0 {
		codes = append(codes, 0)
	}
	body = append(binary.AppendUvarint(body, uint64(len(codes)/8)<<1|1), codes...)
	c.page(pageData, len(values), encodingDict, body)
}

func or(lie, truth int64) int64 {
	if lie != 0 {
		return lie
	}
	return truth
}

func (c *testChunk) page(kind, values, encoding int, body []byte) {
	w := &thriftWriter{}
	w.structure(0, func() {
		w.i32(1, int64(kind))
		w.i32(2, or(c.plainSize, int64(len(body))))
		w.i32(3, or(c.storedSize, int64(len(body))))
		if c.checksum {
			w.i32(4, int64(int32(crc32.ChecksumIEEE(body))))
		}
		id := 5
		if kind == pageDictionary {
			id = 7
		}
		w.structure(id, func() {
			w.i32(1, or(c.pageValues, int64(values)))
			w.i32(2, int64(encoding))
			if kind == pageData {
				w.i32(3, encodingRLE)
				w.i32(4, encodingRLE)
			}
		})
	})
	c.body.Write(w.Bytes())
	c.body.Write(body)
}

// file closes the file; it has rows rows.
func (c *testChunk) file(rows int) []byte {
	w := &thriftWriter{}
	w.structure(0, func() {
		w.i32(1, 1)
		w.list(2, 2, thriftStruct, func(i int) {
			w.structure(0, func() {
				if i == 0 {
					w.text(4, "root")
					w.i32(5, 1)
					return
				}
				w.i32(1, parquetBytes)
				w.i32(3, int64(b2u(c.optional)))
				w.text(4, "code")
			})
		})
		w.int(3, or(c.footerRows, int64(rows)))
		w.list(4, 1, thriftStruct, func(int) {
			w.structure(0, func() {
				w.list(1, 1, thriftStruct, func(int) { w.structure(0, func() { c.describe(w, rows) }) })
				w.int(2, int64(c.body.Len()))
				w.int(3, or(c.groupRows, int64(rows)))
			})
		})
	})
	out := append([]byte("PAR1"), c.body.Bytes()...)
	out = append(out, w.Bytes()...)
	out = binary.LittleEndian.AppendUint32(out, uint32(w.Len()))
	return append(out, "PAR1"...)
}

func (c *testChunk) describe(w *thriftWriter, rows int) {
	w.int(2, 4)
	w.structure(3, func() {
		w.i32(1, parquetBytes)
		w.list(3, 1, thriftBinary, func(int) { w.bare("code") })
		w.i32(4, c.codec)
		w.int(5, or(c.groupRows, int64(rows)))
		w.int(6, int64(c.body.Len()))
		w.int(7, or(c.chunkSize, int64(c.body.Len())))
		w.int(9, 4)
	})
}
