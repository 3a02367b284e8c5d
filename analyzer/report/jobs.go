package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer/visible"
)

// stops are the failed blockers, each once, the heaviest first.
func (r *reader) stops(p *PracticeReport) []job {
	failed := make(map[string]bool)
	for i := range p.Accreditations {
		for _, rule := range p.Accreditations[i].BlockersFailed {
			failed[rule] = true
		}
	}
	found := make(map[string]*job)
	each(p, func(_ *Accreditation, c *Criterion) {
		if failed[c.Rule] && c.Status == Failed && found[c.Rule] == nil {
			j := r.job(c)
			j.gain = int64(c.Weight)
			found[c.Rule] = &j
		}
	})
	out := make([]job, 0, len(found))
	for _, j := range found {
		out = append(out, *j)
	}
	slices.SortFunc(out, func(a, b job) int {
		return cmp.Or(cmp.Compare(b.gain, a.gain), cmp.Compare(a.rule, b.rule))
	})
	return out
}

// jobs are the other failed checks: the most points first, then the fewest
// records to put right.
func (r *reader) jobs(p *PracticeReport) []job {
	stopping := make(map[string]bool)
	for i := range p.Accreditations {
		for _, rule := range p.Accreditations[i].BlockersFailed {
			stopping[rule] = true
		}
	}
	found := make(map[string]*job)
	gains := make(map[string][]string)
	each(p, func(a *Accreditation, c *Criterion) {
		if c.Status != Failed || stopping[c.Rule] {
			return
		}
		if found[c.Rule] == nil {
			j := r.job(c)
			found[c.Rule] = &j
		}
		if a.Score == nil {
			return // nothing is gained where nothing is scored
		}
		found[c.Rule].gain += c.Of
		gains[c.Rule] = append(gains[c.Rule], points(c.Of)+" points for "+cmp.Or(a.Title, a.ID))
	})
	out := make([]job, 0, len(found))
	for rule, j := range found {
		j.Gain = list(gains[rule])
		if len(p.Accreditations) == 1 && j.Gain != "" {
			j.Gain = points(j.gain) + " points"
		}
		out = append(out, *j)
	}
	slices.SortFunc(out, func(a, b job) int {
		return cmp.Or(cmp.Compare(b.gain, a.gain), cmp.Compare(a.toFix, b.toFix), cmp.Compare(a.rule, b.rule))
	})
	return out
}

// chosen takes the jobs that gain most and puts them by who can do them, the
// best job's owner first.
func (r *reader) chosen(jobs []job, then bool) (title string, groups []group, more string) {
	if len(jobs) == 0 {
		return "", nil, ""
	}
	rest := jobs[min(topJobs, len(jobs)):]
	jobs = jobs[:len(jobs)-len(rest)]
	switch {
	case r.report.Selection:
		title = "The jobs that are left"
	case len(jobs) == 1:
		title = "The job that gains most"
	default:
		title = fmt.Sprintf("The %d jobs that gain most", len(jobs))
	}
	if then {
		title = "Then t" + title[1:]
	}
	for _, j := range jobs {
		at := slices.IndexFunc(groups, func(g group) bool { return g.Who == j.Who })
		if at < 0 {
			at, groups = len(groups), append(groups, group{Who: j.Who})
		}
		groups[at].Jobs = append(groups[at].Jobs, j)
	}
	if len(rest) > 0 {
		more = plural(int64(len(rest)), "more check is", "more checks are") + " not met: see the table of all checks."
	}
	return title, groups, more
}

// job says a failed check as work.
func (r *reader) job(c *Criterion) job {
	text := r.text(c.Rule)
	need, rest := r.toFix(c)
	j := job{Title: r.title(c.Rule), Need: need, Rest: rest, Fix: sentence(text.Fix), Who: who(c.Owner), rule: c.Rule}
	if c.ToFix != nil {
		j.toFix = *c.ToFix
	}
	j.List = visible.Line(r.options.Worklists[c.Rule])
	return j
}

