//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// wide says that 32 bytes are taken in one step.
func wide() bool { return cpu.X86.HasAVX2 }

// compareWords compares as many whole words of 64 rows as it can, eight rows in
// one step, and returns how many.
func compareWords(dst []uint64, a, b []int32, n int, r relation) int {
	words := n >> 6
	if words == 0 || !wide() {
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
	if words == 0 || !wide() {
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

// collectBits makes at least one word of dst of bit 7-shift of each of 64 bytes.
//
//go:noescape
func collectBits(dst *uint64, bytes *uint64, words, shift int)
