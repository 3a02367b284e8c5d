package kernel

import "paperlight/analyzer/bitmap"

// Bools is a vector of true, false or unknown. K has a bit where the value is
// known, and T where it is true; K nil says that all are known. T is undefined
// where K is 0, and every reader masks it.
//
// The kernels take the destination's buffers as a Bools of which both are long
// enough (K may be nil where no source has a K), and return the result, which
// uses these buffers and whose K is nil where all is known.
type Bools struct{ T, K []uint64 }

// And is Kleene's and: false where either is false, unknown where that is not
// so and either is unknown.
func And(dst, x, y Bools, n int) Bools {
	w := bitmap.Words(n)
	t, xt, yt := dst.T[:w], x.T[:w], y.T[:w]
	if x.K == nil && y.K == nil {
		for i := range t {
			t[i] = xt[i] & yt[i]
		}
		return Bools{T: t}
	}
	if x.K == nil {
		x, y, xt, yt = y, x, yt, xt
	}
	k, xk := dst.K[:w], x.K[:w]
	if y.K == nil {
		for i := range t {
			a, b, ka := xt[i], yt[i], xk[i]
			t[i], k[i] = a&b&ka, ka|^b
		}
		return Bools{t, k}
	}
	yk := y.K[:w]
	for i := range t {
		a, b, ka, kb := xt[i], yt[i], xk[i], yk[i]
		known := ka&kb | ka&^a | kb&^b
		t[i], k[i] = a&b&known, known
	}
	return Bools{t, k}
}

// Or is Kleene's or: true where either is true, unknown where that is not so
// and either is unknown.
func Or(dst, x, y Bools, n int) Bools {
	w := bitmap.Words(n)
	t, xt, yt := dst.T[:w], x.T[:w], y.T[:w]
	if x.K == nil && y.K == nil {
		for i := range t {
			t[i] = xt[i] | yt[i]
		}
		return Bools{T: t}
	}
	if x.K == nil {
		x, y, xt, yt = y, x, yt, xt
	}
	k, xk := dst.K[:w], x.K[:w]
	if y.K == nil {
		for i := range t {
			b, ka := yt[i], xk[i]
			t[i], k[i] = xt[i]&ka|b, ka|b
		}
		return Bools{t, k}
	}
	yk := y.K[:w]
	for i := range t {
		ka, kb := xk[i], yk[i]
		isTrue := xt[i]&ka | yt[i]&kb
		t[i], k[i] = isTrue, ka&kb|isTrue
	}
	return Bools{t, k}
}

// Not is true where x is false, and unknown where x is.
func Not(dst, x Bools, n int) Bools {
	w := bitmap.Words(n)
	t := dst.T[:w]
	NotBits(t, x.T, n)
	return Bools{t, copyKnown(dst.K, x.K, w)}
}

// Same is true where x and y are equal, and unknown where either is.
func Same(dst, x, y Bools, n int) Bools {
	w := bitmap.Words(n)
	// K first: dst may be x or y, and T does not depend on K.
	k := KnownBoth(dst.K, x.K, y.K, n)
	t, xt, yt := dst.T[:w], x.T[:w], y.T[:w]
	for i := range t {
		t[i] = ^(xt[i] ^ yt[i])
	}
	return Bools{t, k}
}

// If is the value of then where cond is true, of otherwise where cond is
// false, and unknown where cond is.
func If(dst, cond, then, otherwise Bools, n int) Bools {
	w := bitmap.Words(n)
	t, c, a, b := dst.T[:w], cond.T[:w], then.T[:w], otherwise.T[:w]
	if cond.K == nil && then.K == nil && otherwise.K == nil {
		for i := range t {
			t[i] = c[i]&a[i] | b[i]&^c[i]
		}
		return Bools{T: t}
	}
	k := dst.K[:w]
	for i := range t {
		chosen := c[i]
		known := knownWord(cond.K, i) & (chosen&knownWord(then.K, i) | knownWord(otherwise.K, i)&^chosen)
		t[i], k[i] = chosen&a[i]|b[i]&^chosen, known
	}
	return Bools{t, k}
}

// IsTrue sets dst where x is true; it may be x.T.
func IsTrue(dst []uint64, x Bools, n int) {
	w := bitmap.Words(n)
	if x.K == nil {
		copy(dst[:w], x.T[:w])
		return
	}
	AndBits(dst, x.T, x.K, n)
}

// IsKnown sets dst where x is known; it may be x.K.
func IsKnown(dst []uint64, x Bools, n int) {
	if x.K == nil {
		bitmap.Fill(dst, true, n)
		return
	}
	copy(dst[:bitmap.Words(n)], x.K[:bitmap.Words(n)])
}

// KnownBoth returns where both of two sources are known, for operators that
// are unknown where any argument is: nil where both are nil, else dst.
func KnownBoth(dst, a, b []uint64, n int) []uint64 {
	w := bitmap.Words(n)
	if a == nil {
		return copyKnown(dst, b, w)
	}
	if b == nil {
		return copyKnown(dst, a, w)
	}
	AndBits(dst, a, b, n)
	return dst[:w]
}

// AndBits sets dst to a and b.
func AndBits(dst, a, b []uint64, n int) {
	w := bitmap.Words(n)
	dst, a, b = dst[:w], a[:w], b[:w]
	for i := range dst {
		dst[i] = a[i] & b[i]
	}
}

// NotBits sets dst to not a.
func NotBits(dst, a []uint64, n int) {
	w := bitmap.Words(n)
	dst, a = dst[:w], a[:w]
	for i := range dst {
		dst[i] = ^a[i]
	}
}

func copyKnown(dst, k []uint64, w int) []uint64 {
	if k == nil {
		return nil
	}
	copy(dst[:w], k[:w])
	return dst[:w]
}

// knownWord returns word i of a known bitmap.
func knownWord(k []uint64, i int) uint64 {
	if k == nil {
		return bitmap.Ones
	}
	return k[i]
}
