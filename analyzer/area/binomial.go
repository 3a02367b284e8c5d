package area

import "math"

// Limits are counts of records, both within: in a practice like all others, chance alone
// gives fewer than Low, or more than High, in at most half of the chance that is left
// outside, each.
type Limits struct {
	Low  int64 `json:"low"`
	High int64 `json:"high"`
}

// The chance outside the limits of a funnel: 95% and 99.8% lie within (Spiegelhalter 2005,
// about two and three standard deviations).
const (
	outside95  = 0.05
	outside998 = 0.002
)

// limits are the exact binomial limits of n records that each meet with the chance p: Low
// is the least count with P(X <= Low) >= outside/2, High the least with P(X <= High) >=
// 1-outside/2. p is over 0 and under 1, n at least 1.
//
// The chances are worked out from the most likely count outwards, each from its
// neighbour, until they no longer count, and divided by their sum. So nothing overflows and
// no logarithm of a factorial is rounded.
func limits(n int64, p float64, outside float64) Limits {
	low, chances := chancesOf(n, p)
	sum := 0.0
	for _, c := range chances {
		sum += c
	}
	half := outside / 2 * sum
	out := Limits{Low: low, High: low + int64(len(chances)) - 1}
	tail := 0.0
	for i, c := range chances {
		if tail += c; tail >= half {
			out.Low = low + int64(i)
			break
		}
	}
	tail = 0 // of counts above: P(X > High) <= outside/2
	for i := len(chances) - 1; i >= 0; i-- {
		if tail += chances[i]; tail > half {
			out.High = low + int64(i)
			break
		}
	}
	return out
}

// chancesOf are the chances of counts from low on, as multiples of that of the most likely
// one. Those left out on either side are under 1e-22 of it.
func chancesOf(n int64, p float64) (low int64, out []float64) {
	const least = 1e-22
	odds := p / (1 - p)
	mode := min(int64(math.Floor(float64(n+1)*p)), n)
	var below []float64
	for k, c := mode, 1.0; k > 0; k-- {
		if c *= float64(k) / (float64(n-k+1) * odds); c < least {
			break
		}
		below = append(below, c)
	}
	low = mode - int64(len(below))
	for i := len(below) - 1; i >= 0; i-- {
		out = append(out, below[i])
	}
	out = append(out, 1)
	for k, c := mode, 1.0; k < n; k++ {
		if c *= float64(n-k) * odds / float64(k+1); c < least {
			break
		}
		out = append(out, c)
	}
	return low, out
}
