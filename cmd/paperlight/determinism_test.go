package main

import (
	"flag"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

var repeats = flag.Int("repeats", 7, "runs of one extract, each on a computer set up in another way")

// pick takes the i-th of some, over and over.
func pick[T any](i int, of ...T) T { return of[i%len(of)] }

// However a computer is set up, and however the work is divided, every output of
// an extract has the same bytes.
func TestEveryRunGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	folder, _ := made(t, "--patients", "400", "--practices", "3")
	var first map[string]string
	for i := range *repeats {
		jobs, processors, memory := pick(i, 1, 2, 3, 4, 8, 16), pick(i/6, 1, 2), pick(i/12, "128MiB", "1GiB")
		zone, locale := pick(i, "UTC", "America/New_York", "Asia/Kathmandu"), pick(i/2, "C", "tr_TR.UTF-8", "de_DE.UTF-8")
		args := []string{"check", folder, "--jobs", fmt.Sprint(jobs), "--memory", memory, "--fail-on", "never", "--allow-test-numbers", "--worklist", "lists"}
		for _, form := range formsAt("practice") {
			args = append(args, "--format", form+"=r."+form)
		}
		cmd := program(t, args...)
		cmd.Env = append(cmd.Env, fmt.Sprint("GOMAXPROCS=", processors), "TZ="+zone, "LC_ALL="+locale, "LANG="+locale)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		got := tree(t, cmd.Dir)
		require.Greater(t, len(got), len(formsAt("practice"))+2)
		if first == nil {
			first = got
			continue
		}
		require.Equal(t, sortedNames(first), sortedNames(got))
		for name := range first {
			require.True(t, first[name] == got[name], "%s differs: %d jobs, %d processors, %s, %s, %s", name, jobs, processors, memory, zone, locale)
		}
	}
}
