package mapping

import (
	"github.com/apache/arrow/go/v17/arrow"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/schema"
)

// A scalar fills a column of dates, numbers or booleans.
type scalar[T int32 | int64 | float64 | uint8] struct {
	alternatives []alternative
	read         func(a *alternative, cell []byte) (T, bool)
	// joined reads row i from an alternative in parts.
	joined func(a *alternative, r *rows, i int) (T, state)
	values func(out *column) *[]T
	// take hands an Arrow array of the column's own type on, or converts one of
	// a near type; false where text has to be made of it.
	take func(from arrow.Array, out *column) bool
	// column reads plain text without a call a row; nil, or false, where it
	// cannot.
	column  func(a *alternative, c *cells, out *column) bool
	entries entryValues[T]
	scratch []T
}

func (f *scalar[T]) fill(r *rows, out *column) error {
	c := single(f.alternatives, r)
	direct := c != nil && asItIs(f.alternatives)
	if direct && c.array != nil && f.take(c.array, out) {
		return nil
	}
	if err := render(f.alternatives, r); err != nil {
		return err
	}
	values := f.values(out)
	*values = sized(*values, r.n)
	switch {
	case c != nil && c.index != nil:
		f.gather(c, out, *values)
	case direct && c.known == nil && f.column != nil && f.column(&f.alternatives[0], c, out):
	case direct && c.known == nil:
		f.plain(c, out, *values)
	default:
		f.rows(r, out, *values)
	}
	return nil
}

// gather reads each entry of a dictionary once.
func (f *scalar[T]) gather(c *cells, out *column, values []T) {
	f.entries.upTo(c, func(entry []byte) (v T, s state) {
		text, k, s := walkAll(f.alternatives, entry)
		if s == present {
			var ok bool
			if v, ok = f.read(&f.alternatives[k], text); !ok {
				s = malformed
			}
		}
		return v, s
	})
	f.entries.gather(c, out, values)
}

// plain reads plain text, a row at a time and 64 rows to a word.
func (f *scalar[T]) plain(c *cells, out *column, values []T) {
	a, data, start, end := &f.alternatives[0], c.data, c.start[:c.n], c.end[:c.n]
	for w := range out.known {
		var known, faulty uint64
		for i := w * 64; i < min(w*64+64, c.n); i++ {
			if start[i] == end[i] {
				continue
			}
			v, ok := f.read(a, data[start[i]:end[i]])
			if ok {
				values[i] = v
				known |= 1 << (i & 63)
			} else {
				faulty |= 1 << (i & 63)
			}
		}
		out.known[w], out.malformed[w] = known, faulty
	}
}

// rows takes every row through the alternatives.
func (f *scalar[T]) rows(r *rows, out *column, values []T) {
	for i := range r.n {
		for k := range f.alternatives {
			v, s := f.one(&f.alternatives[k], r, i)
			if s != absent {
				values[i] = v
				out.mark(i, s)
				break
			}
		}
	}
}

func (f *scalar[T]) one(a *alternative, r *rows, i int) (v T, s state) {
	if a.parts != nil {
		if a.when != nil && !a.when(r, i) {
			return v, absent
		}
		return f.joined(a, r, i)
	}
	text, s := a.value(r, i)
	if s != present {
		return v, s
	}
	v, ok := f.read(a, text)
	if !ok {
		return v, malformed
	}
	return v, present
}

// mark sets the known and malformed bits of row i.
func (c *column) mark(i int, s state) {
	switch s {
	case present:
		bitmap.Set(c.known, i)
	case malformed:
		bitmap.Set(c.malformed, i)
	}
}

func dates(alternatives []alternative) filler {
	return &scalar[int32]{
		alternatives: alternatives,
		read: func(a *alternative, cell []byte) (int32, bool) {
			for _, layout := range a.layouts {
				if day, ok := layout(cell); ok {
					return int32(day), true
				}
			}
			return 0, false
		},
		joined: joinedDate,
		column: isoDates,
		values: func(out *column) *[]int32 { return &out.days },
		take:   takeDates,
	}
}

// joinedDate reads a date from columns of year, month and day; where the
// mapping names no day, it is the first day of the month. A missing part is a
// missing date.
func joinedDate(a *alternative, r *rows, i int) (int32, state) {
	part := [3]uint32{2: 1}
	for k, slot := range a.parts {
		text, s := a.walk(r.cells[slot].at(i))
		if s != present {
			return 0, s
		}
		v, ok := integer(text)
		if !ok || v < 0 || v > 9999 {
			return 0, malformed
		}
		if k == 0 && v < fewYears {
			v += a.since
		}
		part[k] = uint32(v)
	}
	day, ok := calendar.Of(part[0], part[1], part[2])
	if !ok {
		return 0, malformed
	}
	return int32(day), present
}

func integers(alternatives []alternative) filler {
	return &scalar[int64]{
		alternatives: alternatives,
		read:         func(_ *alternative, cell []byte) (int64, bool) { return integer(cell) },
		values:       func(out *column) *[]int64 { return &out.ints },
		take:         takeIntegers,
	}
}

func decimals(alternatives []alternative) filler {
	return &scalar[float64]{
		alternatives: alternatives,
		read:         func(_ *alternative, cell []byte) (float64, bool) { return decimal(cell) },
		values:       func(out *column) *[]float64 { return &out.reals },
		take:         takeDecimals,
	}
}

func booleans(alternatives []alternative) filler {
	f := &truths{}
	f.scalar = scalar[uint8]{
		alternatives: alternatives,
		read: func(_ *alternative, cell []byte) (uint8, bool) {
			v, ok := boolean(cell)
			if v {
				return 1, ok
			}
			return 0, ok
		},
		values: func(*column) *[]uint8 { return &f.scratch },
		take:   takeBooleans,
	}
	return f
}

// truths packs the bytes of its scalar into bits.
type truths struct{ scalar[uint8] }

func (f *truths) fill(r *rows, out *column) error {
	if err := f.scalar.fill(r, out); err != nil || out.ready != nil {
		return err
	}
	out.bits = sized(out.bits, bitmap.Words(r.n))
	clear(out.bits)
	for i, v := range f.scratch[:r.n] {
		bitmap.Or(out.bits, i, uint64(v&1))
	}
	return nil
}

// scalars returns the filler of a column that is not text.
func scalars(t schema.Type, alternatives []alternative) filler {
	switch t {
	case schema.Date:
		return dates(alternatives)
	case schema.Int:
		return integers(alternatives)
	case schema.Decimal:
		return decimals(alternatives)
	}
	return booleans(alternatives)
}
