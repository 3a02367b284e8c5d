package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"

	"paperlight/analyzer/challenge"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
	"paperlight/analyzer/sampling"
	"paperlight/analyzer/visible"
)

// What people said of a result is kept with it: hand checks, and challenges with what
// was decided of them. The report does not follow from them and does not change; each
// has to be of it, and to hold nothing but counts, words of closed lists and handles.

func handCheckName(i int) string { return fmt.Sprintf("%shand-checks/%03d.json", payload, i+1) }
func challengeName(i int) string { return fmt.Sprintf("%schallenges/%03d.json", payload, i+1) }

// A HandCheck is what a verification tells of one.
type HandCheck struct {
	Practice    string   `json:"practice"`
	Draw        string   `json:"draw"`
	Verified    []string `json:"verified"` // rules
	NotVerified []string `json:"not_verified"`
	Unfinished  []string `json:"unfinished"`
	summary     string
}

// A Challenged is what a verification tells of one challenge.
type Challenged struct {
	Practice  string `json:"practice"`
	Challenge int    `json:"challenge"`
	Rule      string `json:"rule"`
	Reason    string `json:"reason"`
	Count     int64  `json:"count"`
	State     string `json:"state"` // open, or the outcome
}

// An AttachedError says why a hand check or a file of challenges does not belong to a
// report.
type AttachedError struct {
	// HandCheck says which of the two it is, and At its place among those given.
	HandCheck bool
	At        int
	Err       error
}

func (e *AttachedError) Error() string { return e.Err.Error() }
func (e *AttachedError) Unwrap() error { return e.Err }

var (
	errOtherReport = errors.New("is of another report: another practice, day, extract, scheme or set of rules")
	errOtherCounts = errors.New("counts records that the report does not")
	errGivenTwice  = errors.New("is given twice")
	errTold        = errors.New("names a draw or a version that no program of ours gives")
)

