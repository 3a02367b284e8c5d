package source

import (
	"github.com/apache/arrow/go/v17/arrow"
)

// The types of Arrow's metadata.
const (
	ipcNull         = 1
	ipcInt          = 2
	ipcFloat        = 3
	ipcBinary       = 4
	ipcText         = 5
	ipcBool         = 6
	ipcDecimal      = 7
	ipcDate         = 8
	ipcTime         = 9
	ipcTimestamp    = 10
	ipcInterval     = 11
	ipcList         = 12
	ipcStruct       = 13
	ipcUnion        = 14
	ipcFixedBinary  = 15
	ipcFixedList    = 16
	ipcMap          = 17
	ipcDuration     = 18
	ipcLargeBinary  = 19
	ipcLargeText    = 20
	ipcLargeList    = 21
	ipcRunEnd       = 22
	ipcBinaryView   = 23
	ipcTextView     = 24
	ipcListView     = 25
	ipcBigListView  = 26
	maxSchemaFields = 4 * maxColumns
)

// An arrowField is a column of the schema, and where its data are in every
// record batch.
type arrowField struct {
	name  string
	place int // in the schema
	// typ is what the column is read as; nil where it is not read.
	typ   arrow.DataType
	large bool // text with 64-bit offsets
	view  bool // text as views
	bytes bool // not said to be text
	fixed bool // text of one length, which is width
	wide  bool // decimals of 256 bits
	width int  // bytes of a value; of an index for a dictionary
	scale int  // of decimals of 256 bits
	// alone says that each row is a list of one value, which is read; the marks
	// of rows without a list are one node and one buffer before it.
	alone bool
	// values are those of a column that gives each once for a run of rows, and ends
	// the numbers of the rows after each run.
	ends, values *arrowField
	// dictionary is the number of its dictionary, or -1.
	dictionary int64
	unsigned   bool // of an index
	// node and buffer are its places among the nodes and buffers of a batch,
	// views its place among the columns of views.
	node, buffer, views int
}

// An arrowSchema is the columns of a file.
type arrowSchema struct {
	fields []arrowField
	// nodes and buffers are how many a record batch has, apart from the data
	// buffers of views, of which there are as many as each batch says.
	nodes, buffers, views int
	seen                  int
}

// parseArrowSchema reads the schema table.
func parseArrowSchema(t flatTable) (*arrowSchema, error) {
	if t.i16(0, 0) != 0 {
		return nil, fault("the file is big-endian").hint("export it on an ordinary computer")
	}
	s := &arrowSchema{}
	var err error
	t.tables(1, func(ft flatTable) {
		if err != nil {
			return
		}
		if len(s.fields) == maxColumns {
			err = limit("more than %d columns", maxColumns)
			return
		}
		f := s.field(ft.string(0))
		f.read(ft)
		if err = s.count(ft, 1); err == nil {
			s.fields = append(s.fields, f)
		}
	})
	if err == nil && t.f.bad {
		err = fault("the schema is damaged")
	}
	return s, err
}

// field is the next field, before what it is has been read.
func (s *arrowSchema) field(name string) arrowField {
	return arrowField{name: name, place: len(s.fields), node: s.nodes, buffer: s.buffers, views: s.views, dictionary: -1}
}

// count adds the nodes and buffers of a field and those below it.
func (s *arrowSchema) count(t flatTable, depth int) error {
	s.seen++
	if s.seen > maxSchemaFields || depth > thriftDepth {
		return limit("a schema of more than %d fields, or nested more than %d deep", maxSchemaFields, thriftDepth)
	}
	s.nodes++
	if _, coded := t.table(4); coded {
		s.buffers += 2 // its values lie in the dictionary
		return nil
	}
	switch t.u8(2) {
	case ipcNull, ipcRunEnd:
	case ipcStruct, ipcFixedList:
		s.buffers++
	case ipcUnion:
		u, _ := t.table(3)
		s.buffers += 1 + int(u.i16(0, 0)&1) // dense unions have offsets
	case ipcBinary, ipcText, ipcLargeBinary, ipcLargeText, ipcListView, ipcBigListView:
		s.buffers += 3
	case ipcBinaryView, ipcTextView:
		s.buffers += 2
		s.views++
	default:
		s.buffers += 2
	}
	var err error
	t.tables(5, func(child flatTable) {
		if err == nil {
			err = s.count(child, depth+1)
		}
	})
	return err
}

