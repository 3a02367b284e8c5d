package score

import (
	"math"
	"math/bits"

	"paperlight/analyzer/report"
	"paperlight/rules"
)

// whole is 100 % in the hundredths of a percent that thresholds and scores are
// kept in, so that no comparison needs a float.
const whole = 10000

// A count is the numerator and denominator of one rule. Denominator is above 0
// wherever a method is called.
type count struct{ numerator, denominator int64 }

// compare tells whether the rate is below, at or above percent: -1, 0 or 1.
func (c count) compare(percent int64) int {
	rateHigh, rateLow := bits.Mul64(uint64(c.numerator), whole)
	markHigh, markLow := bits.Mul64(uint64(percent), uint64(c.denominator))
	switch {
	case rateHigh != markHigh && rateHigh < markHigh, rateHigh == markHigh && rateLow < markLow:
		return -1
	case rateHigh == markHigh && rateLow == markLow:
		return 0
	}
	return 1
}

// meets reports whether the rate meets t at percent, which is t's own or one
// of its tiers.
func (c count) meets(t rules.Threshold, percent int64) bool {
	sign := c.compare(percent)
	if t.AtMost {
		sign = -sign
	}
	return sign > 0 || sign == 0 && !t.Strict
}

// failing counts the records that a repair would be about.
func (c count) failing(t rules.Threshold) int64 {
	if t.AtMost {
		return c.numerator
	}
	return c.denominator - c.numerator
}

// toFix is the fewest failing records whose repair meets the threshold.
func (c count) toFix(t rules.Threshold) int64 {
	floor, rest := mulDiv(t.Percent, c.denominator, whole)
	var need int64
	if t.AtMost {
		allowed := floor
		if t.Strict && rest == 0 {
			allowed--
		}
		need = c.numerator - allowed
	} else {
		required := floor
		if t.Strict || rest > 0 {
			required++
		}
		need = required - c.numerator
	}
	return min(max(0, need), c.failing(t))
}

// progress is how far the rate has come towards the threshold, in hundredths
// of a percent; 100 % only when it is met.
func (c count) progress(t rules.Threshold) int64 {
	if c.meets(t, t.Percent) {
		return whole
	}
	good, mark := c.numerator, t.Percent
	if t.AtMost {
		good, mark = c.denominator-c.numerator, whole-t.Percent
	}
	if mark == 0 {
		return 0
	}
	share, _ := mulDiv(good, whole, c.denominator)
	come, _ := mulDiv(share, whole, mark)
	return min(come, whole-1)
}

// bestTier is the highest tier met, -1 where t has none or none is met.
func (c count) bestTier(t rules.Threshold) int64 {
	best := int64(-1)
	for _, tier := range t.Tiers {
		if c.meets(t, tier) {
			best = max(best, tier)
		}
	}
	return best
}

// The square of the normal quantile of a 95 % interval, in millionths.
const zSquared, million = 3841459, 1000000

// allOrNone: one failing record is enough to miss the mark.
func allOrNone(t rules.Threshold) bool { return t.Percent == 0 || t.Percent == whole }

// tooFew reports whether the records are so few that the interval of the rate
// holds the threshold. A threshold of all or none is never uncertain: one
// failing record settles it.
func (c count) tooFew(t rules.Threshold) bool {
	if c.denominator >= report.EnoughToJudge || allOrNone(t) {
		return false
	}
	// Wilson's interval holds p where (k/n - p)^2 <= z^2 p(1-p)/n.
	distance := c.numerator*whole - t.Percent*c.denominator
	return distance*distance*million <= zSquared*t.Percent*(whole-t.Percent)*c.denominator
}

// rate is the proportion, rounded to 6 places.
func (c count) rate() float64 {
	return sixPlaces(float64(c.numerator) / float64(c.denominator))
}

// interval is the Wilson 95 % interval of the rate, rounded to 6 places. Each
// product is rounded before it is added, or machines that fuse the two would
// write another digit.
func (c count) interval() [2]float64 {
	const z2 = 3.841458820694126
	n, p := float64(c.denominator), float64(c.numerator)/float64(c.denominator)
	scale := 1 + z2/n
	middle := p + z2/float64(2*n)
	spread := float64(p*(1-p))/n + z2/float64(4*float64(n*n))
	half := float64(math.Sqrt(z2) * math.Sqrt(spread))
	low, high := (middle-half)/scale, (middle+half)/scale
	if c.numerator == 0 {
		low = 0
	}
	if c.numerator == c.denominator {
		high = 1
	}
	return [2]float64{sixPlaces(max(0, low)), sixPlaces(min(1, high))}
}

func sixPlaces(x float64) float64 { return math.Round(x*1e6) / 1e6 }

// mulDiv is a*b/c and the remainder, for numbers that are not negative and
// whose quotient fits.
func mulDiv(a, b, c int64) (quotient, remainder int64) {
	high, low := bits.Mul64(uint64(a), uint64(b))
	q, r := bits.Div64(high, low, uint64(c))
	return int64(q), int64(r)
}
