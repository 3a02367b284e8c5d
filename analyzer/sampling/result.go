package sampling

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"

	"paperlight/analyzer/visible"
)

// An Outcome is what the answers say of a rule.
type Outcome string

// The outcomes.
const (
	Verified    Outcome = "verified"
	NotVerified Outcome = "not_verified"
	// Unfinished: there are lines without an answer.
	Unfinished Outcome = "unfinished"
)

// lowestShare is what the lower end of the exact interval of the share that agrees must
// reach on each side. Of 20 lines that is 19: one may differ.
const lowestShare = 0.75

// A Side is the records of a rule that meet it, or those that do not.
type Side struct {
	Records int64 `json:"records"` // in the extract
	Drawn   int64 `json:"drawn"`
	// Agree and Differ are the lines of which the reader says what the program found, and
	// the opposite.
	Agree      int64 `json:"agree"`
	Differ     int64 `json:"differ"`
	CannotTell int64 `json:"cannot_tell"`
	Unanswered int64 `json:"unanswered"`
	// Interval is the exact 95 % interval (Clopper-Pearson) of the share of lines that
	// agree, of those that agree or differ; null where there is none.
	Interval *[2]float64 `json:"interval"`
}

// A RuleResult is what the answers say of one rule.
type RuleResult struct {
	Rule    string `json:"rule"`
	Code    string `json:"code"`
	Met     Side   `json:"met"`
	Failing Side   `json:"failing"`
	// Agreement is the share of the lines, of those that agree or differ, that agree; it
	// is that of the lines, and not of all records of the practice.
	Agreement *float64 `json:"agreement"`
	// Kappa is Cohen's; null where either side has no line that tells. KappaInterval is
	// exact, KappaNormal the usual one of large samples; both are of 95 %.
	Kappa         *float64    `json:"kappa"`
	KappaInterval *[2]float64 `json:"kappa_interval"`
	KappaNormal   *[2]float64 `json:"kappa_interval_normal"`
	Reasons       []Told      `json:"reasons"`
	Outcome       Outcome     `json:"outcome"`
}

// Told is how often a reason was given.
type Told struct {
	Answer string `json:"answer"`
	Reason string `json:"reason"`
	Count  int64  `json:"count"`
}

// A Result is what a hand check found: counts, and no record.
type Result struct {
	SchemaVersion string `json:"schema_version"`
	Kind          string `json:"kind"`
	Draw          string `json:"draw"`
	About
	Rules []RuleResult `json:"rules"`
	// Differences are the numbers of the lines on which reader and program differ. They
	// stay in the practice, where the sheets are: the file of a result has none.
	Differences []Difference `json:"differences,omitempty"`
}

// A Difference is a line that differs.
type Difference struct {
	Line   int    `json:"line"`
	Rule   string `json:"rule"`
	Found  string `json:"found"` // by the program: met or failing
	Answer string `json:"answer"`
	Reason string `json:"reason,omitempty"`
}

const resultKind = "paperlight hand check"

// Result is what the sheets that were read say; an error is a *SheetError.
func (r *Reading) Result() (*Result, error) {
	if len(r.faults) > 0 {
		return nil, &SheetError{r.faults}
	}
	out := &Result{SchemaVersion: schemaVersion, Kind: resultKind, Draw: r.sealed.Draw, About: r.sealed.About, Rules: []RuleResult{}}
	for _, rule := range r.sealed.Rules {
		out.Rules = append(out.Rules, RuleResult{Rule: rule.ID, Code: rule.Code, Reasons: []Told{}, Met: Side{Records: rule.Met}, Failing: Side{Records: rule.Failing}})
	}
	for i, line := range r.sealed.Lines {
		rule := &out.Rules[line.Rule]
		met, a := r.sealed.met(i+1), r.answers[i]
		of, found := &rule.Failing, "failing"
		if met {
			of, found = &rule.Met, "met"
		}
		if of.count(a.says, met) {
			out.Differences = append(out.Differences, Difference{Line: i + 1, Rule: rule.Rule, Found: found, Answer: a.says, Reason: a.reason})
		}
		if a.reason != "" {
			rule.tell(a)
		}
	}
	for i := range out.Rules {
		out.Rules[i].decide()
	}
	return out, nil
}

// count counts a line, and reports whether it differs.
func (s *Side) count(says string, met bool) bool {
	s.Drawn++
	switch {
	case says == "":
		s.Unanswered++
	case says == CannotTell:
		s.CannotTell++
	case met == (says == AsItShouldBe):
		s.Agree++
	default:
		s.Differ++
		return true
	}
	return false
}

func (r *RuleResult) tell(a answer) {
	at := slices.IndexFunc(r.Reasons, func(t Told) bool { return t.Answer == a.says && t.Reason == a.reason })
	if at < 0 {
		at = len(r.Reasons)
		r.Reasons = append(r.Reasons, Told{Answer: a.says, Reason: a.reason})
	}
	r.Reasons[at].Count++
}

