package report

import (
	"cmp"
	"slices"
	"strings"

	"paperlight/analyzer/figures"
)

// topJobs is how many of the jobs that gain most are listed.
const topJobs = 5

// A page is what the forms for people say of one practice, in words and in
// order. Text, HTML and Markdown differ in how they write it, not in what.
type page struct {
	Name, Code string // "Willow Street Surgery", "A81001"
	Facts      []string
	Verdict    Verdict // of all accreditations together; empty where there is none
	Judged     bool    // checks were judged, with or without a verdict
	Headline   string
	// Tally counts the Requirements that are met; both are empty where the
	// scheme lists none or the file is damaged.
	Tally        string
	Requirements []requirement
	Standings    []standing
	Asks         string   // how many questions are open, and how to answer them
	Slips        []string // what may be missing or misspelt in the extract
	Options      []string // what was asked for that changes the result
	Stops        []job
	// Unjudged are the checks that can stop the practice and could not be made.
	Unjudged  []asked
	Answers   []asked
	JobsTitle string
	JobsLead  string
	Groups    []group
	// Reach says what the scores are once the stops and the jobs listed are done.
	Reach    string
	MoreJobs string
	Good     []string
	Shown    []fact
	Unseen   []asked
	Notes    []string
	Ledgers  []ledger
}

// A job is a check that is not met, as work.
type job struct {
	// Need is "80 of 340 medicines do not meet this"; Rest what to do with them.
	Title, Need, Rest, Gain, Time, Fix, List, Who string
	gain, minutes                                 int64
	hidden                                        bool // so are the records that the work is for
	rule                                          string
}

// A group is the jobs of one who can do them.
type group struct {
	Who  string
	Jobs []job
}

// A question is a check that this file cannot settle. Declares is the key under
// which the practice can answer it.
type question struct{ Title, Why, Where, Declares string }

// Asked are the questions that are open for one reason.
type asked struct {
	Lead      string
	Questions []question
}

// A fact is a thing worth knowing that is not judged.
type fact struct{ Title, Text string }

// A ledger is the table of one accreditation.
type ledger struct {
	Title string
	Rows  []entry
	Total string
}

// An entry is one line of a ledger.
type entry struct {
	Code, Title, Counts, Rate, Interval, Mark, From string
	Status                                          Status
	Words, Severity, Basis, Who, Points             string
	Notes                                           []string
}

// A reader looks up what a page is made of.
type reader struct {
	report  *Report
	options Options
	texts   map[string]*RuleText
	results map[string]*Result
	keys    map[string]string // of the questions open, by rule
}

// pages writes every practice of a presentable report in words.
func pages(r *Report, o Options) []page {
	out := make([]page, 0, len(r.Practices))
	texts := ruleTexts(r)
	for i := range r.Practices {
		out = append(out, readerOf(r, &r.Practices[i], texts, o).page(&r.Practices[i]))
	}
	return out
}

func readerOf(r *Report, p *PracticeReport, texts map[string]*RuleText, o Options) *reader {
	results := make(map[string]*Result, len(p.Results))
	for j := range p.Results {
		results[p.Results[j].Rule] = &p.Results[j]
	}
	if r.Level != Practice {
		o.Worklists = nil // lists hold the keys of records: they stay at practice level
	}
	return &reader{r, o, texts, results, keysOf(p)}
}

// ruleTexts are the texts of a report by rule.
func ruleTexts(r *Report) map[string]*RuleText {
	texts := make(map[string]*RuleText, len(r.RuleTexts))
	for i := range r.RuleTexts {
		texts[r.RuleTexts[i].Rule] = &r.RuleTexts[i]
	}
	return texts
}

