package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// A page for the program and one for each verb that its help shows, each with
// the flags and exit codes of that verb.
func TestEveryVerbHasAManualPage(t *testing.T) {
	list := paperlight(t, "manual", "--list")
	require.Zero(t, list.code, list.err)
	pages := map[string]string{} // by command
	for line := range strings.Lines(list.out) {
		file, command, ok := strings.Cut(strings.TrimSpace(line), " ")
		require.True(t, ok, line)
		require.Equal(t, strings.ReplaceAll(command, " ", "-")+".1", file)
		r := paperlight(t, append([]string{"manual"}, strings.Fields(command)[1:]...)...)
		require.Zero(t, r.code, r.err)
		pages[command] = r.out
	}
	require.Len(t, pages, strings.Count(list.out, "\n"))
	walkVerbs(newRoot(&console{}), func(cmd *cobra.Command) {
		if cmd.Hidden {
			require.NotContains(t, pages, cmd.CommandPath())
			return
		}
		page, ok := pages[cmd.CommandPath()]
		require.True(t, ok, cmd.CommandPath())
		require.True(t, strings.HasPrefix(page, ".TH \""), "the title comes first")
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			require.Equal(t, !f.Hidden, strings.Contains(page, `\fB`+roff("--"+f.Name)+`\fR`), "%s --%s", cmd.CommandPath(), f.Name)
		})
		_, exits, _ := strings.Cut(page, ".SH EXIT STATUS\n")
		require.Equal(t, len(exitsOf(cmd)), strings.Count(exits, ".TP\n"))
	})
	require.Contains(t, pages["paperlight check"], `(default one a processor)`, "nothing of this computer")
	require.Contains(t, pages["paperlight declare new"], `\fB\-\-unsupervised\fR`, "flags from above the verb, too")
	require.Contains(t, pages["paperlight rules test"], ".BR paperlight\\-rules (1)\n")
	require.Contains(t, pages["paperlight check"], "1\na gate failed: a blocker is not met (see \\-\\-fail\\-on)\n")
}

func walkVerbs(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, sub := range cmd.Commands() {
		walkVerbs(sub, visit)
	}
}

func TestManualOfNoCommand(t *testing.T) {
	for _, args := range [][]string{{"manual", "chek"}, {"manual", "check", "extract"}, {"manual", "rules", "tset"}} {
		r := paperlight(t, args...)
		require.Equal(t, exitUsage, r.code, args)
		require.Contains(t, r.err, "no such command")
		require.Empty(t, r.out)
	}
}

// What begins a request of roff, or is one of its escapes, is text.
func TestTextInAManualPageIsNoMark(t *testing.T) {
	cmd := &cobra.Command{
		Use: "odd", Short: `a \d and -x`, Example: "  odd --x\n.so /etc/passwd",
		Long: ".sp at the start\n'tis text\n\nand\n\n  kept: as  it\n  stands",
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	var b strings.Builder
	require.NoError(t, writeManual(&b, cmd))
	require.Contains(t, b.String(), `odd \- a \ed and \-x`)
	require.Contains(t, b.String(), "\\&.sp at the start\n\\&'tis text\n.PP\nand\n.PP\n.nf\n  kept: as  it\n  stands\n.fi\n")
	require.Contains(t, b.String(), ".nf\n  odd \\-\\-x\n\\&.so /etc/passwd\n.fi\n")
}