// decide works out what follows from the counts.
func (r *RuleResult) decide() {
	slices.SortFunc(r.Reasons, byWord)
	r.Met.Interval, r.Failing.Interval = r.Met.interval(), r.Failing.interval()
	r.Agreement, r.Kappa, r.KappaInterval, r.KappaNormal = nil, nil, nil, nil
	t := table{r.Met.Agree, r.Met.Differ, r.Failing.Agree, r.Failing.Differ}
	if n := r.Met.told() + r.Failing.told(); n > 0 {
		agreed := rounded(share(r.Met.Agree+r.Failing.Agree, n))
		r.Agreement = &agreed
	}
	if k, ok := t.kappa(); ok {
		k = rounded(k)
		r.Kappa, r.KappaInterval, r.KappaNormal = &k, roundedPair(t.exact()), roundedPair(t.normal())
	}
	switch {
	case r.Met.Unanswered+r.Failing.Unanswered > 0:
		r.Outcome = Unfinished
	case r.Met.stands() && r.Failing.stands():
		r.Outcome = Verified
	default:
		r.Outcome = NotVerified
	}
}

func byWord(a, b Told) int {
	if order := slices.Index(Answers, a.Answer) - slices.Index(Answers, b.Answer); order != 0 {
		return order
	}
	return slices.Index(Reasons, a.Reason) - slices.Index(Reasons, b.Reason)
}

// told is how many lines agree or differ.
func (s *Side) told() int64 { return s.Agree + s.Differ }

func (s *Side) interval() *[2]float64 {
	if s.told() == 0 {
		return nil
	}
	return roundedPair(clopperPearson(s.Agree, s.told(), confidence))
}

// stands reports whether what the program found on this side is verified. A line that
// nobody can tell of counts as one that differs: nobody verifies by not looking. Where
// all records of the side were drawn, there is no chance in the draw: then one in twenty
// may differ, and no interval is asked.
func (s *Side) stands() bool {
	if s.Drawn == s.Records {
		return (s.Drawn-s.Agree)*Each <= s.Drawn
	}
	return clopperPearson(s.Agree, s.Drawn, confidence)[0] >= lowestShare
}

// File is the result as the file that may leave the practice: without numbers of lines.
func (r *Result) File() ([]byte, error) {
	out := *r
	out.Differences = nil
	return visible.JSON(&out)
}

// JSON is the result with the lines that differ.
func (r *Result) JSON() ([]byte, error) { return visible.JSON(r) }

// MaxResult is how many bytes the file of a result may have.
const MaxResult = 16 << 20

// The ways in which a file is not one of a result.
var (
	ErrNotResult = errors.New("is not the file of a hand check")
	ErrLines     = errors.New("holds numbers of lines, which stay in the practice")
	ErrFigures   = errors.New("has figures that do not follow from its counts")
)

// ReadResult reads the file of a result. Its figures must follow from its counts.
func ReadResult(text []byte) (*Result, error) {
	out := &Result{}
	read := json.NewDecoder(bytes.NewReader(text))
	read.DisallowUnknownFields()
	if len(text) > MaxResult || read.Decode(out) != nil || out.Kind != resultKind || out.SchemaVersion != schemaVersion || len(out.Rules) > maxRules {
		return nil, ErrNotResult
	}
	if len(out.Differences) > 0 {
		return nil, ErrLines
	}
	for i := range out.Rules {
		r := &out.Rules[i]
		if !r.Met.sound() || !r.Failing.sound() || !r.soundReasons() {
			return nil, ErrFigures
		}
		r.decide()
	}
	if again, err := out.File(); err != nil || !bytes.Equal(again, text) {
		return nil, ErrFigures
	}
	return out, nil
}

// sound reports whether the counts of a side can be: as many are drawn as there are, up to
// Each.
func (s *Side) sound() bool {
	for _, n := range []int64{s.Agree, s.Differ, s.CannotTell, s.Unanswered, s.Records} {
		if n < 0 {
			return false
		}
	}
	return s.Drawn == min(s.Records, Each) && s.Agree+s.Differ+s.CannotTell+s.Unanswered == s.Drawn
}

func (r *RuleResult) soundReasons() bool {
	given := map[string]int64{}
	for i, t := range r.Reasons {
		if t.Count < 1 || !slices.Contains(Answers, t.Answer) || !slices.Contains(Reasons, t.Reason) || i > 0 && byWord(r.Reasons[i-1], t) >= 0 {
			return false
		}
		given[t.Answer] += t.Count
	}
	return given[CannotTell] == r.Met.CannotTell+r.Failing.CannotTell
}

// DrawnWith reports whether the records were drawn with a seed: who named it can tell from
// the result alone that no other draw was put in its place.
func (r *Result) DrawnWith(s Seed) bool {
	var rules []string
	for _, one := range r.Rules {
		rules = append(rules, one.Rule)
	}
	return s.draw(&r.About, rules) == r.Draw
}

// AllVerified reports whether every rule is.
func (r *Result) AllVerified() bool {
	return !slices.ContainsFunc(r.Rules, func(one RuleResult) bool { return one.Outcome != Verified })
}
