package cohort

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// An id of 16 bytes is its own key. Ids that share a half must stay apart where
// they are compared, in a table so crowded that searches pass many others.
func TestIDsThatShareHalfTheirBytes(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 8))
	const halves = 64
	lows, highs := make([]uint64, halves), make([]uint64, halves)
	for i := range halves {
		lows[i], highs[i] = random.Uint64(), random.Uint64()
	}
	id := func(low, high int) string {
		return string(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, lows[low]), highs[high]))
	}
	var people []person
	for low := range halves {
		for high := range halves {
			if (low+high)%2 == 0 { // each half is of many ids, and as many are not there
				people = append(people, person{id(low, high), int32(low % 3)})
			}
		}
	}
	shared := people[17]
	people = append(people, person{shared.id, shared.practice + 1}, person{id(3, 3), 0}, person{id(3, 3), 0})
	x, ambiguous, _ := BuildIDs([]Segment{segment(0, people...)}, 2)
	require.Len(t, ambiguous, 3, "one practice, one id, three rows")
	want := map[string]int32{}
	for number, p := range people {
		if _, again := want[p.id]; again {
			want[p.id] = Several
			continue
		}
		want[p.id] = int32(number)
	}
	found, absent := 0, 0
	for low := range halves {
		for high := range halves {
			number, there := want[id(low, high)]
			if !there {
				absent++
				number = None
			} else {
				found++
			}
			require.Equal(t, number, x.Find([]byte(id(low, high))), "halves %d and %d", low, high)
		}
	}
	require.Equal(t, []int{halves * halves / 2, halves * halves / 2}, []int{found, absent})
	require.EqualValues(t, 17, x.FindIn([]byte(shared.id), shared.practice))
	require.EqualValues(t, halves*halves/2, x.FindIn([]byte(shared.id), shared.practice+1))
	require.Equal(t, None, x.FindIn([]byte(shared.id), shared.practice+2))
}

// Ids that differ in four of their bytes, and ids made to have one hash, and so
// one home in the table: nothing but the comparison of whole keys tells them
// apart.
func TestIDsThatAreAlike(t *testing.T) {
	const patients = 2000
	of := func(lo, hi uint64) []byte {
		return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, lo), hi)
	}
	for says, id := range map[string]func(i uint64) []byte{
		"bytes 0 to 3 differ":   func(i uint64) []byte { return of(5<<32|i, 7<<32|6) },
		"bytes 4 to 7 differ":   func(i uint64) []byte { return of(i<<32|5, 7<<32|6) },
		"bytes 8 to 11 differ":  func(i uint64) []byte { return of(6<<32|5, 7<<32|i) },
		"bytes 12 to 15 differ": func(i uint64) []byte { return of(6<<32|5, i<<32|7) },
		"short and long ids": func(i uint64) []byte {
			if i%2 == 0 {
				return fmt.Appendf(nil, "p%d", i)
			}
			return of(5, i)
		},
		"one hash": func(i uint64) []byte { return of(i%300, bits.RotateLeft64(i%300^i/300, -29)) },
	} {
		t.Run(says, func(t *testing.T) {
			var people []person
			for i := range uint64(patients) {
				people = append(people, person{string(id(i)), 0})
			}
			x, ambiguous, repeated := BuildIDs([]Segment{segment(0, people...)}, 1)
			require.Empty(t, ambiguous)
			require.Zero(t, repeated)
			for i := range uint64(2 * patients) {
				want := None
				if i < patients {
					want = int32(i)
				}
				require.Equal(t, want, x.Find(id(i)), "id %d", i)
			}
		})
	}
}

// Keys of one slot, which share half their bits, stay apart.
func TestKeysThatAreAlike(t *testing.T) {
	const n, patients = 500, 300 // more than a division of patients
	for says, hash := range map[string]func(i int) uint64{
		"high halves differ": func(i int) uint64 { return uint64(i)<<32 | 9 },
		"low halves differ":  func(i int) uint64 { return 9<<32 | uint64(i) },
	} {
		t.Run(says, func(t *testing.T) {
			var k Keys
			for i := range n {
				entry, added := k.Add(int32(i%patients), hash(i))
				require.True(t, added, "key %d", i)
				require.EqualValues(t, i, entry)
			}
			owners, hashes, found := make([]int32, 2*n), make([]uint64, 2*n), make([]int32, 2*n)
			for i := range 2 * n {
				owners[i], hashes[i] = int32(i%patients), hash(i)
			}
			k.FindAll(found, owners, hashes, 2*n)
			for i := range 2 * n {
				want := None
				if i < n {
					want = int32(i)
				}
				require.Equal(t, want, k.Find(owners[i], hashes[i]), "key %d", i)
				require.Equal(t, want, found[i], "key %d", i)
			}
		})
	}
}
