package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"paperlight/analyzer/crash"
	"paperlight/analyzer/report"
	"paperlight/analyzer/score"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// The limits of a bundle.
const (
	maxFiles = 999
	// MaxBytes is how much all files of a bundle hold together.
	MaxBytes = 512 << 20
)

func isPayload(name string) bool { return strings.HasPrefix(name, payload) }

// Make makes the bundle of a run that released a report. What is in the bundle is all that
// the report is made of: Make makes the report again from it, and fails where that is
// not the one given.
func Make(run *Run, released report.Released) (_ *Bundle, err error) {
	defer crash.Catch(&err, "the making of the bundle")
	b := &Bundle{files: map[string][]byte{bagName: []byte(bagText), readmeName: []byte(readme)}}
	if err := b.put(run); err != nil {
		return nil, err
	}
	follows, err := b.derive(run.At)
	if err != nil {
		return nil, err
	}
	for name, text := range follows {
		b.files[name] = text
	}
	var want bytes.Buffer
	if err := report.WriteJSON(&want, released, report.Options{}); err != nil {
		return nil, err
	}
	if !bytes.Equal(want.Bytes(), b.files[reportName]) {
		return nil, errors.New("the report does not follow from what is kept of the run")
	}
	if r, err := b.record(); err != nil {
		return nil, err
	} else if _, _, err := b.attached(r, released.Report()); err != nil {
		return nil, err
	}
	b.seal()
	return b, b.fits()
}

// seal writes the lists of all files.
func (b *Bundle) seal() {
	b.files[payload256] = b.listOf(b.inPayload(), sum256).text()
	b.files[payload512] = b.listOf(b.inPayload(), sum512).text()
	b.files[tags256] = b.listOf(tagged, sum256).text()
}

// tagged are the files that the signed list has.
var tagged = []string{infoName, bagName, payload256, payload512, readmeName, statementName}

// A SizeError says that a run makes a bundle that nobody could read.
type SizeError struct{}

func (*SizeError) Error() string {
	return fmt.Sprintf("the bundle would have more than %d files or %d MiB", maxFiles, MaxBytes>>20)
}

func (b *Bundle) fits() error {
	n := 0
	for _, text := range b.files {
		n += len(text)
	}
	if len(b.files) > maxFiles || n > MaxBytes {
		return &SizeError{}
	}
	return nil
}

// put puts into the bundle what its report is made of.
func (b *Bundle) put(run *Run) error {
	t := &run.Texts
	r := record{Version: version, Level: run.Level, Tool: run.Tool, Asked: run.Asked, Mappings: len(t.Mappings), Extracts: []keptExtract{}, NotRead: []keptRefusal{}, HandChecks: len(run.HandChecks), Challenges: len(run.Challenges),
		Catalogue: keptCatalogue{Version: t.Version, Added: []bool{}, Prevalence: t.Prevalence != nil}, Scheme: keptScheme{ID: t.Scheme, File: t.SchemeText != nil}}
	add := func(folder string, files map[string][]byte) {
		for name, text := range files {
			b.files[folder+name] = text
		}
	}
	add(catalogueDir, t.Base)
	for i, a := range t.Added {
		r.Catalogue.Added = append(r.Catalogue.Added, a.ListsOnly)
		add(addedDir(i), a.Files)
	}
	if t.Prevalence != nil {
		b.files[prevalenceName] = t.Prevalence
	}
	if t.SchemeText != nil {
		b.files[schemeName] = t.SchemeText
	}
	for i, text := range t.Mappings {
		b.files[mappingName(i)] = text
	}
	for i, text := range run.HandChecks {
		b.files[handCheckName(i)] = text
	}
	for i, text := range run.Challenges {
		b.files[challengeName(i)] = text
	}
	for i := range run.Extracts {
		x, s, err := run.Extracts[i].kept(run.Level)
		if err != nil {
			return err
		}
		if b.files[stateName(i)], err = s.Marshal(); err != nil {
			return err
		}
		r.Extracts = append(r.Extracts, x)
		r.Catalogue.SHA256, r.Scheme.SHA256 = run.Extracts[i].Scored.Catalogue.SHA256, run.Extracts[i].Scored.Scheme.SHA256
	}
	for _, n := range run.NotRead {
		if run.Level != report.Practice {
			n = report.NotRead{ExitCode: n.ExitCode}
		}
		r.NotRead = append(r.NotRead, keptRefusal{n.Name, n.ExitCode, n.Says, n.Hint})
	}
	text, err := indented(r)
	b.files[runName] = text
	return err
}

// An unfitError says that a file of a bundle holds something that no run puts there.
type unfitError struct {
	file string
	err  error
}

func (e *unfitError) Error() string { return e.file + ": " + e.err.Error() }
func (e *unfitError) Unwrap() error { return e.err }

// errRules says that the rules are not those that the run names.
var errRules = errors.New("the rules are not those that the run was judged by")

// derive are the files that follow from the others.
func (b *Bundle) derive(at time.Time) (map[string][]byte, error) {
	r, err := b.record()
	if err != nil {
		return nil, &unfitError{runName, err}
	}
	texts := b.texts(r)
	c, scheme, err := texts.Load()
	if err != nil {
		return nil, &unfitError{catalogueDir, fmt.Errorf("the rules cannot be loaded: %w", err)}
	}
	if c.SHA256 != r.Catalogue.SHA256 || scheme.SHA256 != r.Scheme.SHA256 {
		return nil, errRules
	}
	released, err := b.score(r, c, scheme)
	if err != nil {
		return nil, err
	}
	var text, page bytes.Buffer
	if err := errors.Join(report.WriteJSON(&text, released, report.Options{}), report.WriteHTML(&page, released, report.Options{})); err != nil {
		return nil, err
	}
	shown := released.Report()
	log, err := logOf(shown)
	if err != nil {
		return nil, err
	}
	whole := &Bundle{files: b.below("")}
	whole.files[reportName], whole.files[pageName], whole.files[logName] = text.Bytes(), page.Bytes(), log
	about, err := whole.statementOf(shown)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{reportName: text.Bytes(), pageName: page.Bytes(), logName: log, statementName: about, infoName: whole.infoText(at, r.Tool.Version)}, nil
}

// score makes the report again.
func (b *Bundle) score(r *record, c *rules.Catalogue, scheme *rules.Scheme) (_ report.Released, err error) {
	defer crash.Catch(&err, "the scoring of a bundle")
	var parts []report.Released
	for i := range r.Extracts {
		s, err := state.Unmarshal(b.files[stateName(i)])
		if err != nil {
			return report.Released{}, &unfitError{stateName(i), err}
		}
		parts = append(parts, score.Release(r.Extracts[i].scored(r, s, c, scheme)))
	}
	var notRead []report.NotRead
	for _, n := range r.NotRead {
		notRead = append(notRead, report.NotRead{Name: n.Name, ExitCode: n.ExitCode, Says: n.Says, Hint: n.Hint})
	}
	return report.Join(parts, notRead), nil
}
