package report

import (
	"slices"

	"paperlight/analyzer/visible"
)

// A Released report holds no more than its level may show. Renderers take no
// other, and nothing can be added to one: it is a copy that nobody else holds.
// Only the restriction in package score makes one; a test holds that.
type Released struct{ report *Report }

// Release seals what a restriction left.
func Release(restricted *Report) Released { return Released{deepCopy(restricted)} }

// Report is a copy of what was released, to look at. What is written into it
// reaches no renderer.
func (r Released) Report() *Report { return deepCopy(r.whole()) }

// Verdicts is Report without what was found by each rule, of the questions and the reading:
// for who looks at the outcomes of many.
func (r Released) Verdicts() *Report {
	out := *r.whole()
	out.Extract.Tables, out.Practices = nil, slices.Clone(out.Practices)
	for i := range out.Practices {
		p := &out.Practices[i]
		p.Results, p.Questions, p.Requirements = nil, nil, nil
	}
	return deepCopy(&out)
}

// whole is the report to render; of nothing, an empty one.
func (r Released) whole() *Report {
	if r.report == nil {
		return &Report{}
	}
	return r.report
}

func deepCopy(r *Report) *Report { return visible.Copied(r, nil) }
