package source

import "encoding/binary"

// A flatbuffer reads tables of Arrow's metadata. Every offset is checked
// against the bytes; after the first fault reads give zero and bad is set.
type flatbuffer struct {
	b   []byte
	bad bool
}

// A flatTable is one table; absent tables give defaults.
type flatTable struct {
	f           *flatbuffer
	pos         int
	vtable, end int // the offsets of the fields
}

func (f *flatbuffer) bytes(pos, n int) []byte {
	if pos < 0 || n < 0 || pos > len(f.b)-n {
		f.bad = true
		return make([]byte, min(max(n, 0), 16))
	}
	return f.b[pos : pos+n]
}

func (f *flatbuffer) u16(pos int) int { return int(binary.LittleEndian.Uint16(f.bytes(pos, 2))) }
func (f *flatbuffer) u32(pos int) int { return int(binary.LittleEndian.Uint32(f.bytes(pos, 4))) }
func (f *flatbuffer) i64(pos int) int64 {
	return int64(binary.LittleEndian.Uint64(f.bytes(pos, 8)))
}

// root returns the outermost table.
func (f *flatbuffer) root() flatTable { return f.table(f.u32(0)) }

func (f *flatbuffer) table(pos int) flatTable {
	t := flatTable{f: f, pos: pos}
	t.vtable = pos - int(int32(f.u32(pos)))
	t.end = t.vtable + f.u16(t.vtable)
	if f.bad || t.end < t.vtable+4 || t.end > len(f.b) {
		f.bad = true
		return flatTable{f: f}
	}
	return t
}

// at returns where the field in slot is, or 0 where it is absent.
func (t flatTable) at(slot int) int {
	p := t.vtable + 4 + 2*slot
	if p+2 > t.end {
		return 0
	}
	o := t.f.u16(p)
	if o == 0 {
		return 0
	}
	return t.pos + o
}

func (t flatTable) i64(slot int) int64 {
	if p := t.at(slot); p != 0 {
		return t.f.i64(p)
	}
	return 0
}

func (t flatTable) i32(slot int, absent int32) int32 {
	if p := t.at(slot); p != 0 {
		return int32(t.f.u32(p))
	}
	return absent
}

func (t flatTable) i16(slot int, absent int16) int16 {
	if p := t.at(slot); p != 0 {
		return int16(t.f.u16(p))
	}
	return absent
}

func (t flatTable) u8(slot int) byte {
	if p := t.at(slot); p != 0 {
		return t.f.bytes(p, 1)[0]
	}
	return 0
}

// table returns the table in slot, and whether there is one.
func (t flatTable) table(slot int) (flatTable, bool) {
	p := t.at(slot)
	if p == 0 {
		return flatTable{f: t.f}, false
	}
	return t.f.table(p + t.f.u32(p)), true
}

// vector returns where the elements of the vector in slot start and how many
// of size bytes there are; all of them lie within the bytes.
func (t flatTable) vector(slot, size int) (start, n int) {
	p := t.at(slot)
	if p == 0 {
		return 0, 0
	}
	p += t.f.u32(p)
	n = t.f.u32(p)
	if t.f.bad || n > (len(t.f.b)-p-4)/size {
		t.f.bad = true
		return 0, 0
	}
	return p + 4, n
}

func (t flatTable) string(slot int) string {
	p, n := t.vector(slot, 1)
	return string(t.f.bytes(p, n))
}

// tables calls each for every table of the vector in slot.
func (t flatTable) tables(slot int, each func(flatTable)) {
	p, n := t.vector(slot, 4)
	for i := 0; i < n && !t.f.bad; i++ {
		at := p + 4*i
		each(t.f.table(at + t.f.u32(at)))
	}
}
