package main

import (
	"context"
	"errors"

	"paperlight/analyzer"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/report"
	"paperlight/analyzer/source"
)

// examine reads and judges an extract as the flags say.
func (k *checking) examine(ctx context.Context, paths []string, o analyzer.Options, digest bool) (*analyzer.Judgement, error) {
	if k.declarations != "" {
		text, err := readRegular(k.declarations)
		if err != nil {
			return nil, usage("--declarations %s: cannot be read", baseName(k.declarations))
		}
		o.Answers = []analyzer.AnswerFile{{Option: "--declarations", Name: baseName(k.declarations), Path: k.declarations, Text: text}}
	}
	if err := found(paths); err != nil {
		return nil, err
	}
	var err error
	if o.Read, err = k.read.mapping(k.console, digest); err != nil {
		return nil, err
	}
	o.Run, o.Level, o.ToolVersion = k.options, report.Level(k.level), version
	o.Asked = k.asked
	judged, err := analyzer.Examine(ctx, paths, o)
	k.line.finish()
	var unknown *analyzer.UnknownPracticeError
	if errors.As(err, &unknown) {
		return nil, usage("--practice: %s", unknown)
	}
	return judged, err
}

// mapping are the options of reading. What is read while files are opened is a
// sign of life.
func (r *readFlags) mapping(c *console, digest bool) (mapping.Options, error) {
	if !r.declared {
		return mapping.Options{}, errors.New("a verb that did not say so reads an extract")
	}
	systems, err := r.own.systems()
	if err != nil {
		return mapping.Options{}, err
	}
	return mapping.Options{Systems: systems, Source: source.Options{Digest: digest, Jobs: r.jobs, Reading: func() { c.moved.Add(1) }}, AllowTestNumbers: r.allowTest}, nil
}
