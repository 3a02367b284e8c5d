package cohort

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

type person struct {
	id       string
	practice int32
}

func segment(first int32, people ...person) Segment {
	s := Segment{First: first}
	for _, p := range people {
		s.IDs = append(s.IDs, p.id...)
		s.Ends = append(s.Ends, uint32(len(s.IDs)))
		s.Practice = append(s.Practice, p.practice)
	}
	return s
}

func TestIDsLeadToPatients(t *testing.T) {
	segments := []Segment{
		segment(0, person{"ann", 0}, person{"", 0}, person{"bob", 0}, person{"0123456789abcdef", 0}),
		segment(64, person{"bob", 1}, person{"cat", 1}, person{"dan", 1}, person{"dan", 1}, person{"dan", 1}, person{"dan", 0}),
	}
	for _, jobs := range []int{1, 2} {
		x, ambiguous, repeated := BuildIDs(segments, jobs)
		require.Equal(t, 2, repeated)
		require.Equal(t, []int32{66, 67, 68}, ambiguous, "one practice, one id, three rows")
		require.EqualValues(t, 0, x.Find([]byte("ann")))
		require.EqualValues(t, 3, x.Find([]byte("0123456789abcdef")))
		require.EqualValues(t, 65, x.Find([]byte("cat")))
		require.Equal(t, Several, x.Find([]byte("bob")))
		require.EqualValues(t, 2, x.FindIn([]byte("bob"), 0))
		require.EqualValues(t, 64, x.FindIn([]byte("bob"), 1))
		require.Equal(t, None, x.FindIn([]byte("bob"), 2))
		require.Equal(t, Several, x.Find([]byte("dan")))
		require.Equal(t, None, x.FindIn([]byte("dan"), 1), "ambiguous")
		require.EqualValues(t, 69, x.FindIn([]byte("dan"), 0))
		require.Equal(t, None, x.Find([]byte("eve")))
	}
}

func TestFindAllAgreesWithFind(t *testing.T) {
	var people []person
	for i := range 5000 {
		people = append(people, person{fmt.Sprintf("p%d", i*i%4001), int32(i % 3)})
	}
	for i := range 20_000 {
		people = append(people, person{fmt.Sprintf("q%d", i), 3})
	}
	first := segment(0, people[:7000]...)
	x, _, _ := BuildIDs([]Segment{first, segment(7040, people[7000:]...)}, 2)
	random := rand.New(rand.NewPCG(3, 4))
	for name, id := range map[string]func(i int) string{
		"anywhere":           func(i int) string { return fmt.Sprintf("p%d", i*7%4100) },
		"in order":           func(i int) string { return fmt.Sprintf("q%d", i) },
		"some left out":      func(i int) string { return fmt.Sprintf("q%d", i*3) },
		"in order, then not": func(i int) string { return fmt.Sprintf("q%d", max(i, i*(i/1000))%20_100) },
		"not, then in order": func(i int) string { return fmt.Sprintf("q%d", max(i, (3000-i)*i*i)%20_100) },
		"in order, now and then another": func(i int) string {
			if random.IntN(4) == 0 {
				return fmt.Sprintf("%c%d", 'p'+random.IntN(3), random.IntN(21_000))
			}
			return fmt.Sprintf("q%d", i)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var cursor Cursor
			for first := 0; first < 6000; first += 1500 { // batches share a cursor
				var ids []byte
				offsets := []int32{0}
				for i := first; i < first+1500; i++ {
					s := id(i)
					for range i%3 + 1 {
						ids = append(ids, s...)
						offsets = append(offsets, int32(len(ids)))
					}
				}
				got := make([]int32, len(offsets)-1)
				x.FindAll(got, ids, offsets, len(got), &cursor)
				for i, number := range got {
					require.Equal(t, x.Find(ids[offsets[i]:offsets[i+1]]), number, "row %d", i)
				}
			}
		})
	}
}

func TestKeysNumberInOrder(t *testing.T) {
	var k Keys
	require.Equal(t, None, k.Find(0, 7))
	patient := func(i int) int32 { return int32(i * i % 5003) }
	key := func(i int) uint64 { return RowKey(patient(i), fmt.Append(nil, i)) }
	const n = 100_000 // more than a chunk
	for i := range n {
		entry, added := k.Add(patient(i), key(i))
		require.True(t, added)
		require.EqualValues(t, i, entry)
	}
	entry, added := k.Add(patient(9), key(9))
	require.False(t, added)
	require.EqualValues(t, 9, entry)
	require.Equal(t, n, k.Len())
	require.Equal(t, None, k.Find(patient(n), key(n)))
	require.Equal(t, None, k.Find(1_000_000, key(9)), "of another patient")
	patients, hashes, found := make([]int32, n+50), make([]uint64, n+50), make([]int32, n+50)
	for i := range patients {
		patients[i], hashes[i] = patient(i), key(i)
	}
	patients[77] = -1
	k.FindAll(found, patients, hashes, len(hashes))
	for i := range patients {
		want := k.Find(patient(i), hashes[i])
		if i == 77 {
			want = None
		}
		require.Equal(t, want, found[i])
	}
	require.NotEqual(t, RowKey(1, []byte("a")), RowKey(2, []byte("a")))
}

func TestRepeatsCountToTwo(t *testing.T) {
	var r Repeats
	var d Digester
	sum := func(owner uint64, texts ...string) Digest {
		d.Reset(owner)
		for _, s := range texts {
			d.Text([]byte(s))
		}
		return d.Sum()
	}
	add := func(place uint64, d Digest) bool {
		again := make([]bool, 1)
		r.AddAll([]Placed{{place, d}}, again)
		return again[0]
	}
	count := func(place uint64, d Digest) uint8 {
		times := []uint8{9}
		r.CountAll([]Placed{{place, d}}, times)
		return times[0]
	}
	require.Zero(t, count(0, sum(1, "a")))
	var rows []Placed
	for i := range 3000 {
		rows = append(rows, Placed{uint64(i * 50), sum(uint64(i), "a", "b")})
	}
	again, times := make([]bool, len(rows)), make([]uint8, len(rows))
	r.AddAll(rows, again)
	require.NotContains(t, again, true)
	r.CountAll(rows, times)
	for i, n := range times {
		require.EqualValues(t, 1, n, "row %d", i)
	}
	require.True(t, add(250, sum(5, "a", "b")))
	require.True(t, add(250, sum(5, "a", "b")))
	require.EqualValues(t, 2, count(250, sum(5, "a", "b")))
	require.EqualValues(t, 1, count(300, sum(6, "a", "b")))
	require.Zero(t, count(300, sum(6, "ab", "")), "texts do not run together")
	require.Zero(t, count(300, sum(5, "a", "b")), "of another place")
	require.Positive(t, r.Bytes())
}

func TestRepeatedCountsWhatAnEqualOnePrecedes(t *testing.T) {
	for _, n := range []int{0, 3, 1000, 50000} {
		var hashes []uint64
		seen, want := map[uint64]bool{}, int64(0)
		for i := range n {
			h := mix(uint64(i * i % (n/2 + 1))) // zero is among them
			if seen[h] {
				want++
			}
			seen[h] = true
			hashes = append(hashes, h)
		}
		require.Equal(t, want, Repeated(hashes), "%d hashes", n)
	}
}
