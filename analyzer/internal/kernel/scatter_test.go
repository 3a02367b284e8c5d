package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/bitmap"
)

func TestSetPlane8(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		targets := 1 + r.IntN(300)
		row := randomRows(r, n, targets)
		if r.IntN(4) == 0 {
			row, targets = nil, n
		}
		conds := make([][]uint64, 1+r.IntN(8))
		for k := range conds {
			if r.IntN(5) > 0 {
				conds[k] = randomWords(r, n)
			}
		}
		plane := randomBytes(r, targets)
		want := append([]uint8{}, plane...)
		for i := range n {
			at := i
			if row != nil {
				at = int(row[i])
			}
			for k, cond := range conds {
				if at >= 0 && cond != nil && bitmap.Has(cond, i) {
					want[at] |= 1 << k
				}
			}
		}
		SetPlane8(plane, conds, row, n)
		require.Equal(t, want, plane)
	})
}

func TestAddSaturating(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		targets := 1 + r.IntN(20)
		row, cond := randomRows(r, n, targets), randomWords(r, n)
		got8, got16 := make([]uint8, targets), make([]uint16, targets)
		want8, want16 := make([]uint8, targets), make([]uint16, targets)
		for i := range targets {
			got8[i] = math.MaxUint8 - uint8(r.IntN(20))
			got16[i] = math.MaxUint16 - uint16(r.IntN(20))
			want8[i], want16[i] = got8[i], got16[i]
		}
		for i := range n {
			if at := row[i]; at >= 0 && bitmap.Has(cond, i) {
				if want8[at] < math.MaxUint8 {
					want8[at]++
				}
				if want16[at] < math.MaxUint16 {
					want16[at]++
				}
			}
		}
		AddSaturating8(got8, cond, row, n)
		AddSaturating16(got16, cond, row, n)
		require.Equal(t, want8, got8)
		require.Equal(t, want16, got16)
	})
}

// Facts aggregated in two parts and merged are those aggregated in one.
func TestMergesEqualOnePass(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		targets := 1 + r.IntN(40)
		row, cond := randomRows(r, n, targets), randomWords(r, n)
		type facts struct {
			plane []uint8
			few   []uint8
			many  []uint16
		}
		gather := func(rows []int32) facts {
			f := facts{make([]uint8, targets), make([]uint8, targets), make([]uint16, targets)}
			SetPlane8(f.plane, [][]uint64{cond, nil, cond}, rows, n)
			for range 9 { // to reach 255
				AddSaturating(f.few, cond, rows, n)
				AddSaturating(f.many, cond, rows, n)
			}
			return f
		}
		first, second := append([]int32(nil), row...), append([]int32(nil), row...)
		for i := range row {
			if r.IntN(2) == 0 {
				first[i] = -1
			} else {
				second[i] = -1
			}
		}
		whole, a, b := gather(row), gather(first), gather(second)
		MergePlane(a.plane, b.plane)
		MergeSaturating(a.few, b.few)
		MergeSaturating(a.many, b.many)
		require.Equal(t, whole, a)
	})
}
