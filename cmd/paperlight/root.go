package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// version is set when a release is built.
var version = "dev"

const rootText = `paperlight reads practice record extracts and answers: is the practice ready
for Data Quality and Paper Light accreditation, and if not, which records are
put right first? Nothing leaves this computer.

paperlight reports readiness. It does not accredit, and it is not for direct
care: it gives no advice on diagnosis or treatment.`

func newRoot(c *console) *cobra.Command {
	root := &cobra.Command{
		Use:           "paperlight",
		Short:         "Is this practice's record ready for accreditation?",
		Long:          rootText,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fail(exitUsage, err, "") })
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		about := cmd.Long
		if about == "" {
			about = cmd.Short
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s\n\n%s\n%s", strings.TrimSpace(about), cmd.UsageString(), exitHelp(cmd))
	})
	root.AddCommand(
		newCheck(c), newInspect(c), newExplain(c), newDeclare(c), newRules(c), newGenerate(c), newBench(c), newSchema(c), newVersion(c),
	)
	for _, verb := range root.Commands() {
		if reading[verb.Name()] {
			verb.PersistentFlags().Bool(unsupervised, false, "read in this process, where no second one can be started: a damaged file may then end it without a word")
		}
	}
	return root
}
