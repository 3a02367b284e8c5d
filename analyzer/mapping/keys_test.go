package mapping

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKeysAreNumberedAsTheyCome(t *testing.T) {
	var s keySet
	require.EqualValues(t, -1, s.find([]byte("a key")), "of an empty set")
	numbers := map[string]int32{}
	for i := range 20000 {
		key := fmt.Sprint(i * i % 7919)
		want, have := numbers[key]
		if !have {
			want = int32(len(numbers))
			numbers[key] = want
		}
		number, added := s.add(s.hash([]byte(key)))
		require.Equal(t, want, number)
		require.Equal(t, !have, added)
	}
	for key, number := range numbers {
		require.Equal(t, number, s.find([]byte(key)))
	}
	require.EqualValues(t, -1, s.find([]byte("7919")))
	require.Equal(t, len(numbers), s.len())
	other := keySet{seed: 2}
	require.NotEqual(t, s.hash([]byte("a key")), other.hash([]byte("a key")), "each run has a seed of its own")
}
