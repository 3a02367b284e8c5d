package area

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/report"
)

// Judged is what the report of a practice gives to the view of its area.
type Judged struct {
	code     string
	id       string
	asOf     *calendar.Day // nil where the report has none
	verdicts []verdict
	measured []measured
}

type verdict struct {
	id, title string
	verdict   report.Verdict
}

// measured is a criterion that was counted, of records.
type measured struct {
	rule, code, title      string
	numerator, denominator int64
}

// JudgedOf takes what is needed from the report of one practice, which must be of the
// assessor level: exact.
func JudgedOf(r *report.Report) Judged {
	p := &r.Practices[0]
	out := Judged{code: known(cmp.Or(strings.TrimSpace(p.ODSCode), p.PracticeID)), id: known(p.PracticeID)}
	if day, ok := calendar.Parse(p.AsOf); ok {
		out.asOf = &day
	}
	titles := map[string]string{}
	for _, t := range r.RuleTexts {
		titles[t.Rule] = t.Title
	}
	asked := map[string]bool{}
	for _, a := range p.Accreditations {
		out.verdicts = append(out.verdicts, verdict{a.ID, a.Title, a.Verdict})
		for _, c := range a.Criteria {
			asked[c.Rule] = asked[c.Rule] || c.Status == report.Passed || c.Status == report.Failed || c.Status == report.TooFew
		}
	}
	for _, one := range p.Results {
		if asked[one.Rule] && one.Numerator != nil && one.Denominator != nil && *one.Denominator > 0 && *one.Numerator >= 0 && *one.Numerator <= *one.Denominator {
			out.measured = append(out.measured, measured{one.Rule, one.Code, titles[one.Rule], *one.Numerator, *one.Denominator})
		}
	}
	return out
}

func known(code string) string { return strings.ToUpper(strings.TrimSpace(code)) }

func (j *Judged) verdict(id string) report.Verdict {
	for _, v := range j.verdicts {
		if v.id == id {
			return v.verdict
		}
	}
	return report.NoVerdict
}

// join gives each practice what its extract came to, and notes what is on one side only.
func (w *work) join(judged []Judged) {
	if w.Scheme == nil {
		return
	}
	by := map[string]int{}
	for i := range w.members {
		by[w.members[i].Code] = i
	}
	var twice, strange []string
	for i := range judged {
		j := &judged[i]
		at, ok := by[j.code]
		if !ok {
			at, ok = by[j.id]
		}
		switch {
		case !ok:
			strange = append(strange, j.named())
		case w.members[at].judged != nil:
			twice = append(twice, w.members[at].Code)
		default:
			w.members[at].judged = j
		}
	}
	for i := range w.members {
		if slices.Contains(twice, w.members[i].Code) {
			w.members[i].judged = nil
		}
	}
	slices.Sort(strange)
	slices.Sort(twice)
	w.noteOf(slices.Compact(twice), "was judged twice", "were judged twice", "Nobody can tell which is meant, so neither counts.")
	w.noteOf(slices.Compact(strange), "was judged and is not in the file of areas", "were judged and are not in the file of areas", "Counted in no area.")
	w.note(func(m *member) bool { return m.judged == nil }, "was not judged", "were not judged", "Left out of readiness, and not counted as not ready.")
}

// named is how a practice is named that the file does not know: a text of an extract is
// shown only where it is like a code.
func (j *Judged) named() string {
	if j.code == "" || len(j.code) > maxCode || strings.Trim(j.code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "" {
		return "one whose code is not shown"
	}
	return j.code
}

// ready counts those that are ready, by accreditation.
func ready(of []member) []Ready {
	titles, judged, good := map[string]string{}, map[string]int64{}, map[string]int64{}
	var order []string
	for _, m := range of {
		if m.judged == nil {
			continue
		}
		for _, v := range m.judged.verdicts {
			if titles[v.id] == "" {
				order = append(order, v.id)
			}
			titles[v.id] = v.title
			judged[v.id]++
			if v.verdict == report.Ready {
				good[v.id]++
			}
		}
	}
	out := []Ready{}
	for _, id := range order {
		out = append(out, Ready{ID: id, Title: titles[id], Ready: counted(good[id]), Judged: counted(judged[id])})
	}
	return out
}

// points are what was measured of each criterion, by its rule: a point a practice, in the
// order of the members.
func points(of []member) (map[string][]Point, map[string]measured) {
	out, about := map[string][]Point{}, map[string]measured{}
	for _, m := range of {
		if m.judged == nil {
			continue
		}
		for _, one := range m.judged.measured {
			out[one.rule] = append(out[one.rule], Point{Practice: m.Code, Area: m.Area, Numerator: one.numerator, Denominator: one.denominator})
			about[one.rule] = one
		}
	}
	return out, about
}

// criteria are the funnels of each criterion, in the order of the codes.
func (w *work) criteria() []Criterion {
	all, about := points(w.members)
	out := []Criterion{}
	for _, rule := range slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Or(strings.Compare(about[a].code, about[b].code), strings.Compare(a, b))
	}) {
		c := Criterion{Rule: rule, Code: about[rule].code, Title: about[rule].title, Whole: funnel(all[rule]), Points: all[rule], Areas: []AreaFunnel{}}
		if !c.Whole.countsRecords() {
			continue
		}
		by := map[string][]Point{}
		for _, p := range all[rule] {
			by[p.Area] = append(by[p.Area], p)
		}
		for _, name := range slices.Sorted(maps.Keys(by)) {
			c.Areas = append(c.Areas, AreaFunnel{Area: name, Funnel: funnel(by[name])})
		}
		out = append(out, c)
	}
	return out
}

// Latest is the latest as-of date of those that were judged; nil of none.
func Latest(judged []Judged) (out *calendar.Day) {
	for i := range judged {
		if day := judged[i].asOf; day != nil && (out == nil || *day > *out) {
			out = day
		}
	}
	return out
}
