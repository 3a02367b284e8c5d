package damage

import (
	"context"
	"errors"

	"paperlight/analyzer"
	"paperlight/analyzer/crash"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/report"
	"paperlight/analyzer/score"
	"paperlight/analyzer/source"
	"paperlight/rules"
)

// A Judge says what a rule set and its schemes make of an extract.
type Judge struct {
	Catalogue *rules.Catalogue
	Schemes   []*rules.Scheme
	systems   []*mapping.System
}

// NewJudge loads the published rules and schemes.
func NewJudge() (*Judge, error) {
	catalogue, err := rules.Embedded()
	if err != nil {
		return nil, err
	}
	systems, err := mapping.Systems()
	if err != nil {
		return nil, err
	}
	j := &Judge{Catalogue: catalogue, systems: systems}
	for _, id := range rules.SchemeIDs() {
		scheme, err := rules.PublishedScheme(id, catalogue)
		if err != nil {
			return nil, err
		}
		j.Schemes = append(j.Schemes, scheme)
	}
	return j, nil
}

// An Outcome is what the schemes say of the practices of one extract.
type Outcome struct {
	// Refused: the extract cannot be judged, which is safe.
	Refused bool
	// Fault is what should never happen: an error that is no refusal.
	Fault    error
	Readings []Reading
}

// A Reading is one accreditation of one scheme for one practice.
type Reading struct {
	Practice, Scheme, Accreditation string
	Verdict                         report.Verdict
	Assured                         *int64 // nil where nothing was scored
	BlockersFailed, AnswersNeeded   []string
	Standings                       []Standing
}

// A Standing is what a reading makes of one rule.
type Standing struct {
	Rule     string
	Status   report.Status
	Basis    string
	Severity rules.Severity
	Weight   int
}

// best is the reading that a later one is held against: that of the same
// practice or, where damage made a practice up, the best of all.
func (o *Outcome) best(now *Reading) *Reading {
	var best *Reading
	for i := range o.Readings {
		r := &o.Readings[i]
		if r.Scheme != now.Scheme || r.Accreditation != now.Accreditation {
			continue
		}
		if r.Practice == now.Practice {
			return r
		}
		if best == nil || r.rank() > best.rank() {
			best = r
		}
	}
	return best
}

// rank orders readings by how well they speak of a practice.
func (r *Reading) rank() int64 {
	rank := int64(0)
	if good(r.Verdict) {
		rank = 1 << 20
	}
	if r.Assured != nil {
		rank += *r.Assured + 1
	}
	return rank
}

// status is what a reading makes of a rule.
func (r *Reading) status(rule string) report.Status {
	for i := range r.Standings {
		if r.Standings[i].Rule == rule {
			return r.Standings[i].Status
		}
	}
	return ""
}

// Outcome reads the files once and scores what was found under every scheme.
func (j *Judge) Outcome(ctx context.Context, files []string) (out *Outcome) {
	out = &Outcome{}
	defer crash.Catch(&out.Fault, "the judging")
	x, err := j.open(ctx, files)
	if err != nil {
		return failed(err)
	}
	defer x.Close()
	found, err := analyzer.Check(ctx, x, j.Catalogue, analyzer.RunOptions{Jobs: 1})
	if err != nil {
		return failed(err)
	}
	for _, scheme := range j.Schemes {
		made := score.Report(found.Scored(j.Catalogue, scheme))
		for i := range made.Practices {
			out.read(scheme, &made.Practices[i])
		}
	}
	return out
}

func (o *Outcome) read(scheme *rules.Scheme, p *report.PracticeReport) {
	for i := range p.Accreditations {
		a := &p.Accreditations[i]
		r := Reading{Practice: p.PracticeID, Scheme: scheme.ID, Accreditation: a.ID, Verdict: a.Verdict,
			Assured: a.AssuredScore, BlockersFailed: a.BlockersFailed, AnswersNeeded: a.AnswersNeeded}
		for j := range a.Criteria {
			c := &a.Criteria[j]
			r.Standings = append(r.Standings, Standing{Rule: c.Rule, Status: c.Status, Basis: c.Basis, Severity: rules.Severity(c.Severity), Weight: c.Weight})
		}
		o.Readings = append(o.Readings, r)
	}
}

// open opens files as one extract. Made-up patients have numbers of the test
// range.
func (j *Judge) open(ctx context.Context, files []string) (*extract.Extract, error) {
	return analyzer.Open(ctx, files, mapping.Options{Source: source.Options{Jobs: 1}, AllowTestNumbers: true, Systems: j.systems})
}

// failed tells a refusal from a fault.
func failed(err error) *Outcome {
	var unfit *analyzer.Refusal
	var refused *mapping.RefusedError
	var decode *source.DecodeError
	if errors.As(err, &unfit) || errors.As(err, &refused) || errors.As(err, &decode) {
		return &Outcome{Refused: true}
	}
	return &Outcome{Fault: err}
}