func (r *reader) page(p *PracticeReport) page {
	out := page{Name: practiceName(p), Facts: r.facts(p), Verdict: worst(p), Notes: p.Notes}
	if code := cmp.Or(p.ODSCode, p.PracticeID); code != out.Name {
		out.Code = code
	}
	for i := range p.Accreditations {
		out.Standings = append(out.Standings, r.standing(p, &p.Accreditations[i]))
		out.Ledgers = append(out.Ledgers, r.ledger(&p.Accreditations[i]))
	}
	for _, o := range r.chosenFor(p) {
		out.Options = append(out.Options, o.words())
	}
	out.Slips = r.slips(p)
	out.Stops = r.stops(p)
	out.Judged = out.Verdict != Damaged && len(p.Accreditations) > 0
	if out.Judged {
		out.Tally, out.Requirements = requirementTally(p.Requirements), r.requirements(p)
		out.JobsTitle, out.Groups, out.MoreJobs = r.chosen(r.jobs(p), len(out.Stops) > 0)
		out.JobsLead = jobsLead
		if r.report.Level == Publish { // times are worked out of counts
			out.JobsLead = untimedLead
		}
		out.Reach = reach(p, out.Stops, out.Groups)
		out.Good = r.good(p)
		out.Shown = append(r.batches(p), r.shown(p)...)
		out.Unjudged, out.Answers, out.Unseen = r.questions(p)
		out.Asks = asksWords(p, r.answersGiven(p))
	}
	out.Headline = r.headline(p, len(out.Stops), questionCount(out.Unjudged))
	return out
}

func practiceName(p *PracticeReport) string {
	return cmp.Or(p.Name, p.ODSCode, p.PracticeID, "Practice without a code")
}

func (r *reader) facts(p *PracticeReport) []string {
	asOf := "As of " + dateWords(p.AsOf)
	if p.AsOfFrom != "" {
		asOf += " (" + AsOfWords(p.AsOfFrom) + ")"
	}
	out := []string{asOf}
	if p.RegisteredPatients != nil {
		out = append(out, figures.Plural(*p.RegisteredPatients, "registered patient", "registered patients"))
	}
	if r.report.several() {
		out = append(out, "from "+r.report.extractName(p.Extract))
	}
	return out
}

// chosenFor are the options that bear on a practice: the answers that lie in another
// extract do not.
func (r *reader) chosenFor(p *PracticeReport) []Option {
	if r.report.several() && p.Extract < len(r.report.Extracts) && r.report.Extracts[p.Extract].Chosen != nil {
		return r.report.Extracts[p.Extract].Chosen
	}
	return r.report.Options
}

// slips are what may be missing or misspelt in the extract of a practice.
func (r *reader) slips(p *PracticeReport) []string {
	if r.report.several() && p.Extract < len(r.report.Extracts) {
		return r.report.Extracts[p.Extract].Slips
	}
	return r.report.Extract.Slips
}

// worst is the verdict of a practice: that of the accreditation that is
// furthest from ready.
func worst(p *PracticeReport) Verdict {
	order := []Verdict{Damaged, NotReady, Undecided, AnswersNeeded, NearlyReady, Ready}
	at := len(order)
	for i := range p.Accreditations {
		at = min(at, slices.Index(order, p.Accreditations[i].Verdict))
	}
	if at < 0 || at == len(order) {
		return ""
	}
	return order[at]
}

// readyWords are "ready", and for what.
func (s *Scheme) readyWords() string {
	if s.ReadyTo == "" {
		return "ready"
	}
	return "ready to " + s.ReadyTo
}

// headline is the verdict as a sentence. stops and unjudged count the checks that
// failed or could not be made and that can stop the practice.
func (r *reader) headline(p *PracticeReport, stops, unjudged int) string {
	counted, ready := standsInTheWay(int64(stops), int64(unjudged)), r.report.Scheme.readyWords()
	switch worst(p) {
	case Damaged:
		return "This extract is damaged or incomplete. Export it again. Nothing below is scored."
	case NotReady:
		if stops > 0 {
			return "Not " + ready + ": " + counted + "."
		}
		if slices.ContainsFunc(p.Accreditations, func(a Accreditation) bool { return a.Verdict == NotReady && len(a.Suppressed) > 0 }) {
			return "Not " + ready + ": " + hiddenStops + "."
		}
		return "Not " + ready + ": " + strings.TrimSuffix(belowMark+"; "+counted, "; ") + "."
	case Undecided:
		cure := wholeLine
		if len(r.slips(p)) > 0 {
			cure = slipsLine
		}
		return "This extract cannot show whether you are ready: " + strings.Join(reasons(p), "; ") + ". " + cure
	case AnswersNeeded:
		if open := openWords(p, p.Accreditations); open != "" {
			return "Not " + ready + " yet: " + open + "."
		}
		return "Not " + ready + " yet: too little could be checked."
	case NearlyReady:
		return "Nearly " + ready + unmet(NearlyReady, p.Accreditations) + "."
	case Ready:
		return capital(ready) + unmet(Ready, p.Accreditations) + "."
	}
	switch {
	case r.report.Selection && len(p.Accreditations) > 0:
		return "Only some checks were made, so there is no verdict" + strings.TrimSuffix(": "+counted, ": ") + "."
	case len(p.Notes) > 0:
		return sentence(p.Notes[0])
	}
	return noScheme
}

