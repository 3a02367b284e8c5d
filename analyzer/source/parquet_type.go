package source

import (
	"encoding/binary"
	"encoding/hex"

	"github.com/apache/arrow/go/v17/arrow"
)

// The physical types of Parquet.
const (
	parquetBool = iota
	parquetInt32
	parquetInt64
	parquetInt96
	parquetFloat
	parquetDouble
	parquetBytes
	parquetFixed
)

// leafType returns the Arrow type a column is read as, or nil where it is not
// read. Integers keep their physical width.
func leafType(e *schemaElement) arrow.DataType {
	l, c := e.logical, e.converted
	if l.id == 5 || l.id == 0 && c == 5 {
		return decimalType(e)
	}
	switch e.physical {
	case parquetBool:
		return arrow.FixedWidthTypes.Boolean
	case parquetInt32:
		switch {
		case l.id == 6 || c == 6:
			return arrow.FixedWidthTypes.Date32
		case l.id == 7 || c == 7:
			return nil
		case l.id == 10 && !l.signed, l.id == 0 && c >= 11 && c <= 13:
			return arrow.PrimitiveTypes.Uint32
		}
		return arrow.PrimitiveTypes.Int32
	case parquetInt64:
		return int64Type(l, c)
	case parquetInt96:
		// Nanoseconds would not reach the year 9999.
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	case parquetFloat:
		return arrow.PrimitiveTypes.Float32
	case parquetDouble:
		return arrow.PrimitiveTypes.Float64
	case parquetBytes:
		if l.id == 13 || c == 20 {
			return nil
		}
		return arrow.BinaryTypes.String
	case parquetFixed:
		if l.id == 15 || c == 21 || e.length <= 0 || e.length > maxFieldBytes || l.id == 14 && e.length != 16 {
			return nil
		}
		return arrow.BinaryTypes.String
	}
	return nil
}

func int64Type(l logicalType, converted int32) arrow.DataType {
	zone := ""
	if l.utc || l.id == 0 {
		zone = "UTC"
	}
	switch {
	case l.id == 7 || l.id == 0 && converted == 8:
		return nil
	case l.id == 8 && l.unit == 1 || l.id == 0 && converted == 9:
		return &arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: zone}
	case l.id == 8 && l.unit == 2 || l.id == 0 && converted == 10:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: zone}
	case l.id == 8 && l.unit == 3:
		return &arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: zone}
	case l.id == 10 && !l.signed, l.id == 0 && converted == 14:
		return arrow.PrimitiveTypes.Uint64
	}
	return arrow.PrimitiveTypes.Int64
}

func decimalType(e *schemaElement) arrow.DataType {
	if e.precision < 1 || e.precision > 38 || e.scale < 0 || e.scale > e.precision {
		return nil
	}
	switch {
	case e.physical == parquetInt32, e.physical == parquetInt64, e.physical == parquetBytes,
		e.physical == parquetFixed && e.length > 0 && e.length <= 16:
		return &arrow.Decimal128Type{Precision: e.precision, Scale: e.scale}
	}
	return nil
}

// A layout says how values of a column lie in memory once decoded.
type layout struct {
	text bool
	bits bool
	// width is the bytes of a value, 0 for text and bits.
	width int
	// convert brings plain values of the file into that form, where they are
	// not already; dst is long enough.
	convert func(dst, src []byte, count int) ([]byte, error)
}

func layoutOf(e *schemaElement, t arrow.DataType) layout {
	switch t := t.(type) {
	case *arrow.StringType:
		switch {
		case e.physical == parquetFixed && e.logical.id == 14:
			return layout{text: true, convert: uuidText}
		case e.physical == parquetFixed:
			width := int(e.length)
			return layout{text: true, convert: func(dst, src []byte, count int) ([]byte, error) { return fixedText(dst, src, count, width) }}
		}
		return layout{text: true}
	case *arrow.BooleanType:
		return layout{bits: true}
	case *arrow.Decimal128Type:
		return layout{width: 16, convert: func(dst, src []byte, count int) ([]byte, error) { return decimals(dst, src, count, e) }}
	case arrow.FixedWidthDataType:
		if e.physical == parquetInt96 {
			return layout{width: 8, convert: int96Micros}
		}
		return layout{width: t.BitWidth() / 8}
	}
	return layout{}
}

