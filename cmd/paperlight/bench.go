package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/costing"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/synthetic"
	"paperlight/analyzer/visible"
	"paperlight/internal/processor"
	"paperlight/rules"
)

const benchText = `Measure what each rule costs over an extract, and how fast its tables are read.
Without an extract one is made, measured and removed.

With --baseline, the output of an earlier bench --format json, name the rules
and the stages of tables (decode, place) that got slower, and exit 1 if there
are any. What seems slower is measured
again before it is named. docs/bench.md says how it is done.`

func newBench(c *console) *cobra.Command {
	k := &benching{console: c}
	cmd := &cobra.Command{
		Use:   "bench [EXTRACT...]",
		Short: "Measure what each rule costs",
		Long:  benchText,
		Example: `  paperlight bench
  paperlight bench --format json=baseline.json
  paperlight bench --baseline baseline.json --max-regression 20%`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if k.baseline != "" && !cmd.Flags().Changed("leave-out") {
				k.leaveOut = 0
			}
			return k.run(cmd.Context(), args)
		},
	}
	f := cmd.Flags()
	k.rules.add(f)
	k.rules.addChoice(f)
	f.StringArrayVar(&k.formats, "format", []string{"text"}, "text, json or md; name=path writes a file; repeatable")
	f.StringVar(&k.baseline, "baseline", "", "JSON of an earlier bench to compare with")
	reading(f, "baseline")
	f.StringVar(&k.regression, "max-regression", "20%", "how much slower a rule or a stage may be than in the baseline")
	f.IntVar(&k.rounds, "rounds", 11, "how often everything is measured")
	f.IntVar(&k.leaveOut, "leave-out", 3, "rules to leave out in turn, to measure what that saves (default 0 with --baseline)")
	f.IntVar(&k.top, "top", 25, "rules to list, by share of the run; 0 lists all (text only)")
	f.IntVar(&k.patients, "patients", 20_000, "patients of the extract that is made")
	f.StringVar(&k.asOf, "as-of", "", "judge as of this day, YYYY-MM-DD (default: the extract's own date)")
	k.read.opens(f)
	f.BoolVar(&k.read.allowTest, "allow-test-numbers", false, "accept test NHS numbers (999…)")
	f.StringVar(&k.read.progress, "progress", "auto", "auto, plain or none")
	f.BoolVar(&k.read.quiet, "quiet", false, "say nothing but the measurements and errors")
	return cmd
}

// benching is one run of bench.
type benching struct {
	console                    *console
	read                       readFlags
	rules                      ruleFlags
	formats                    []string
	baseline, regression, asOf string
	rounds, leaveOut           int
	top, patients              int
	outputs                    []output
	limits                     costing.Limits
	before                     *benchReport
	line                       *progressLine
	writing                    *writing
}

// A benchReport is what bench measured, and a baseline for later ones.
type benchReport struct {
	SchemaVersion string       `json:"schema_version"`
	Tool          benchTool    `json:"tool"`
	Extract       benchExtract `json:"extract"`
	*costing.Costs
	Comparison *costing.Comparison `json:"comparison,omitempty"`
}

type benchTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Go      string `json:"go"`
	System  string `json:"system"`
	// Processor is the kind that was measured on; empty where it is not known.
	Processor string `json:"processor,omitempty"`
}

type benchExtract struct {
	Name   string `json:"name"`
	Format string `json:"format"`
	// Made says that the extract was made for the run, of Patients.
	Made     bool  `json:"made"`
	Patients int   `json:"patients,omitempty"`
	Rows     int64 `json:"rows"`
}

const benchSchema = "1.0"

// system is the operating system and processor.
func system() string { return runtime.GOOS + "/" + runtime.GOARCH }