// unmet counts the checks that are not met though they stop nobody, for what is said
// after the verdict; empty where all are met.
func unmet(v Verdict, accreditations []Accreditation) string {
	failed := make(map[string]bool)
	for i := range accreditations {
		for j := range accreditations[i].Criteria {
			if c := &accreditations[i].Criteria[j]; c.Status == Failed {
				failed[c.Rule] = true
			}
		}
	}
	n := int64(len(failed))
	switch {
	case n == 0:
		return ""
	case v == Ready && n == 1:
		return "; 1 check is not met and does not stop you"
	case v == Ready:
		return "; " + figures.Count(n) + " checks are not met and do not stop you"
	}
	return "; " + figures.Plural(n, "check is", "checks are") + " not met yet"
}

// standsInTheWay is "2 things stop you; 3 more could not be checked"; empty where
// nothing does.
func standsInTheWay(stops, unjudged int64) string {
	switch {
	case stops == 0 && unjudged == 0:
		return ""
	case unjudged == 0:
		return figures.Plural(stops, "thing stops you", "things stop you")
	case stops == 0:
		return figures.Plural(unjudged, "thing that can stop you could not be checked", "things that can stop you could not be checked")
	}
	return figures.Plural(stops, "thing stops you", "things stop you") + "; " + figures.Count(unjudged) + " more could not be checked"
}

// reasons are why nobody can tell, each once.
func reasons(p *PracticeReport) []string {
	var out []string
	for i := range p.Accreditations {
		if p.Accreditations[i].Verdict != Undecided {
			continue
		}
		for _, why := range p.Accreditations[i].Undecided {
			if !slices.Contains(out, why) {
				out = append(out, why)
			}
		}
	}
	return out[:min(len(out), 1)]
}

// answers are the rules that the practice is asked to answer.
func answers(p *PracticeReport) map[string]bool {
	out := make(map[string]bool)
	for i := range p.Accreditations {
		for _, rule := range p.Accreditations[i].AnswersNeeded {
			out[rule] = true
		}
	}
	return out
}

// words is an option as a sentence, with what was given.
func (o *Option) words() string {
	given := o.Name
	if o.Value != "" {
		given += " " + o.Value
	}
	said := capital(o.Says) + " (" + given
	if o.SHA256 != "" {
		said += ", SHA-256 " + o.SHA256
	}
	return said + ")."
}

func accreditationTitle(p *PracticeReport, id string) string {
	for i := range p.Accreditations {
		if p.Accreditations[i].ID == id {
			return cmp.Or(p.Accreditations[i].Title, id)
		}
	}
	return id
}

// title names a rule for people.
func (r *reader) title(rule string) string {
	if t := r.texts[rule]; t != nil && t.Title != "" {
		return t.Title
	}
	return rule
}

func (r *reader) text(rule string) RuleText {
	if t := r.texts[rule]; t != nil {
		return *t
	}
	return RuleText{Rule: rule}
}

func (r *reader) result(rule string) Result {
	if found := r.results[rule]; found != nil {
		return *found
	}
	return Result{Rule: rule}
}

// each visits every criterion of a practice.
func each(p *PracticeReport, visit func(a *Accreditation, c *Criterion)) {
	for i := range p.Accreditations {
		for j := range p.Accreditations[i].Criteria {
			visit(&p.Accreditations[i], &p.Accreditations[i].Criteria[j])
		}
	}
}

// joinNotes makes sentences of notes.
func joinNotes(notes []string) string {
	var out []string
	for _, n := range notes {
		out = append(out, sentence(n))
	}
	return strings.Join(out, " ")
}
