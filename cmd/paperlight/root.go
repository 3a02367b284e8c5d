package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"paperlight/analyzer/schema"
	"paperlight/analyzer/visible"
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
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fail(exitUsage, errors.New(visible.Line(err.Error())), meantFlag(cmd, err))
	})
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		about := cmd.Long
		if about == "" {
			about = cmd.Short
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s\n\n%s\n%s", strings.TrimSpace(about), cmd.UsageString(), exitHelp(cmd))
	})
	root.AddCommand(
		newCheck(c), newServe(c), newAssess(c), newPlan(c), newShard(c), newMerge(c), newArea(c), newInspect(c), newEvidence(c), newVerify(c), newSample(c), newChallenge(c), newCompare(c), newTrend(c), newHistory(c), newExplain(c), newDeclare(c), newRules(c), newMapping(c), newConvert(c), newAnonymise(c), newGenerate(c), newBench(c), newSchema(c), newVersion(c), newManual(c),
	)
	for _, verb := range root.Commands() {
		if mayRead(verb) {
			verb.PersistentFlags().Bool(unsupervised, false, "read in this process, where no second one can be started: a damaged file may then end it without a word")
		}
	}
	return root
}

// unknownCommand is err with its hint: a path in place of a command is one to check.
func unknownCommand(args []string, err error) error {
	for _, arg := range args {
		if strings.HasPrefix(arg, "-") {
			continue
		}
		if exists(arg) {
			return fail(exitUsage, errors.New(baseName(arg)+" is a file or folder, and no command"), "to check it, write check in front: paperlight check EXTRACT")
		}
		break
	}
	return fail(exitUsage, err, "paperlight --help lists the commands")
}

// meantFlag says which flag was probably meant by one that there is not: one of
// the command's own, or a form of the report.
func meantFlag(cmd *cobra.Command, err error) string {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || len(unknown.GetSpecifiedName()) < 2 {
		return ""
	}
	meant := map[string]string{}
	var names []string
	add := func(name, flag string) {
		if meant[name] == "" {
			meant[name], names = flag, append(names, name)
		}
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			add(f.Name, "--"+f.Name)
		}
		if f.Name != "format" {
			return
		}
		for word := range strings.FieldsFuncSeq(f.Usage, func(r rune) bool { return r < 'a' || r > 'z' }) {
			if renderers[word] != nil {
				add(word, "--format "+word)
			}
		}
	})
	if near := schema.Nearest(unknown.GetSpecifiedName(), names); near != "" {
		return schema.Meant(meant[near])
	}
	return ""
}