// storedWidth is the bytes of a plain value in the file, 0 where it varies.
func storedWidth(e *schemaElement) int {
	switch e.physical {
	case parquetInt32, parquetFloat:
		return 4
	case parquetInt64, parquetDouble:
		return 8
	case parquetInt96:
		return 12
	case parquetFixed:
		return int(e.length)
	}
	return 0
}

// fixedText gives fixed-length values the length prefix of the others.
func fixedText(dst, src []byte, count, width int) ([]byte, error) {
	if len(src)/width < count {
		return nil, fault("a page holds fewer values than it says")
	}
	for ; count > 0; count-- {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(width))
		dst = append(dst, src[:width]...)
		src = src[width:]
	}
	return dst, nil
}

// uuidText writes UUIDs in their usual form, with a length prefix.
func uuidText(dst, src []byte, count int) ([]byte, error) {
	if len(src)/16 < count {
		return nil, fault("a page holds fewer values than it says")
	}
	for ; count > 0; count-- {
		dst = binary.LittleEndian.AppendUint32(dst, 36)
		for i, cut := range [5][2]int{{0, 4}, {4, 6}, {6, 8}, {8, 10}, {10, 16}} {
			if i > 0 {
				dst = append(dst, '-')
			}
			dst = hex.AppendEncode(dst, src[cut[0]:cut[1]])
		}
		src = src[16:]
	}
	return dst, nil
}

// int96Micros turns the old Impala form, nanoseconds of the day and Julian
// day, into microseconds since 1970.
func int96Micros(dst, src []byte, count int) ([]byte, error) {
	const epoch, dayMicros = 2440588, 86400 * 1000 * 1000
	if len(src)/12 < count {
		return nil, fault("a page holds fewer values than it says")
	}
	for ; count > 0; count-- {
		nanos := int64(binary.LittleEndian.Uint64(src))
		day := int64(int32(binary.LittleEndian.Uint32(src[8:])))
		if day -= epoch; day > 1<<26 || day < -(1<<26) {
			day = 1 << 26 // far outside any calendar: the mapping marks it malformed
		}
		dst = binary.LittleEndian.AppendUint64(dst, uint64(day*dayMicros+nanos/1000))
		src = src[12:]
	}
	return dst, nil
}

// decimals turns the stored form, of any width and byte order, into the
// 128-bit integers of Arrow.
func decimals(dst, src []byte, count int, e *schemaElement) ([]byte, error) {
	for ; count > 0; count-- {
		var low, high uint64
		switch width := storedWidth(e); {
		case len(src) < width:
			return nil, fault("a page holds fewer values than it says")
		case e.physical == parquetInt32:
			v := int64(int32(binary.LittleEndian.Uint32(src)))
			low, high = uint64(v), uint64(v>>63)
			src = src[4:]
		case e.physical == parquetInt64:
			low = binary.LittleEndian.Uint64(src)
			high = uint64(int64(low) >> 63)
			src = src[8:]
		case width == 0:
			if len(src) < 4 || uint64(binary.LittleEndian.Uint32(src)) > uint64(min(len(src)-4, 16)) {
				return nil, fault("a page holds a decimal of more than 16 bytes, or ends too early")
			}
			n := int(binary.LittleEndian.Uint32(src))
			low, high = bigEndian(src[4 : 4+n])
			src = src[4+n:]
		default:
			low, high = bigEndian(src[:width])
			src = src[width:]
		}
		dst = binary.LittleEndian.AppendUint64(dst, low)
		dst = binary.LittleEndian.AppendUint64(dst, high)
	}
	return dst, nil
}

// bigEndian reads a two's complement number of at most 16 bytes.
func bigEndian(b []byte) (low, high uint64) {
	if len(b) > 0 && b[0]&0x80 != 0 {
		low, high = ^uint64(0), ^uint64(0)
	}
	for _, c := range b {
		high = high<<8 | low>>56
		low = low<<8 | uint64(c)
	}
	return low, high
}
