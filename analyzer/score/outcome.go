package score

import (
	"strings"

	"paperlight/analyzer/report"
	"paperlight/rules"
)

// outcomeTells reports whether the outcome of a rule would tell a small numerator,
// or a small number of those that fail, from others: whether some outcome that one
// of them can have is out of reach for another. The denominator is any that is
// published so.
func (p *publication) outcomeTells(e *evidence, published int64, failing bool) bool {
	criteria := p.criteria[e.id]
	if len(criteria) == 0 {
		return false
	}
	const all = 1<<(protected+1) - 2
	plain, any := map[string]int{}, map[string]int{} // outcome: a bit for each count that has it
	for _, d := range denominators(published) {
		for _, left := range leftOut(d) {
			for n := int64(1); n <= protected; n++ {
				numerator := n
				if failing {
					numerator = d - n
				}
				outcome := outcomeOfCounts(e, criteria, numerator, d, left)
				any[outcome] |= 1 << n
				if left == [2]int64{} {
					plain[outcome] |= 1 << n
				}
			}
		}
	}
	for _, seen := range []map[string]int{plain, any} {
		for _, counts := range seen {
			if counts != all {
				return true
			}
		}
	}
	return false
}

// denominators are those that are published as one: all of the small ones, where
// few records judge by chance, and the ends of the others, between which outcomes
// change one way.
func denominators(published int64) []int64 {
	low, high := max(published-roundTo/2, hiddenTo+1), published+roundTo/2-1
	if low > 2*report.EnoughToJudge {
		return []int64{low, high}
	}
	var out []int64
	for d := low; d <= high; d++ {
		out = append(out, d)
	}
	return out
}

// leftOut are numbers of undetermined and of excluded records that an outcome may
// turn on: none, a few, and so many that they decide.
func leftOut(d int64) [][2]int64 {
	out := [][2]int64{{0, 0}, {0, 100 * d}}
	for u := int64(1); u < 2*hiddenTo && u < d; u++ {
		out = append(out, [2]int64{u, 0})
	}
	return append(out, [2]int64{d / 2, 0}, [2]int64{d, 0})
}

// outcomeOfCounts is what the criteria of a rule would say of other counts.
func outcomeOfCounts(e *evidence, criteria []*rules.Criterion, numerator, denominator int64, left [2]int64) string {
	other := *e
	other.notes = nil
	other.tally.Numerator, other.tally.Denominator = numerator, denominator
	other.tally.Undetermined, other.tally.Excluded = left[0], left[1]
	var says strings.Builder
	for _, c := range criteria {
		judged := report.Criterion{Severity: string(c.Severity)}
		settle(&judged, c, markOf(c), &other)
		says.WriteString(string(judged.Status) + " " + judged.Basis + ";")
	}
	return says.String()
}

// contradictions hides the numerators whose rounded form would be judged
// otherwise than the exact one was.
func (p *publication) contradictions(exact []report.Accreditation) {
	for i := range exact {
		for j := range exact[i].Criteria {
			if c := &exact[i].Criteria[j]; contradicted(c, p.results[c.Rule]) {
				p.rounded[c.Rule] = true
			}
		}
	}
	for rule := range p.rounded {
		r := p.results[rule]
		hidden := map[string]bool{"numerator": true, "rate": r.Rate != nil}
		for _, field := range r.Suppressed {
			hidden[field] = true
		}
		r.Numerator, r.Rate, r.Suppressed = nil, nil, hiddenFields(hidden)
		r.Notes = unique(append(r.Notes, roundedAway))
	}
}

func contradicted(c *report.Criterion, r *report.Result) bool {
	judged := c.Basis == "measured" && (c.Status == report.Passed || c.Status == report.Failed)
	if !judged || r.Numerator == nil || r.Denominator == nil || *r.Denominator == 0 {
		return false
	}
	t, err := rules.ParseThreshold(c.Threshold)
	if err != nil {
		return false // a threshold that was not written by us; nothing to hold the counts against
	}
	return count{*r.Numerator, *r.Denominator}.meets(t, t.Percent) != (c.Status == report.Passed)
}
