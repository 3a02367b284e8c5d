package kernel

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSameValuesAndLeast(t *testing.T) {
	require.True(t, OneValue(nil))
	for n := 1; n < 200; n++ {
		v := make([]int32, n)
		require.True(t, OneValue(v))
		require.Zero(t, Least(v))
		for i := range v {
			w := slices.Clone(v)
			require.True(t, SameValues(v, w))
			w[i] = 7
			require.False(t, SameValues(v, w))
			for from := 0; from < n; {
				end := RunEnd(w, from)
				require.True(t, OneValue(w[from:end]))
				require.True(t, end == n || w[end] != w[from])
				from = end
			}
			require.Equal(t, n == 1, OneValue(w))
			require.Zero(t, Least(w))
			w[i] = -7
			require.EqualValues(t, -7, Least(w))
		}
	}
}
