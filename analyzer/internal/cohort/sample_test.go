package cohort_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/internal/cohort"
)

// share samples the hashes with some workers, each of which foresees what the
// table must have by then, and says how many it kept.
func share(hashes []uint64, limit int64, workers int) float64 {
	var whole *cohort.Sample
	each := (len(hashes) + workers - 1) / workers
	for part := range slices.Chunk(hashes, max(1, each)) {
		s := cohort.NewSample(1, limit)
		for i, h := range part {
			if s.ExpectRows(int64(i + 1)); s.Selects(h) {
				s.Add(0, h)
			}
		}
		if whole == nil {
			whole = s
			continue
		}
		whole.Merge(s)
	}
	whole.ExpectRows(int64(len(hashes)))
	return whole.Share(0, int64(len(hashes)))
}

// hashesOf returns so many different hashes, the first of them again as often.
func hashesOf(different, again int) []uint64 {
	out := make([]uint64, 0, different+again)
	for v := range different {
		out = append(out, cohort.Combine(7, uint64(v)))
	}
	for v := range again {
		out = append(out, out[v%different])
	}
	return out
}

func TestSmallTablesAreComparedWhole(t *testing.T) {
	require.Equal(t, 0.0, share(hashesOf(100, 0), 1000, 1))
	require.Equal(t, 0.05, share(hashesOf(95, 5), 1000, 3))
	require.Equal(t, 0.99, share(hashesOf(1, 99), 1000, 2))
	require.Equal(t, 0.0, cohort.NewSample(1, 10).Share(0, 0))
	require.Equal(t, 0.5, share(append(hashesOf(1, 0), make([]uint64, 3)...), 1000, 1), "a hash of zero is one like any other")
}

// Sampled or not, the share is about that of all rows, and just the same
// whatever the order and the workers.
func TestSharesOfLargeTables(t *testing.T) {
	for _, c := range []struct {
		name             string
		different, again int
		limit            int64
	}{
		{"nothing repeats", 100_000, 0, 5000}, {"one in twenty", 95_000, 5000, 20_000}, {"one in ten", 90_000, 10_000, 20_000}, {"all twice", 50_000, 50_000, 5000},
	} {
		t.Run(c.name, func(t *testing.T) {
			hashes := hashesOf(c.different, c.again)
			first := share(hashes, c.limit, 1)
			want := float64(c.again) / float64(len(hashes))
			require.InDelta(t, want, first, 0.01)
			if c.again == 0 {
				require.Zero(t, first)
			}
			r := rand.New(rand.NewPCG(1, 2))
			for _, workers := range []int{1, 2, 3, 7, 1000} {
				r.Shuffle(len(hashes), func(i, j int) { hashes[i], hashes[j] = hashes[j], hashes[i] })
				require.Equal(t, first, share(hashes, c.limit, workers), "%d workers", workers)
			}
		})
	}
}

// One row that stands a great many times is of the sample with all its
// copies or not at all. Either way it is seen.
func TestOneRowManyTimesIsSeen(t *testing.T) {
	for lump := range 40 {
		hashes := hashesOf(80_000, 0)
		for range 20_000 {
			hashes = append(hashes, hashes[lump])
		}
		require.Greater(t, share(hashes, 10_000, 2), 0.1)
	}
}

func TestAWorkerThatForeseesTheRowsKeepsNoMore(t *testing.T) {
	s := cohort.NewSample(1, 1000)
	s.ExpectRows(64_000)
	require.True(t, s.Selects(64), "six bits")
	require.False(t, s.Selects(32))
	s.ExpectRows(10)
	require.False(t, s.Selects(32), "what is foreseen once is foreseen")
}

func TestSamplesMergeWhateverEachForesaw(t *testing.T) {
	for _, foreseen := range [][2]int64{{64_000, 1}, {1, 64_000}} {
		a, b := cohort.NewSample(1, 1000), cohort.NewSample(1, 1000)
		for i, s := range []*cohort.Sample{a, b} {
			s.Add(0, 64)
			s.Add(0, 1)
			s.ExpectRows(foreseen[i])
		}
		a.Merge(b)
		require.Equal(t, 0.5, a.Share(0, 100), "of the two that end in zeros one repeats the other")
	}
}
