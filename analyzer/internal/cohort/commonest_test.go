package cohort_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/internal/cohort"
)

// A line is a row of one practice: the hash of its id and two cells, 0 where null.
type line struct{ id, a, b uint64 }

// commonest finds the share with some workers, each of which foresees what the
// table must have by then.
func commonest(lines []line, limit int64, workers, column, fewest int) float64 {
	var whole *cohort.Commonest
	for w := range workers {
		c := cohort.NewCommonest(1, 2, limit)
		for i := w * len(lines) / workers; i < (w+1)*len(lines)/workers; i++ {
			if c.ExpectRows(int64(i)); c.Selects(lines[i].id) {
				copy(c.Add(0, lines[i].id), []uint64{lines[i].a, lines[i].b})
			}
		}
		if whole == nil {
			whole = c
			continue
		}
		whole.Merge(c)
	}
	whole.ExpectRows(int64(len(lines)))
	return whole.Share(0, column, fewest)
}

// linesOf returns lines of which so many have the value 7 in b; a differs, and of
// every fourth line is null.
func linesOf(n, alike int) []line {
	out := make([]line, n)
	for i := range out {
		out[i] = line{id: cohort.Combine(3, uint64(i)), a: uint64(100 + i), b: uint64(100 + i)}
		if i%4 == 0 {
			out[i].a = 0
		}
		if i < alike {
			out[i].b = 7
		}
	}
	return out
}

func TestTheCommonestValue(t *testing.T) {
	for _, c := range []struct {
		name           string
		n, alike       int
		column, fewest int
		want           float64
	}{
		{"no rows", 0, 0, 1, 0, 0},
		{"none alike", 100, 0, 1, 100, 0.01},
		{"four in ten", 100, 40, 1, 100, 0.4},
		{"the other column", 100, 40, 0, 100, 0.01},
		{"all", 100, 100, 1, 100, 1},
		{"too few rows", 99, 99, 1, 100, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, workers := range []int{1, 3} {
				require.Equal(t, c.want, commonest(linesOf(c.n, c.alike), 1000, workers, c.column, c.fewest))
			}
		})
	}
	nulls := linesOf(100, 0)
	for i := range nulls {
		nulls[i].a, nulls[i].b = 0, 0
	}
	require.Zero(t, commonest(nulls, 1000, 1, 1, 100), "an empty cell is like no other")
}

// Sampled, the share is about that of all rows, and just the same whatever the order
// and the workers.
func TestTheCommonestValueOfALargeTable(t *testing.T) {
	lines := linesOf(50_000, 20_000)
	want := commonest(lines, 4096, 1, 1, 100)
	require.InDelta(t, 0.4, want, 0.03)
	r := rand.New(rand.NewPCG(1, 2))
	for _, workers := range []int{1, 2, 7} {
		r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		require.Equal(t, want, commonest(lines, 4096, workers, 1, 100))
	}
}