// drawForm and toolForm are those of what a hand check names that the report cannot
// confirm: no words fit into them.
var (
	drawForm = regexp.MustCompile(`^[0-9A-Z]{4}-[0-9A-Z]{4}$`)
	toolForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$`)
)

// attached reads the hand checks and challenges of the bundle, and holds them to the report.
func (b *Bundle) attached(r *record, shown *report.Report) (checks []HandCheck, challenges []Challenged, err error) {
	checks, challenges = []HandCheck{}, []Challenged{}
	draws := map[string]bool{}
	for i := range r.HandChecks {
		found, err := sampling.ReadResult(b.files[handCheckName(i)])
		if err == nil {
			err = handCheckOf(found, shown)
		}
		if err == nil && draws[found.Draw] {
			err = errGivenTwice
		}
		if err != nil {
			return nil, nil, &AttachedError{true, i, err}
		}
		draws[found.Draw] = true
		checks = append(checks, toldOf(found))
	}
	files := map[string]bool{}
	for i := range r.Challenges {
		found, err := challenge.Read(b.files[challengeName(i)])
		if err == nil {
			err = challengesOf(found, shown)
		}
		if err == nil && files[found.Practice] {
			err = errGivenTwice
		}
		if err != nil {
			return nil, nil, &AttachedError{false, i, err}
		}
		files[found.Practice] = true
		for _, c := range found.Challenges() {
			one := Challenged{found.Practice, c.Number, c.Rule, c.Reason, c.Count, "open"}
			if c.Outcome != "" {
				one.State = string(c.Outcome)
			}
			challenges = append(challenges, one)
		}
	}
	return checks, challenges, nil
}

// practiceOf is the practice of a report that digests and a day are of.
func practiceOf(shown *report.Report, practice, asOf, extract, rules, scheme string) *report.PracticeReport {
	if rules != shown.Rules.SHA256 || scheme != shown.Scheme.SHA256 {
		return nil
	}
	for i := range shown.Practices {
		p := &shown.Practices[i]
		if p.PracticeID == practice && p.AsOf == asOf && p.Extract >= 0 && p.Extract < len(shown.Extracts) && shown.Extracts[p.Extract].SHA256 == extract && extract != "" {
			return p
		}
	}
	return nil
}

// counted are the records that meet a rule and that do not, as the report has them.
func counted(p *report.PracticeReport, rule string) (code string, met, failing int64, ok bool) {
	for _, one := range p.Results {
		if one.Rule == rule && one.Denominator != nil && one.Numerator != nil {
			return one.Code, *one.Numerator, *one.Denominator - *one.Numerator, true
		}
	}
	return "", 0, 0, false
}

func handCheckOf(found *sampling.Result, shown *report.Report) error {
	p := practiceOf(shown, found.Practice, found.AsOf, found.Extract, found.About.Rules, found.Scheme)
	if p == nil {
		return errOtherReport
	}
	if !drawForm.MatchString(found.Draw) || !toolForm.MatchString(found.Tool) {
		return errTold
	}
	seen := map[string]bool{}
	for _, r := range found.Rules {
		code, met, failing, ok := counted(p, r.Rule)
		if !ok || code != r.Code || met != r.Met.Records || failing != r.Failing.Records || seen[r.Rule] {
			return errOtherCounts
		}
		seen[r.Rule] = true
	}
	return nil
}

func challengesOf(found *challenge.File, shown *report.Report) error {
	p := practiceOf(shown, found.Practice, found.AsOf, found.Extract, found.About.Rules, found.Scheme)
	if p == nil {
		return errOtherReport
	}
	for _, c := range found.Challenges() {
		if _, _, failing, ok := counted(p, c.Rule); !ok || failing != c.Failing {
			return errOtherCounts
		}
	}
	return nil
}

func toldOf(found *sampling.Result) HandCheck {
	out := HandCheck{Practice: found.Practice, Draw: found.Draw, Verified: []string{}, NotVerified: []string{}, Unfinished: []string{}, summary: found.Summary()}
	for _, r := range found.Rules {
		switch r.Outcome {
		case sampling.Verified:
			out.Verified = append(out.Verified, r.Rule)
		case sampling.Unfinished:
			out.Unfinished = append(out.Unfinished, r.Rule)
		default:
			out.NotVerified = append(out.NotVerified, r.Rule)
		}
	}
	return out
}

// holdAttached holds what was attached to the report of the bundle, which follows.
func (v *verifying) holdAttached(r *record) {
	shown, err := report.ReadJSON(bytes.NewReader(v.files[reportName]))
	if err != nil {
		return
	}
	var wrong *AttachedError
	v.found.HandChecks, v.found.Challenges, err = v.attached(r, shown)
	if errors.As(err, &wrong) {
		v.found.HandChecks, v.found.Challenges = []HandCheck{}, []Challenged{}
		name := challengeName(wrong.At)
		if wrong.HandCheck {
			name = handCheckName(wrong.At)
		}
		v.fault(NotABundle, name, "", err.Error())
		return
	}
	for i := range r.HandChecks {
		if found, err := sampling.ReadResult(v.files[handCheckName(i)]); v.asking.Seed != nil && (err != nil || !found.DrawnWith(*v.asking.Seed)) {
			v.fault(OtherSeed, handCheckName(i), "", "")
		}
	}
}

// attachedText says what was attached.
func (f *Findings) attachedText(w io.Writer) {
	for _, c := range f.HandChecks {
		fmt.Fprintf(w, "Hand check of practice %s, draw %s: %s\n", visible.Name(c.Practice), c.Draw, c.summary)
		for _, rule := range c.NotVerified {
			fmt.Fprintf(w, "  %s: not verified\n", visible.Name(rule))
		}
		for _, rule := range c.Unfinished {
			fmt.Fprintf(w, "  %s: not finished\n", visible.Name(rule))
		}
	}
	for _, c := range f.Challenges {
		fmt.Fprintf(w, "Challenge %d of practice %s: %s of %s: %s\n", c.Challenge, visible.Name(c.Practice), figures.Plural(c.Count, "record", "records"), visible.Name(c.Rule), c.State)
	}
}
