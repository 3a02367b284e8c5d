package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/history"
	"paperlight/analyzer/visible"
)

func newHistory(c *console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "history", Short: "List past runs, and erase them", Args: cobra.NoArgs,
		Long: "A history is a file of past runs, which check --history FILE makes and adds to. It holds\n" +
			"reports and counts, and no records. docs/history.md says what is kept, and how it goes.",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newHistoryList(c), newHistoryErase(c))
	return cmd
}

func newHistoryList(c *console) *cobra.Command {
	var practice string
	cmd := &cobra.Command{
		Use: "list FILE", Short: "List the runs of a history", Args: exactly(1, "the file of a history"), Annotations: readingArguments(),
		Example: "  paperlight history list runs.history",
		RunE:    func(_ *cobra.Command, args []string) error { return listRuns(c, args[0], practice) },
	}
	cmd.Flags().StringVar(&practice, "practice", "", "of this practice alone")
	return cmd
}

// listRuns prints a line for each run, the newest first.
func listRuns(c *console, file, practice string) error {
	return withTrends(file, practice, func(h *history.History, trends *history.Trends) error {
		return printRuns(c, file, h, trends)
	})
}

func printRuns(c *console, file string, h *history.History, trends *history.Trends) error {
	for _, p := range trends.Practices {
		runs, err := h.Runs(p.ID)
		if err != nil {
			return namedHistory(baseName(file), err)
		}
		fmt.Fprintf(c.out, "%s %s: %s\n", visible.Line(p.ID), visible.Line(p.Name), figures.Plural(int64(len(runs)), "run", "runs"))
		for _, r := range runs {
			fmt.Fprintf(c.out, "  run %-4d as of %s, checked on %s, rules %s, %s\n", r.ID, visible.Line(r.AsOf), r.At.Format(time.DateOnly), visible.Line(r.Rules), visible.Line(r.Extract))
		}
	}
	return nil
}

const eraseText = `Erase runs from a history: all, those of one practice, or those as of a day before
the one given. What was said of their records goes with them. What is erased is
overwritten in the file. With --all the file and its key are removed too.

Copies that you or a backup made are not touched, and a disk may keep what a file
held before.`

func newHistoryErase(c *console) *cobra.Command {
	e := &erasing{console: c}
	cmd := &cobra.Command{
		Use: "erase FILE", Short: "Erase runs from a history", Long: eraseText, Args: exactly(1, "the file of a history"), Annotations: readingArguments(),
		Example: "  paperlight history erase runs.history --before 2025-04-01\n  paperlight history erase runs.history --practice A80000\n  paperlight history erase runs.history --all",
		RunE:    func(cmd *cobra.Command, args []string) error { return e.run(cmd.Context(), args[0]) },
	}
	f := cmd.Flags()
	f.BoolVar(&e.all, "all", false, "erase everything, and remove the file and its key")
	f.StringVar(&e.practice, "practice", "", "erase the runs of this practice")
	f.StringVar(&e.before, "before", "", "erase the runs as of a day before this one, YYYY-MM-DD")
	return cmd
}

// erasing is one run of history erase.
type erasing struct {
	console          *console
	all              bool
	practice, before string
	history          *history.History
	name             string
}

func (e *erasing) run(ctx context.Context, path string) (err error) {
	asked := 0
	for _, one := range []bool{e.all, e.practice != "", e.before != ""} {
		if one {
			asked++
		}
	}
	if asked != 1 {
		return usage("want one of --all, --practice and --before, which says what to erase")
	}
	if e.before != "" {
		if _, err := askedDay("--before", e.before); err != nil {
			return err
		}
	}
	file, err := fileTarget("history erase", path)
	if err != nil {
		return err
	}
	e.name = file.name
	if e.history, err = openHistory(file.path); err != nil {
		return err
	}
	defer e.rollback()
	was, err := e.runs()
	if err != nil {
		return namedHistory(file.name, err)
	}
	w, err := begin(e.console.disk, nil, file)
	if err != nil {
		return err
	}
	defer w.abandon()
	w.amendment = e
	if err := w.commit(ctx); err != nil {
		return err
	}
	if e.all {
		if err := e.remove(ctx, file); err != nil {
			return err
		}
	}
	fmt.Fprintf(e.console.out, "%s: erased %s\n", file.name, figures.Plural(was, "run", "runs"))
	return nil
}

// runs counts the runs that are to be erased.
func (e *erasing) runs() (n int64, err error) {
	if e.practice != "" {
		if e.practice, err = onePractice(e.history, e.practice); err != nil {
			return 0, err
		}
	}
	all, err := e.history.Practices()
	if err != nil {
		return 0, err
	}
	for _, p := range all {
		if e.practice != "" && e.practice != p.ID {
			continue
		}
		runs, err := e.history.Runs(p.ID)
		if err != nil {
			return 0, err
		}
		for _, r := range runs {
			if e.before == "" || r.AsOf < e.before {
				n++
			}
		}
	}
	return n, nil
}

func (e *erasing) named(err error) error { return writtenHistory(e.name, err) }

func (e *erasing) prepare(context.Context) error { return nil }

func (e *erasing) commit() error {
	switch {
	case e.practice != "":
		return e.history.Erase(e.practice)
	case e.before != "":
		return e.history.EraseBefore(e.before)
	}
	return e.history.EraseAll()
}

func (e *erasing) rollback() {
	if e.history != nil {
		_ = e.history.Close()
		e.history = nil
	}
}

// remove removes the file, which is empty now, and its key.
func (e *erasing) remove(ctx context.Context, file *target) error {
	e.rollback()
	targets := []*target{file}
	key, err := fileTarget("history erase", history.KeyFile(file.path))
	if err != nil {
		return err
	}
	if key.info != nil {
		targets = append(targets, key)
	}
	w, err := begin(e.console.disk, nil, targets...)
	if err != nil {
		return err
	}
	defer w.abandon()
	for _, t := range targets {
		if err := w.takeAway(t); err != nil {
			return err
		}
	}
	return w.commit(ctx)
}
