package expr

import "math"

// tail is the chance on each side of the 95 % interval.
const tail = 0.025

// PoissonOutside reports whether expected lies outside the exact (Garwood)
// 95 % interval of an observed count: the means under which a count as large,
// and one as small, has a chance of at least 2.5 %. An observed count below 0
// reads as 0, an expected one below 0 as 0.
func PoissonOutside(observed int64, expected float64) bool {
	k, mean := float64(max(observed, 0)), max(expected, 0)
	if math.IsNaN(expected) || math.IsInf(expected, 1) {
		return true
	}
	// So far apart that both sums below would be lost in rounding anyway.
	if math.Abs(k-mean) > 40*math.Sqrt(max(k, mean))+40 {
		return true
	}
	// Nor does any practice count this many; there the normal interval will do.
	if k > 1e9 {
		return math.Abs(k-mean) > 1.959963984540054*math.Sqrt(k)
	}
	if k > 0 && atLeast(k, mean) < tail {
		return true
	}
	return 1-atLeast(k+1, mean) < tail
}

// atLeast is the chance that a Poisson variable of this mean is k or more, for
// k of at least 1: the regularized lower incomplete gamma function P(k, mean).
func atLeast(k, mean float64) float64 {
	if mean <= 0 {
		return 0
	}
	logGamma, _ := math.Lgamma(k)
	front := math.Exp(k*math.Log(mean) - mean - logGamma)
	if mean < k+1 {
		return front * gammaSeries(k, mean)
	}
	return 1 - front*gammaFraction(k, mean)
}

// The sums below close in on their limit within some multiples of the square
// root of k, far fewer steps than these.
const (
	gammaSteps     = 1 << 20
	gammaPrecision = 1e-15
)

// gammaSeries is the sum of mean^n / (k (k+1) ... (k+n)).
func gammaSeries(k, mean float64) float64 {
	term := 1 / k
	sum := term
	for n := 1.0; n < gammaSteps && term > sum*gammaPrecision; n++ {
		term *= mean / (k + n)
		sum += term
	}
	return sum
}

// gammaFraction is the continued fraction of the upper incomplete gamma
// function, by Lentz's method.
func gammaFraction(k, mean float64) float64 {
	const tiny = 1e-300
	b := mean + 1 - k
	c, d := 1/tiny, 1/b
	out := d
	for n := 1.0; n < gammaSteps; n++ {
		a := -n * (n - k)
		b += 2
		if d = a*d + b; math.Abs(d) < tiny {
			d = tiny
		}
		if c = b + a/c; math.Abs(c) < tiny {
			c = tiny
		}
		d = 1 / d
		step := d * c
		out *= step
		if math.Abs(step-1) < gammaPrecision {
			break
		}
	}
	return out
}
