package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"paperlight/rules"
)

// offered is what a shell is told when Tab is pressed after args.
func offered(t *testing.T, args ...string) []string {
	t.Helper()
	r := paperlight(t, append([]string{"__completeNoDesc"}, args...)...)
	require.Zero(t, r.code, r.err)
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	require.True(t, strings.HasPrefix(lines[len(lines)-1], ":"), "the last line says what else a shell may offer")
	return lines[:len(lines)-1]
}

func TestTabOffersNames(t *testing.T) {
	catalogue, err := rules.Embedded()
	require.NoError(t, err)
	var ids []string
	for _, r := range catalogue.Rules {
		ids = append(ids, r.ID)
	}
	require.Equal(t, ids, offered(t, "explain", ""))
	require.Equal(t, ids, offered(t, "rules", "show", ""))
	require.Empty(t, offered(t, "explain", ids[0], ""), "then come files")
	require.Equal(t, []string{"medication/repeat-reviewed"}, offered(t, "check", "--select", "medication/repeat-rev"))
	require.Equal(t, []string{"MED-009,medication/repeat-reviewed"}, offered(t, "check", "--ignore", "MED-009,medication/repeat-rev"))
	require.Equal(t, rules.SchemeIDs(), offered(t, "check", "--scheme", ""))
	require.Equal(t, rules.SchemeIDs(), offered(t, "explain", "MED-009", "--scheme="))
	require.Equal(t, []string{"xlsx"}, offered(t, "check", "--format", "x"))
	require.Empty(t, offered(t, "check", "--scheme", "ours/"), "a file")
	require.Contains(t, offered(t, "mapping", "show", ""), "emis-web")
	require.Empty(t, offered(t, "mapping", "show", "emis-web", ""))
	require.Contains(t, offered(t, "ser"), "serve")
	require.Empty(t, offered(t, "rules", "lint", "--scheme", ""), "a file of one's own")
	described := paperlight(t, "__complete", "explain", "medication/repeat-rev")
	require.Contains(t, described.out, "medication/repeat-reviewed\tPatients")
}

// What is offered is what the help of the flag names; all of it, where that is a list.
func TestTabOffersWhatTheHelpNames(t *testing.T) {
	seen := map[string]bool{}
	walkVerbs(newRoot(&console{}), func(cmd *cobra.Command) {
		verb := strings.TrimPrefix(cmd.CommandPath(), "paperlight ")
		for flag, words := range words(verb) {
			f := cmd.Flags().Lookup(flag)
			if f == nil {
				continue
			}
			seen[flag] = true
			for _, word := range words {
				require.Contains(t, f.Usage, word, "%s --%s", verb, flag)
			}
			if flag == "format" {
				listed, _, _ := strings.Cut(regexp.MustCompile(` \([^)]*\)|:.*`).ReplaceAllString(f.Usage, ""), ";")
				listed = strings.NewReplacer(" or ", " ", ",", "").Replace(listed)
				require.ElementsMatch(t, strings.Fields(listed), words, verb)
			}
		}
	})
	for flag := range words("check") {
		require.True(t, seen[flag], "no verb has --%s", flag)
	}
}

// Each shell gets a script, and the same of equal programs.
func TestEveryShellHasCompletions(t *testing.T) {
	for shell, begins := range map[string]string{"bash": "# bash completion V2 for paperlight", "zsh": "#compdef paperlight", "fish": "# fish completion for paperlight", "powershell": "# powershell completion for paperlight"} {
		r := paperlight(t, "completion", shell)
		require.Zero(t, r.code, r.err)
		require.True(t, strings.HasPrefix(r.out, begins), shell)
		require.Equal(t, r.out, paperlight(t, "completion", shell).out)
	}
	require.Contains(t, paperlight(t, "--help").out, "completion")
}
