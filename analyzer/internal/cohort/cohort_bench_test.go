package cohort

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// benchPatients is more than the caches of a core hold.
const benchPatients = 200_000

func benchIDs(order []int) (bytes []byte, offsets []int32) {
	offsets = append(offsets, 0)
	for _, i := range order {
		bytes = fmt.Appendf(bytes, "%016x", uint64(i)*0x9e3779b97f4a7c15)
		offsets = append(offsets, int32(len(bytes)))
	}
	return bytes, offsets
}

// BenchmarkFindAll looks up a million ids at a time, five a patient: in the
// order of the patients, as most files come, and at random.
func BenchmarkFindAll(b *testing.B) {
	order := make([]int, benchPatients)
	for i := range order {
		order[i] = i
	}
	bytes, offsets := benchIDs(order)
	s := Segment{IDs: bytes, Practice: make([]int32, benchPatients)}
	for _, end := range offsets[1:] {
		s.Ends = append(s.Ends, uint32(end))
	}
	x, _, _ := BuildIDs([]Segment{s}, 1)
	five := make([]int, 0, 5*benchPatients)
	for i := range 5 * benchPatients {
		five = append(five, i/5)
	}
	for _, name := range []string{"in order", "at random"} {
		if name == "at random" {
			rand.New(rand.NewPCG(1, 2)).Shuffle(len(five), func(i, j int) { five[i], five[j] = five[j], five[i] })
		}
		bytes, offsets := benchIDs(five)
		dst := make([]int32, len(five))
		b.Run(name, func(b *testing.B) {
			var t Cursor
			for b.Loop() {
				x.FindAll(dst, bytes, offsets, len(five), &t)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(five)), "ns/id")
		})
	}
}

// BenchmarkKeys adds the keys of five records a patient and finds each thrice.
func BenchmarkKeys(b *testing.B) {
	const n = 5 * benchPatients
	patients, hashes, dst := make([]int32, n), make([]uint64, n), make([]int32, n)
	for i := range n {
		patients[i] = int32(i / 5)
		hashes[i] = RowKeyOf(patients[i], uint64(i))
	}
	for b.Loop() {
		k := NewKeys(n, benchPatients)
		for i, h := range hashes {
			k.Add(patients[i], h)
		}
		for range 3 {
			k.FindAll(dst, patients, hashes, n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(4*n), "ns/key")
}

// BenchmarkRepeats counts five rows a patient, one of which repeats another.
func BenchmarkRepeats(b *testing.B) {
	const n = 5 * benchPatients
	rows, again := make([]Placed, n), make([]bool, n)
	for i := range rows {
		rows[i] = Placed{uint64(i / 5), DigestOf(mix(uint64(i - i%5 + i%4)))}
	}
	for b.Loop() {
		var r Repeats
		for first := 0; first < n; first += 256 {
			r.AddAll(rows[first:min(first+256, n)], again)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}
