package analyzer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/report"
	"paperlight/rules"
)

// Several extracts are read one after the other, each as if it were the only one, and
// let go before the next: what is kept of one is its report. So memory is that of the
// largest, and a practice's figures do not turn on what else was given.

// A SeveralError says that there are several extracts where one is wanted.
type SeveralError struct{ Names []string }

func (e *SeveralError) Error() string {
	return fmt.Sprintf("there are %s, and one is wanted: %s", figures.Plural(int64(len(e.Names)), "extract", "extracts"), strings.Join(e.Names, ", "))
}

// onlyOne finds the one extract at the paths.
func onlyOne(paths []string, o mapping.Options) (mapping.Found, error) {
	all, err := Find(paths, o)
	if err != nil {
		return mapping.Found{}, err
	}
	if len(all.Extracts) == 1 {
		return all.Extracts[0], nil
	}
	e := &SeveralError{}
	for _, f := range all.Extracts {
		e.Names = append(e.Names, extract.Shown(f.Name))
	}
	return mapping.Found{}, e
}

// A Surveyed is what became of all extracts of a run.
type Surveyed struct {
	// Released is the report at the level asked for, Exact that of the practice, as
	// those of a Judgement.
	Released report.Released
	Exact    *report.Report
	// NotRead are the extracts that could not be read.
	NotRead []report.NotRead
}

// An UnreadError says that none of several extracts could be read.
type UnreadError struct{ NotRead []report.NotRead }

func (e *UnreadError) Error() string {
	return fmt.Sprintf("none of the %d extracts could be read", len(e.NotRead))
}

// Survey judges every extract at the paths. One of several that cannot be read does not
// stop the others.
func Survey(ctx context.Context, paths []string, o Options) (*Surveyed, error) {
	if o.Read.Systems == nil { // once, and not for each extract
		systems, err := mapping.Systems()
		if err != nil {
			return nil, err
		}
		o.Read.Systems = systems
	}
	all, err := Find(paths, o.Read)
	if err != nil {
		return nil, err
	}
	s, err := newSession(o)
	if err != nil {
		return nil, err
	}
	s.several, s.beside = len(all.Extracts) > 1, all.Unused
	v := &survey{session: s}
	for _, found := range all.Extracts {
		if err := v.add(ctx, found); err != nil {
			return nil, err
		}
	}
	if len(v.exact) == 0 {
		return nil, &UnreadError{v.notRead}
	}
	out := &Surveyed{Released: report.Join(v.released, v.notRead), Exact: report.Joined(v.exact, v.notRead), NotRead: v.notRead}
	if err := v.answered(); err != nil {
		return nil, err
	}
	return out, foundAll(out.Exact, o.Practices)
}

// A survey is a run over several extracts.
type survey struct {
	*session
	released []report.Released
	exact    []*report.Report
	notRead  []report.NotRead
	seen     []seenPractice
	known    []string // the ids of all practices, reported on or not, in small letters
}

// add judges one extract more.
func (v *survey) add(ctx context.Context, found mapping.Found) (err error) {
	j, err := v.named(found.Name).examine(ctx, found)
	if err != nil {
		return v.failed(ctx, found.Name, err)
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	if err := v.once(found.Name, j.Exact); err != nil {
		return err
	}
	for i := range j.Outcome.State.Practices {
		v.known = append(v.known, plainID(j.Outcome.State.Practices[i].ID))
	}
	if v.Each != nil {
		if err := v.Each(j); err != nil {
			return err
		}
	}
	v.released, v.exact = append(v.released, j.Released), append(v.exact, j.Exact)
	return nil
}

// named is the session with the name of the extract in what it shows of its progress.
func (s *session) named(name string) *session {
	if !s.several || s.Run.Progress == nil {
		return s
	}
	out := *s
	show := s.Run.Progress
	out.Run.Progress = func(p Progress) {
		p.Table = name + ": " + p.Table
		show(p)
	}
	return &out
}

// failed keeps what is wrong with one of several extracts. What is wrong with the run,
// and not with its files, ends it.
func (v *survey) failed(ctx context.Context, name string, err error) error {
	if !v.several || ctx.Err() != nil {
		return err
	}
	var ofRules *rules.Error
	if errors.As(err, &ofRules) {
		return err
	}
	told := report.NotRead{Name: name, ExitCode: refusedInput, Says: err.Error()}
	if v.Told != nil {
		told = v.Told(name, err)
	}
	v.notRead = append(v.notRead, told)
	return nil
}

// refusedInput is the exit code of input that is refused.
const refusedInput = 3

// A seenPractice is a practice of an extract that was judged.
type seenPractice struct{ id, ods, system, extract string }

// once refuses a practice that an earlier extract held: nobody could say which of the
// two is meant.
func (v *survey) once(name string, r *report.Report) error {
	for _, p := range r.Practices {
		now := seenPractice{p.PracticeID, strings.ToUpper(strings.TrimSpace(p.ODSCode)), r.Extract.System, name}
		for _, before := range v.seen {
			if err := now.repeats(before); err != nil {
				return err
			}
		}
		v.seen = append(v.seen, now)
	}
	return nil
}

// same: they have one ODS code or, where that of either is not known, one id. An id may
// be the code.
func (p seenPractice) same(o seenPractice) bool {
	if p.ods != "" && o.ods != "" {
		return p.ods == o.ods
	}
	return p.id == o.id || p.ods != "" && p.ods == o.id || o.ods != "" && o.ods == p.id
}

// repeats refuses a practice that is the same as one before.
func (p seenPractice) repeats(before seenPractice) error {
	both := extract.Shown(before.extract) + " and " + extract.Shown(p.extract)
	switch {
	case !p.same(before):
		return nil
	case p.id == unnamedPractice && p.ods == "":
		return &Refusal{Message: both + " each hold a practice that has no id: nothing tells the two apart",
			Hint: "give each a table practice (practice.csv) with its practice_id, or check them one at a time"}
	case p.system != before.system:
		return &Refusal{Message: both + " hold the same practice, from two systems", Hint: "give the extract of the system that the practice uses now"}
	}
	return &Refusal{Message: both + " hold the same practice", Hint: "give the one that is to be judged; to compare them, check them one at a time"}
}

// unnamedPractice is the id of the practice of patients that name none.
const unnamedPractice = "unknown"

// answered refuses an answer that was given of a practice which no extract has. Where
// some could not be read it may be of one of those.
func (v *survey) answered() error {
	if !v.several || len(v.notRead) > 0 || v.OthersAnswered {
		return nil
	}
	for i := range v.given.given {
		d := v.given.given[i : i+1]
		if !slices.Contains(v.known, plainID(d[0].Practice)) {
			if err := known(d, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// plainID is the id of a practice as answers may write it.
func plainID(id string) string { return strings.ToLower(strings.TrimSpace(id)) }
