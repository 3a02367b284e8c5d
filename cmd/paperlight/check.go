package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"paperlight/analyzer"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/report"
	"paperlight/analyzer/score"
	"paperlight/rules"
)

const checkText = `Read an extract (a folder, a zip or files; CSV, Parquet or Arrow), run the rules
of a scheme over it, and say whether the practice is ready, and if not, which
records to put right first.`

func newCheck(c *console) *cobra.Command {
	k := &checking{console: c}
	cmd := &cobra.Command{
		Use:   "check EXTRACT...",
		Short: "Is the practice ready, and if not, what comes first?",
		Long:  checkText,
		Example: `  paperlight check extract.zip
  paperlight check extract --format text --format html=report.html --worklist lists
  paperlight check extract --scheme scr-2010 --format json > report.json`,
		Args: func(_ *cobra.Command, args []string) error { return atLeastOne("a folder, a zip or files")(args) },
		RunE: func(cmd *cobra.Command, args []string) error { return k.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	k.read.add(f)
	k.rules.add(f)
	k.rules.addChoice(f)
	k.rules.addScheme(f)
	f.StringArrayVar(&k.formats, "format", []string{"text"}, "text, json, html, csv, xlsx, junit or md; name=path writes a file; repeatable")
	f.StringVar(&k.asOf, "as-of", "", "judge as of this day, YYYY-MM-DD (default: the extract's own date)")
	f.StringSliceVar(&k.practices, "practice", nil, "report on these practices only")
	f.StringVar(&k.declarations, "declarations", "", "file of the practice's answers about what data cannot show")
	f.StringVar(&k.failOn, "fail-on", "blocker", "exit 1 when a criterion of this severity or worse failed: blocker, major or never")
	f.StringVar(&k.level, "level", "practice", "who may see it: practice (exact), assessor (no keys), publish (small counts hidden)")
	f.StringVar(&k.worklist, "worklist", "", "folder for one CSV per failing rule with the keys of the records to put right")
	f.BoolVar(&k.listAll, "worklist-all", false, "write worklists of rules that are met too, where records fail")
	f.BoolVar(&k.noDigest, "no-digest", false, "leave the SHA-256 of the extract out of the report: quicker, and no evidence of what was read")
	return cmd
}

// checking is one run of check.
type checking struct {
	console                 *console
	read                    readFlags
	rules                   ruleFlags
	formats, practices      []string
	asOf, declarations      string
	failOn, level, worklist string
	noDigest                bool
	listAll                 bool
	outputs                 []output
	options                 analyzer.Options
	given                   []answerIn
	line                    *progressLine
	writing                 *writing
	lists                   *target
}

// renderers are the forms of the report.
var renderers = map[string]func(io.Writer, *report.Report, report.Options) error{
	"text": report.WriteText, "json": report.WriteJSON, "html": report.WriteHTML, "csv": report.WriteCSV,
	"xlsx": report.WriteXLSX, "junit": report.WriteJUnit, "md": report.WriteMarkdown,
}

func (k *checking) run(ctx context.Context, args []string) (err error) {
	if err := k.prepare(); err != nil {
		return err
	}
	defer k.line.finish()
	if err := k.claim(args); err != nil {
		return err
	}
	defer k.writing.abandon()
	catalogue, err := k.rules.catalogue()
	if err != nil {
		return err
	}
	scheme, err := k.rules.chosenScheme(catalogue)
	if err != nil {
		return err
	}
	keys := catalogue.AnswerKeys()
	if catalogue.Rules, err = catalogue.Select(k.rules.choose, k.rules.ignore); err != nil {
		return fail(exitUsage, err, "")
	}
	x, err := k.open(ctx, args, keys, !k.noDigest)
	if err != nil {
		return err
	}
	defer closing(x, &err)
	outcome, err := analyzer.Check(ctx, x, catalogue, k.options)
	if err != nil {
		return err
	}
	k.line.finish()
	if err := k.answered(outcome.State.Practices); err != nil {
		return err
	}
	made, err := k.judge(x, outcome, catalogue, scheme)
	if err != nil {
		return err
	}
	made.Notes = append(made.Notes, unasked(outcome.Declarations, keys)...)
	names, err := k.writeWorklists(ctx, outcome, made, catalogue)
	if err != nil {
		return err
	}
	if err := k.writeReports(ctx, made, names); err != nil {
		return err
	}
	if gateFailed(made, k.failOn) {
		return errNotMet
	}
	return nil
}

// prepare checks the flags before anything is read.
func (k *checking) prepare() (err error) {
	if err := k.read.check(); err != nil {
		return err
	}
	var known []string
	for name := range renderers {
		known = append(known, name)
	}
	slices.Sort(known)
	if k.outputs, err = parseOutputs(k.formats, known); err != nil {
		return err
	}
	for _, o := range k.outputs {
		if o.form == "xlsx" && o.path == "" && k.console.outTerminal {
			return usage("--format xlsx: a workbook does not go to a terminal; write xlsx=report.xlsx")
		}
	}
	if !slices.Contains([]string{"blocker", "major", "never"}, k.failOn) {
		return usage("--fail-on %s: want blocker, major or never", k.failOn)
	}
	if !slices.Contains([]string{"practice", "assessor", "publish"}, k.level) {
		return usage("--level %s: want practice, assessor or publish", k.level)
	}
	if k.worklist != "" && k.level != "practice" {
		return fail(exitPrivacy, fmt.Errorf("--worklist names records, and the level is %s", k.level), "worklists are written at --level practice only, and stay where the extract is")
	}
	if k.line, err = newProgress(k.console, k.read.progress, k.read.quiet); err != nil {
		return err
	}
	if k.options, err = k.read.options(k.console, k.line); err != nil {
		return err
	}
	if k.asOf != "" {
		d, err := time.Parse(time.DateOnly, k.asOf)
		if err != nil {
			return usage("--as-of: want a date YYYY-MM-DD")
		}
		day := int32(d.Unix() / 86400)
		k.options.AsOf = &day
	}
	return nil
}

// judge scores the outcome and keeps the practices asked for.
func (k *checking) judge(x *extract.Extract, o *analyzer.Outcome, catalogue *rules.Catalogue, scheme *rules.Scheme) (*report.Report, error) {
	var digest string
	if x.SHA256 != nil {
		var err error
		if digest, err = x.SHA256(); err != nil {
			return nil, err
		}
	}
	r := score.Report(score.Input{
		State: o.State, Catalogue: catalogue, Scheme: scheme, Missing: o.Missing, RuleNotes: o.Notes,
		Extract:      score.Extract{Name: x.Name, System: x.System, Format: x.Format, SHA256: digest},
		Declarations: answersOf(o.Declarations), Level: report.Level(k.level), ToolVersion: version,
	})
	r.Notes = append(r.Notes, x.Notes...)
	if len(k.practices) == 0 {
		return r, nil
	}
	for _, id := range k.practices {
		if !slices.ContainsFunc(r.Practices, func(p report.PracticeReport) bool { return p.PracticeID == id || p.ODSCode == id }) {
			return nil, usage("--practice: the extract has no practice of one of the ids given")
		}
	}
	r.Practices = slices.DeleteFunc(r.Practices, func(p report.PracticeReport) bool {
		return !slices.Contains(k.practices, p.PracticeID) && !slices.Contains(k.practices, p.ODSCode)
	})
	return r, nil
}

// writeReports writes every form asked for, and puts all outputs in place.
func (k *checking) writeReports(ctx context.Context, r *report.Report, worklists map[string]string) error {
	return render(ctx, k.writing, k.outputs, func(out output, w io.Writer) error {
		o := report.Options{Width: k.console.width, Worklists: worklists}
		o.Color = out.target == nil && k.console.outTerminal && !k.console.noColour && !k.read.noColour
		return renderers[out.form](w, r, o)
	}, k.console.out)
}

// gateFailed reports whether a criterion of the severity, or a worse one,
// failed in any practice. What cannot be assessed does not fail a gate.
func gateFailed(r *report.Report, failOn string) bool {
	for _, p := range r.Practices {
		for _, a := range p.Accreditations {
			for _, c := range a.Criteria {
				if c.Status == report.Failed && (c.Severity == "blocker" && failOn != "never" || c.Severity == "major" && failOn == "major") {
					return true
				}
			}
		}
	}
	return false
}
