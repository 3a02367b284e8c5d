package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"paperlight/analyzer/challenge"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
)

// listed are the records of worklists, with the report that they are of.
type listedRecords struct {
	console  *console
	practice string
	key      keyFile
	report   *report.Report
	of       *report.PracticeReport
	lists    string
}

func (l *listedRecords) add(f *pflag.FlagSet, keyUse string) {
	f.StringVar(&l.key.path, "key", "", keyUse)
	f.StringVar(&l.practice, "practice", "", "of this practice, where the report has several")
	reading(f, "key")
}

func (l *listedRecords) inputs(reportPath, lists string) []inputPath {
	return []inputPath{{"the report " + baseName(reportPath), reportPath}, {"the worklists " + baseName(lists), lists}}
}

// read reads the report.
func (l *listedRecords) read(reportPath, lists string) (err error) {
	l.lists = lists
	if err := found([]string{reportPath, lists}); err != nil {
		return err
	}
	if l.report, err = readReport(reportPath); err != nil {
		return err
	}
	if l.report.Level == report.Publish {
		return fail(exitInput, fmt.Errorf("%s: is of the level publish, which hides counts", baseName(reportPath)), "give the report of the practice: check --format json=FILE")
	}
	for i := range l.report.Practices {
		if p := &l.report.Practices[i]; l.practice == "" && len(l.report.Practices) == 1 || p.PracticeID == l.practice {
			l.of = p
		}
	}
	switch {
	case l.of == nil && l.practice == "":
		return usage("the report has %d practices: name one with --practice", len(l.report.Practices))
	case l.of == nil:
		return usage("--practice: the report has no practice of this id")
	}
	return nil
}

// maxWorklist bounds the CSV file of a rule.
const maxWorklist = 256 << 20

// A listedRecord is a line of a worklist.
type listedRecord struct {
	challenge.Record
	handle, why string
	failing     int64 // records of the practice that do not meet the rule
}

// each calls emit for the records that do not meet their rule, rule by rule.
func (l *listedRecords) each(emit func(*listedRecord) error) error {
	sums, err := readManifest(l.lists)
	if err != nil {
		return err
	}
	key := challenge.Key(l.key.key.For("challenges"))
	lists := 0
	for _, result := range l.of.Results {
		name := worklistName(result.Rule)
		if !exists(filepath.Join(l.lists, name)) {
			continue
		}
		lists++
		text, err := readRegularTo(filepath.Join(l.lists, name), maxWorklist)
		if err != nil {
			return fail(exitInput, fmt.Errorf("%s: cannot be read as a worklist", name), "give the folder that check --worklist wrote")
		}
		if sum := sha256.Sum256(text); sums[name] != hex.EncodeToString(sum[:]) {
			return fail(exitInput, fmt.Errorf("%s: was changed since it was written", name), "write the worklists anew: check EXTRACT --worklist FOLDER --format json=FILE")
		}
		if err := l.list(&result, name, text, key, emit); err != nil {
			return err
		}
	}
	if lists == 0 {
		return fail(exitInput, fmt.Errorf("%s: holds no worklist of the checks of the report", baseName(l.lists)), "give the folder that check --worklist wrote")
	}
	return nil
}

// list reads the worklist of one rule.
func (l *listedRecords) list(result *report.Result, name string, text []byte, key challenge.Key, emit func(*listedRecord) error) error {
	wrong := func(why string) error {
		return fail(exitInput, fmt.Errorf("%s: %s", name, why), "give the report and the worklists of one run: check EXTRACT --worklist FOLDER --format json=FILE")
	}
	rows := csv.NewReader(bytes.NewReader(text))
	heading, err := rows.Read()
	if err != nil || len(heading) < 8 || !strings.HasPrefix(`"`+strings.Join(heading, `","`)+`"`, worklistColumns) {
		return wrong("is not a worklist")
	}
	if result.Denominator == nil || result.Numerator == nil {
		return nil
	}
	failing, seen := *result.Denominator-*result.Numerator, int64(0)
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return wrong("is not a worklist")
		}
		if row[0] != report.FormulaSafe(l.of.PracticeID) || row[4] != "not met" {
			continue
		}
		seen++
		r := listedRecord{Record: challenge.Record{Practice: l.of.PracticeID, Rule: result.Rule, Patient: row[1], ID: row[2], Date: row[3], Code: row[7]}, why: row[5], failing: failing}
		r.handle = key.Handle(&r.Record)
		if err := emit(&r); err != nil {
			return err
		}
	}
	if seen != failing {
		return wrong("has not as many records as the report says do not meet it")
	}
	return nil
}

