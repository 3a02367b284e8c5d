package cohort

import "math"

// A Sample finds which share of the rows of each practice repeats another row,
// from the hashes of the values that are compared. Of a table of many rows it
// selects only the hashes that end in so many zero bits: equal rows have equal
// hashes, so that they are selected, or left out, together, and the share is that
// of all rows. How many bits depends on the number of rows alone. The same rows so
// give the same shares, whatever their order and however they are divided.
type Sample struct {
	choice
	hashes [][]uint64 // by practice
}

// A choice is of the rows whose hashes end in so many zero bits.
type choice struct {
	limit int64 // rows selected of a table, about
	zeros uint
}

// Selects says that a row of which this is the hash, or the low half of it, is
// among those chosen.
func (c *choice) Selects(hash uint64) bool { return hash&(1<<c.zeros-1) == 0 }

// zerosFor returns how many zero bits a table of so many rows asks for.
func (c *choice) zerosFor(rows int64) uint {
	zeros := c.zeros
	for rows>>zeros > c.limit {
		zeros++
	}
	return zeros
}

// NewSample returns a sample of about limit rows of all practices.
func NewSample(practices int, limit int64) *Sample {
	return &Sample{choice: choice{limit: limit}, hashes: make([][]uint64, practices)}
}

// ExpectRows tells the sample that the table has at least so many rows. Called
// before any is added, where that is known, it saves work.
func (s *Sample) ExpectRows(rows int64) { s.raise(s.zerosFor(rows)) }

func (s *Sample) raise(zeros uint) {
	if zeros <= s.zeros {
		return
	}
	s.zeros = zeros
	for p, hashes := range s.hashes {
		kept := hashes[:0]
		for _, h := range hashes {
			if s.Selects(h) {
				kept = append(kept, h)
			}
		}
		s.hashes[p] = kept
	}
}

// Add adds a row of the practice, one that the sample selects.
func (s *Sample) Add(practice int32, hash uint64) {
	s.hashes[practice] = append(s.hashes[practice], hash)
}

// Merge adds the rows of another sample of the same table.
func (s *Sample) Merge(o *Sample) {
	s.raise(o.zeros)
	o.raise(s.zeros)
	for p, hashes := range o.hashes {
		s.hashes[p] = append(s.hashes[p], hashes...)
	}
}

// Share returns the share of the practice's rows that repeat another of them,
// 0 to 1: of each set of equal rows all but one. rows is how many there are.
// Ask once: it gives up the practice's hashes.
//
// A sample may leave out one row that is repeated very often. That is seen by the
// number of different rows: where even its upper bound is too few for all rows,
// the rest are repeats.
func (s *Sample) Share(practice int, rows int64) float64 {
	hashes := s.hashes[practice]
	s.hashes[practice] = nil
	if rows == 0 {
		return 0
	}
	for i, h := range hashes {
		hashes[i] = Combine(h, 0) // spreads what ends in zeros
	}
	kept := int64(len(hashes))
	repeated := Repeated(hashes)
	if s.zeros == 0 {
		return float64(repeated) / float64(rows)
	}
	share := 0.0
	if kept > 0 {
		share = float64(repeated) / float64(kept)
	}
	different := float64(kept - repeated)
	most := float64(different+float64(deviations*math.Sqrt(different))+deviations*deviations) * float64(uint64(1)<<s.zeros)
	return max(share, 1-float64(most/float64(rows)))
}

// deviations is how many standard deviations above its estimate the number of
// different rows may lie.
const deviations = 4
