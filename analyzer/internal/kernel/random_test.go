package kernel

import (
	"math/rand/v2"
	"testing"

	"paperlight/analyzer/bitmap"
)

// sizes runs f over many lengths, with its own generator: short ones around
// words, and some around what kernels take at once: 1,024 rows and 4,096 of
// them, a part, a whole and several.
func sizes(t *testing.T, f func(t *testing.T, r *rand.Rand, n int)) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 7, 8, 63, 64, 65, 127, 128, 129, 192, 256, 300} {
		f(t, r, n)
	}
	for range 150 {
		f(t, r, r.IntN(301))
	}
	for _, piece := range []int{1024, 4096} {
		for _, n := range []int{piece - 1, piece, piece + 1, piece + 64 + r.IntN(64), 2 * piece, 2*piece + r.IntN(piece), 3*piece - 1, 3*piece + 65} {
			f(t, r, n)
		}
	}
}

// randomWords makes a bitmap of n rows and some padding; tail bits are random.
func randomWords(r *rand.Rand, n int) []uint64 {
	b := make([]uint64, bitmap.Words(n)+r.IntN(2))
	mode := r.IntN(5)
	for i := range b {
		switch x := r.Uint64(); mode {
		case 0:
			b[i] = x & r.Uint64() & r.Uint64() & r.Uint64() // sparse
		case 1:
			b[i] = x | r.Uint64() | r.Uint64() | r.Uint64() // dense
		case 2:
			b[i] = []uint64{0, bitmap.Ones}[r.IntN(2)]
		default:
			b[i] = x
		}
	}
	return b
}

// randomBools is all known half of the time; T is random under K = 0.
func randomBools(r *rand.Rand, n int) Bools {
	x := Bools{T: randomWords(r, n)}
	if r.IntN(2) == 0 {
		x.K = randomWords(r, n)
	}
	return x
}

// buffers are full of rubbish.
func buffers(r *rand.Rand, n int) Bools {
	return Bools{T: randomBits(r, n), K: randomBits(r, n)}
}

func randomBits(r *rand.Rand, n int) []uint64 {
	b := make([]uint64, bitmap.Words(n)+1)
	for i := range b {
		b[i] = r.Uint64()
	}
	return b
}

// A truth is false, unknown or true, so that Kleene's and is the least and his
// or the greatest.
type truth int8

const (
	isFalse truth = iota
	isUnknown
	isTrue
)

func truthOf(b bool) truth {
	if b {
		return isTrue
	}
	return isFalse
}

// at reads row i, the slow way.
func (x Bools) at(i int) truth {
	if !bitmap.Known(x.K, i) {
		return isUnknown
	}
	return truthOf(bitmap.Has(x.T, i))
}

func randomIndex(r *rand.Rand, n, entries int) []int32 {
	index := make([]int32, n+r.IntN(3))
	for i := range index {
		index[i] = int32(r.IntN(entries))
	}
	return index
}

// randomRows are targets of a scatter; some are -1, and some rows follow each
// other to one target.
func randomRows(r *rand.Rand, n, targets int) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		switch r.IntN(4) {
		case 0:
			rows[i] = -1
		case 1:
			if i > 0 {
				rows[i] = rows[i-1]
			}
		default:
			rows[i] = int32(r.IntN(targets))
		}
	}
	return rows
}

func randomBytes(r *rand.Rand, n int) []uint8 {
	b := make([]uint8, n)
	for i := range b {
		b[i] = uint8(r.Uint32())
	}
	return b
}
