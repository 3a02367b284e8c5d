package score

import (
	"cmp"
	"slices"

	"paperlight/analyzer/report"
)

// weights are the sums that score and coverage are made of.
type weights struct {
	met, evident, applicable, all int64
	// answerable is the weight without evidence that an answer, a side file or a
	// check by hand would settle; coverable the part of it that is in the
	// coverage.
	answerable, coverable int64
}

// weigh adds up the criteria; settles are the rules that something beside the
// extract would settle.
func weigh(criteria []report.Criterion, settles map[string]bool) weights {
	var w weights
	for i := range criteria {
		c := &criteria[i]
		weight := int64(c.Weight)
		if c.Status != report.Shown {
			w.all += weight
		}
		if settles[c.Rule] && unsettled(c) {
			w.answerable += weight
			if c.Status == report.NotAssessable {
				w.coverable += weight
			}
		}
		switch c.Status {
		case report.Passed:
			w.met += weight
			w.evident += weight
			w.applicable += weight
		case report.Failed:
			w.evident += weight
			w.applicable += weight
		case report.NotAssessable:
			w.applicable += weight
		}
	}
	return w
}

// score is the weight met of the weight with evidence, in whole hundredths of
// a percent, cut and not rounded: a score of 90.00 is never shown for less.
func (w weights) score() *int64 { return hundredths(w.met, w.evident) }

// assured is the weight met of all that is judged, in whole hundredths of a
// percent, cut: what has no evidence counts as not met.
func (w weights) assured() *int64 { return hundredths(w.met, w.all) }

// settled is what the weights would be at best, with everything answered.
func (w weights) settled() weights {
	return weights{met: w.met + w.answerable, evident: w.evident + w.coverable, applicable: w.applicable, all: w.all}
}

// sure reports whether enough is known to call a practice ready.
func (w weights) sure() bool {
	coverage, assured := w.coverage(), w.assured()
	return coverage != nil && *coverage >= report.CoveredFrom && assured != nil && *assured >= report.NearlyReadyFrom
}

// coverage is the weight with evidence of the weight that applies.
func (w weights) coverage() *int64 { return hundredths(w.evident, w.applicable) }

func hundredths(part, of int64) *int64 {
	if of == 0 {
		return nil
	}
	share, _ := mulDiv(part, whole, of)
	return &share
}

// enter writes the ledger: the points of the criteria met add up to the score,
// and what each could earn adds up to 100.00, both exactly.
func enter(criteria []report.Criterion, score *int64) {
	if score == nil {
		return
	}
	var met, unmet []*report.Criterion
	for i := range criteria {
		switch criteria[i].Status {
		case report.Passed:
			met = append(met, &criteria[i])
		case report.Failed:
			unmet = append(unmet, &criteria[i])
		}
	}
	apportion(met, *score)
	apportion(unmet, whole-*score)
	for _, c := range met {
		c.Points = c.Of
	}
}

// apportion divides a total among criteria by weight, by largest remainder;
// equal remainders go by rule id.
func apportion(criteria []*report.Criterion, total int64) {
	var sum int64
	for _, c := range criteria {
		sum += int64(c.Weight)
	}
	if sum == 0 {
		return
	}
	remainder := make(map[*report.Criterion]int64, len(criteria))
	left := total
	for _, c := range criteria {
		c.Of, remainder[c] = mulDiv(int64(c.Weight), total, sum)
		left -= c.Of
	}
	order := slices.Clone(criteria)
	slices.SortFunc(order, func(a, b *report.Criterion) int {
		return cmp.Or(
			cmp.Compare(remainder[b], remainder[a]),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Requirement, b.Requirement),
		)
	})
	for _, c := range order[:left] {
		c.Of++
	}
}
