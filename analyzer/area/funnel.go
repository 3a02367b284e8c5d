package area

import (
	"math"
	"slices"
)

// A Criterion is how the practices differ in one: a point each, against the share of all
// and of their area.
type Criterion struct {
	Rule   string       `json:"rule"`
	Code   string       `json:"code"`
	Title  string       `json:"title"`
	Whole  Funnel       `json:"whole"`
	Areas  []AreaFunnel `json:"areas"`
	Points []Point      `json:"points"`
}

// An AreaFunnel is that of the practices of an area, against the share of the area.
type AreaFunnel struct {
	Area   string `json:"area"`
	Funnel Funnel `json:"funnel"`
}

// A Point is a practice: records that meet the criterion, of those looked at.
type Point struct {
	Practice    string `json:"practice"`
	Area        string `json:"area"`
	Numerator   int64  `json:"numerator"`
	Denominator int64  `json:"denominator"`
}

// A Funnel says which of some practices differ from all of them together by more than
// chance.
type Funnel struct {
	Practices int `json:"practices"`
	// Numerator and Denominator are of all practices together; their share is the centre.
	Numerator   int64 `json:"numerator"`
	Denominator int64 `json:"denominator"`
	// State says whether limits can be given.
	State FunnelState `json:"state"`
	// Phi is the mean of the squared z-scores, PhiTrimmed that of winsorised ones: of the
	// tenth that is lowest and the tenth that is highest, each counts as the score next to
	// them. 6 places; nil where there are no limits.
	Phi        *float64 `json:"phi"`
	PhiTrimmed *float64 `json:"phi_winsorised"`
	// OverDispersed: the practices differ by more than chance all over, so that the wide
	// limits are the ones to go by.
	OverDispersed bool      `json:"over_dispersed"`
	Outliers      []Outlier `json:"outliers"`
}

// FunnelState says whether limits can be given.
type FunnelState string

// The states.
const (
	HasLimits    FunnelState = "limits"
	FewPractices FunnelState = "too_few_practices"
	AllAlike     FunnelState = "all_or_none" // every record meets it, or none does
)

// An Outlier is a practice outside the plain limits of 95% or more. Wide are its limits
// where they are spread by the square root of phi; nil where the practices are not
// over-dispersed.
type Outlier struct {
	Point
	// Side is "low" or "high".
	Side    string      `json:"side"`
	Z       float64     `json:"z"` // 6 places
	In95    Limits      `json:"limits_95"`
	In998   Limits      `json:"limits_998"`
	Wide95  *[2]float64 `json:"wide_limits_95"` // shares, 6 places
	Wide998 *[2]float64 `json:"wide_limits_998"`
	// Beyond is the widest of limits it lies outside: "95", "99.8", and with them whether
	// of the wide ones too.
	Beyond     string `json:"beyond"`
	BeyondWide string `json:"beyond_wide"` // empty where within, or where there are none
}

// fewest is how many practices a funnel is drawn of, our own choice: of fewer, neither the
// centre nor phi says much.
const fewest = 10

// countsRecords reports whether what is counted is records, and not one answer a
// practice.
func (f *Funnel) countsRecords() bool { return f.Denominator > int64(f.Practices) }

// centre is the share of all.
func (f *Funnel) centre() float64 { return float64(f.Numerator) / float64(f.Denominator) }

