package kernel

import (
	"math/bits"
	"unsafe"

	"paperlight/analyzer/bitmap"
)

// A word is made from the last row to the first: the carry of an addition or
// the borrow of a subtraction is the answer for a row, and adding the word to
// itself with that carry moves it in. The compiler makes of this an addition
// and an add-with-carry, without a branch.

// signed turns the order of signed numbers into that of unsigned ones.
const signed = 1 << 63

func pushLess[T int32 | int64](w uint64, a, b T) uint64 {
	var carry uint64
	if unsafe.Sizeof(a) == 4 {
		// The difference of 32 bits cannot overflow 64: its sign is the answer.
		difference := uint64(int64(a) - int64(b))
		_, carry = bits.Add64(difference, difference, 0)
	} else {
		_, carry = bits.Sub64(uint64(int64(a))^signed, uint64(int64(b))^signed, 0)
	}
	w, _ = bits.Add64(w, w, carry)
	return w
}

func pushEqual[T int32 | int64](w uint64, a, b T) uint64 {
	_, borrow := bits.Sub64(uint64(int64(a)^int64(b)), 1, 0)
	w, _ = bits.Add64(w, w, borrow)
	return w
}

func integerWord[T int32 | int64](a, b *[64]T, r relation) uint64 {
	w := uint64(0)
	if r == equal {
		for k := 63; k >= 7; k -= 8 {
			w = pushEqual(w, a[k], b[k])
			w = pushEqual(w, a[k-1], b[k-1])
			w = pushEqual(w, a[k-2], b[k-2])
			w = pushEqual(w, a[k-3], b[k-3])
			w = pushEqual(w, a[k-4], b[k-4])
			w = pushEqual(w, a[k-5], b[k-5])
			w = pushEqual(w, a[k-6], b[k-6])
			w = pushEqual(w, a[k-7], b[k-7])
		}
		return w
	}
	for k := 63; k >= 7; k -= 8 {
		w = pushLess(w, a[k], b[k])
		w = pushLess(w, a[k-1], b[k-1])
		w = pushLess(w, a[k-2], b[k-2])
		w = pushLess(w, a[k-3], b[k-3])
		w = pushLess(w, a[k-4], b[k-4])
		w = pushLess(w, a[k-5], b[k-5])
		w = pushLess(w, a[k-6], b[k-6])
		w = pushLess(w, a[k-7], b[k-7])
	}
	return w
}

func integerConstWord[T int32 | int64](v *[64]T, c T, r relation) uint64 {
	w := uint64(0)
	switch r {
	case less:
		for k := 63; k >= 7; k -= 8 {
			w = pushLess(w, v[k], c)
			w = pushLess(w, v[k-1], c)
			w = pushLess(w, v[k-2], c)
			w = pushLess(w, v[k-3], c)
			w = pushLess(w, v[k-4], c)
			w = pushLess(w, v[k-5], c)
			w = pushLess(w, v[k-6], c)
			w = pushLess(w, v[k-7], c)
		}
	case greater:
		for k := 63; k >= 7; k -= 8 {
			w = pushLess(w, c, v[k])
			w = pushLess(w, c, v[k-1])
			w = pushLess(w, c, v[k-2])
			w = pushLess(w, c, v[k-3])
			w = pushLess(w, c, v[k-4])
			w = pushLess(w, c, v[k-5])
			w = pushLess(w, c, v[k-6])
			w = pushLess(w, c, v[k-7])
		}
	case equal:
		for k := 63; k >= 7; k -= 8 {
			w = pushEqual(w, v[k], c)
			w = pushEqual(w, v[k-1], c)
			w = pushEqual(w, v[k-2], c)
			w = pushEqual(w, v[k-3], c)
			w = pushEqual(w, v[k-4], c)
			w = pushEqual(w, v[k-5], c)
			w = pushEqual(w, v[k-6], c)
			w = pushEqual(w, v[k-7], c)
		}
	}
	return w
}

func realWord(a, b *[64]float64, r relation) uint64 {
	w := uint64(0)
	if r == equal {
		for i := 63; i >= 0; i-- {
			w = w + w + bitmap.Of(a[i] == b[i])
		}
		return w
	}
	for i := 63; i >= 0; i-- {
		w = w + w + bitmap.Of(a[i] < b[i])
	}
	return w
}

func realConstWord(v *[64]float64, c float64, r relation) uint64 {
	w := uint64(0)
	switch r {
	case less:
		for i := 63; i >= 0; i-- {
			w = w + w + bitmap.Of(v[i] < c)
		}
	case greater:
		for i := 63; i >= 0; i-- {
			w = w + w + bitmap.Of(v[i] > c)
		}
	case equal:
		for i := 63; i >= 0; i-- {
			w = w + w + bitmap.Of(v[i] == c)
		}
	}
	return w
}
