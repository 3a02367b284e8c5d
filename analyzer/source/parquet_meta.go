package source

import (
	"encoding/binary"
)

// parquetMeta is what a footer says, as far as it is needed.
type parquetMeta struct {
	rows   int64
	leaves []parquetLeaf
	groups []parquetGroup
	// unsupported are the top-level columns that are nested, repeated or of a
	// type that is not read.
	unsupported []string

	elements  []schemaElement
	encrypted bool // some of it is encrypted
}

// A schemaElement is a node of the schema as written: a tree in depth-first
// order.
type schemaElement struct {
	name       string
	physical   int32 // -1 for a group
	length     int32
	repetition int32
	children   int32
	converted  int32 // -1 where absent
	scale      int32
	precision  int32
	logical    logicalType
}

type logicalType struct {
	id     int64 // the field of the union; 0 where absent
	unit   int64 // of time: 1 ms, 2 µs, 3 ns
	utc    bool
	bits   int32
	signed bool
}

// A parquetLeaf is a column of the file; top says that it is a plain column
// of the table, so that it can be read.
type parquetLeaf struct {
	schemaElement
	top bool
}

// A parquetGroup is a row group.
type parquetGroup struct {
	rows   int64
	chunks []parquetChunk // by leaf
}

// A parquetChunk is a column of a row group.
type parquetChunk struct {
	codec                        int32
	values                       int64
	start, size                  int64
	nulls                        int64 // -1 where unknown
	minLength                    int   // of the least value; -1 where unknown, or where it begins with a blank
	dataPage, dictionary         int64
	physical                     int32
	hasMeta, encrypted, external bool
}

// readParquetMeta reads and checks the footer.
func readParquetMeta(in *input) (*parquetMeta, error) {
	const trailer = 8
	if in.size < 4+trailer {
		return nil, fault("the file ends too early: want a Parquet footer").hint("copy or export the file again")
	}
	var end [trailer]byte
	if _, err := in.at.ReadAt(end[:], in.size-trailer); err != nil {
		return nil, fault("the file ends too early")
	}
	switch string(end[4:]) {
	case "PAR1":
	case "PARE":
		return nil, encrypted()
	default:
		return nil, fault("the file does not end as a Parquet file does: it is cut off or damaged").hint("copy or export the file again")
	}
	n := int64(binary.LittleEndian.Uint32(end[:]))
	if n > maxFooterBytes {
		return nil, limit("the footer is longer than %d MiB", maxFooterBytes>>20)
	}
	if n > in.size-4-trailer {
		return nil, fault("the footer is longer than the file").hint("copy or export the file again")
	}
	footer := make([]byte, n)
	if _, err := in.at.ReadAt(footer, in.size-trailer-n); err != nil {
		return nil, fault("the file ends too early")
	}
	return parseParquetMeta(footer, in.size-trailer-n)
}

func encrypted() *DecodeError {
	return fault("the file is encrypted").hint("export it without encryption, or decrypt it first")
}

// parseParquetMeta reads the footer; data is where the pages must end.
func parseParquetMeta(footer []byte, data int64) (*parquetMeta, error) {
	m := &parquetMeta{rows: -1}
	t := &thrift{b: footer}
	var over error
	t.fields(func(id int64, typ byte) bool {
		switch id {
		case 2:
			t.list(typ, func(i, n int, _ byte) {
				if n > 4*maxColumns {
					over = limit("more than %d columns", maxColumns)
					t.fail(false)
					return
				}
				m.elements = append(m.elements, t.element())
			})
			if !t.bad && over == nil {
				over = m.makeLeaves()
			}
		case 3:
			m.rows = t.int(typ)
		case 4:
			t.list(typ, func(i, n int, _ byte) {
				if n > maxRowGroups && over == nil {
					over = limit("more than %d row groups", maxRowGroups)
				}
				if over != nil || m.elements == nil {
					t.fail(false)
					return
				}
				m.groups = append(m.groups, t.group(len(m.leaves)))
			})
		case 8:
			m.encrypted = true
			return false
		default:
			return false
		}
		return over == nil || func() bool { t.fail(false); return true }()
	})
	if over != nil {
		return nil, over
	}
	if t.bad || m.rows < 0 || m.elements == nil {
		return nil, fault("the footer is damaged").hint("copy or export the file again")
	}
	if m.encrypted {
		return nil, encrypted()
	}
	return m, m.check(data)
}

// check holds the row groups against the schema and the file.
func (m *parquetMeta) check(data int64) error {
	rows := int64(0)
	for i := range m.groups {
		g := &m.groups[i]
		if g.rows < 0 || g.rows > m.rows-rows {
			return fault("the row groups hold more rows than the footer says")
		}
		rows += g.rows
		for j := range g.chunks {
			c := &g.chunks[j]
			if !m.leaves[j].top || g.rows == 0 {
				continue
			}
			if c.encrypted {
				return encrypted()
			}
			if c.external {
				return fault("a column lies in another file").column(m.leaves[j].name)
			}
			c.start = c.dataPage
			if c.dictionary > 0 {
				c.start = min(c.start, c.dictionary)
			}
			if !c.hasMeta || c.start < 4 || c.size < 0 || c.start > data-c.size || c.values != g.rows || c.physical != m.leaves[j].physical {
				return fault("the footer contradicts itself about row group %d", i+1).column(m.leaves[j].name)
			}
		}
	}
	if rows != m.rows {
		return fault("the row groups hold fewer rows than the footer says")
	}
	return nil
}

