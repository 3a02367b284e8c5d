package sampling

import "math"

// A table is a rule's answers against what the program found, without lines that nobody
// could tell of: how many of those that meet the rule, and of those that do not, the
// reader found to be so (agree) or otherwise (differ).
type table struct{ metAgree, metDiffer, failAgree, failDiffer int64 }

// kappaOf is Cohen's kappa (Cohen 1960, Educ Psychol Meas 20:37): the agreement beyond
// what chance alone would give, as a share of what is possible beyond it. There is none
// where one of the two sides has no line: then chance alone explains any agreement.
func kappaOf(a, b, share float64) float64 {
	// share of the lines meet the rule; the reader agrees with a share a of these, and
	// with a share b of the others.
	agreed := share*a + (1-share)*b
	said := share*a + (1-share)*(1-b)
	chance := share*said + (1-share)*(1-said)
	return (agreed - chance) / (1 - chance)
}

// kappa is that of the table; ok says whether there is one.
func (t table) kappa() (k float64, ok bool) {
	met, fail := t.metAgree+t.metDiffer, t.failAgree+t.failDiffer
	if met == 0 || fail == 0 {
		return 0, false
	}
	return kappaOf(share(t.metAgree, met), share(t.failAgree, fail), share(met, met+fail)), true
}

func share(k, n int64) float64 { return float64(k) / float64(n) }

// confidence is that of all intervals.
const confidence = 0.95

// exact is the interval of kappa that holds in at least 95 of 100 draws, whatever the true
// agreement: the number of lines of each side is fixed by the draw, so the two shares of
// agreement are independent binomials, each in its Clopper-Pearson interval at the square
// root of 0.95; and kappa rises with either share. Unlike the normal interval it has a
// width where all answers agree.
func (t table) exact() [2]float64 {
	met, fail := t.metAgree+t.metDiffer, t.failAgree+t.failDiffer
	each := math.Sqrt(confidence)
	a, b := clopperPearson(t.metAgree, met, each), clopperPearson(t.failAgree, fail, each)
	s := share(met, met+fail)
	return [2]float64{kappaOf(a[0], b[0], s), kappaOf(a[1], b[1], s)}
}

// normal is the usual interval of kappa: 1.96 standard errors to either side, by the
// large-sample variance of Fleiss, Cohen and Everitt (1969, Psychol Bull 72:323), cut at
// -1 and 1. It has no width where all answers agree.
func (t table) normal() [2]float64 {
	k, _ := t.kappa()
	n := float64(t.metAgree + t.metDiffer + t.failAgree + t.failDiffer)
	p := [2][2]float64{{float64(t.metAgree) / n, float64(t.metDiffer) / n}, {float64(t.failDiffer) / n, float64(t.failAgree) / n}}
	row := [2]float64{p[0][0] + p[0][1], p[1][0] + p[1][1]}
	column := [2]float64{p[0][0] + p[1][0], p[0][1] + p[1][1]}
	chance := row[0]*column[0] + row[1]*column[1]
	var same, other float64
	for i := range 2 {
		same += p[i][i] * square(1-(row[i]+column[i])*(1-k))
		other += p[i][1-i] * square(column[i]+row[1-i])
	}
	variance := (same + square(1-k)*other - square(k-chance*(1-k))) / (square(1-chance) * n)
	half := normalQuantile * math.Sqrt(max(variance, 0))
	return [2]float64{max(k-half, -1), min(k+half, 1)}
}

// normalQuantile leaves 2.5 % above it.
const normalQuantile = 1.959963984540054

func square(x float64) float64 { return x * x }

// clopperPearson is the exact interval of a share of which k of n were seen (Clopper and
// Pearson 1934, Biometrika 26:404), at a confidence. Of nothing it is from 0 to 1.
func clopperPearson(k, n int64, confidence float64) [2]float64 {
	out, tail := [2]float64{0, 1}, (1-confidence)/2
	if k > 0 { // the share at which k or more are seen in a tail of the draws
		out[0] = solve(func(p float64) bool { return atLeast(k, n, p) < tail })
	}
	if k < n { // the share at which k or fewer are
		out[1] = solve(func(p float64) bool { return atLeast(k+1, n, p) < 1-tail })
	}
	return out
}

// solve is the share up to which below holds.
func solve(below func(p float64) bool) float64 {
	from, to := 0.0, 1.0
	for range 60 {
		if mid := (from + to) / 2; below(mid) {
			from = mid
		} else {
			to = mid
		}
	}
	return (from + to) / 2
}

// atLeast is the chance of k or more of n at a share p. Both are at most Each.
func atLeast(k, n int64, p float64) float64 {
	sum, ways := 0.0, 1.0
	for i := int64(0); i <= n; i++ {
		if i >= k {
			sum += ways * math.Pow(p, float64(i)) * math.Pow(1-p, float64(n-i))
		}
		ways = ways * float64(n-i) / float64(i+1)
	}
	return sum
}

// places is to how many places figures are written: equal on every machine.
const places = 1e4

func rounded(v float64) float64 {
	if v = math.Round(v*places) / places; v == 0 {
		return 0 // not -0
	}
	return v
}

func roundedPair(v [2]float64) *[2]float64 { return &[2]float64{rounded(v[0]), rounded(v[1])} }
