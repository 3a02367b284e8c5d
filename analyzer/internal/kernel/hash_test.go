package kernel

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHashText(t *testing.T) {
	const key = 42
	seen64, seen128 := map[uint64]bool{}, map[[2]uint64]bool{}
	offsets, bytes := []int32{0}, []byte(nil)
	for i := range 2000 {
		bytes = fmt.Appendf(bytes, "patient %d", i)
		offsets = append(offsets, int32(len(bytes)))
	}
	hashes := make([]uint64, 2000)
	HashEntries(hashes, offsets, bytes, key)
	other := make([]uint64, 2000)
	HashEntries(other, offsets, bytes, key+1)
	for e := range hashes {
		text := bytes[offsets[e]:offsets[e+1]]
		require.Equal(t, HashText64(text, key), hashes[e])
		require.NotEqual(t, other[e], hashes[e], "the key makes no difference")
		hi, lo := HashText128(text, key)
		require.False(t, seen64[hashes[e]] || seen128[[2]uint64{hi, lo}])
		seen64[hashes[e]], seen128[[2]uint64{hi, lo}] = true, true
	}
	HashEntries(nil, nil, nil, key)
}