// toFix says how many records are to be put right, "12 of 340 medicines", and
// what more there is to say of them.
func (r *reader) toFix(c *Criterion) (need, rest string) {
	table := r.text(c.Rule).Table
	result := r.result(c.Rule)
	switch {
	case c.Basis == "declared" || c.Basis == "verified":
		return "", cmp.Or(joinNotes(result.Notes), "The practice answered no.")
	case table == "practice" && c.Owner == "file":
		return "", "This is about the file as a whole, not about single records."
	case table == "practice":
		return "", "This is about the practice as a whole, not about single records."
	case len(c.Suppressed) > 0 && c.ToFix == nil:
		return "", "The number of records is hidden at this level."
	case c.ToFix == nil || result.Denominator == nil:
		return "", ""
	}
	need = number(*c.ToFix) + " of " + records(*result.Denominator, table)
	if c.Failing != nil && *c.Failing > *c.ToFix {
		rest = "In all, " + number(*c.Failing) + " fall short."
	}
	return need, rest
}

// count is the sentence of a job's records.
func (j *job) count() string {
	if j.Need == "" {
		return j.Rest
	}
	return strings.TrimSpace("You need to fix " + j.Need + ". " + j.Rest)
}

// good are the checks that are met.
func (r *reader) good(p *PracticeReport) []string {
	seen := make(map[string]bool)
	open := make(map[string]bool)
	each(p, func(_ *Accreditation, c *Criterion) { open[c.Rule] = open[c.Rule] || c.Status != Passed })
	out := []string{}
	each(p, func(_ *Accreditation, c *Criterion) {
		if c.Status == Passed && !open[c.Rule] && !seen[c.Rule] {
			seen[c.Rule] = true
			out = append(out, r.title(c.Rule)+basisWords[c.Basis])
		}
	})
	return out
}

// shown are the checks that are not judged and have something to show.
func (r *reader) shown(p *PracticeReport) []fact {
	seen := make(map[string]bool)
	var out []fact
	each(p, func(_ *Accreditation, c *Criterion) {
		text, result := r.text(c.Rule), r.result(c.Rule)
		if c.Status != Shown || seen[c.Rule] || len(result.Missing) > 0 {
			return
		}
		seen[c.Rule] = true
		if said := r.listed(c, text, result); said != "" {
			out = append(out, fact{Title: r.title(c.Rule), Text: said})
		}
	})
	return out
}

// listed says what an unjudged check found.
func (r *reader) listed(c *Criterion, text RuleText, result Result) string {
	var parts []string
	if result.Value != nil {
		parts = append(parts, "Value: "+decimal(*result.Value)+".")
	}
	switch {
	case c.Basis == "declared" || c.Basis == "verified":
		parts = append(parts, joinNotes(result.Notes))
	case text.Table == "practice":
	case slices.Contains(c.Suppressed, "failing"):
		parts = append(parts, "The number is hidden at this level.")
	case c.Failing == nil || result.Denominator == nil:
	case judgesRecords(&result):
		parts = append(parts, share(&result, c, text.Table))
	case *c.Failing == 0:
		parts = append(parts, "None found.")
	default:
		parts = append(parts, records(*c.Failing, text.Table)+" found.")
	}
	if c.Failing != nil && *c.Failing > 0 && text.Fix != "" {
		parts = append(parts, sentence(text.Fix))
	}
	if name := r.options.Worklists[c.Rule]; name != "" {
		parts = append(parts, "List: "+visible.Line(name))
	}
	return strings.Join(parts, " ")
}

// judgesRecords reports whether a rule says which of its records are as they
// should be: it has a rate, shown or hidden. The others only list.
func judgesRecords(r *Result) bool { return r.Rate != nil || slices.Contains(r.Suppressed, "rate") }

// share says how many records an unjudged check is true of. The title above it
// says what is counted, so that the words fit a state and a plain figure alike.
func share(r *Result, c *Criterion, table string) string {
	of := recordsOrPeople(*r.Denominator, table)
	if r.Numerator == nil {
		return "Of " + of + "; the number is hidden at this level."
	}
	said := number(*r.Numerator) + " of " + of
	if percent := rate(r, c); percent != "" {
		said += " (" + percent + ")"
	}
	return said + "."
}
