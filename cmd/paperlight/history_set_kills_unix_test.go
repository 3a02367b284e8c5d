//go:build unix

package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A run that is killed at any moment: once the next has begun, the history is whole, and
// holds the run only where its report is there. A new history is there with its key and
// the report, or not at all.
func TestKillsLeaveAHistoryWithItsOutputs(t *testing.T) {
	folder, _ := made(t, "--patients", "300")
	told := func(asOf, dir string) []string {
		return []string{"check", folder, "--as-of", asOf, "--fail-on", "never", "--allow-test-numbers", "--quiet", "--history", filepath.Join(dir, "a", "past.history"), "--format", "json=" + filepath.Join(dir, "b", "r.json")}
	}
	old := outputsOf(t)
	require.Zero(t, really(t, told("2026-03-31", old)...).code)
	begun := time.Now()
	require.Zero(t, really(t, told("2026-04-30", copyOf(t, old))...).code)
	long := time.Since(begun)
	before, random := outputs(t, old), rand.New(rand.NewPCG(4, 4))
	added := 0
	for i := range *kills {
		dir, was := copyOf(t, old), before
		if i%3 == 0 {
			dir, was = outputsOf(t), map[string]string{}
		}
		cmd := program(t, told("2026-04-30", dir)...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		require.NoError(t, cmd.Start())
		time.Sleep(long/3 + time.Duration(random.Int64N(int64(long))))
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
		requireNoneRunning(t, dir)
		require.Eventually(t, func() bool {
			return len(clearLeftovers(disk{}, filepath.Join(dir, "a")))+len(clearLeftovers(disk{}, filepath.Join(dir, "b"))) == 0
		}, 5*time.Second, 10*time.Millisecond)
		got := outputs(t, dir) // which opens the history
		delete(got, "a/past.history-journal")
		switch {
		case got["a/past.history"] != was["a/past.history"]:
			require.NotEqual(t, was["b/r.json"], got["b/r.json"])
			require.Len(t, got, 3)
			added++
		default:
			require.Equal(t, was["a/past.history.key"], got["a/past.history.key"])
		}
	}
	t.Logf("%d runs killed, %d of them when all was kept", *kills, added)
}

// copyOf is a copy of a folder of outputs.
func copyOf(t *testing.T, folder string) string {
	t.Helper()
	dir := outputsOf(t)
	require.NoError(t, os.CopyFS(dir, os.DirFS(folder)))
	return dir
}
