package evidence

import (
	"bytes"
	"slices"

	"paperlight/analyzer/report"
)

// A Repeat is what has to be known of a run to repeat it over the extract.
type Repeat struct {
	Texts Texts
	Asked Asked
	Level report.Level
	// Version is of the program that made the bundle, as its report says it.
	Version string
	// Options are those of the report, of the first extract; each extract may add
	// answers of its own.
	Options []report.Option
	report  []byte
}

// Repeat is what the bundle says of its run; the error is of a bundle that does not stand
// up.
func (b *Bundle) Repeat() (*Repeat, error) {
	r, err := b.record()
	if err != nil {
		return nil, err
	}
	out := &Repeat{Texts: b.texts(r), Asked: r.Asked, Level: r.Level, Version: r.Tool.Version, report: b.files[reportName]}
	out.Options = r.Extracts[0].Asked()
	return out, nil
}

// answering are the options that name files of answers.
var answering = []string{"--declarations", "declarations.yaml"}

// Answers are the digests of the files of answers that were given beside the extract.
func (r *Repeat) Answers() (out []string) {
	for _, o := range r.Options {
		if o.Name == answering[0] {
			out = append(out, o.SHA256)
		}
	}
	return out
}

// OptionsWith are the options of the run, with the answers that were found this time.
func (r *Repeat) OptionsWith(answers []report.Option) []report.Option {
	out := slices.DeleteFunc(slices.Clone(r.Options), func(o report.Option) bool { return slices.Contains(answering, o.Name) })
	at := slices.IndexFunc(out, func(o report.Option) bool { return o.Name > "--codelists" })
	if at < 0 {
		at = len(out)
	}
	return slices.Insert(out, at, answers...)
}

// Same reports whether the run gave the same report again, byte for byte, and otherwise
// which two have to be compared.
func (r *Repeat) Same(again report.Released) (same bool, before, after *report.Report, err error) {
	var text bytes.Buffer
	if err := report.WriteJSON(&text, again, report.Options{}); err != nil {
		return false, nil, nil, err
	}
	if bytes.Equal(text.Bytes(), r.report) {
		return true, nil, nil, nil
	}
	if before, err = report.ReadJSON(bytes.NewReader(r.report)); err == nil {
		after, err = report.ReadJSON(&text)
	}
	return false, before, after, err
}

// SameFiles reports whether two reports are of the same extracts.
func SameFiles(before, after *report.Report) bool {
	return slices.EqualFunc(before.Extracts, after.Extracts, func(a, b report.ExtractRead) bool { return a.SHA256 == b.SHA256 }) && len(before.NotRead) == len(after.NotRead)
}
