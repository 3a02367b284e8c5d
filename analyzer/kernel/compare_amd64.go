//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// compareWords compares as many whole words of 64 rows as it can, eight rows in
// one step, and returns how many.
func compareWords(dst []uint64, a, b []int32, n int, r relation) int {
	words := n >> 6
	if words == 0 || !cpu.X86.HasAVX2 {
		return 0
	}
	to, x, y := &dst[:words][0], &a[:n][0], &b[:n][0]
	switch r {
	case less:
		greaterWords(to, y, x, words)
	case greater:
		greaterWords(to, x, y, words)
	default:
		equalWords(to, x, y, words)
	}
	return words
}

// compareConstWords is compareWords with a constant.
func compareConstWords(dst []uint64, v []int32, c int32, n int, r relation) int {
	words := n >> 6
	if words == 0 || !cpu.X86.HasAVX2 {
		return 0
	}
	to, x := &dst[:words][0], &v[:n][0]
	switch r {
	case less:
		belowWords(to, x, c, words)
	case greater:
		aboveWords(to, x, c, words)
	default:
		sameWords(to, x, c, words)
	}
	return words
}

// Each fills at least one word of dst: where a is greater than b, equals it;
// where v is greater than c, less than it, equals it.

//go:noescape
func greaterWords(dst *uint64, a, b *int32, words int)

//go:noescape
func equalWords(dst *uint64, a, b *int32, words int)

//go:noescape
func aboveWords(dst *uint64, v *int32, c int32, words int)

//go:noescape
func belowWords(dst *uint64, v *int32, c int32, words int)

//go:noescape
func sameWords(dst *uint64, v *int32, c int32, words int)