// makeLeaves walks the schema. It is limited before anything of its size is
// made.
func (m *parquetMeta) makeLeaves() error {
	if len(m.elements) == 0 || m.elements[0].physical >= 0 {
		return fault("the schema has no root")
	}
	next := 1
	for range m.elements[0].children {
		if next >= len(m.elements) {
			return fault("the schema is damaged")
		}
		top := next
		after, err := m.walk(next, 1)
		if err != nil {
			return err
		}
		next = after
		e := &m.elements[top]
		if e.physical < 0 || e.repetition == 2 || leafType(e) == nil {
			m.unsupported = append(m.unsupported, e.name)
		}
	}
	if next != len(m.elements) {
		return fault("the schema is damaged")
	}
	return nil
}

// walk visits element i and those below it, and returns the one after.
func (m *parquetMeta) walk(i, depth int) (int, error) {
	if i >= len(m.elements) || depth > thriftDepth {
		return 0, fault("the schema is damaged, or nested more than %d deep", thriftDepth)
	}
	e := &m.elements[i]
	if e.physical >= 0 {
		if len(m.leaves) == maxColumns {
			return 0, limit("more than %d columns", maxColumns)
		}
		m.leaves = append(m.leaves, parquetLeaf{schemaElement: *e, top: depth == 1 && e.repetition != 2 && leafType(e) != nil})
		return i + 1, nil
	}
	next := i + 1
	for range e.children {
		var err error
		if next, err = m.walk(next, depth+1); err != nil {
			return 0, err
		}
	}
	return next, nil
}

// element reads one node of the schema.
func (t *thrift) element() schemaElement {
	e := schemaElement{physical: -1, converted: -1}
	t.fields(func(id int64, typ byte) bool {
		switch id {
		case 1:
			e.physical = t.int32(typ)
		case 2:
			e.length = t.int32(typ)
		case 3:
			e.repetition = t.int32(typ)
		case 4:
			e.name = string(t.binary(typ))
		case 5:
			e.children = t.int32(typ)
		case 6:
			e.converted = t.int32(typ)
		case 7:
			e.scale = t.int32(typ)
		case 8:
			e.precision = t.int32(typ)
		case 10:
			e.logical = t.logical(typ, &e)
		default:
			return false
		}
		return true
	})
	if e.physical > 7 || e.children < 0 || e.physical >= 0 && e.children > 0 {
		t.fail(false)
	}
	return e
}

// logical reads the union that annotates a type.
func (t *thrift) logical(typ byte, e *schemaElement) (l logicalType) {
	if typ != thriftStruct {
		t.fail(false)
		return l
	}
	t.fields(func(id int64, typ byte) bool {
		if typ != thriftStruct {
			return false
		}
		l.id = id
		t.fields(func(f int64, typ byte) bool {
			switch {
			case id == 5 && f == 1:
				e.scale = t.int32(typ)
			case id == 5 && f == 2:
				e.precision = t.int32(typ)
			case (id == 7 || id == 8) && f == 1:
				l.utc = t.bool(typ)
			case (id == 7 || id == 8) && f == 2 && typ == thriftStruct:
				t.fields(func(unit int64, _ byte) bool { l.unit = unit; return false })
			case id == 10 && f == 1:
				l.bits = t.int32(typ)
			case id == 10 && f == 2:
				l.signed = t.bool(typ)
			default:
				return false
			}
			return true
		})
		return true
	})
	return l
}

// group reads a row group of leaves columns.
func (t *thrift) group(leaves int) parquetGroup {
	g := parquetGroup{rows: -1}
	t.fields(func(id int64, typ byte) bool {
		switch id {
		case 1:
			t.list(typ, func(i, n int, _ byte) {
				if n != leaves {
					t.fail(false)
					return
				}
				if i == 0 {
					g.chunks = make([]parquetChunk, 0, n)
				}
				g.chunks = append(g.chunks, t.chunk())
			})
		case 3:
			g.rows = t.int(typ)
		default:
			return false
		}
		return true
	})
	if g.rows < 0 || len(g.chunks) != leaves {
		t.fail(false)
	}
	return g
}

// chunk reads the description of a column chunk.
func (t *thrift) chunk() parquetChunk {
	c := parquetChunk{nulls: -1, minLength: -1}
	t.fields(func(id int64, typ byte) bool {
		switch id {
		case 1:
			c.external = len(t.binary(typ)) > 0
		case 3:
			c.hasMeta = true
			if typ != thriftStruct {
				t.fail(false)
			}
			t.fields(func(id int64, typ byte) bool { return t.chunkField(&c, id, typ) })
		case 8, 9:
			c.encrypted = true
			return false
		default:
			return false
		}
		return true
	})
	return c
}

func (t *thrift) chunkField(c *parquetChunk, id int64, typ byte) bool {
	switch id {
	case 1:
		c.physical = t.int32(typ)
	case 4:
		c.codec = t.int32(typ)
	case 5:
		c.values = t.int(typ)
	case 7:
		c.size = t.int(typ)
	case 9:
		c.dataPage = t.int(typ)
	case 11:
		c.dictionary = t.int(typ)
	case 12:
		if typ != thriftStruct {
			return false
		}
		t.fields(func(id int64, typ byte) bool {
			switch id {
			case 3:
				c.nulls = t.int(typ)
			case 6:
				// Blanks alone are no value, and sort before all that is one.
				if least := t.binary(typ); len(least) == 0 || least[0] > ' ' {
					c.minLength = len(least)
				}
			default:
				return false
			}
			return true
		})
	default:
		return false
	}
	return true
}
