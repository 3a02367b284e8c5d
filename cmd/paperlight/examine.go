package main

import (
	"context"
	"errors"

	"github.com/spf13/pflag"

	"paperlight/analyzer"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/report"
	"paperlight/analyzer/source"
	"paperlight/rules"
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
	if o.Answers == nil {
		if o.Answers, err = answersAt(k.declarations); err != nil {
			return o, err
		}
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

// answersAt reads the file of answers that --declarations names; there is none at no path.
func answersAt(path string) ([]analyzer.AnswerFile, error) {
	if path == "" {
		return nil, nil
	}
	text, err := readRegular(path)
	if err != nil {
		return nil, usage("--declarations %s: cannot be read", baseName(path))
	}
	return []analyzer.AnswerFile{{Option: "--declarations", Name: baseName(path), Path: path, Text: text}}, nil
}

// soundAnswers reads the answers of files before any extract is: a fault in them is one of
// the run, and of no extract.
func soundAnswers(files []analyzer.AnswerFile, c *rules.Catalogue) (out []rules.Declaration, err error) {
	for _, f := range files {
		some, err := rules.ParseAnswers(f.Name, f.Text, c.AnswerTerms())
		if err != nil {
			return nil, fail(exitUsage, err, "")
		}
		out = append(out, some...)
	}
	return out, nil
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
