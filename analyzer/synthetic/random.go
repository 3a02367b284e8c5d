package synthetic

import (
	"math"
	"math/rand/v2"
)

// random is the source of everything that is drawn for one patient. It is
// seeded by what it is for, so that a patient is the same whatever was drawn
// before, in any order and on any number of workers.
type random struct {
	*rand.Rand
	pcg *rand.PCG
	// zipf's last range and its logarithm: it is nearly always the same.
	zipfOf  int
	zipfLog float64
}

func newRandom() *random {
	pcg := rand.NewPCG(0, 0)
	return &random{Rand: rand.New(pcg), pcg: pcg}
}

// restart seeds the source for one purpose.
func (r *random) restart(seed uint64, purpose, practice, n uint64) {
	r.pcg.Seed(mix(seed^purpose*0x9e3779b97f4a7c15), mix(practice<<40^n+0x632be59bd9b4e019))
}

// mix spreads the bits of x (the finaliser of splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Float64 is rand.Float64, without a way round by its source: most draws are of it.
func (r *random) Float64() float64 { return float64(r.pcg.Uint64()<<11>>11) / (1 << 53) }

func (r *random) chance(p float64) bool { return p > 0 && r.Float64() < p }

// between draws a day from a to b, both included.
func (r *random) between(a, b day) day {
	if b <= a {
		return a
	}
	return a + day(r.Int64N(int64(b-a)+1))
}

// poisson draws a count with the given mean.
func (r *random) poisson(mean float64) int {
	if mean <= 0 {
		return 0
	}
	if mean > 30 { // near enough to normal
		return max(0, int(math.Round(mean+math.Sqrt(mean)*r.NormFloat64())))
	}
	limit, n, p := math.Exp(-mean), 0, r.Float64()
	for p > limit {
		p *= r.Float64()
		n++
	}
	return n
}

// weighted draws an index with the given weights.
func (r *random) weighted(weights []float64) int {
	var sum float64
	for _, w := range weights {
		sum += w
	}
	x := r.Float64() * sum
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// zipf draws an index below n, small ones far more often.
func (r *random) zipf(n int) int {
	if n != r.zipfOf {
		r.zipfOf, r.zipfLog = n, math.Log(float64(n)+1)
	}
	i := int(math.Exp(r.Float64()*r.zipfLog)) - 1
	return min(max(i, 0), n-1)
}
