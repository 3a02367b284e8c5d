package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/ruletest"
	"paperlight/analyzer/visible"
	"paperlight/rules"
)

func newRulesTest(c *console) *cobra.Command {
	var r ruleFlags
	var o ruletest.Options
	var mutate, definitions bool
	mutants := ruletest.MutantOptions{Jobs: runtime.NumCPU()}
	cmd := &cobra.Command{
		Use:   "test [FOLDER...]",
		Short: "Run the cases of rules",
		Long: `Run the cases of the rules in the folders, or of the embedded rules where none
is given: whole, row by row, shuffled and divided at random, on several workers,
and with each needed column withheld. With --mutate, weaken each condition in
every small way and name the changes that no case notices; with --definitions,
the shared definitions too, against the cases of all rules.`,
		Example: "  paperlight rules test\n  paperlight rules test my-rules --select local/phone-recorded",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := c.apart(r.inputs("", args...)); err != nil {
				return err
			}
			catalogue, err := r.catalogueWith(args)
			if err != nil {
				return err
			}
			chosen, err := catalogue.Select(r.choose, r.ignore)
			if err != nil {
				return fail(exitUsage, err, "")
			}
			if len(args) > 0 && len(r.choose) == 0 {
				chosen = fromFolders(chosen, args)
			}
			summary, err := ruletest.Run(cmd.Context(), catalogue, chosen, o)
			if err != nil {
				return err
			}
			for _, f := range summary.Failures {
				fmt.Fprintln(c.out, visible.Text(f.String()))
			}
			fmt.Fprintf(c.out, "%s, %s, %s, %s\n", ruleCount(summary.Rules), figures.Plural(int64(summary.Cases), "case", "cases"), figures.Plural(int64(summary.Runs), "run", "runs"), figures.Plural(int64(len(summary.Failures)), "failure", "failures"))
			if len(summary.Failures) > 0 {
				return errNotMet
			}
			if mutate {
				return c.mutate(cmd.Context(), catalogue, chosen, definitions, mutants)
			}
			return nil
		},
	}
	r.add(cmd.Flags())
	r.addChoice(cmd.Flags())
	cmd.Flags().IntVar(&o.Divisions, "divisions", 0, "random divisions each case is run in (0: 8)")
	cmd.Flags().BoolVar(&mutate, "mutate", false, "weaken the conditions, and ask that the cases notice")
	cmd.Flags().BoolVar(&definitions, "definitions", false, "with --mutate: weaken the shared definitions too")
	cmd.Flags().Uint64Var(&o.Seed, "seed", 1, "chooses the divisions")
	return cmd
}

// mutate runs the cases against weakened rules and, where asked for, weakened
// definitions.
func (c *console) mutate(ctx context.Context, catalogue *rules.Catalogue, chosen []*rules.Rule, definitions bool, o ruletest.MutantOptions) error {
	out, err := ruletest.Mutate(ctx, catalogue, chosen, o)
	if err != nil {
		return err
	}
	if definitions {
		weakened, err := ruletest.MutateDefinitions(ctx, catalogue, o)
		if err != nil {
			return err
		}
		out.Mutants += weakened.Mutants
		out.Explained += weakened.Explained
		out.Survivors = append(out.Survivors, weakened.Survivors...)
	}
	for _, f := range out.Survivors {
		fmt.Fprintln(c.out, visible.Text(f.String()))
	}
	fmt.Fprintf(c.out, "%s to conditions, %d without effect and explained, %d not noticed\n", figures.Plural(int64(out.Mutants), "change", "changes"), out.Explained, len(out.Survivors))
	if len(out.Survivors) > 0 {
		return errNotMet
	}
	return nil
}

// fromFolders keeps the rules whose pages stand in one of the folders: an id is
// the place of its page, and no two folders may hold one id.
func fromFolders(chosen []*rules.Rule, dirs []string) []*rules.Rule {
	return slices.DeleteFunc(chosen, func(r *rules.Rule) bool {
		return !slices.ContainsFunc(dirs, func(dir string) bool {
			_, err := os.Stat(filepath.Join(dir, filepath.FromSlash(r.ID)+".md"))
			return err == nil
		})
	})
}
