package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"paperlight/analyzer/fleet"
)

const assessText = `Judge many practices: every extract in the folders, on this computer. It writes a table
of practices (practices.html, .csv and .json), and a report of each beside it.

An extract that cannot be read is a row with its reason, and does not stop the others.
What was read is kept as saved states in the folder, so that a run that was stopped goes
on where it was: start it again. An extract, rule or version that changed is read anew.

docs/fleet.md says how to do the same on many computers.`

func newAssess(c *console) *cobra.Command {
	a := &assessing{console: c}
	cmd := &cobra.Command{
		Use:         "assess FOLDER... --out FOLDER",
		Short:       "Judge many practices: a table, and a report of each",
		Long:        assessText,
		Example:     "  paperlight assess extracts --out march\n  paperlight assess extracts --out march --level publish --reports none",
		Annotations: map[string]string{startsWorkers: ""},
		Args:        func(_ *cobra.Command, args []string) error { return atLeastOne("folders of extracts")(args) },
		RunE: func(cmd *cobra.Command, args []string) error {
			a.flags = cmd.Flags()
			return a.run(cmd.Context(), args)
		},
	}
	f := cmd.Flags()
	f.StringVar(&a.out, "out", "", "the folder for all that is written, and kept between runs")
	f.IntVar(&a.jobs, "jobs", runtime.NumCPU(), "practices read at the same time, each in a process of its own")
	f.Lookup("jobs").DefValue = "one a processor"
	f.StringVar(&a.memory, "memory-of-a-reader", "4GiB", "end the reading of a practice rather than use more memory than this for it")
	f.StringVar(&a.progress, "progress", "auto", "auto, plain or none")
	f.BoolVar(&a.quiet, "quiet", false, "say nothing but errors")
	// What follows is of the verbs that do the work, which say more of it.
	var merge merging
	var rules ruleFlags
	var read sharding
	rules.add(f)
	rules.addScheme(f)
	merge.add(f)
	a.area = &merge.area.file
	read.add(f)
	read.read.own.add(f)
	f.BoolVar(&read.read.allowTest, "allow-test-numbers", false, "accept test NHS numbers (999…), for demonstrations and tests")
	return cmd
}

// assessing is one run of assess: plan, shard and merge, each in workers of its own. It
// reads nothing that a user named itself.
type assessing struct {
	console  *console
	flags    *pflag.FlagSet
	out      string
	jobs     int
	memory   string
	progress string
	quiet    bool
	area     *string // the file of areas, for merge; empty where none is given
	bytes    int64   // of memory
	line     *progressLine
}

// The files and folders below --out.
const (
	planFile    = "plan.json"
	runFile     = "run.json"
	statesIn    = "states"
	practicesIn = "practices"
)

func (a *assessing) run(ctx context.Context, folders []string) (err error) {
	if err := a.check(folders); err != nil {
		return err
	}
	defer a.line.finish()
	if err := a.areas(ctx); err != nil {
		return err
	}
	plan, err := a.plan(ctx, folders)
	if err != nil {
		return err
	}
	run := fleet.NewRun()
	if run.Extracts, err = a.readAll(ctx, plan); err != nil {
		if ctx.Err() != nil && !a.quiet {
			a.line.finish()
			fmt.Fprintln(a.console.err, "What was read is kept. Start it again, and it goes on from there.")
		}
		return err
	}
	written, err := run.Marshal()
	if err != nil {
		return err
	}
	if err := a.keep(ctx, runFile, written); err != nil {
		return err
	}
	a.line.finish()
	return a.merge(ctx)
}

// check checks what is asked for before anything is read.
func (a *assessing) check(folders []string) (err error) {
	if a.out == "" {
		return usage("want --out with the folder for all that is written")
	}
	if a.jobs < 1 || a.jobs > 1024 {
		return usage("--jobs %d: want 1 to 1024", a.jobs)
	}
	if a.bytes, err = parseSize(a.memory); err != nil {
		return err
	}
	if a.line, err = newProgress(a.console, a.progress, a.quiet); err != nil {
		return err
	}
	if err := found(folders); err != nil {
		return err
	}
	// What an earlier run wrote there would be taken for extracts.
	t, err := folderTarget("--out", a.out)
	if err != nil {
		return err
	}
	if t.info != nil && !t.info.IsDir() {
		return t.refused("it is not a folder", "give the name of a folder")
	}
	var inputs []inputPath
	for _, folder := range folders {
		inputs = append(inputs, inputPath{"the folder " + baseName(folder), folder})
	}
	if *a.area != "" {
		inputs = append(inputs, inputPath{"the file of areas " + baseName(*a.area), *a.area})
	}
	if err := apart(inputs, []*target{t}); err != nil {
		return err
	}
	return a.console.apart(inputs, t)
}

// keep writes a file of the run below --out.
func (a *assessing) keep(ctx context.Context, name string, written []byte) error {
	t, err := fileTarget("--out", filepath.Join(a.out, name))
	if err != nil {
		return err
	}
	t.above = true
	w, err := begin(a.console.disk, nil, t)
	if err != nil {
		return err
	}
	defer w.abandon()
	if err := w.write(t, "", text(string(written))); err != nil {
		return err
	}
	return w.commit(ctx)
}

// areas has the file of areas looked over, so that nobody waits for hours to hear what is
// wrong in a line of it.
func (a *assessing) areas(ctx context.Context) error {
	if *a.area == "" {
		return nil
	}
	args := []string{"area", *a.area, "--as-of", "2000-01-01"}
	return ended(ctx, a.verb(ctx, args, &console{out: io.Discard, err: a.console.err}))
}

// plan has the extracts found, and keeps the plan.
func (a *assessing) plan(ctx context.Context, folders []string) (*fleet.Plan, error) {
	planned := &printed{most: fleet.MaxPlan}
	args := append([]string{"plan"}, folders...)
	// A shard of each extract: one that ends its worker takes no other with it.
	args = append(args, "--size", "0", "--quiet")
	code := a.verb(ctx, append(args, a.given(newPlan)...), &console{out: planned, err: a.console.err})
	if err := ended(ctx, code); err != nil {
		return nil, err
	}
	plan, err := fleet.ReadPlan(planned.text)
	if err != nil {
		return nil, fmt.Errorf("the plan of this run: %w", err)
	}
	return plan, a.keep(ctx, planFile, planned.text)
}

// merge has the table and the reports written.
func (a *assessing) merge(ctx context.Context) error {
	args := []string{"merge", filepath.Join(a.out, statesIn), "--run", filepath.Join(a.out, runFile), "--out", filepath.Join(a.out, practicesIn), "--jobs", strconv.Itoa(a.jobs)}
	if a.quiet {
		args = append(args, "--quiet")
	}
	return ended(ctx, a.verb(ctx, append(args, a.given(newMerge)...), a.console))
}
