package vector

import "unsafe"

// Text views bytes as a string without copying; they must never change.
func Text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Grow lengthens s to n elements, doubling what it must allocate.
func Grow[T any](s []T, n int) []T {
	if n <= cap(s) {
		if n > len(s) {
			old := len(s)
			s = s[:n]
			clear(s[old:])
		}
		return s
	}
	size := n
	if len(s) > 0 {
		size = max(n, 2*len(s))
	}
	out := make([]T, n, size)
	copy(out, s)
	return out
}
