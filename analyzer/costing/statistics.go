package costing

import (
	"cmp"
	"math"
	"slices"
)

// median returns the middle value, or the mean of the two; 0 of none.
func median(values []float64) float64 { return quantile(values, 0.5) }

// quantile returns the value below which the share q of the values lies, by
// linear interpolation; 0 of none.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low := int(at)
	if low+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}

// larger returns the chance of the values of a being as large against those
// of b as they are, if both were drawn from one distribution: the one-sided
// rank-sum test of Wilcoxon, Mann and Whitney, in the normal approximation
// with ties.
func larger(a, b []float64) float64 {
	type ranked struct {
		value float64
		ofA   bool
	}
	var all []ranked
	for _, v := range a {
		all = append(all, ranked{v, true})
	}
	for _, v := range b {
		all = append(all, ranked{v, false})
	}
	if len(a) == 0 || len(b) == 0 {
		return 1
	}
	slices.SortFunc(all, func(x, y ranked) int { return cmp.Compare(x.value, y.value) })
	rankSum, ties := 0.0, 0.0
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].value == all[i].value {
			j++
		}
		for _, r := range all[i:j] {
			if r.ofA {
				rankSum += float64(i+j+1) / 2
			}
		}
		t := float64(j - i)
		ties += t*t*t - t
		i = j
	}
	n, m := float64(len(a)), float64(len(b))
	u := rankSum - n*(n+1)/2
	deviation := math.Sqrt(n * m / 12 * (n + m + 1 - ties/((n+m)*(n+m-1))))
	return upperTail(u-n*m/2, deviation)
}

// positive returns the chance of the values being as far above 0 as they are,
// if they lay about it evenly: Wilcoxon's signed-rank test, one-sided, in the
// normal approximation.
func positive(values []float64) float64 {
	sorted := slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return v == 0 })
	slices.SortFunc(sorted, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) })
	rankSum := 0.0
	for i := 0; i < len(sorted); {
		j := i
		for j < len(sorted) && math.Abs(sorted[j]) == math.Abs(sorted[i]) {
			j++
		}
		for _, v := range sorted[i:j] {
			if v > 0 {
				rankSum += float64(i+j+1) / 2
			}
		}
		i = j
	}
	n := float64(len(sorted))
	return upperTail(rankSum-n*(n+1)/4, math.Sqrt(n*(n+1)*(2*n+1)/24))
}

// upperTail is the chance of a normal value more than above over its mean;
// half a step is taken off, since ranks are whole.
func upperTail(above, deviation float64) float64 {
	if deviation == 0 {
		return 1
	}
	return math.Erfc((above-0.5)/deviation/math.Sqrt2) / 2
}
