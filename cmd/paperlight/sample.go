package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"paperlight/analyzer"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/fleet"
	"paperlight/analyzer/report"
	"paperlight/analyzer/sampling"
	"paperlight/analyzer/visible"
	"paperlight/rules"
)

const sampleText = `Draw records of a practice for somebody to look at: of each check up to 20 that meet
it and 20 that do not. The tick sheets (a workbook, CSV and a page to print) do not say
which is which. "sample read" reads them back, and says how far people and the program
agree.

The same seed and the same extract draw the same records, whoever draws them. Let the
assessor choose the seed once the extract is made. docs/sampling.md has the whole way.`

func newSample(c *console) *cobra.Command {
	s := &drawing{checking: checking{console: c}}
	cmd := &cobra.Command{
		Use:     "sample EXTRACT... --seed WORDS --out FOLDER",
		Short:   "Draw records for a hand check, and read the tick sheets back",
		Long:    sampleText,
		Example: "  paperlight sample extract.zip --seed \"blue horse seven\" --out sheets\n  paperlight sample read sheets/tick-sheets.xlsx --draw sheets/draw.json --seed \"blue horse seven\" --out result.json",
		Args:    func(_ *cobra.Command, args []string) error { return atLeastOne("a folder, a zip or files")(args) },
		RunE:    func(cmd *cobra.Command, args []string) error { return s.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	s.read.add(f)
	s.rules.add(f)
	s.rules.addChoice(f)
	s.rules.addScheme(f)
	f.StringVar(&s.seed, "seed", "", "three words or more that decide the draw, in quotes")
	f.StringVar(&s.out, "out", "", "folder for the tick sheets")
	f.StringVar(&s.asOf, "as-of", "", "judge as of this day, YYYY-MM-DD (default: the extract's own date)")
	f.StringVar(&s.practice, "practice", "", "draw of this practice alone, where the extract has several")
	f.StringVar(&s.declarations, "declarations", "", "file of the practice's answers to what an extract cannot show")
	f.BoolVar(&s.outgoing, "outgoing", false, "judge the extract as one that leaves the practice")
	reading(f, "declarations")
	cmd.AddCommand(newSampleRead(c))
	return cmd
}

// drawing is one run of sample.
type drawing struct {
	checking
	seed, out, practice string
	target              *target
}

// The files of a draw.
const (
	tickBookName  = "tick-sheets.xlsx"
	tickCSVName   = "tick-sheets.csv"
	tickPageName  = "tick-sheets.html"
	drawName      = "draw.json"
	tickNoteName  = "README.txt"
	tickSheetNote = `paperlight: tick sheets for a hand check

Answer in tick-sheets.xlsx: choose from the list in the columns "answer" and "reason".
tick-sheets.csv holds the same lines for other programs, and tick-sheets.html is for
printing. Then run:

  paperlight sample read tick-sheets.xlsx --draw draw.json --seed "THE SEED" --out result.json

Keep draw.json as it is: without it no sheet can be read. It names no record.
The sheets are personal data. Keep them where the extract is, and delete them when the
work is done. result.json holds counts alone, and may go to the assessor.

The next draw into this folder replaces these files. It stops before it begins if you
have answered in one of them: draw into another folder.
`
)

func (s *drawing) run(ctx context.Context, args []string) (err error) {
	seed, err := s.ready()
	if err != nil {
		return err
	}
	defer s.line.finish()
	if s.writing, err = claim(s.console, nil, s.inputs(args), s.target); err != nil {
		return err
	}
	defer s.writing.abandon()
	catalogue, scheme, err := s.rules.chosen()
	if err != nil {
		return err
	}
	if _, err := catalogue.Select(s.rules.choose, s.rules.ignore); err != nil {
		return fail(exitUsage, err, "")
	}
	judged, err := s.examine(ctx, args, analyzer.Options{Catalogue: catalogue, Scheme: scheme, Select: s.rules.choose, Ignore: s.rules.ignore, Practices: s.practices}, true)
	if err != nil {
		return err
	}
	defer closing(judged.Close, &err)
	draws, err := s.draws(ctx, judged, seed)
	if err != nil {
		return err
	}
	for _, d := range draws {
		if err := s.write(d, folderOfDraw(d, len(draws))); err != nil {
			return err
		}
	}
	if err := s.writing.write(s.target, tickNoteName, text(tickSheetNote)); err != nil {
		return err
	}
	if err := s.writing.commit(ctx); err != nil {
		return err
	}
	return s.say(draws)
}

// folderOfDraw is where the sheets of a draw lie below the folder: each practice has one
// of its own where there are several.
func folderOfDraw(d *sampling.Draw, of int) string {
	if of == 1 {
		return ""
	}
	return fleet.ReportName(d.Practice) + "/"
}

// seedHint says how a seed is given.
const seedHint = `put all of it in one pair of quotes: --seed "blue horse seven"`

// ready checks the flags before anything is read.
func (s *drawing) ready() (seed sampling.Seed, err error) {
	if s.out == "" {
		return seed, usage("want --out with the folder for the tick sheets")
	}
	if seed, err = sampling.NewSeed(s.seed); err != nil {
		return seed, fail(exitUsage, fmt.Errorf("--seed: %w", err), seedHint)
	}
	s.failOn, s.level = "never", string(report.Practice)
	if s.practice != "" {
		s.practices = []string{s.practice}
	}
	if err := s.prepare(); err != nil {
		return seed, err
	}
	s.target, err = folderTarget("--out", s.out)
	return seed, err
}

// draws draws the records of each practice that has some.
func (s *drawing) draws(ctx context.Context, judged *analyzer.Judgement, seed sampling.Seed) (out []*sampling.Draw, err error) {
	for i := range judged.Exact.Practices {
		d, err := draw(ctx, judged, &judged.Exact.Practices[i], seed)
		if err != nil {
			return nil, err
		}
		if d != nil {
			out = append(out, d)
		}
	}
	if len(out) == 0 {
		return nil, fail(exitInput, errors.New("no check has records that can be looked at"), "inspect says what the extract lacks")
	}
	return out, nil
}

// draw draws the records of a practice; nil where no check has any.
func draw(ctx context.Context, judged *analyzer.Judgement, p *report.PracticeReport, seed sampling.Seed) (*sampling.Draw, error) {
	r := judged.Exact
	var drawn []sampling.Rule
	var ids []string
	for _, rule := range judged.Catalogue.Rules {
		if one, ok := checkable(p, rule); ok {
			drawn, ids = append(drawn, one), append(ids, rule.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := analyzer.Sample(ctx, judged.Outcome.Run, ids, analyzer.Sampling{Key: seed.Key(), Each: sampling.Each, Practice: p.PracticeID})
	if err != nil {
		return nil, err
	}
	records := make([]sampling.Record, 0, len(rows))
	for i := range rows {
		records = append(records, recordOf(&rows[i]))
	}
	about := sampling.About{Practice: p.PracticeID, AsOf: p.AsOf, Extract: r.Extract.SHA256, Rules: r.Rules.SHA256, Scheme: r.Scheme.SHA256, Tool: version}
	d := sampling.New(about, seed, drawn, records)
	for _, rule := range d.Rules {
		met, failing := d.Counts(rule.ID)
		if int64(met) != min(rule.Met, sampling.Each) || int64(failing) != min(rule.Failing, sampling.Each) {
			return nil, errors.New("the records that were drawn do not add up to the counts of the report")
		}
	}
	return d, nil
}

// checkable is a rule as a draw has it, where it can be checked by hand: it was judged,
// expects something, has records that people can find, and does not count faults as
// achieved.
func checkable(p *report.PracticeReport, rule *rules.Rule) (sampling.Rule, bool) {
	out := sampling.Rule{ID: rule.ID, Code: rule.Code, Question: rule.Title + ". Is this so for this " + report.OneRecord(rule.Table.Name) + "?"}
	if !rule.Lists() || rule.Source.Expect == "" || rule.Threshold.AtMost || !canBeJudged(p, rule) {
		return out, false
	}
	for i := range p.Results {
		if one := &p.Results[i]; one.Rule == rule.ID && one.Denominator != nil && one.Numerator != nil {
			out.Met, out.Failing = *one.Numerator, *one.Denominator-*one.Numerator
		}
	}
	return out, out.Met+out.Failing > 0
}

func recordOf(row *analyzer.Row) sampling.Record {
	r := sampling.Record{Rule: row.Rule, Patient: row.Patient, ID: row.Record, Kind: report.OneRecord(row.Table.Name), Code: codeShown(row.Code), Met: row.Verdict == analyzer.Numerator}
	if row.HasDate {
		r.Date = row.Date.Time().Format(time.DateOnly)
	}
	return r
}

func (s *drawing) write(d *sampling.Draw, below string) error {
	sealed, err := d.Sealed()
	if err != nil {
		return err
	}
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{{tickBookName, d.WriteXLSX}, {tickCSVName, d.WriteCSV}, {tickPageName, d.WriteHTML}, {drawName, text(string(sealed))}} {
		if err := s.writing.write(s.target, below+file.name, file.write); err != nil {
			return err
		}
	}
	return nil
}

// say says what was drawn, and of which checks there were fewer records.
func (s *drawing) say(draws []*sampling.Draw) error {
	var b strings.Builder
	for _, d := range draws {
		s.sayDraw(&b, d, s.target.name+"/"+folderOfDraw(d, len(draws)))
	}
	b.WriteString("The sheets name records of patients: keep them in the practice.\n")
	_, err := io.WriteString(s.console.out, visible.Text(b.String()))
	return outputErrorOrNil("standard output", err)
}

func (s *drawing) sayDraw(b *strings.Builder, d *sampling.Draw, folder string) {
	fmt.Fprintf(b, "%s: draw %s, %s of %s for practice %s as of %s\n", strings.TrimSuffix(folder, "/"), d.ID, figures.Plural(int64(len(d.Lines)), "line", "lines"),
		figures.Plural(int64(len(d.Rules)), "check", "checks"), d.Practice, d.AsOf)
	var names []string
	for _, rule := range d.Rules {
		if met, failing := d.Counts(rule.ID); met+failing < 2*sampling.Each { // which of the two is short is not for whoever answers
			names = append(names, fmt.Sprintf("%s %d", rule.ID, met+failing))
		}
	}
	if len(names) > 0 {
		fmt.Fprintf(b, "Fewer than %d lines, since there are no more records of a kind:\n", 2*sampling.Each)
		visible.WriteList(b, "  ", names)
	}
	if len(d.Lines) > manyLines {
		b.WriteString("That is much to look at. For some checks alone, draw anew with --select and the ids of checks.\n")
	}
	fmt.Fprintf(b, "Answer in %s. Then: paperlight sample read %s%s --draw %s%s --seed \"THE SEED\" --out result.json\n", tickBookName, folder, tickBookName, folder, drawName)
}

// manyLines is more than a person looks at in some days.
const manyLines = 400
