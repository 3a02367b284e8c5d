//go:build unix

package main

import (
	"flag"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var kills = flag.Int("kills", 5, "runs that are killed at a random moment")

// A run that is killed, its worker, or both, at any moment: once the next run has
// begun, all outputs are those of before or all are new, nothing else is left,
// and nobody works on.
func TestKillsAtAnyMomentLeaveOneSet(t *testing.T) {
	t.Parallel()
	folder, _ := made(t, "--patients", "1500")
	told := func(asOf, dir string) []string {
		return []string{"check", folder, "--as-of", asOf, "--fail-on", "never", "--allow-test-numbers",
			"--worklist", filepath.Join(dir, "a", "lists"), "--format", "json=" + filepath.Join(dir, "r.json"), "--format", "html=" + filepath.Join(dir, "b", "r.html")}
	}
	old, whole := outputsOf(t), outputsOf(t)
	for dir, asOf := range map[string]string{old: "2026-03-31", whole: "2026-01-31"} {
		require.Zero(t, paperlight(t, told("2026-03-31", dir)...).code)
		require.Zero(t, paperlight(t, told(asOf, dir)...).code)
	}
	before, after := tree(t, old), tree(t, whole)
	random := rand.New(rand.NewPCG(3, 3))
	changed := 0
	for range *kills {
		dir := outputsOf(t)
		require.NoError(t, os.CopyFS(dir, os.DirFS(old)))
		cmd := program(t, told("2026-01-31", dir)...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		require.NoError(t, cmd.Start())
		pause := time.Duration(random.IntN(700)) * time.Millisecond
		time.Sleep(pause)
		to := cmd.Process.Pid
		if random.IntN(2) == 0 {
			to = -to
		}
		_ = syscall.Kill(to, syscall.SIGKILL)
		_ = cmd.Wait()
		requireNoneRunning(t, dir)
		require.Eventually(t, func() bool { // a process that ends holds its locks a moment longer
			busy := 0
			for _, home := range []string{dir, filepath.Join(dir, "a"), filepath.Join(dir, "a", "lists"), filepath.Join(dir, "b")} {
				busy += len(clearLeftovers(disk{}, home))
			}
			return busy == 0
		}, 5*time.Second, 10*time.Millisecond)
		got := tree(t, dir)
		require.True(t, maps.Equal(got, before) || maps.Equal(got, after), "after %s: mixed, or left behind: %v", pause, sortedNames(got))
		if maps.Equal(got, after) {
			changed++
		}
		require.NoError(t, os.RemoveAll(dir))
	}
	t.Logf("%d runs killed, %d of them when all was written", *kills, changed)
}
