package mapping

import (
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// takeDates passes days on without a copy where all are in range, and cuts timestamps
// to the day of their zone.
func takeDates(from arrow.Array, out *column) bool {
	switch a := from.(type) {
	case *array.Date32:
		values := a.Date32Values()
		// A day under a null may lie outside too.
		if allWithin(values) && whole8(a) {
			out.ready = a
			return true
		}
		convert(a, &out.days, out, func(i int) (int32, bool) { return inCalendar(int64(values[i])) })
	case *array.Date64:
		values := a.Date64Values()
		convert(a, &out.days, out, func(i int) (int32, bool) { return inCalendar(floorDiv(int64(values[i]), 86400_000)) })
	case *array.Timestamp:
		values, perSecond := a.TimestampValues(), perSecond(a.DataType())
		z, err := zoneOf(a.DataType().(*arrow.TimestampType))
		if err != nil {
			return false
		}
		convert(a, &out.days, out, func(i int) (int32, bool) {
			day, moved := z.day(floorDiv(int64(values[i]), perSecond))
			if moved && z.utc {
				out.moved++
			}
			return inCalendar(day)
		})
	default:
		return false
	}
	return true
}

// allWithin says that every day lies in the calendar. Four are looked
// at side by side.
func allWithin(days []arrow.Date32) bool {
	var a, b, c, d uint32
	i := 0
	for ; i+4 <= len(days); i += 4 {
		a, b = max(a, uint32(days[i]-firstDay)), max(b, uint32(days[i+1]-firstDay))
		c, d = max(c, uint32(days[i+2]-firstDay)), max(d, uint32(days[i+3]-firstDay))
	}
	for ; i < len(days); i++ {
		a = max(a, uint32(days[i]-firstDay))
	}
	return max(a, b, c, d) <= lastDay-firstDay
}

func inCalendar(day int64) (int32, bool) { return int32(day), firstDay <= day && day <= lastDay }

func takeIntegers(from arrow.Array, out *column) bool {
	switch a := from.(type) {
	case *array.Int64:
		if whole8(a) {
			out.ready = a
			return true
		}
		widen(a, a.Int64Values(), &out.ints, out)
	case *array.Int32:
		widen(a, a.Int32Values(), &out.ints, out)
	case *array.Int16:
		widen(a, a.Int16Values(), &out.ints, out)
	case *array.Int8:
		widen(a, a.Int8Values(), &out.ints, out)
	default:
		return false
	}
	return true
}

func takeDecimals(from arrow.Array, out *column) bool {
	switch a := from.(type) {
	case *array.Float64:
		values := a.Float64Values()
		var unreal uint64
		for _, v := range values {
			// The exponent of NaN and the infinities is all ones.
			unreal |= (math.Float64bits(v)>>52&0x7ff + 1) & 0x800
		}
		if unreal == 0 && whole8(a) {
			out.ready = a
			return true
		}
		convert(a, &out.reals, out, func(i int) (float64, bool) {
			return values[i], !math.IsNaN(values[i]) && !math.IsInf(values[i], 0)
		})
	case *array.Int64:
		widen(a, a.Int64Values(), &out.reals, out)
	case *array.Int32:
		widen(a, a.Int32Values(), &out.reals, out)
	default:
		return false
	}
	return true
}

func takeBooleans(from arrow.Array, out *column) bool {
	a, ok := from.(*array.Boolean)
	if ok && whole8(a) {
		out.ready = a
		return true
	}
	return false
}

func widen[F int8 | int16 | int32 | int64, T int64 | float64](a arrow.Array, from []F, to *[]T, out *column) {
	convert(a, to, out, func(i int) (T, bool) { return T(from[i]), true })
}

// convert fills the column from the values of an array, one call a row.
func convert[T any](a arrow.Array, to *[]T, out *column, value func(i int) (T, bool)) {
	*to = sized(*to, a.Len())
	for i := range a.Len() {
		if a.IsNull(i) {
			continue
		}
		v, ok := value(i)
		if !ok {
			out.mark(i, malformed)
			continue
		}
		(*to)[i] = v
		out.mark(i, present)
	}
}

// whole8 reports whether an array has the form that batches must have, so that it can
// be passed on: from bit 0, in whole 8-byte words.
func whole8(a arrow.Array) bool {
	if a.Data().Offset() != 0 {
		return false
	}
	for _, b := range a.Data().Buffers() {
		if b != nil && b.Len()%8 != 0 {
			return false
		}
	}
	return true
}
