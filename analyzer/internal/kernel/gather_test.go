package kernel

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/bitmap"
)

func TestTransposes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		x := r.Uint64()
		y := transposeBits(x)
		var before, after [8]uint64
		for row := range 8 {
			before[row] = r.Uint64()
			for column := range 8 {
				require.Equal(t, x>>(8*row+column)&1, y>>(8*column+row)&1)
			}
		}
		after = before
		transposeBytes(&after)
		for row := range 8 {
			for column := range 8 {
				require.Equal(t, uint8(before[row]>>(8*column)), uint8(after[column]>>(8*row)))
			}
		}
	}
}

func TestGather(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		entries := 1 + r.IntN(300)
		plane := randomBytes(r, max(entries, n))
		days := make([]int32, max(entries, n))
		for i := range days {
			days[i] = int32(r.Uint32())
		}
		index := randomIndex(r, n, entries)
		if r.IntN(4) == 0 {
			index = nil
		}
		at := func(i int) int {
			if index == nil {
				return i
			}
			return int(index[i])
		}
		gotDays := make([]int32, n)
		gotPlanes := make([][]uint64, 1+r.IntN(8))
		for k := range gotPlanes {
			if r.IntN(5) > 0 {
				gotPlanes[k] = randomBits(r, n)
			}
		}
		Gather(gotDays, days, index, n)
		GatherPlane8(gotPlanes, plane, index, n)
		for i := range n {
			require.Equal(t, days[at(i)], gotDays[i])
			for k, bits := range gotPlanes {
				if bits != nil {
					require.Equal(t, plane[at(i)]>>k&1 != 0, bitmap.Has(bits, i), "plane %d row %d", k, i)
				}
			}
		}
	})
}

// An index outside its table must stop the run, not read what lies beside.
func TestGatherChecksIndexes(t *testing.T) {
	index := make([]int32, 64)
	for _, bad := range []int32{-1, 10} {
		index[63] = bad
		for _, n := range []int{64, 65} {
			index := append(index, bad)
			require.Panics(t, func() { Gather(make([]int64, n), make([]int64, 10), index, n) })
			require.Panics(t, func() { GatherPlane8([][]uint64{make([]uint64, 2)}, make([]uint8, 10), index, n) })
		}
	}
}
