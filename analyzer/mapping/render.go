package mapping

import (
	"fmt"
	"math/bits"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
)

// renderer returns how a value of the array is written as text: the same text
// that a CSV file of the same data would hold.
func renderer(a arrow.Array) (func(dst []byte, i int) []byte, error) {
	switch a := a.(type) {
	case *array.Int8:
		return whole(a.Int8Values()), nil
	case *array.Int16:
		return whole(a.Int16Values()), nil
	case *array.Int32:
		return whole(a.Int32Values()), nil
	case *array.Int64:
		return whole(a.Int64Values()), nil
	case *array.Uint8:
		return whole(a.Uint8Values()), nil
	case *array.Uint16:
		return whole(a.Uint16Values()), nil
	case *array.Uint32:
		return whole(a.Uint32Values()), nil
	case *array.Uint64:
		values := a.Uint64Values()
		return func(dst []byte, i int) []byte { return strconv.AppendUint(dst, values[i], 10) }, nil
	case *array.Float32:
		values := a.Float32Values()
		return func(dst []byte, i int) []byte { return strconv.AppendFloat(dst, float64(values[i]), 'f', -1, 32) }, nil
	case *array.Float64:
		values := a.Float64Values()
		return func(dst []byte, i int) []byte { return strconv.AppendFloat(dst, values[i], 'f', -1, 64) }, nil
	case *array.Boolean:
		return func(dst []byte, i int) []byte { return strconv.AppendBool(dst, a.Value(i)) }, nil
	case *array.Date32:
		values := a.Date32Values()
		return func(dst []byte, i int) []byte { return appendDate(dst, int64(values[i])) }, nil
	case *array.Date64:
		values := a.Date64Values()
		return func(dst []byte, i int) []byte { return appendDate(dst, floorDiv(int64(values[i]), 86400_000)) }, nil
	case *array.Timestamp:
		values, perSecond := a.TimestampValues(), perSecond(a.DataType())
		z, err := zoneOf(a.DataType().(*arrow.TimestampType))
		return func(dst []byte, i int) []byte { return appendTime(dst, floorDiv(int64(values[i]), perSecond), z) }, err
	case *array.Decimal128:
		values, scale := a.Values(), a.DataType().(*arrow.Decimal128Type).Scale
		return func(dst []byte, i int) []byte { return appendDecimal(dst, values[i], int(scale)) }, nil
	}
	return nil, fmt.Errorf("columns of type %s cannot be read", a.DataType())
}

func whole[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32](values []T) func([]byte, int) []byte {
	return func(dst []byte, i int) []byte { return strconv.AppendInt(dst, int64(values[i]), 10) }
}

func perSecond(t arrow.DataType) int64 {
	switch t.(*arrow.TimestampType).Unit {
	case arrow.Second:
		return 1
	case arrow.Millisecond:
		return 1e3
	case arrow.Microsecond:
		return 1e6
	}
	return 1e9
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// appendTime writes an instant as YYYY-MM-DD HH:MM:SS: the day is that of its zone, and
// so is the time of day, but in London, where it is that in UTC.
func appendTime(dst []byte, seconds int64, z zone) []byte {
	day, _ := z.day(seconds)
	seconds += z.ahead
	s := seconds - floorDiv(seconds, daySeconds)*daySeconds
	dst = appendDate(dst, day)
	return append(dst, ' ', byte('0'+s/36000), byte('0'+s/3600%10), ':',
		byte('0'+s%3600/600), byte('0'+s/60%10), ':', byte('0'+s%60/10), byte('0'+s%10))
}

// appendDecimal writes v / 10^scale with a point and no trailing zeros after
// it.
func appendDecimal(dst []byte, v decimal128.Num, scale int) []byte {
	hi, lo := uint64(v.HighBits()), v.LowBits()
	if v.HighBits() < 0 {
		dst = append(dst, '-')
		var borrow uint64
		lo, borrow = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, borrow)
	}
	var digits [40]byte
	at := len(digits)
	for hi|lo != 0 || len(digits)-at <= scale && at > 0 {
		var r uint64
		hi, r = hi/10, hi%10
		lo, r = bits.Div64(r, lo, 10)
		at--
		digits[at] = byte('0' + r)
	}
	if at == len(digits) {
		at--
		digits[at] = '0'
	}
	if scale <= 0 || scale >= len(digits) {
		dst = append(dst, digits[at:]...)
		for ; scale < 0; scale++ {
			dst = append(dst, '0')
		}
		return dst
	}
	point := len(digits) - scale
	dst = append(dst, digits[at:point]...)
	end := len(digits)
	for end > point && digits[end-1] == '0' {
		end--
	}
	if end > point {
		dst = append(append(dst, '.'), digits[point:end]...)
	}
	return dst
}
