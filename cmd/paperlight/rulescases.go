package main

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"paperlight/analyzer/rulereport"
	"paperlight/analyzer/ruletest"
	"paperlight/rules"
)

func newRulesTest(c *console) *cobra.Command {
	var r ruleFlags
	var o ruletest.Options
	var mutate, definitions bool
	var formats []string
	moved := func() { c.moved.Add(1) }
	o.Ran = moved
	mutants := ruletest.MutantOptions{Jobs: runtime.NumCPU(), Ran: moved}
	cmd := &cobra.Command{
		Use:   "test [FOLDER...]",
		Short: "Run the cases of rules", Annotations: readingArguments(),
		Long: `Run the cases of the rules in the folders, or of the embedded rules where none
is given: whole, row by row, shuffled and divided at random, on several workers,
and with each needed column withheld. With --mutate, weaken each condition in
every small way and name the changes that no case notices; with --definitions,
the shared definitions too, against the cases of all rules.`,
		Example: "  paperlight rules test\n  paperlight rules test my-rules --select local/phone-recorded\n  paperlight rules test rules --format text --format junit=cases.xml",
		RunE: func(cmd *cobra.Command, args []string) error {
			results, err := claimResults(c, formats, &r, args)
			if err != nil {
				return err
			}
			defer results.abandon()
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
			var weakened *ruletest.Mutation
			if mutate && len(summary.Failures) == 0 {
				if err := results.sayFirst(rulereport.OfTests(catalogue, chosen, summary, nil), "changes"); err != nil {
					return err
				}
				if weakened, err = weaken(cmd.Context(), catalogue, chosen, definitions, mutants); err != nil {
					return err
				}
			}
			if err := results.write(cmd.Context(), rulereport.OfTests(catalogue, chosen, summary, weakened)); err != nil {
				return err
			}
			if len(summary.Failures) > 0 || weakened != nil && len(weakened.Survivors) > 0 {
				return errNotMet
			}
			return nil
		},
	}
	r.add(cmd.Flags())
	r.addChoice(cmd.Flags())
	addResultFormats(cmd.Flags(), &formats)
	cmd.Flags().IntVar(&o.Divisions, "divisions", 0, "random divisions each case is run in (0: 8)")
	cmd.Flags().BoolVar(&mutate, "mutate", false, "weaken the conditions, and ask that the cases notice")
	cmd.Flags().BoolVar(&definitions, "definitions", false, "with --mutate: weaken the shared definitions too")
	cmd.Flags().Uint64Var(&o.Seed, "seed", 1, "chooses the divisions")
	return cmd
}

// weaken runs the cases against weakened rules and, where asked for, weakened
// definitions.
func weaken(ctx context.Context, catalogue *rules.Catalogue, chosen []*rules.Rule, definitions bool, o ruletest.MutantOptions) (*ruletest.Mutation, error) {
	out, err := ruletest.Mutate(ctx, catalogue, chosen, o)
	if err != nil || !definitions {
		return out, err
	}
	weakened, err := ruletest.MutateDefinitions(ctx, catalogue, o)
	if err != nil {
		return nil, err
	}
	out.Mutants += weakened.Mutants
	out.Explained += weakened.Explained
	out.Survivors = append(out.Survivors, weakened.Survivors...)
	return out, nil
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
