package main

import (
	"context"
	"errors"

	"github.com/spf13/pflag"

	"paperlight/analyzer"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/report"
	"paperlight/analyzer/source"
)

// examine reads and judges the one extract at the paths, as the flags say.
func (k *checking) examine(ctx context.Context, paths []string, o analyzer.Options, digest bool) (*analyzer.Judgement, error) {
	o, err := k.judging(paths, o, digest)
	if err != nil {
		return nil, err
	}
	judged, err := analyzer.Examine(ctx, paths, o)
	k.line.finish()
	return judged, askedInVain(err)
}

// survey reads and judges all extracts at the paths. What is wrong with one of several
// is said at once.
func (k *checking) survey(ctx context.Context, paths []string, o analyzer.Options) (*analyzer.Surveyed, error) {
	o, err := k.judging(paths, o, !k.noDigest)
	if err != nil {
		return nil, err
	}
	o.Told = func(name string, err error) report.NotRead {
		k.line.finish()
		return k.console.sayNotRead(name, err)
	}
	all, err := analyzer.Survey(ctx, paths, o)
	k.line.finish()
	var none *analyzer.UnreadError
	if errors.As(err, &none) {
		return nil, notAllRead(nil, len(none.NotRead), none.NotRead)
	}
	return all, askedInVain(err)
}

// othersAnswered is a flag that the page of serve sets: it keeps the answers of all
// practices in one file. People are not told of it.
const othersAnswered = "answers-of-others"

func (k *checking) addOthersAnswered(f *pflag.FlagSet) {
	f.BoolVar(&k.othersAnswered, othersAnswered, false, "the answers may be of practices that the extract does not have")
	_ = f.MarkHidden(othersAnswered) // the flag is there
}

// judging are the options of judging, as the flags say.
func (k *checking) judging(paths []string, o analyzer.Options, digest bool) (_ analyzer.Options, err error) {
	if k.declarations != "" {
		text, err := readRegular(k.declarations)
		if err != nil {
			return o, usage("--declarations %s: cannot be read", baseName(k.declarations))
		}
		o.Answers = []analyzer.AnswerFile{{Option: "--declarations", Name: baseName(k.declarations), Path: k.declarations, Text: text}}
	}
	if err := found(paths); err != nil {
		return o, err
	}
	if o.Read, err = k.read.mapping(k.console, digest); err != nil {
		return o, err
	}
	o.OthersAnswered = k.othersAnswered
	o.Run, o.Level, o.ToolVersion = k.options, report.Level(k.level), version
	o.Asked = k.asked
	return o, nil
}

// askedInVain is err, or that of a practice asked for that is in no extract.
func askedInVain(err error) error {
	var unknown *analyzer.UnknownPracticeError
	if errors.As(err, &unknown) {
		return usage("--practice: %s", unknown)
	}
	return err
}

// mapping are the options of reading. What is read while files are opened is a
// sign of life.
func (r *readFlags) mapping(c *console, digest bool) (mapping.Options, error) {
	if !r.declared {
		return mapping.Options{}, errors.New("a verb that did not say so reads an extract")
	}
	systems, err := r.own.systems()
	if err == nil && systems == nil {
		systems, err = mapping.Systems() // once, and not again for each use
	}
	if err != nil {
		return mapping.Options{}, err
	}
	return mapping.Options{Systems: systems, Source: source.Options{Digest: digest, Jobs: r.jobs, Reading: func() { c.moved.Add(1) }}, AllowTestNumbers: r.allowTest}, nil
}