func (k *benching) run(ctx context.Context, args []string) (err error) {
	if err := k.prepare(args); err != nil {
		return err
	}
	defer k.writing.abandon()
	defer k.line.finish()
	catalogue, err := k.rules.catalogue()
	if err != nil {
		return err
	}
	if catalogue.Rules, err = catalogue.Select(k.rules.choose, k.rules.ignore); err != nil {
		return fail(exitUsage, err, "")
	}
	made := len(args) == 0
	if made {
		folder, remove, err := k.make(ctx, catalogue)
		if err != nil {
			return err
		}
		defer remove()
		args, k.read.allowTest = []string{folder}, true
	}
	x, err := k.read.open(ctx, k.console, args)
	if err != nil {
		return err
	}
	defer closing(x.Close, &err)
	out, err := k.measure(ctx, x, catalogue, made)
	if err != nil {
		return err
	}
	k.line.finish()
	if err := k.write(ctx, out); err != nil {
		return err
	}
	if out.Comparison != nil && out.Comparison.Alarm() {
		return errNotMet
	}
	return nil
}

// prepare checks the flags before anything is read.
func (k *benching) prepare(extract []string) (err error) {
	k.read.jobs = 1
	if err := k.read.check(); err != nil {
		return err
	}
	switch {
	case k.rounds < 3 || k.rounds > 1000:
		return usage("--rounds %d: want 3 to 1000", k.rounds)
	case k.leaveOut < 0:
		return usage("--leave-out %d: want 0 or more", k.leaveOut)
	case k.top < 0:
		return usage("--top %d: want 0 or more", k.top)
	case k.patients < 100 || k.patients > 500_000:
		return usage("--patients %d: want 100 to 500000", k.patients)
	}
	if k.outputs, err = parseOutputs(k.formats, []string{"json", "md", "text"}); err != nil {
		return err
	}
	if k.limits.Regression, err = parseShare("--max-regression", k.regression); err != nil {
		return err
	}
	inputs := append(k.read.inputs(extract), k.rules.inputs("")...)
	if k.baseline != "" {
		inputs = append(inputs, inputPath{"--baseline " + baseName(k.baseline), k.baseline})
	}
	if k.writing, err = claim(k.console, k.outputs, inputs); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			k.writing.abandon()
		}
	}()
	if k.before, err = readBaseline(k.baseline); err != nil {
		return err
	}
	k.line, err = newProgress(k.console, k.read.progress, k.read.quiet)
	return err
}

// parseShare reads 20% or 0.2.
func parseShare(flag, text string) (float64, error) {
	number, percent := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(number, 64)
	if percent {
		v /= 100
	}
	if err != nil || !(v >= 0.01 && v <= 100) { // not a number is neither
		return 0, usage("%s %s: want a share such as 20%%, at least 1%%", flag, text)
	}
	return v, nil
}

// readBaseline reads an earlier report; no file is no baseline.
func readBaseline(path string) (*benchReport, error) {
	if path == "" {
		return nil, nil
	}
	text, err := readRegular(path)
	if err != nil {
		return nil, usage("--baseline %s: cannot be read", baseName(path))
	}
	if visible.UTF16(text) { // as "> base.json" of PowerShell writes it
		return nil, fail(exitUsage, fmt.Errorf("--baseline %s: %s", filepath.Base(path), visible.UTF16Fault), "have bench write the file itself: --format json=base.json")
	}
	r := &benchReport{Costs: &costing.Costs{}}
	if err := json.Unmarshal(visible.Unmarked(text), r); err != nil || len(r.Costs.Costs) == 0 || len(r.Samples) == 0 {
		return nil, usage("--baseline %s: want the output of paperlight bench --format json", baseName(path))
	}
	if major, _, _ := strings.Cut(r.SchemaVersion, "."); major != "1" {
		return nil, usage("--baseline %s: of schema version %s, want 1", baseName(path), r.SchemaVersion)
	}
	return r, nil
}

