package cohort

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Rows by patient, at random, of no patient, and of one patient in several parts give
// the count of a map, however many workers share the parts.
func TestRecordIDsCountRepeats(t *testing.T) {
	type row struct {
		patient int32
		hash    uint64
	}
	r := rand.New(rand.NewPCG(1, 2))
	const patients = 40
	for trial := range 400 {
		var rows []row
		var want int64
		seen := map[uint64]bool{}
		scatter := trial % 4
		for p := range patients {
			for range r.IntN(30) {
				one := row{int32(p), uint64(p+1)<<32 | uint64(r.IntN(100))}
				if scatter == 2 && r.IntN(10) == 0 {
					one = row{None, uint64(r.IntN(50))}
				}
				rows = append(rows, one)
			}
		}
		if scatter == 1 {
			r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		}
		if scatter == 3 && len(rows) > 0 { // one patient's rows lie apart
			rows = append(rows, rows[r.IntN(len(rows))])
		}
		for i := range rows {
			if h := &rows[i].hash; *h != 0 {
				*h = mix(*h)
			}
			if seen[rows[i].hash] {
				want++
			}
			seen[rows[i].hash] = true
		}
		workers := []*RecordIDs{NewRecordIDs(patients), NewRecordIDs(patients), NewRecordIDs(patients)}
		for len(rows) > 0 {
			part := rows[:1+r.IntN(len(rows))]
			rows = rows[len(part):]
			w := workers[r.IntN(len(workers))]
			for len(part) > 0 {
				n := 1
				for most := 1 + r.IntN(20); n < min(most, len(part)) && part[n].patient == part[0].patient; {
					n++
				}
				var hashes []uint64
				for _, one := range part[:n] {
					hashes = append(hashes, one.hash)
				}
				w.Add(part[0].patient, hashes)
				part = part[n:]
			}
			w.EndPart()
		}
		workers[1].Merge(workers[2])
		workers[0].Merge(workers[1])
		require.Equal(t, want, workers[0].Repeated(1+trial%3), "trial %d", trial)
		if scatter == 0 || scatter == 2 {
			require.False(t, workers[0].visits.apart, "rows that come by patient are compared by patient")
		}
	}
}
