package cohort_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/internal/cohort"
)

func digestOf(v uint64) cohort.Digest {
	var d cohort.Digester
	d.Reset(v)
	return d.Sum()
}

// Every hash added twice passes, whoever adds it; of the others few do.
func TestFilterLetsGoOfWhatOccursOnce(t *testing.T) {
	const patients, rows, repeats = 1000, 20000, 500
	f := cohort.NewRowFilter(rows, patients)
	require.LessOrEqual(t, f.Bytes(), int64(4*rows))
	require.Equal(t, f.Bytes(), cohort.FilterBytes(rows, patients))
	of := func(v int) (patient int32, h uint64) { return int32(v % patients), cohort.Combine(3, uint64(v)) }
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for v := worker; v < rows+repeats; v += 4 {
				f.AddRow(of(v % rows))
			}
		})
	}
	group.Wait()
	passed := 0
	for v := range rows {
		twice := f.MayRepeat(of(v))
		require.True(t, twice || v >= repeats, "%d was added twice", v)
		if twice && v >= repeats {
			passed++
		}
	}
	require.Less(t, passed, rows*6/100)
	require.LessOrEqual(t, cohort.FilterBytes(1<<40, 1<<20), int64(512<<20))
	cohort.NewRowFilter(10, 0).AddRow(5, 7) // a patient beyond those foreseen
}

func TestFirstsHoldTheSmallestID(t *testing.T) {
	var r cohort.Firsts
	require.False(t, r.Before(digestOf(1), []byte("a")), "nothing was added")
	want := map[uint64]string{}
	random := rand.New(rand.NewPCG(3, 4))
	for range 20000 {
		v, id := random.Uint64N(3000), fmt.Sprintf("%x", random.Uint64N(1<<(1+random.Uint64N(40))))
		r.Add(digestOf(v), []byte(id))
		if have, ok := want[v]; !ok || id < have {
			want[v] = id
		}
	}
	for v, id := range want {
		require.False(t, r.Before(digestOf(v), []byte(id)), "no id is before the smallest, %q", id)
		require.True(t, r.Before(digestOf(v), []byte(id+"0")), "%q is before what follows it", id)
	}
	require.False(t, r.Before(digestOf(4000), []byte("z")))
	require.Positive(t, r.Bytes())
}
