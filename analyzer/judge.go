package analyzer

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"slices"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/report"
	"paperlight/analyzer/score"
	"paperlight/analyzer/source"
	"paperlight/rules"
)

// Options say how an extract is read, run and judged. The zero Options judge by
// the published rules and the scheme england-2026.
type Options struct {
	// Catalogue are the rules; nil for the published ones. It is not changed.
	Catalogue *rules.Catalogue
	// Select and Ignore choose among them, as Catalogue.Select does. A choice
	// has no verdict.
	Select, Ignore []string
	// Only, where not nil, is the one rule to run; nothing else is known of the
	// extract then.
	Only *rules.Rule
	// Scheme is what to judge by; nil for england-2026.
	Scheme *rules.Scheme
	// Read says how files are opened, as for Open.
	Read mapping.Options
	// Run says how rules are run.
	Run RunOptions
	// Answers are files of the practice's answers. Those that lie in an extract
	// are found without.
	Answers []AnswerFile
	// OthersAnswered: the files may hold answers of practices that no extract has, which
	// are left out. Else they are refused: they would count for nothing, unseen.
	OthersAnswered bool
	// Apart: the extract is one of several that are read apart, and answers in Answers may
	// be of a practice of another. Answers in the extract itself are of its own practices.
	Apart bool
	// Practices, where there are any, are the ids or organisation codes of those
	// to report on.
	Practices []string
	// Anonymised: an extract that can identify people is an *IdentifiableError.
	Anonymised bool
	// Asked is what was asked for that changes a result, for the report.
	Asked func(answers []report.Option) []report.Option
	// Level is who may see the report; empty is the practice.
	Level report.Level
	// Each, where not nil, is given each judgement of a Survey while its extract is
	// open; its error ends the survey.
	Each func(*Judgement) error
	// Told says of the error of an extract how it stands in the report, where there are
	// several; nil gives its text.
	Told        func(name string, err error) report.NotRead
	ToolVersion string
}

// defaultScheme is the scheme of the zero Options.
const defaultScheme = "england-2026"

// Judge reads the extracts at the paths (folders, zips or files), runs the rules of a
// scheme over each and says whether their practices are ready. What cannot be judged is
// a *Refusal, a *mapping.RefusedError, an *IdentifiableError or a *source.DecodeError.
func Judge(ctx context.Context, paths []string, o Options) (report.Released, error) {
	all, err := Survey(ctx, paths, o)
	if err != nil {
		return report.Released{}, err
	}
	return all.Released, nil
}

// Find finds the extracts at the paths.
func Find(paths []string, o mapping.Options) (*mapping.Discovery, error) {
	return mapping.Discover(paths, o.Systems)
}

// Open opens the one extract at the paths; several are a *SeveralError. A zero Key is
// replaced by a random one: NHS numbers are hashed under a key of this run alone, so
// that nothing of them can be joined with another run's.
func Open(ctx context.Context, paths []string, o mapping.Options) (*extract.Extract, error) {
	found, err := onlyOne(paths, o)
	if err != nil {
		return nil, err
	}
	return OpenFound(ctx, found, o)
}

// OpenFound is Open, of an extract that Find found.
func OpenFound(ctx context.Context, found mapping.Found, o mapping.Options) (*extract.Extract, error) {
	if o.Key == [16]byte{} {
		if _, err := rand.Read(o.Key[:]); err != nil {
			return nil, err
		}
	}
	return mapping.OpenFound(ctx, found, o)
}

// A Judgement is an extract that was judged. The extract stays open, so that
// FailingRows can read it again, until Close.
type Judgement struct {
	// Released is the report at the level asked for: what renderers take. Exact
	// is the report of the practice, for what stays where the extract is.
	Released report.Released
	Exact    *report.Report
	Outcome  *Outcome
	// Input is what the reports are made of, at the level asked for.
	Input     score.Input
	Catalogue *rules.Catalogue // of the rules that were run
	Scheme    *rules.Scheme
	// Extract is the name of the extract, and Several says that the run has more.
	Extract string
	Several bool
	extract *extract.Extract
	// identifying is what could identify people in it.
	identifying *report.Identifying
	// settled: nothing was guessed when the extract was opened, or it was guessed right.
	settled bool
}

// Close releases the files of the extract.
func (j *Judgement) Close() error {
	if j.extract.Close == nil {
		return nil
	}
	return j.extract.Close()
}

// Examine judges the one extract at the paths, and leaves it open; several are a
// *SeveralError.
func Examine(ctx context.Context, paths []string, o Options) (*Judgement, error) {
	found, err := onlyOne(paths, o.Read)
	if err != nil {
		return nil, err
	}
	return ExamineFound(ctx, found, o)
}

