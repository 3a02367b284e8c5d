package report

import "paperlight/analyzer/visible"

// A Released report holds no more than its level may show. Renderers take no
// other, and nothing can be added to one: it is a copy that nobody else holds.
// Only the restriction in package score makes one; a test holds that.
type Released struct{ report *Report }

// Release seals what a restriction left.
func Release(restricted *Report) Released { return Released{deepCopy(restricted)} }

// Report is a copy of what was released, to look at. What is written into it
// reaches no renderer.
func (r Released) Report() *Report { return deepCopy(r.whole()) }

// whole is the report to render; of nothing, an empty one.
func (r Released) whole() *Report {
	if r.report == nil {
		return &Report{}
	}
	return r.report
}

func deepCopy(r *Report) *Report { return visible.Copied(r, nil) }