// read decides what the field is read as.
func (f *arrowField) read(t flatTable) {
	kind := t.u8(2)
	typ, _ := t.table(3)
	if encoding, coded := t.table(4); coded {
		index, given := encoding.table(1)
		f.dictionary = encoding.i64(0)
		f.width, f.unsigned = 4, false
		if given {
			f.width, f.unsigned = int(index.i32(0, 0))/8, index.u8(1) == 0
		}
		if f.isText(kind) && validWidth(f.width) {
			f.typ = dictionaryType()
		}
		return
	}
	if f.isText(kind) {
		f.typ = arrow.BinaryTypes.String
		return
	}
	switch kind {
	case ipcNull:
		f.typ = arrow.Null
	case ipcFixedBinary:
		if n := typ.i32(0, 0); n > 0 && n <= maxFieldBytes {
			f.typ, f.fixed, f.bytes, f.width = arrow.BinaryTypes.String, true, true, int(n)
		}
	case ipcFixedList:
		if typ.i32(0, 0) == 1 {
			f.readAlone(t)
		}
	case ipcRunEnd:
		f.readRuns(t)
	case ipcBool:
		f.typ = arrow.FixedWidthTypes.Boolean
	case ipcInt:
		f.typ = intType(typ.i32(0, 0), typ.u8(1) != 0)
	case ipcFloat:
		f.typ = map[int16]arrow.DataType{1: arrow.PrimitiveTypes.Float32, 2: arrow.PrimitiveTypes.Float64}[typ.i16(0, 0)]
	case ipcDate:
		f.typ = map[int16]arrow.DataType{0: arrow.FixedWidthTypes.Date32, 1: arrow.FixedWidthTypes.Date64}[typ.i16(0, 1)]
	case ipcTimestamp:
		if unit := typ.i16(0, 0); unit >= 0 && unit <= 3 {
			f.typ = &arrow.TimestampType{Unit: arrow.TimeUnit(unit), TimeZone: typ.string(1)}
		}
	case ipcDecimal:
		p, s := typ.i32(0, 0), typ.i32(1, 0)
		switch bits := typ.i32(2, 128); {
		case bits == 128 && p >= 1 && p <= 38 && s >= 0 && s <= p:
			f.typ = &arrow.Decimal128Type{Precision: p, Scale: s}
		case bits == 256 && p >= 1 && p <= 76 && s >= 0 && s <= p:
			f.typ, f.wide, f.width, f.scale = arrow.BinaryTypes.String, true, 32, int(s)
		}
	}
	if fixed, ok := f.typ.(arrow.FixedWidthDataType); ok && !f.alone && f.values == nil {
		f.width = fixed.BitWidth() / 8
	}
}

// isText reports whether values of the kind are text, and notes in which form. Bytes that
// are not said to be text are read as text where they are, as those of Parquet files.
func (f *arrowField) isText(kind byte) bool {
	f.large = kind == ipcLargeText || kind == ipcLargeBinary
	f.view = kind == ipcTextView || kind == ipcBinaryView
	f.bytes = kind == ipcBinary || kind == ipcLargeBinary || kind == ipcBinaryView
	return f.large || f.view || f.bytes || kind == ipcText
}

func validWidth(bytes int) bool { return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8 }

func intType(bits int32, signed bool) arrow.DataType {
	if signed {
		return map[int32]arrow.DataType{8: arrow.PrimitiveTypes.Int8, 16: arrow.PrimitiveTypes.Int16,
			32: arrow.PrimitiveTypes.Int32, 64: arrow.PrimitiveTypes.Int64}[bits]
	}
	return map[int32]arrow.DataType{8: arrow.PrimitiveTypes.Uint8, 16: arrow.PrimitiveTypes.Uint16,
		32: arrow.PrimitiveTypes.Uint32, 64: arrow.PrimitiveTypes.Uint64}[bits]
}