// ExamineFound is Examine, of an extract that Find found.
func ExamineFound(ctx context.Context, found mapping.Found, o Options) (*Judgement, error) {
	s, err := newSession(o)
	if err != nil {
		return nil, err
	}
	j, err := s.examine(ctx, found)
	if err != nil {
		return nil, err
	}
	if err := foundAll(j.Exact, o.Practices); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

// A session is what all extracts of a run are judged by.
type session struct {
	Options
	rules  *rules.Catalogue // those that are run
	scheme *rules.Scheme
	terms  map[string]rules.AnswerTerms // of the questions that any rule asks
	given  answers                      // of the files of answers that were named
	// several: there are more extracts, to which a given answer may belong. beside says
	// what lies beside them.
	several bool
	beside  []string
}

func newSession(o Options) (*session, error) {
	s := &session{Options: o}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	for _, f := range o.Answers {
		if err := s.given.add(f, s.terms); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// examine judges one extract: first without looking through its text files beforehand
// and, where that does not do, as it is always done.
func (s *session) examine(ctx context.Context, found mapping.Found) (*Judgement, error) {
	if s.Anonymised {
		return s.examineOnce(ctx, found, nil)
	}
	guess := &source.Guess{}
	j, err := s.examineOnce(ctx, found, guess)
	switch {
	case !guess.Made(), err == nil && j.settled, ctx.Err() != nil:
		return j, err
	case err == nil:
		if err := j.Close(); err != nil {
			return nil, err
		}
	}
	if err := guess.Changed(); err != nil {
		return nil, err
	}
	return s.examineOnce(ctx, found, nil)
}

// examineOnce is examine with text files guessed, where guess is not nil.
func (s *session) examineOnce(ctx context.Context, found mapping.Found, guess *source.Guess) (_ *Judgement, err error) {
	j := &Judgement{Catalogue: s.rules, Scheme: s.scheme, Extract: found.Name, Several: s.several}
	read := s.Read
	read.Source.Guess = guess
	if j.extract, err = OpenFound(ctx, found, read); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, j.Close())
		}
	}()
	given := answers{slices.Clone(s.given.given), slices.Clone(s.given.options)}
	for _, place := range found.Places {
		f, err := answersIn(place, s.Answers)
		if err == nil && f != nil {
			err = given.add(*f, s.terms)
		}
		if err != nil {
			return nil, err
		}
	}
	identified := func(context.Context) (*report.Identifying, error) { return nil, nil }
	if s.Only == nil {
		if identified, err = beginIdentify(ctx, j.extract, s.Anonymised, s.Run); err != nil {
			return nil, err
		}
	}
	run := s.Run
	run.Declarations = slices.Concat(run.Declarations, given.given)
	if j.Outcome, err = Check(ctx, j.extract, j.Catalogue, run); err != nil {
		return nil, err
	}
	if j.settled = guess.Settle(s.Run.Jobs); !j.settled {
		return j, nil
	}
	if j.identifying, err = identified(ctx); err != nil {
		return nil, err
	}
	ours := j.Outcome.Declarations
	if s.several || s.Apart { // of which practice those are that were named is known at the end
		ours = slices.DeleteFunc(slices.Clone(ours), func(d rules.Declaration) bool {
			return slices.ContainsFunc(s.given.given, func(g rules.Declaration) bool { return g.File == d.File && g.Line == d.Line })
		})
	}
	if err := known(ours, j.Outcome.State.Practices); err != nil && !s.OthersAnswered {
		return nil, err
	}
	return j, j.report(s, given.options, slices.Concat(j.Outcome.Reading, unasked(j.Outcome.Declarations, slices.Sorted(maps.Keys(s.terms)))))
}

// prepare chooses rules and scheme.
func (s *session) prepare() (err error) {
	all := s.Catalogue
	if all == nil {
		if all, err = rules.Embedded(); err != nil {
			return err
		}
	}
	if s.scheme = s.Scheme; s.scheme == nil {
		if s.scheme, err = rules.PublishedScheme(defaultScheme, all); err != nil {
			return err
		}
	}
	chosen, err := all.Select(s.Select, s.Ignore)
	if err != nil {
		return err
	}
	if s.Only != nil {
		chosen = []*rules.Rule{s.Only}
	}
	s.rules, s.terms = all.Only(chosen), all.AnswerTerms()
	return nil
}

// report scores the outcome and keeps the practices asked for.
func (j *Judgement) report(o *session, answers []report.Option, notes []string) (err error) {
	x, digest := j.extract, ""
	if x.SHA256 != nil {
		if digest, err = x.SHA256(); err != nil {
			return err
		}
	}
	if x.Noticed != nil {
		notes = slices.Concat(x.Noticed(), notes)
	}
	asked := answers
	if o.Asked != nil {
		asked = o.Asked(answers)
	}
	in := j.Outcome.Scored(j.Catalogue, j.Scheme)
	in.Extract = score.Extract{
		Name: x.Name, System: x.System, Format: x.Format, SHA256: digest, Lists: x.Lists, Bare: x.Bare, Own: x.Own,
		Slips: x.Slips(), Notes: slices.Concat(x.Notes, extract.OtherNotes(x.Unused), notes, o.beside), Identifying: j.identifying,
	}
	in.Options, in.Selection, in.ToolVersion, in.Practices = asked, len(o.Select)+len(o.Ignore) > 0, o.ToolVersion, o.Practices
	exact := in
	in.Level = o.Level
	j.Released, j.Input = score.Release(in), in
	if o.Level == "" || o.Level == report.Practice {
		j.Exact = j.Released.Report() // nothing was taken out
	} else {
		j.Exact = score.Report(exact)
	}
	return nil
}

// Digests are those of the extract's files, by name; none where none were asked for.
func (j *Judgement) Digests() (map[string]string, error) {
	if j.extract.Digests == nil {
		return nil, nil
	}
	return j.extract.Digests()
}

// An UnknownPracticeError says that a practice asked for is not in the extract.
type UnknownPracticeError struct{}

func (*UnknownPracticeError) Error() string {
	return "the extract has no practice of one of the ids given"
}

// foundAll reports a practice asked for that is not in the extract.
func foundAll(r *report.Report, ids []string) error {
	for _, id := range ids {
		if !slices.ContainsFunc(r.Practices, func(p report.PracticeReport) bool { return id == p.PracticeID || id == p.ODSCode }) {
			return &UnknownPracticeError{}
		}
	}
	return nil
}
