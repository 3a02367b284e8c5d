package source

import "encoding/binary"

// A thrift reads the compact protocol of Parquet's metadata from bytes in
// memory. After the first fault every read gives zero and bad is set, so
// callers check once. Nothing is allocated by a length that the bytes do not
// bear out.
type thrift struct {
	b     []byte
	pos   int
	depth int
	bad   bool
	// short says that the fault was the end of the bytes.
	short bool
}

// The types of the compact protocol.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
	thriftUUID   = 13

	thriftDepth = 16
)

func (t *thrift) fail(short bool) {
	if !t.bad {
		t.bad, t.short = true, short
	}
	t.pos = len(t.b)
}

func (t *thrift) byte() byte {
	if t.pos >= len(t.b) {
		t.fail(true)
		return 0
	}
	t.pos++
	return t.b[t.pos-1]
}

func (t *thrift) varint() uint64 {
	v, n := binary.Uvarint(t.b[t.pos:])
	if n <= 0 {
		t.fail(n == 0)
		return 0
	}
	t.pos += n
	return v
}

func (t *thrift) zigzag() int64 {
	v := t.varint()
	return int64(v>>1) ^ -int64(v&1)
}

// int reads an integer field of type typ.
func (t *thrift) int(typ byte) int64 {
	switch typ {
	case thriftByte:
		return int64(int8(t.byte()))
	case 4, 5, 6:
		return t.zigzag()
	}
	t.fail(false)
	return 0
}

// int32 reads an integer field that must fit 32 bits.
func (t *thrift) int32(typ byte) int32 {
	v := t.int(typ)
	if int64(int32(v)) != v {
		t.fail(false)
		return 0
	}
	return int32(v)
}

func (t *thrift) bool(typ byte) bool {
	if typ != thriftTrue && typ != thriftFalse {
		t.fail(false)
	}
	return typ == thriftTrue
}

// binary reads bytes; they alias the input.
func (t *thrift) binary(typ byte) []byte {
	n := t.varint()
	if typ != thriftBinary || n > uint64(len(t.b)-t.pos) {
		t.fail(typ == thriftBinary)
		return nil
	}
	t.pos += int(n)
	return t.b[t.pos-int(n) : t.pos]
}

// fields reads a struct, calling field for each of its fields; a field that
// field does not take (false) is skipped.
func (t *thrift) fields(field func(id int64, typ byte) bool) {
	if t.depth++; t.depth > thriftDepth {
		t.fail(false)
	}
	id := int64(0)
	for !t.bad {
		h := t.byte()
		if h == 0 || t.bad {
			break
		}
		if d := int64(h >> 4); d != 0 {
			id += d
		} else {
			id = t.zigzag()
		}
		if !field(id, h&15) {
			t.skip(h & 15)
		}
	}
	t.depth--
}

// list reads a list of elements, calling each as often as it says.
func (t *thrift) list(typ byte, each func(i, n int, typ byte)) {
	if typ != thriftList {
		t.fail(false)
		return
	}
	h := t.byte()
	n := uint64(h >> 4)
	if n == 15 {
		n = t.varint()
	}
	if n > uint64(len(t.b)-t.pos) { // an element takes a byte at least
		t.fail(true)
	}
	for i := 0; uint64(i) < n && !t.bad; i++ {
		each(i, int(n), h&15)
	}
}

func (t *thrift) skip(typ byte) {
	switch typ {
	case thriftTrue, thriftFalse:
	case thriftByte:
		t.byte()
	case 4, 5, 6:
		t.varint()
	case thriftDouble:
		t.advance(8)
	case thriftUUID:
		t.advance(16)
	case thriftBinary:
		t.binary(typ)
	case thriftList, thriftSet:
		t.skipList()
	case thriftMap:
		t.skipMap()
	case thriftStruct:
		t.fields(func(int64, byte) bool { return false })
	default:
		t.fail(false)
	}
}

func (t *thrift) advance(n int) {
	if n > len(t.b)-t.pos {
		t.fail(true)
		return
	}
	t.pos += n
}

func (t *thrift) skipList() {
	if t.depth++; t.depth > thriftDepth {
		t.fail(false)
	}
	t.list(thriftList, func(_, _ int, typ byte) { t.skipElement(typ) })
	t.depth--
}

func (t *thrift) skipMap() {
	if t.depth++; t.depth > thriftDepth {
		t.fail(false)
	}
	if n := t.varint(); n > 0 {
		types := t.byte()
		if n > uint64(len(t.b)-t.pos) {
			t.fail(true)
		}
		for ; n > 0 && !t.bad; n-- {
			t.skipElement(types >> 4)
			t.skipElement(types & 15)
		}
	}
	t.depth--
}

// skipElement skips an element of a list, where a bool takes a byte.
func (t *thrift) skipElement(typ byte) {
	if typ == thriftTrue || typ == thriftFalse {
		typ = thriftByte
	}
	t.skip(typ)
}