func newChallengeHandles(c *console) *cobra.Command {
	l := &listedRecords{console: c}
	var file, out string
	cmd := &cobra.Command{
		Use: "handles REPORT.json WORKLISTS --key FILE", Short: "List the records of worklists with their handles", Annotations: readingArguments(),
		Long: "List the records of worklists, each with the handle by which it can be contested, as CSV.\n" +
			"A handle can be turned back with the key alone: keep both the list and the key in the\npractice. With --file only records that were contested are listed, and how they stand.",
		Example: "  paperlight check extract --worklist lists --format json=report.json\n  paperlight challenge handles report.json lists --key practice.key --out handles.csv",
		Args:    exactly(2, "a report (JSON) and the folder of its worklists"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return listHandles(cmd.Context(), l, args[0], args[1], file, out)
		},
	}
	f := cmd.Flags()
	l.add(f, "file of the practice's key; made where it is not there")
	f.StringVar(&file, "file", "", "list only what was contested in this file of challenges")
	f.StringVar(&out, "out", "", "file to write (default: standard output)")
	reading(f, "file")
	return cmd
}

// listHandles writes the records and their handles.
func listHandles(ctx context.Context, l *listedRecords, reportPath, lists, file, out string) error {
	if l.key.path == "" {
		return usage("want --key with the file of the practice's key")
	}
	if err := l.key.find(); err != nil {
		return err
	}
	inputs := l.inputs(reportPath, lists)
	if file != "" {
		inputs = append(inputs, inputPath{"--file " + baseName(file), file})
	}
	var targets []*target
	if l.key.target != nil {
		targets = append(targets, l.key.target)
	} else {
		inputs = append(inputs, inputPath{"--key " + baseName(l.key.path), l.key.path})
	}
	var to *target
	if out != "" && !isStdout(out) {
		var err error
		if to, err = fileTarget("--out", out); err != nil {
			return err
		}
		targets = append(targets, to)
	}
	w, err := claim(l.console, nil, inputs, targets...)
	if err != nil {
		return err
	}
	defer w.abandon()
	text, n, err := l.handles(reportPath, lists, file)
	if err != nil {
		return err
	}
	if to != nil {
		if err := w.write(to, "", func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
			return err
		}
	}
	if l.key.target != nil {
		if err := w.write(l.key.target, "", func(w io.Writer) error { _, err := io.WriteString(w, l.key.text()); return err }); err != nil {
			return err
		}
	}
	if err := w.commit(ctx); err != nil {
		return err
	}
	if to == nil {
		_, err := l.console.out.Write(text)
		return outputErrorOrNil("standard output", err)
	}
	fmt.Fprintf(l.console.out, "%s: %s. It names records of patients: keep it in the practice.\n", to.name, figures.Plural(n, "record", "records"))
	return nil
}