// make makes an extract to measure, whose codes are those of the catalogue; remove
// removes it.
func (k *benching) make(ctx context.Context, catalogue *rules.Catalogue) (folder string, remove func(), err error) {
	dir, remove, err := scratch(k.console.disk)
	if err != nil {
		return "", nil, err
	}
	defer func() {
		if err != nil {
			remove()
		}
	}()
	o := synthetic.Options{Seed: 1, Practices: 2, Patients: k.patients, AsOf: calendar.Date(2026, 3, 31), PerPatient: synthetic.DefaultPerPatient(),
		Format: "parquet", GroupRows: 122_880, Lists: map[string]map[string][]string{}}
	for name, list := range catalogue.Lists {
		o.Lists[name] = list.Codes
	}
	o.Progress = func(done, of int) { k.step("making an extract", done, of) }
	folder = filepath.Join(dir, "bench")
	if _, err := synthetic.Generate(ctx, folder, o); err != nil {
		return "", nil, generateError(err)
	}
	return folder, remove, nil
}

func (k *benching) step(what string, done, of int) {
	k.console.moved.Add(1)
	k.line.show(step{what: what, rows: -1, done: int64(done), total: int64(of)})
}

// measure measures, compares with the baseline, and measures again where something
// seems slower.
func (k *benching) measure(ctx context.Context, x *extract.Extract, catalogue *rules.Catalogue, made bool) (*benchReport, error) {
	o, err := k.options()
	if err != nil {
		return nil, err
	}
	b, err := costing.New(ctx, x, catalogue, o)
	if err != nil {
		return nil, benchError(err)
	}
	out := &benchReport{SchemaVersion: benchSchema, Tool: benchTool{"paperlight", version, runtime.Version(), system(), processor.Kind()},
		Extract: benchExtract{Name: x.Name, Format: x.Format, Made: made}}
	if out.Costs, err = b.Measure(ctx, true); err != nil {
		return nil, err
	}
	for _, t := range out.Tables {
		out.Extract.Rows += t.Rows
	}
	if made {
		out.Extract.Patients = k.patients
	}
	if k.before == nil {
		return out, nil
	}
	if differ := costing.Comparable(k.before.Costs, out.Costs); len(differ) > 0 {
		return nil, fail(exitUsage, errors.New("--baseline "+baseName(k.baseline)+": measured over other rows: "+strings.Join(differ, ", ")),
			"measure the baseline over the same extract, or the same --patients")
	}
	if out.Comparison, err = k.compare(ctx, b, out.Costs); err != nil {
		return nil, benchError(err)
	}
	return out, nil
}

// confirmations is how often what seems slower is measured again.
const confirmations = 2

// compare holds the costs against the baseline. What is slower is measured
// again over columns decoded anew, and must be slower every time.
func (k *benching) compare(ctx context.Context, b *costing.Bench, costs *costing.Costs) (*costing.Comparison, error) {
	c := costing.Compare(k.before.Costs, costs, k.limits)
	for range confirmations {
		if !c.Alarm() {
			break
		}
		if err := b.Materialise(ctx); err != nil {
			return nil, err
		}
		again, err := b.Measure(ctx, false)
		if err != nil {
			return nil, err
		}
		c.Confirm(costing.Compare(k.before.Costs, again, k.limits))
	}
	return c, nil
}

func (k *benching) options() (costing.Options, error) {
	o := costing.Options{Rounds: k.rounds, LeaveOut: k.leaveOut, Step: k.step}
	o.Clock, o.CPU = benchClocks()
	memory, err := parseSize(k.read.memory)
	o.MemoryLimit = memory / 2
	if err == nil {
		o.AsOf, err = askedDay("--as-of", k.asOf)
	}
	return o, err
}

func benchError(err error) error {
	var large *extract.LimitError
	if errors.As(err, &large) {
		return fail(exitLimit, err, "allow more with --memory, or measure fewer patients")
	}
	return err
}

// write writes the measurements in every form that --format names.
func (k *benching) write(ctx context.Context, r *benchReport) error {
	return render(ctx, k.writing, k.outputs, func(o output, w io.Writer) error {
		switch o.form {
		case "json":
			return writeIndented(w, r)
		case "md":
			return writeBenchMarkdown(visible.Writer{To: w}, r, k)
		}
		return writeBench(visible.Writer{To: w}, r, k)
	}, k.console.out)
}
