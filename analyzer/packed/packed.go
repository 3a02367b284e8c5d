// Package packed holds numbers and texts end to end, so that a program can carry
// what was worked out when it was built. Reading copies nothing: a text that is
// read is part of the whole. What was packed in another order than it is read in
// fails, or gives nonsense: whoever packs keeps a test that both agree.
package packed

import (
	"encoding/binary"
	"math"
)

// AppendInt appends a number.
func AppendInt(b []byte, v int64) []byte { return binary.AppendVarint(b, v) }

// AppendReal appends a decimal number.
func AppendReal(b []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
}

// AppendText appends a text.
func AppendText(b []byte, s string) []byte { return append(AppendInt(b, int64(len(s))), s...) }

// A Reader reads from the beginning. What is read after a failure is zero.
type Reader struct {
	rest   string
	failed bool
}

// NewReader reads s.
func NewReader(s string) *Reader { return &Reader{rest: s} }

// Failed reports whether more was asked for than there is, or Fail was called.
func (r *Reader) Failed() bool { return r.failed }

// Done reports whether all was read, and nothing failed.
func (r *Reader) Done() bool { return r.rest == "" && !r.failed }

// Fail says that what was read means nothing.
func (r *Reader) Fail() { r.rest, r.failed = "", true }

// take returns the next n bytes.
func (r *Reader) take(n int) string {
	if n < 0 || n > len(r.rest) {
		r.Fail()
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

// Int reads a number.
func (r *Reader) Int() int64 {
	var v uint64
	for i := range min(len(r.rest), binary.MaxVarintLen64) {
		b := r.rest[i]
		v |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			r.rest = r.rest[i+1:]
			return int64(v>>1) ^ -int64(v&1)
		}
	}
	r.Fail()
	return 0
}

// Real reads a decimal number.
func (r *Reader) Real() float64 {
	s := r.take(8)
	if s == "" {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64([]byte(s)))
}

// Text reads a text.
func (r *Reader) Text() string {
	n := r.Int()
	if n < 0 || n > int64(len(r.rest)) {
		r.Fail()
		return ""
	}
	return r.take(int(n))
}

// Count reads how many things follow, each of a byte at least.
func (r *Reader) Count() int {
	n := r.Int()
	if n < 0 || n > int64(len(r.rest)) {
		r.Fail()
		return 0
	}
	return int(n)
}