// handles are the records as CSV, and how many.
func (l *listedRecords) handles(reportPath, lists, file string) (text []byte, n int64, err error) {
	if err := l.read(reportPath, lists); err != nil {
		return nil, 0, err
	}
	stands := map[string]challenge.Challenge{}
	if file != "" {
		f, err := readChallenges(file)
		if err != nil {
			return nil, 0, err
		}
		if f.About != aboutReport(l.report, l.of) {
			return nil, 0, otherReport(baseName(file))
		}
		for _, c := range f.Challenges() {
			for _, h := range c.Handles {
				stands[h] = c
			}
		}
	}
	var b bytes.Buffer
	b.WriteString(`"handle","check","practice_id","patient_id","record_id","date","code","why"`)
	if file != "" {
		b.WriteString(`,"challenge","state"`)
	}
	b.WriteString("\r\n")
	err = l.each(func(r *listedRecord) error {
		c, contested := stands[r.handle]
		if file != "" && !contested {
			return nil
		}
		n++
		cells := []string{r.handle, r.Rule, r.Practice, r.Patient, r.ID, r.Date, r.Code, r.why}
		if file != "" {
			state := "open"
			if c.Outcome != "" {
				state = string(c.Outcome)
			}
			cells = append(cells, fmt.Sprint(c.Number), state)
		}
		for i, cell := range cells {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`) // of a worklist: safe already
		}
		b.WriteString("\r\n")
		return nil
	})
	return b.Bytes(), n, err
}

func otherReport(name string) error {
	return fail(exitInput, fmt.Errorf("%s: is of another report: another practice, day, extract, scheme or set of rules", name), "begin a file of challenges for each report")
}

// opening is one run of challenge open.
type contesting struct {
	listedRecords
	typed            []string
	reason, file, on string
}

func newChallengeOpen(c *console) *cobra.Command {
	o := &contesting{listedRecords: listedRecords{console: c}}
	var reasons strings.Builder
	for _, r := range challenge.Reasons {
		fmt.Fprintf(&reasons, "  %-16s %s\n", r.ID, r.Says)
	}
	cmd := &cobra.Command{
		Use: "open REPORT.json WORKLISTS --key FILE --handle HANDLE --reason REASON --file CHALLENGES", Short: "Contest findings by their handles", Annotations: readingArguments(),
		Long: "Contest records of a check by their handles, and add that to a file of challenges, which\nis made where it is not there. The file goes to the assessor: it holds the check, the\n" +
			"reason, the count and the handles, and no record.\n\nReasons:\n" + strings.TrimSuffix(reasons.String(), "\n"),
		Example: "  paperlight challenge open report.json lists --key practice.key --handle 4KQ7-9XWM-2TBE --reason record_right --file challenges.json",
		Args:    exactly(2, "a report (JSON) and the folder of its worklists"),
		RunE:    func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args[0], args[1]) },
	}
	f := cmd.Flags()
	o.add(f, "file of the practice's key, with which the handles were made")
	f.StringSliceVar(&o.typed, "handle", nil, "the handle of a record, from challenge handles; repeatable, all of one check")
	f.StringVar(&o.reason, "reason", "", strings.Join(challenge.IDs(challenge.Reasons), ", "))
	f.StringVar(&o.file, "file", "", "file of challenges to add to; made where there is none")
	f.StringVar(&o.on, "on", "", "the day of the challenge, YYYY-MM-DD (default: today)")
	reading(f, "file")
	return cmd
}

func (o *contesting) run(ctx context.Context, reportPath, lists string) error {
	on, err := challengeDay(o.on)
	switch {
	case err != nil:
		return err
	case o.key.path == "":
		return usage("want --key with the file of the practice's key")
	case o.file == "":
		return usage("want --file with the file of challenges to add to")
	case len(o.typed) == 0:
		return usage("want --handle with the handle of a record: challenge handles lists them")
	}
	handles := make([]string, len(o.typed))
	for i, typed := range o.typed {
		var ok bool
		if handles[i], ok = challenge.ParseHandle(typed); !ok {
			return usage("--handle: want handles of the form 4KQ7-9XWM-2TBE, as challenge handles lists them")
		}
	}
	if err := o.key.find(); err != nil {
		return err
	}
	if o.key.target != nil {
		return fail(exitInput, fmt.Errorf("--key %s: there is no such file", o.key.target.name), "give the key that challenge handles used: another one makes other handles")
	}
	t, err := fileTarget("--file", o.file)
	if err != nil {
		return err
	}
	w, err := claim(o.console, nil, append(o.inputs(reportPath, lists), inputPath{"--key " + baseName(o.key.path), o.key.path}), t)
	if err != nil {
		return err
	}
	defer w.abandon()
	if err := o.read(reportPath, lists); err != nil {
		return err
	}
	f, number, err := o.open(t, on, handles)
	if err != nil {
		return err
	}
	if err := writeChallenges(ctx, w, t, f); err != nil {
		return err
	}
	c := f.Challenges()[number-1]
	fmt.Fprintf(o.console.out, "%s: challenge %d: %s of check %s. %s\n", t.name, number, figures.Plural(c.Count, "record", "records"), c.Rule, challenge.Says(challenge.Reasons, c.Reason))
	return nil
}

// open adds the challenge to the file that is there, or to a new one.
func (o *contesting) open(t *target, on string, handles []string) (f *challenge.File, number int, err error) {
	f = challenge.New(aboutReport(o.report, o.of))
	if t.info != nil {
		if f, err = readChallenges(t.path); err != nil {
			return nil, 0, err
		}
		if f.About != aboutReport(o.report, o.of) {
			return nil, 0, otherReport(t.name)
		}
	}
	rule, failing, left := "", int64(0), slices.Clone(handles)
	err = o.each(func(r *listedRecord) error {
		at := slices.Index(left, r.handle)
		switch {
		case at < 0:
			return nil
		case rule != "" && rule != r.Rule:
			return usage("the handles are of the checks %s and %s: contest those of one check at a time", rule, r.Rule)
		}
		rule, failing = r.Rule, r.failing
		left = slices.DeleteFunc(left, func(h string) bool { return h == r.handle })
		return nil
	})
	switch {
	case err != nil:
		return nil, 0, err
	case len(left) > 0:
		return nil, 0, fail(exitInput, fmt.Errorf("--handle: %s not of any record that the worklists say does not meet its check", figures.Plural(int64(len(left)), "handle is", "handles are")),
			"list the handles anew with the same key: challenge handles REPORT.json WORKLISTS --key FILE")
	}
	if why := contestable(o.of, rule); why != "" {
		return nil, 0, fail(exitInput, fmt.Errorf("%s cannot be contested: %s", rule, why), "contest what the report counts against the practice")
	}
	number, err = f.Open(on, rule, o.reason, failing, handles)
	return f, number, refusedStep(t.name, exitUsage, err)
}
