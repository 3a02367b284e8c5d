package kernel

// Number is an element type that can be compared. Floating-point numbers
// compare as in IEEE 754: NaN is neither less than nor equal to anything, and
// -0 equals 0.
type Number interface{ int32 | int64 | float64 }

// A relation says which comparison is meant: less, greater or equal.
type relation uint8

const (
	less relation = iota
	greater
	equal
)

// Less sets dst where a < b.
func Less[T Number](dst []uint64, a, b []T, n int) { compare(dst, a, b, n, less) }

// Equal sets dst where a == b.
func Equal[T Number](dst []uint64, a, b []T, n int) { compare(dst, a, b, n, equal) }

// LessConst sets dst where v < c.
func LessConst[T Number](dst []uint64, v []T, c T, n int) { compareConst(dst, v, c, n, less) }

// GreaterConst sets dst where v > c.
func GreaterConst[T Number](dst []uint64, v []T, c T, n int) { compareConst(dst, v, c, n, greater) }

func compare[T Number](dst []uint64, a, b []T, n int, r relation) {
	switch a := any(a).(type) {
	case []int32:
		b := any(b).([]int32)
		done := compareWords(dst, a, b, n, r)
		compareIntegers(dst[done:], a[done<<6:], b[done<<6:], n-done<<6, r)
	case []int64:
		compareIntegers(dst, a, any(b).([]int64), n, r)
	case []float64:
		compareReals(dst, a, any(b).([]float64), n, r)
	}
}

func compareConst[T Number](dst []uint64, v []T, c T, n int, r relation) {
	switch v := any(v).(type) {
	case []int32:
		c := any(c).(int32)
		done := compareConstWords(dst, v, c, n, r)
		compareIntegersConst(dst[done:], v[done<<6:], c, n-done<<6, r)
	case []int64:
		compareIntegersConst(dst, v, any(c).(int64), n, r)
	case []float64:
		compareRealsConst(dst, v, any(c).(float64), n, r)
	}
}

// The four loops below differ in element type only; each takes 64 rows at a
// time and pads the last of them.

func compareIntegers[T int32 | int64](dst []uint64, a, b []T, n int, r relation) {
	whole := n >> 6
	for i := range dst[:whole] {
		dst[i] = integerWord((*[64]T)(a[i<<6:]), (*[64]T)(b[i<<6:]), r)
	}
	if n&63 != 0 {
		var x, y [64]T
		copy(x[:], a[whole<<6:n])
		copy(y[:], b[whole<<6:n])
		dst[whole] = integerWord(&x, &y, r)
	}
}

func compareIntegersConst[T int32 | int64](dst []uint64, v []T, c T, n int, r relation) {
	whole := n >> 6
	for i := range dst[:whole] {
		dst[i] = integerConstWord((*[64]T)(v[i<<6:]), c, r)
	}
	if n&63 != 0 {
		var x [64]T
		copy(x[:], v[whole<<6:n])
		dst[whole] = integerConstWord(&x, c, r)
	}
}

func compareReals(dst []uint64, a, b []float64, n int, r relation) {
	whole := n >> 6
	for i := range dst[:whole] {
		dst[i] = realWord((*[64]float64)(a[i<<6:]), (*[64]float64)(b[i<<6:]), r)
	}
	if n&63 != 0 {
		var x, y [64]float64
		copy(x[:], a[whole<<6:n])
		copy(y[:], b[whole<<6:n])
		dst[whole] = realWord(&x, &y, r)
	}
}

func compareRealsConst(dst []uint64, v []float64, c float64, n int, r relation) {
	whole := n >> 6
	for i := range dst[:whole] {
		dst[i] = realConstWord((*[64]float64)(v[i<<6:]), c, r)
	}
	if n&63 != 0 {
		var x [64]float64
		copy(x[:], v[whole<<6:n])
		dst[whole] = realConstWord(&x, c, r)
	}
}
