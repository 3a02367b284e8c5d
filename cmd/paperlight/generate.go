package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/synthetic"
	"paperlight/rules"
)

const generateText = `Make practices that nobody lives in: an extract of any size with a realistic
shape, faults seeded at chosen rates, and truth.json beside it with the numbers
that a check must find. The same flags give the same bytes.

--like writes the same practices in the layout that a clinical system exports
(emis, systmone, vision, fhir) or that research uses (omop, cprd), made from the
published lists of its files and columns and never held against a real export.
What the layout has no place for is left out; truth.json does not change.

NHS numbers are test numbers (999…): check with --allow-test-numbers.`

func newGenerate(c *console) *cobra.Command {
	o := synthetic.Options{GroupRows: 122_880}
	var asOf, progress string
	var perPatient, faults, batches []string
	var quiet, answers bool
	var lists ruleFlags
	cmd := &cobra.Command{
		Use:     "generate FOLDER",
		Short:   "Make a synthetic extract, with the truth beside it",
		Long:    generateText,
		Example: "  paperlight generate demo --patients 4000\n  paperlight generate big --practices 125 --patients 1000000 --format parquet --per-patient medications=20\n  paperlight generate like-emis --like emis --deltas 3",
		Args:    exactly(1, "one folder to make"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if o.AsOf, err = parseDay("--as-of", asOf); err != nil {
				return err
			}
			if o.PerPatient = synthetic.PerPatient(o.Shape); o.PerPatient == nil {
				return usage("--shape %s: want one of %s", o.Shape, strings.Join(synthetic.Shapes, ", "))
			}
			if err := numbers("--per-patient", perPatient, o.PerPatient); err != nil {
				return err
			}
			o.Rates = map[string]float64{}
			if err := numbers("--fault", faults, o.Rates); err != nil {
				return err
			}
			o.Batches = map[string]float64{}
			if err := numbers("--batch", batches, o.Batches); err != nil {
				return err
			}
			catalogue, err := lists.catalogue()
			if err != nil {
				return err
			}
			o.Lists = map[string]map[string][]string{}
			for name, list := range catalogue.Lists {
				o.Lists[name] = list.Codes
			}
			if answers {
				o.Answers = questions(catalogue)
			}
			line, err := newProgress(c, progress, quiet)
			if err != nil {
				return err
			}
			o.Progress = func(done, of int) {
				c.moved.Add(1)
				line.show(step{what: "generate", rows: int64(done), done: int64(done), total: int64(of)})
			}
			truth, err := generate(cmd.Context(), c.disk, args[0], o, lists.inputs(""))
			line.finish()
			if err != nil {
				return err
			}
			if !quiet {
				var rows int64
				for _, n := range truth.Rows {
					rows += n
				}
				if o.Like != "" {
					fmt.Fprintf(c.err, "%s: written like %s, in %s\n", args[0], o.Like, figures.Plural(truth.Written, "row", "rows"))
				}
				fmt.Fprintf(c.err, "%s: %s in %s; what a check must find is in truth.json\n", args[0], figures.Plural(rows, "row", "rows"), figures.Plural(int64(len(truth.Rows)), "table", "tables"))
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.Uint64Var(&o.Seed, "seed", 1, "the same seed makes the same extract")
	f.IntVar(&o.Practices, "practices", 1, "number of practices")
	f.IntVar(&o.Patients, "patients", 4000, "number of patients, over all practices")
	f.StringVar(&asOf, "as-of", "2026-03-31", "last day of the extract")
	f.StringVar(&o.Format, "format", "csv", "csv, parquet or arrow")
	f.StringVar(&o.Like, "like", "", "write the layout that a clinical system exports: "+strings.Join(synthetic.Systems, ", "))
	f.StringVar(&o.Layout, "layout", "", "form of the layout: 8.2, 8.0 or 5.4 for emis; mapped or texts for systmone (its static lists); files or zips for vision")
	f.IntVar(&o.Deltas, "deltas", 0, "sets of changes to make after a full set of an earlier day, for emis")
	f.StringVar(&o.Shape, "shape", "light", "rows a patient: light, or practice for the published averages (551 observations, 160 issues, 135 contacts …)")
	f.BoolVar(&o.Shuffle, "shuffle", false, "put the rows of each table in random order")
	f.BoolVar(&o.Clean, "clean", false, "seed no faults but those asked for with --fault")
	f.BoolVar(&answers, "answers", false, "declare yes to everything that rules ask the practice")
	f.StringSliceVar(&perPatient, "per-patient", nil, "mean rows per patient, as table=number; 0 leaves the table out")
	f.StringSliceVar(&faults, "fault", nil, "share of eligible records made faulty, as rule=share (nhs-number/recorded=0.01)")
	f.StringSliceVar(&batches, "batch", nil, "share of a rule's entries that the first practice records on one day, as rule=share (medication/repeat-reviewed=0.4)")
	lists.addBase(f)
	f.StringArrayVar(&lists.codelists, "codelists", nil, "folder of further code lists, whose codes the records carry too (name.csv: system,code,term)")
	reading(f, "codelists")
	f.IntVar(&o.GroupRows, "group-rows", o.GroupRows, "rows of a Parquet row group or Arrow record batch")
	f.StringVar(&progress, "progress", "auto", "auto, plain or none")
	f.BoolVar(&quiet, "quiet", false, "say nothing but errors")
	return cmd
}

// numbers reads flags of the form name=number into into.
func numbers(flag string, values []string, into map[string]float64) error {
	for _, v := range values {
		name, text, ok := strings.Cut(v, "=")
		n, err := strconv.ParseFloat(text, 64)
		if !ok || err != nil || n < 0 {
			return usage("%s %s: want name=number", flag, v)
		}
		into[name] = n
	}
	return nil
}

// generate makes the extract in a folder that must not be there.
func generate(ctx context.Context, d disk, folder string, o synthetic.Options, inputs []inputPath) (*synthetic.Truth, error) {
	t, err := newFolder("generate", folder)
	if err != nil {
		return nil, err
	}
	w, err := begin(d, inputs, t)
	if err != nil {
		return nil, err
	}
	defer w.abandon()
	into, err := w.placeFolder(t)
	if err != nil {
		return nil, err
	}
	truth, err := synthetic.Generate(ctx, into, o)
	if err != nil {
		return nil, generateError(err)
	}
	return truth, w.commit(ctx)
}

// newFolder is a folder of tables to be made, which must not be there.
func newFolder(flag, folder string) (*target, error) {
	t, err := folderTarget(flag, folder)
	if err != nil {
		return nil, err
	}
	t.above, t.exists = true, fail(exitUsage, errors.New(t.name+" is already there"), "give a folder that does not exist yet")
	if !t.linked && inExtract(t) {
		return nil, fail(exitUsage, fmt.Errorf("%s %s: would lie in an extract, and be read as a part of it", flag, t.name), "give a folder of its own")
	}
	return t, nil
}

// inExtract reports whether the folder to be made lies right in one that holds a
// table: what is read with that extract too.
func inExtract(t *target) bool {
	entries, _ := os.ReadDir(filepath.Dir(t.path))
	for _, e := range entries {
		stem, ext, _ := strings.Cut(e.Name(), ".")
		switch ext {
		case "csv", "parquet", "arrow":
			if e.Type().IsRegular() && schema.Lookup(stem) != nil {
				return true
			}
		}
	}
	return false
}

func generateError(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	var wrong *synthetic.OptionError
	if errors.As(err, &wrong) {
		return fail(exitUsage, err, wrong.Hint)
	}
	return outputError("the extract", err)
}

// exactly refuses any other number of arguments.
func exactly(n int, want string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usage("want %s, not %d", want, len(args))
		}
		return nil
	}
}

// questions are the keys that rules ask the practice for, sorted.
func questions(catalogue *rules.Catalogue) []string {
	var keys []string
	for _, r := range catalogue.Rules {
		if r.Declares != "" && !slices.Contains(keys, r.Declares) {
			keys = append(keys, r.Declares)
		}
	}
	slices.Sort(keys)
	return keys
}
