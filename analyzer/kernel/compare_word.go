package kernel

import "math/bits"

// A word is made from the last row to the first: the borrow of an unsigned
// subtraction is the answer for a row, and adding the word to itself with that
// borrow as carry moves it in. The compiler makes of this a subtraction and an
// add-with-carry, without a branch.

// signed turns the order of signed numbers into that of unsigned ones.
const signed = 1 << 63

func integerWord[T int32 | int64](a, b *[64]T, r relation) uint64 {
	w := uint64(0)
	if r == equal {
		for i := 56; i >= 0; i -= 8 {
			p, q := (*[8]T)(a[i:]), (*[8]T)(b[i:])
			w = pushEqual(w, p[7], q[7])
			w = pushEqual(w, p[6], q[6])
			w = pushEqual(w, p[5], q[5])
			w = pushEqual(w, p[4], q[4])
			w = pushEqual(w, p[3], q[3])
			w = pushEqual(w, p[2], q[2])
			w = pushEqual(w, p[1], q[1])
			w = pushEqual(w, p[0], q[0])
		}
		return w
	}
	for i := 56; i >= 0; i -= 8 {
		p, q := (*[8]T)(a[i:]), (*[8]T)(b[i:])
		w = pushLess(w, p[7], q[7])
		w = pushLess(w, p[6], q[6])
		w = pushLess(w, p[5], q[5])
		w = pushLess(w, p[4], q[4])
		w = pushLess(w, p[3], q[3])
		w = pushLess(w, p[2], q[2])
		w = pushLess(w, p[1], q[1])
		w = pushLess(w, p[0], q[0])
	}
	return w
}

func integerConstWord[T int32 | int64](v *[64]T, c T, r relation) uint64 {
	w := uint64(0)
	switch r {
	case less:
		for i := 56; i >= 0; i -= 8 {
			p := (*[8]T)(v[i:])
			w = pushLess(w, p[7], c)
			w = pushLess(w, p[6], c)
			w = pushLess(w, p[5], c)
			w = pushLess(w, p[4], c)
			w = pushLess(w, p[3], c)
			w = pushLess(w, p[2], c)
			w = pushLess(w, p[1], c)
			w = pushLess(w, p[0], c)
		}
	case greater:
		for i := 56; i >= 0; i -= 8 {
			p := (*[8]T)(v[i:])
			w = pushLess(w, c, p[7])
			w = pushLess(w, c, p[6])
			w = pushLess(w, c, p[5])
			w = pushLess(w, c, p[4])
			w = pushLess(w, c, p[3])
			w = pushLess(w, c, p[2])
			w = pushLess(w, c, p[1])
			w = pushLess(w, c, p[0])
		}
	case equal:
		for i := 56; i >= 0; i -= 8 {
			p := (*[8]T)(v[i:])
			w = pushEqual(w, p[7], c)
			w = pushEqual(w, p[6], c)
			w = pushEqual(w, p[5], c)
			w = pushEqual(w, p[4], c)
			w = pushEqual(w, p[3], c)
			w = pushEqual(w, p[2], c)
			w = pushEqual(w, p[1], c)
			w = pushEqual(w, p[0], c)
		}
	}
	return w
}

func pushLess[T int32 | int64](w uint64, a, b T) uint64 {
	_, borrow := bits.Sub64(uint64(int64(a))^signed, uint64(int64(b))^signed, 0)
	w, _ = bits.Add64(w, w, borrow)
	return w
}

func pushEqual[T int32 | int64](w uint64, a, b T) uint64 {
	_, borrow := bits.Sub64(uint64(int64(a)^int64(b)), 1, 0)
	w, _ = bits.Add64(w, w, borrow)
	return w
}

func realWord(a, b *[64]float64, r relation) uint64 {
	w := uint64(0)
	if r == equal {
		for i := 63; i >= 0; i-- {
			w = w + w + bit(a[i] == b[i])
		}
		return w
	}
	for i := 63; i >= 0; i-- {
		w = w + w + bit(a[i] < b[i])
	}
	return w
}

func realConstWord(v *[64]float64, c float64, r relation) uint64 {
	w := uint64(0)
	switch r {
	case less:
		for i := 63; i >= 0; i-- {
			w = w + w + bit(v[i] < c)
		}
	case greater:
		for i := 63; i >= 0; i-- {
			w = w + w + bit(v[i] > c)
		}
	case equal:
		for i := 63; i >= 0; i-- {
			w = w + w + bit(v[i] == c)
		}
	}
	return w
}

// bit is 1 for true; the compiler knows this form and makes no branch of it.
func bit(b bool) uint64 {
	var x uint64
	if b {
		x = 1
	}
	return x
}
