package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/visible"
)

// stops are the failed blockers, each once: what counts most for the time it
// takes first.
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
		return cmp.Or(quicker(&a, &b), cmp.Compare(a.rule, b.rule))
	})
	return out
}

// jobs are the other failed checks: the most points for the time first.
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
		gains[c.Rule] = append(gains[c.Rule], pointsWords(c.Of)+" to "+cmp.Or(a.Title, a.ID))
	})
	out := make([]job, 0, len(found))
	for rule, j := range found {
		j.Gain = list(gains[rule])
		if len(p.Accreditations) == 1 && j.Gain != "" {
			j.Gain = pointsWords(j.gain)
		}
		out = append(out, *j)
	}
	slices.SortFunc(out, func(a, b job) int {
		return cmp.Or(quicker(&a, &b), cmp.Compare(a.rule, b.rule))
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
		title = "The job that is left"
	default:
		title = fmt.Sprintf("The %d jobs that gain most for their time", len(jobs))
	}
	if r.report.Level == Publish {
		title = strings.TrimSuffix(title, " for their time")
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
		more = figures.Plural(int64(len(rest)), "more check is", "more checks are") + " not met" + inAll(rest) + ". See the table of all checks."
	}
	return title, groups, more
}

// minutes is how long the work takes, by our own estimate; 0 where nothing is
// known of it. A hidden number of records is a small one.
func minutes(text *RuleText, c *Criterion) int64 {
	records := int64(1)
	if c.ToFix != nil {
		records = *c.ToFix
	}
	return int64(text.MinutesOnce) + int64(text.MinutesEach)*records
}

// quicker puts the job first that gains more for its time and, of equals, the
// one that takes less.
func quicker(a, b *job) int {
	return cmp.Or(cmp.Compare(b.gain*max(a.minutes, 1), a.gain*max(b.minutes, 1)), cmp.Compare(a.minutes, b.minutes))
}

// inAll is the time that several jobs take, as far as it is known.
func inAll(jobs []job) string {
	var sum int64
	for i := range jobs {
		if jobs[i].hidden {
			return "" // of a hidden number of records nobody may know the time
		}
		sum += jobs[i].minutes
	}
	if sum == 0 {
		return ""
	}
	return " and would take " + figures.About(sum)
}

// pointsWords is "2.1 points".
func pointsWords(hundredths int64) string {
	if hundredths == 100 {
		return "1 point"
	}
	return figures.Points(hundredths) + " points"
}

// reach says what the scores are once all that is listed is put right: whether
// the list is long enough to be ready by.
func reach(p *PracticeReport, stops []job, groups []group) string {
	done := make(map[string]bool)
	for i := range stops {
		done[stops[i].rule] = true
	}
	for i := range groups {
		for j := range groups[i].Jobs {
			done[groups[i].Jobs[j].rule] = true
		}
	}
	var said []string
	for i := range p.Accreditations {
		a := &p.Accreditations[i]
		if a.Score == nil {
			continue
		}
		score := *a.Score
		for j := range a.Criteria {
			if c := &a.Criteria[j]; c.Status == Failed && done[c.Rule] {
				score += c.Of - c.Points
			}
		}
		if score > *a.Score {
			said = append(said, figures.Points(score)+" for "+cmp.Or(a.Title, a.ID))
		}
	}
	if len(said) == 0 {
		return ""
	}
	return "With all of this put right the score would be " + list(said) + "."
}

// job says a failed check as work.
func (r *reader) job(c *Criterion) job {
	text := r.text(c.Rule)
	need, rest := r.toFix(c)
	j := job{Title: r.title(c.Rule), Need: need, Rest: rest, Fix: r.fix(c, text.Fix), Who: who(c.Owner), rule: c.Rule}
	j.hidden = slices.Contains(c.Suppressed, "to_fix")
	if j.minutes = minutes(&text, c); j.minutes > 0 && !j.hidden {
		j.Time = figures.About(j.minutes)
	}
	j.List = visible.Line(r.options.Worklists[c.Rule])
	return j
}

// toFix says how many records are not as they should be, "80 of 340 patients",
// and how many of these are to be put right.
func (r *reader) toFix(c *Criterion) (need, rest string) {
	text, result := r.text(c.Rule), r.result(c.Rule)
	table := text.Table
	switch {
	case c.Basis == "declared" || c.Basis == "verified":
		return "", cmp.Or(joinNotes(result.Notes), "The practice answered no.")
	case table == "practice" && c.Owner == "file":
		return "", strings.TrimSpace("This is about the whole extract, not about single records. " + compared(&text, &result))
	case table == "practice":
		return "", strings.TrimSpace("This is about the whole practice, not about single records. " + compared(&text, &result))
	case len(c.Suppressed) > 0 && c.ToFix == nil:
		return "", "The number of records is hidden at this level."
	case c.ToFix == nil || result.Denominator == nil:
		return "", ""
	case c.Owner == "file" && c.Failing != nil: // it is the extract that is put right, not its records
		return found(&result, c, table), compared(&text, &result)
	case c.Failing == nil:
		return "", "Put " + figures.Count(*c.ToFix) + " of " + Records(*result.Denominator, table) + " right" + toReach(c) + "."
	}
	return found(&result, c, table), strings.TrimSpace(putRight(*c.ToFix, *c.Failing, toReach(c)) + " " + unsaid(&result, c))
}