// funnel compares practices with all of them together.
func funnel(points []Point) Funnel {
	f := Funnel{Practices: len(points), Outliers: []Outlier{}, State: HasLimits}
	for _, p := range points {
		f.Numerator, f.Denominator = f.Numerator+p.Numerator, f.Denominator+p.Denominator
	}
	switch {
	case f.Numerator == 0 || f.Numerator == f.Denominator:
		f.State = AllAlike
	case f.Practices < fewest:
		f.State = FewPractices
	}
	if f.State != HasLimits {
		return f
	}
	scores := make([]float64, len(points))
	for i, p := range points {
		scores[i] = zScore(p, f.centre())
	}
	plain, trimmed := meanSquare(scores), meanSquare(winsorised(scores))
	f.Phi, f.PhiTrimmed = places(plain), places(trimmed)
	f.OverDispersed = trimmed > mostPhi(len(points))
	for i, p := range points {
		if out, is := f.outlier(p, scores[i], trimmed); is {
			f.Outliers = append(f.Outliers, out)
		}
	}
	slices.SortStableFunc(f.Outliers, func(a, b Outlier) int {
		switch {
		case a.Z < b.Z:
			return -1
		case a.Z > b.Z:
			return 1
		}
		return 0
	})
	return f
}

// zScore is how many standard deviations a share lies from the centre.
func zScore(p Point, centre float64) float64 {
	n := float64(p.Denominator)
	return (float64(p.Numerator)/n - centre) / math.Sqrt(centre*(1-centre)/n)
}

// winsorised are the scores with each tenth at an end pulled in to the score next to it, so
// that a few outliers do not widen the limits by which they are judged (Spiegelhalter,
// "Handling over-dispersion", 2005).
func winsorised(scores []float64) []float64 {
	sorted := slices.Sorted(slices.Values(scores))
	cut := len(sorted) / 10
	low, high := sorted[cut], sorted[len(sorted)-1-cut]
	out := make([]float64, len(scores))
	for i, z := range scores {
		out[i] = min(max(z, low), high)
	}
	return out
}

func meanSquare(scores []float64) float64 {
	sum := 0.0
	for _, z := range scores {
		sum += z * z
	}
	return sum / float64(len(scores))
}

// mostPhi is what phi of so many practices is rarely over by chance: it is then about 1,
// with a variance of 2/n, and this lies two standard deviations above.
func mostPhi(n int) float64 { return 1 + 2*math.Sqrt(2/float64(n)) }

// spread is by what the limits are widened; 1 where they are not.
func (f *Funnel) spread() float64 {
	if !f.OverDispersed {
		return 1
	}
	return math.Sqrt(*f.PhiTrimmed)
}

func (f *Funnel) outlier(p Point, z, phi float64) (Outlier, bool) {
	c := f.centre()
	in95 := limits(p.Denominator, c, outside95)
	if in95.holds(p.Numerator) {
		return Outlier{}, false
	}
	out := Outlier{Point: p, Side: "low", Z: *places(z), In95: in95, In998: limits(p.Denominator, c, outside998), Beyond: "95"}
	if p.Numerator > in95.High {
		out.Side = "high"
	}
	if !out.In998.holds(p.Numerator) {
		out.Beyond = "99.8"
	}
	if !f.OverDispersed {
		return out, true
	}
	wide95, wide998 := out.In95.wide(p.Denominator, c, phi), out.In998.wide(p.Denominator, c, phi)
	out.Wide95, out.Wide998 = &[2]float64{*places(wide95[0]), *places(wide95[1])}, &[2]float64{*places(wide998[0]), *places(wide998[1])}
	at := float64(p.Numerator) / float64(p.Denominator)
	switch {
	case at < wide998[0] || at > wide998[1]:
		out.BeyondWide = "99.8"
	case at < wide95[0] || at > wide95[1]:
		out.BeyondWide = "95"
	}
	return out, true
}

func (l Limits) holds(n int64) bool { return l.Low <= n && n <= l.High }

// wide are the limits as shares of n, as far again from the centre as the square root of
// phi says.
func (l Limits) wide(n int64, centre, phi float64) [2]float64 {
	by := math.Sqrt(phi)
	low, high := float64(l.Low)/float64(n), float64(l.High)/float64(n)
	return [2]float64{max(0, centre-(centre-low)*by), min(1, centre+(high-centre)*by)}
}

// places rounds to six places.
func places(v float64) *float64 {
	v = math.Round(v*1e6) / 1e6
	return &v
}
