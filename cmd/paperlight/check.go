package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"paperlight/analyzer"
	"paperlight/analyzer/report"
)

const checkText = `Read an extract (a folder, a zip or files; CSV, Parquet or Arrow), run the rules
of a scheme over it, and say whether the practice is ready, and if not, which
records to put right first.

Several extracts, or a folder or zip of them, are judged one after the other and
reported together. One that cannot be read is named, and does not stop the others.`

func newCheck(c *console) *cobra.Command {
	k := &checking{console: c}
	cmd := &cobra.Command{
		Use:   "check EXTRACT...",
		Short: "Is the practice ready, and if not, what comes first?",
		Long:  checkText,
		Example: `  paperlight check extract.zip
  paperlight check extract --format text --format html=report.html --worklist lists
  paperlight check practices/* --format csv=all.csv
  paperlight check extract --scheme scr-2010 --format json > report.json`,
		Args: func(_ *cobra.Command, args []string) error { return atLeastOne("a folder, a zip or files")(args) },
		RunE: func(cmd *cobra.Command, args []string) error { return k.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	k.read.add(f)
	k.rules.add(f)
	k.rules.addChoice(f)
	k.rules.addScheme(f)
	f.StringArrayVar(&k.formats, "format", []string{"text"}, "text, json, html, csv, xlsx, junit, md or fhir (MeasureReport, R4); github (annotations of a build) or summary (Markdown for its page), both at --level assessor or publish; name=path writes a file; repeatable")
	f.StringVar(&k.asOf, "as-of", "", "judge as of this day, YYYY-MM-DD (default: the extract's own date)")
	f.StringSliceVar(&k.practices, "practice", nil, "report on these practices only")
	f.StringVar(&k.declarations, "declarations", "", "file of the practice's answers to what an extract cannot show")
	reading(f, "declarations")
	k.addOthersAnswered(f)
	f.StringVar(&k.failOn, "fail-on", "unmet", "what ends with 1 when it failed, and with 8 when it could not be judged: unmet (a blocker, either way), verdict (what is not ready); only with 1: blocker, major; never")
	f.BoolVar(&k.outgoing, "outgoing", false, "judge the extract as one that leaves the practice")
	f.StringVar(&k.level, "level", "practice", "who may see it: practice (exact), assessor (no keys), publish (small counts hidden)")
	f.StringVar(&k.worklist, "worklist", "", "folder for a workbook, and one CSV per failing rule, of the records to put right and what is wrong with each")
	f.BoolVar(&k.listAll, "worklist-all", false, "write worklists of rules too that are met, or that the scheme does not ask for, where records fail")
	f.StringVar(&k.history, "history", "", "file of past runs to add this one to, so that compare and trend can say what was put right; made where there is none")
	reading(f, "history")
	f.BoolVar(&k.anonymised, "require-anonymised", false, anonymisedText)
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
	history                 string
	othersAnswered          bool
	noDigest, outgoing      bool
	listAll, anonymised     bool
	outputs                 []output
	options                 analyzer.RunOptions
	line                    *progressLine
	writing                 *writing
	lists                   *target
	past                    *pastRuns
}

// leaving are the forms that go to a build server, which keeps them.
var leaving = []string{"github", "summary"}

// renderers are the forms of the report.
var renderers = map[string]func(io.Writer, report.Released, report.Options) error{
	"text": report.WriteText, "json": report.WriteJSON, "html": report.WriteHTML, "csv": report.WriteCSV,
	"xlsx": report.WriteXLSX, "junit": report.WriteJUnit, "md": report.WriteMarkdown,
	"github": report.WriteGitHub, "summary": report.WriteSummary, "fhir": report.WriteFHIR,
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
	catalogue, scheme, err := k.rules.chosen()
	if err != nil {
		return err
	}
	if _, err := catalogue.Select(k.rules.choose, k.rules.ignore); err != nil {
		return fail(exitUsage, err, "")
	}
	lists := k.newLists()
	defer lists.abandon(&err)
	all, err := k.survey(ctx, args, analyzer.Options{Catalogue: catalogue, Scheme: scheme, Select: k.rules.choose, Ignore: k.rules.ignore, Practices: k.practices, Anonymised: k.anonymised,
		Each: func(j *analyzer.Judgement) error { return k.listRecords(ctx, lists, j) }})
	if err != nil {
		return err
	}
	names, err := lists.close()
	if err != nil {
		return err
	}
	if err := k.writeReports(ctx, all.Released, names); err != nil {
		return err
	}
	if !k.read.quiet {
		k.past.say()
	}
	return notAllRead(gateOf(all.Exact, k.failOn).err(), len(all.Exact.Extracts)+len(all.NotRead), all.NotRead)
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
	if !slices.Contains(gates, k.failOn) {
		return usage("--fail-on %s: want %s", k.failOn, strings.Join(gates, ", "))
	}
	if k.failOn == "verdict" && k.rules.selection() {
		return usage("--fail-on verdict: a selection of checks has no verdict; use --fail-on unmet, or make all checks")
	}
	if !slices.Contains([]string{"practice", "assessor", "publish"}, k.level) {
		return usage("--level %s: want practice, assessor or publish", k.level)
	}
	if err := k.keptApart(); err != nil {
		return err
	}
	if k.line, err = newProgress(k.console, k.read.progress, k.read.quiet); err != nil {
		return err
	}
	if k.options, err = k.read.options(k.console, k.line); err != nil {
		return err
	}
	k.options.Outgoing, k.options.Reasons, k.options.Lists = k.outgoing, k.worklist != "", k.worklist != "" || k.history != ""
	k.options.AsOf, err = askedDay("--as-of", k.asOf)
	return err
}

// keptApart refuses outputs that are not for who may see the level.
func (k *checking) keptApart() error {
	if k.worklist != "" && k.level != "practice" {
		return fail(exitPrivacy, fmt.Errorf("--worklist names records, and the level is %s", k.level), "worklists are written at --level practice only, and stay where the extract is")
	}
	if k.history != "" && k.level != "practice" {
		return fail(exitPrivacy, fmt.Errorf("--history keeps exact counts, and the level is %s", k.level), "add runs at --level practice only; the history stays where the extract is")
	}
	for _, o := range k.outputs {
		if slices.Contains(leaving, o.form) && k.level == "practice" {
			return fail(exitPrivacy, fmt.Errorf("--format %s is for a build server, and the level is practice: its figures stay where the extract is", o.form),
				"add --level assessor or, where others can see the build, --level publish")
		}
	}
	return nil
}

// writeReports writes the report in every form that --format names, and commits all
// outputs.
func (k *checking) writeReports(ctx context.Context, r report.Released, worklists map[string]string) error {
	return render(ctx, k.writing, k.outputs, func(out output, w io.Writer) error {
		o := report.Options{Width: k.console.width, Worklists: worklists}
		o.Color = out.target == nil && k.console.outTerminal && !k.console.noColour && !k.read.noColour
		return renderers[out.form](w, r, o)
	}, k.console.out)
}