// unsaid says of how many failing records it is only that nothing recorded tells;
// empty where that is none or may not be shown.
func unsaid(r *Result, c *Criterion) string {
	switch {
	case r.Unknown == nil || *r.Unknown == 0 || slices.Contains(c.Suppressed, "progress") || strings.HasPrefix(c.Threshold, "<"):
		return ""
	case *r.Unknown >= *c.Failing && *c.Failing == 1:
		return "Too little is recorded to tell, and that counts as not met."
	case *r.Unknown >= *c.Failing:
		return "For all of them too little is recorded to tell, and that counts as not met."
	}
	return "For " + figures.Count(*r.Unknown) + " of them too little is recorded to tell, and that counts as not met."
}

// compared says what was counted where a check looks at no single record: both
// sides, where it holds one figure against another.
func compared(text *RuleText, result *Result) string {
	var said []string
	twice := slices.ContainsFunc(result.Beside, func(b Beside) bool {
		return result.Value != nil && b.Denominator != nil && b.Numerator == nil && b.Value == nil && float64(*b.Denominator) == *result.Value
	})
	if result.Value != nil && len(text.ValueOf) == 2 && !twice {
		said = append(said, sentence(figureWords(text, *result.Value)))
	}
	for i := range result.Beside {
		said = append(said, result.Beside[i].words())
	}
	return strings.Join(said, " ")
}

// found is how many records a check found to look at: "80 of 340 patients do not
// meet this". Where the pass mark is a share of faults, they are the faults.
func found(r *Result, c *Criterion, table string) string {
	part, verb := c.Failing, [2]string{" does not meet this", " do not meet this"}
	switch {
	case strings.HasPrefix(c.Threshold, "<"):
		verb = [2]string{" is of this kind", " are of this kind"}
	case c.Status == TooFew:
		part, verb = r.Numerator, [2]string{" meets this", " meet this"}
	}
	of := Records(*r.Denominator, table)
	if part == nil {
		return of
	}
	if *part == 1 {
		return "1 of " + of + verb[0]
	}
	return figures.Count(*part) + " of " + of + verb[1]
}

// figureWords says the value of a check that looks at no single record.
func figureWords(text *RuleText, value float64) string {
	if len(text.ValueOf) != 2 {
		return "figure: " + figures.Decimal(value)
	}
	if value == 1 {
		return "1 " + text.ValueOf[0]
	}
	return figures.Decimal(value) + " " + text.ValueOf[1]
}

// putRight says how many of the failing records are to be put right.
func putRight(fix, failing int64, reach string) string {
	switch {
	case failing == 1:
		return "Put it right."
	case fix >= failing && failing == 2:
		return "Put both right."
	case fix >= failing:
		return "Put all " + figures.Count(failing) + " right."
	}
	any := "any " + figures.Count(fix)
	if fix == 1 {
		any = "any one"
	}
	return "Put " + any + " right" + reach + "."
}

// toReach names the pass mark that work leads to.
func toReach(c *Criterion) string {
	if most, ok := strings.CutPrefix(c.Threshold, "<"); ok {
		return " to come down to " + strings.TrimLeft(most, "= ")
	}
	return " to reach " + strings.TrimLeft(c.Threshold, ">= ")
}

// fix is what to do about a check, as its page says it.
func (r *reader) fix(c *Criterion, fix string) string {
	switch {
	case r.options.Worklists[c.Rule] != "":
	case c.Basis == "measured":
		fix = WithoutList(fix)
	default: // the practice answered, and no record was looked at
		fix = strings.NewReplacer("listed ", "").Replace(fix)
	}
	return sentence(fix)
}

// WithoutList is what to do about records of which no list is written: they were
// counted, and nothing is listed.
func WithoutList(fix string) string { return withoutList.Replace(fix) }

var withoutList = strings.NewReplacer("the listed ", "these ", "The listed ", "These ", "each listed ", "each such ", "Each listed ", "Each such ",
	"every listed ", "every such ", "listed ", "")

// count is the sentence of a job's records.
func (j *job) count() string {
	if j.Need == "" {
		return j.Rest
	}
	return strings.TrimSpace(j.Need + ". " + j.Rest)
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
		parts = append(parts, sentence(figureWords(&text, *result.Value)))
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
		parts = append(parts, Records(*c.Failing, text.Table)+" found.")
	}
	if c.Failing != nil && *c.Failing > 0 {
		parts = append(parts, r.fix(c, text.Fix))
	}
	if name := r.options.Worklists[c.Rule]; name != "" {
		parts = append(parts, "List: "+visible.Line(name))
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

// judgesRecords reports whether a rule says which of its records are as they
// should be: it has a rate, shown or hidden. The others only list.
func judgesRecords(r *Result) bool { return r.Rate != nil || slices.Contains(r.Suppressed, "rate") }

// share says how many records an unjudged check is true of. The title above it
// says what is counted, so that the words fit a state and a plain figure alike.
func share(r *Result, c *Criterion, table string) string {
	of := Records(*r.Denominator, table)
	if r.Numerator == nil {
		return "There are " + of + ". How many meet this is hidden at this level."
	}
	said := figures.Count(*r.Numerator) + " of " + of
	if percent := rate(r, c); percent != "" {
		said += " (" + percent + ")"
	}
	return said + "."
}
