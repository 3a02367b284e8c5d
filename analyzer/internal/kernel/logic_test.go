package kernel

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/bitmap"
)

func TestLogicIsKleenes(t *testing.T) {
	not := func(x truth) truth { return isTrue - x }
	both := map[string]struct {
		kernel func(dst, x, y Bools, n int) Bools
		truth  func(x, y truth) truth
	}{
		"and": {And, func(x, y truth) truth { return min(x, y) }},
		"or":  {Or, func(x, y truth) truth { return max(x, y) }},
		"not": {func(dst, x, _ Bools, n int) Bools { return Not(dst, x, n) }, func(x, _ truth) truth { return not(x) }},
		"same": {Same, func(x, y truth) truth {
			if x == isUnknown || y == isUnknown {
				return isUnknown
			}
			return truthOf(x == y)
		}},
	}
	for name, op := range both {
		t.Run(name, func(t *testing.T) {
			sizes(t, func(t *testing.T, r *rand.Rand, n int) {
				x, y := randomBools(r, n), randomBools(r, n)
				want := make([]truth, n)
				for i := range want {
					want[i] = op.truth(x.at(i), y.at(i))
				}
				got := op.kernel(buffers(r, n), x, y, n)
				requireTruths(t, want, got)
				if x.K == nil && (y.K == nil || name == "not") {
					require.Nil(t, got.K)
				}
				// In place, over either source.
				inX := clone(x)
				if inX.K == nil {
					inX.K = randomBits(r, n)
				}
				requireTruths(t, want, op.kernel(inX, Bools{inX.T, sameIfKnown(x, inX)}, y, n))
				inY := clone(y)
				if inY.K == nil {
					inY.K = randomBits(r, n)
				}
				requireTruths(t, want, op.kernel(inY, x, Bools{inY.T, sameIfKnown(y, inY)}, n))
			})
		})
	}
}

// sameIfKnown gives the copy's K to a source that had one.
func sameIfKnown(source, copied Bools) []uint64 {
	if source.K == nil {
		return nil
	}
	return copied.K
}

func clone(x Bools) Bools {
	c := Bools{T: append([]uint64(nil), x.T...)}
	if x.K != nil {
		c.K = append([]uint64(nil), x.K...)
	}
	return c
}

func TestIf(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		c, a, b := randomBools(r, n), randomBools(r, n), randomBools(r, n)
		want := make([]truth, n)
		for i := range want {
			switch c.at(i) {
			case isTrue:
				want[i] = a.at(i)
			case isFalse:
				want[i] = b.at(i)
			default:
				want[i] = isUnknown
			}
		}
		got := If(buffers(r, n), c, a, b, n)
		requireTruths(t, want, got)
		require.Equal(t, c.K == nil && a.K == nil && b.K == nil, got.K == nil)
	})
}

func TestIsTrueIsKnownUnknown(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		x, y := randomBools(r, n), randomBools(r, n)
		trueBits, knownBits := randomBits(r, n), randomBits(r, n)
		IsTrue(trueBits, x, n)
		IsKnown(knownBits, x, n)
		known := KnownBoth(randomBits(r, n), x.K, y.K, n)
		for i := range n {
			require.Equal(t, x.at(i) == isTrue, bitmap.Has(trueBits, i))
			require.Equal(t, x.at(i) != isUnknown, bitmap.Has(knownBits, i))
			require.Equal(t, x.at(i) != isUnknown && y.at(i) != isUnknown, bitmap.Known(known, i))
		}
		require.Equal(t, x.K == nil && y.K == nil, known == nil)
	})
}

func TestAndBits(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		a, b := randomWords(r, n), randomWords(r, n)
		got := randomBits(r, n)
		AndBits(got, a, b, n)
		for i := range n {
			require.Equal(t, bitmap.Has(a, i) && bitmap.Has(b, i), bitmap.Has(got, i))
		}
	})
}

func requireTruths(t *testing.T, want []truth, got Bools) {
	t.Helper()
	for i, w := range want {
		if got.at(i) != w {
			require.Equal(t, w, got.at(i), "row %d of %d", i, len(want))
		}
	}
}
