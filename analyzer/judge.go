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
	// Practices, where there are any, are the ids or organisation codes of those
	// to report on.
	Practices []string
	// Anonymised: an extract that can identify people is an *IdentifiableError.
	Anonymised bool
	// Asked is what was asked for that changes a result, for the report.
	Asked func(answers []report.Option) []report.Option
	// Level is who may see the report; empty is the practice.
	Level       report.Level
	ToolVersion string
}

// defaultScheme is the scheme of the zero Options.
const defaultScheme = "england-2026"

// Judge reads the extract at the paths (a folder, a zip or files), runs the
// rules of a scheme over it and says whether its practices are ready. What
// cannot be judged is a *Refusal, a *mapping.RefusedError, an *IdentifiableError
// or a *source.DecodeError.
func Judge(ctx context.Context, paths []string, o Options) (report.Released, error) {
	j, err := Examine(ctx, paths, o)
	if err != nil {
		return report.Released{}, err
	}
	return j.Released, j.Close()
}

// Open opens an extract. A zero Key is replaced by a random one: NHS numbers are
// hashed under a key of this run alone, so that nothing of them can be joined
// with another run's.
func Open(ctx context.Context, paths []string, o mapping.Options) (*extract.Extract, error) {
	if o.Key == [16]byte{} {
		if _, err := rand.Read(o.Key[:]); err != nil {
			return nil, err
		}
	}
	return mapping.Open(ctx, paths, o)
}

// A Judgement is an extract that was judged. The extract stays open, so that
// FailingRows can read it again, until Close.
type Judgement struct {
	// Released is the report at the level asked for: what renderers take. Exact
	// is the report of the practice, for what stays where the extract is.
	Released  report.Released
	Exact     *report.Report
	Outcome   *Outcome
	Catalogue *rules.Catalogue // of the rules that were run
	Scheme    *rules.Scheme
	extract   *extract.Extract
	// identifying is what could identify people in it.
	identifying *report.Identifying
}

// Close releases the files of the extract.
func (j *Judgement) Close() error {
	if j.extract.Close == nil {
		return nil
	}
	return j.extract.Close()
}

// Examine is Judge, and leaves the extract open.
func Examine(ctx context.Context, paths []string, o Options) (_ *Judgement, err error) {
	j := &Judgement{}
	terms, err := j.prepare(&o)
	if err != nil {
		return nil, err
	}
	var given answers
	for _, f := range o.Answers {
		if err := given.add(f, terms); err != nil {
			return nil, err
		}
	}
	if j.extract, err = Open(ctx, paths, o.Read); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, j.Close())
		}
	}()
	for _, path := range paths {
		f, err := answersIn(path, o.Answers)
		if err == nil && f != nil {
			err = given.add(*f, terms)
		}
		if err != nil {
			return nil, err
		}
	}
	if o.Only == nil {
		if j.identifying, err = Identify(ctx, j.extract, o.Anonymised, o.Run); err != nil {
			return nil, err
		}
	}
	o.Run.Declarations = slices.Concat(o.Run.Declarations, given.given)
	if j.Outcome, err = Check(ctx, j.extract, j.Catalogue, o.Run); err != nil {
		return nil, err
	}
	if err := known(j.Outcome.Declarations, j.Outcome.State.Practices); err != nil {
		return nil, err
	}
	return j, j.report(&o, given.options, slices.Concat(j.Outcome.Reading, unasked(j.Outcome.Declarations, slices.Sorted(maps.Keys(terms)))))
}

// prepare chooses rules and scheme. terms are of the questions that any rule asks.
func (j *Judgement) prepare(o *Options) (terms map[string]rules.AnswerTerms, err error) {
	all := o.Catalogue
	if all == nil {
		if all, err = rules.Embedded(); err != nil {
			return nil, err
		}
	}
	if j.Scheme = o.Scheme; j.Scheme == nil {
		if j.Scheme, err = rules.PublishedScheme(defaultScheme, all); err != nil {
			return nil, err
		}
	}
	chosen, err := all.Select(o.Select, o.Ignore)
	if err != nil {
		return nil, err
	}
	if o.Only != nil {
		chosen = []*rules.Rule{o.Only}
	}
	j.Catalogue = all.Only(chosen)
	return all.AnswerTerms(), nil
}

// report scores the outcome and keeps the practices asked for.
func (j *Judgement) report(o *Options, answers []report.Option, notes []string) (err error) {
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
		Slips: extract.Slips(x.Unused), Notes: slices.Concat(x.Notes, extract.OtherNotes(x.Unused), notes), Identifying: j.identifying,
	}
	in.Options, in.Selection, in.ToolVersion, in.Practices = asked, len(o.Select)+len(o.Ignore) > 0, o.ToolVersion, o.Practices
	j.Exact = score.Report(in)
	in.Level = o.Level
	j.Released = score.Release(in)
	return found(j.Exact, o.Practices)
}

// An UnknownPracticeError says that a practice asked for is not in the extract.
type UnknownPracticeError struct{}

func (*UnknownPracticeError) Error() string {
	return "the extract has no practice of one of the ids given"
}

// found reports a practice asked for that is not in the extract.
func found(r *report.Report, ids []string) error {
	for _, id := range ids {
		if !slices.ContainsFunc(r.Practices, func(p report.PracticeReport) bool { return id == p.PracticeID || id == p.ODSCode }) {
			return &UnknownPracticeError{}
		}
	}
	return nil
}
