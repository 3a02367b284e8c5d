package extract

import (
	"fmt"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// A Vector is a typed view of one column of a batch: slices into the Arrow
// buffers, no copy. It lives as long as its batch.
type Vector struct {
	Len int
	// Known has one bit a row, set where the cell holds a value; nil where
	// every cell does. Bits past Len are undefined.
	Known []uint64
	Days  []int32   // Date: days since 1970-01-01
	Ints  []int64   // Int
	Reals []float64 // Decimal
	Bits  []uint64  // Bool, one bit a row
	// Text: row i holds entry Index[i], or entry i where Index is nil. Entry
	// e is Bytes[Offsets[e]:Offsets[e+1]].
	Index   []int32
	Offsets []int32
	Bytes   []byte
}

// Entries returns the number of text entries.
func (v *Vector) Entries() int { return max(0, len(v.Offsets)-1) }

// Entry returns text entry e; the caller must not keep or change it.
func (v *Vector) Entry(e int32) []byte { return v.Bytes[v.Offsets[e]:v.Offsets[e+1]] }

// View returns the typed view of column i of the batch.
func (b *Batch) View(i int) (Vector, error) { return ViewArray(b.Record.Column(i)) }

// ViewArray returns the typed view of an Arrow array of one of the types that
// Batch allows; any other type, or an array with an offset, is an error.
func ViewArray(a arrow.Array) (Vector, error) {
	data := a.Data()
	v := Vector{Len: data.Len()}
	if data.Offset() != 0 {
		return v, fmt.Errorf("sliced array of type %s", a.DataType())
	}
	buffers := data.Buffers()
	if data.NullN() != 0 && len(buffers) > 0 && buffers[0] != nil && buffers[0].Len() > 0 {
		v.Known = words(buffers[0].Bytes())
	}
	if data.Len() == 0 {
		return v, nil
	}
	switch a := a.(type) {
	case *array.Date32:
		v.Days = view[int32](buffers[1].Bytes())
	case *array.Int64:
		v.Ints = view[int64](buffers[1].Bytes())
	case *array.Float64:
		v.Reals = view[float64](buffers[1].Bytes())
	case *array.Boolean:
		v.Bits = words(buffers[1].Bytes())
	case *array.String:
		v.Offsets, v.Bytes = text(data)
	case *array.Dictionary:
		v.Index = view[int32](buffers[1].Bytes())
		v.Offsets, v.Bytes = text(a.Dictionary().Data())
	default:
		return v, fmt.Errorf("array of type %s", a.DataType())
	}
	return v, nil
}

func text(d arrow.ArrayData) ([]int32, []byte) {
	if d.Len() == 0 {
		return []int32{0}, nil
	}
	b := d.Buffers()
	var bytes []byte
	if b[2] != nil {
		bytes = b[2].Bytes()
	}
	return view[int32](b[1].Bytes())[:d.Len()+1], bytes
}

func words(b []byte) []uint64 { return view[uint64](b) }

// view reinterprets b, rounding down to whole elements.
func view[T int32 | int64 | float64 | uint64](b []byte) []T {
	n := len(b) / int(unsafe.Sizeof(*new(T)))
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)
}
