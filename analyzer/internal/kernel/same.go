package kernel

import (
	"bytes"
	"unsafe"
)

// OneValue says that all numbers are equal.
func OneValue(v []int32) bool {
	return len(v) < 2 || v[0] == v[len(v)-1] && SameValues(v[1:], v[:len(v)-1])
}

// RunEnd is where the run of equal numbers that begins at from ends.
func RunEnd(v []int32, from int) int {
	if from == 0 && OneValue(v) {
		return len(v)
	}
	end := from + 1
	for end < len(v) && v[end] == v[from] {
		end++
	}
	return end
}

// SameValues says that a and b, of one length, hold the same numbers.
func SameValues(a, b []int32) bool { return bytes.Equal(memory(a), memory(b)) }

// memory is the numbers as they lie in memory: the standard library compares
// bytes many at a time.
func memory(v []int32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), 4*len(v))
}

// Least returns the least of the numbers and of 0.
func Least(v []int32) int32 {
	var a, b, c, d int32
	i := 0
	for ; i+4 <= len(v); i += 4 {
		a, b, c, d = min(a, v[i]), min(b, v[i+1]), min(c, v[i+2]), min(d, v[i+3])
	}
	for ; i < len(v); i++ {
		a = min(a, v[i])
	}
	return min(a, b, c, d)
}
