//go:build unix

package main

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A run over several practices, and its workers, that are killed at any moment, and again
// when it goes on: the outcome is that of a run which nobody stopped. Of three times as
// many -kills one is made.
func TestAssessGoesOnAfterKills(t *testing.T) {
	t.Parallel()
	extracts, whole := madeMany(t, 4), filepath.Join(t.TempDir(), "out")
	require.NoError(t, os.WriteFile(filepath.Join(extracts, "extract-3", "patients.csv"), nil, 0o600)) // one is refused
	args := func(out string) []string {
		return []string{"assess", extracts, "--out", out, "--allow-test-numbers", "--quiet", "--jobs", "2"}
	}
	begun := time.Now()
	require.Equal(t, exitInput, really(t, args(whole)...).code)
	long, want := time.Since(begun), tree(t, whole)
	require.Contains(t, sortedNames(want), "practices/practices.html")
	random := rand.New(rand.NewPCG(20, 20))
	halfway := 0
	for range max(2, *kills/3) {
		out := filepath.Join(t.TempDir(), "out")
		for range 1 + random.IntN(2) {
			cmd := program(t, args(out)...)
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			require.NoError(t, cmd.Start())
			time.Sleep(time.Duration(random.Int64N(int64(long) * 2 / 3)))
			to := cmd.Process.Pid
			if random.IntN(2) == 0 {
				to = -to // the workers too
			}
			_ = syscall.Kill(to, syscall.SIGKILL)
			_ = cmd.Wait()
			requireNoneRunning(t, out)
		}
		if exists(filepath.Join(out, planFile)) && !exists(filepath.Join(out, practicesIn, manifestName)) {
			halfway++
		}
		r := really(t, args(out)...)
		require.Equal(t, exitInput, r.code, r.err)
		require.Equal(t, sortedNames(want), sortedNames(tree(t, out)))
		require.True(t, maps.Equal(want, tree(t, out)), "it went on to another outcome")
	}
	t.Logf("%d runs killed, %d of them in the middle", max(2, *kills/3), halfway)
}

// An extract that takes more memory than a reader may use is a row.
func TestAnExtractThatIsTooLargeIsARow(t *testing.T) {
	t.Parallel()
	extracts, out := madeMany(t, 2), filepath.Join(t.TempDir(), "out")
	r := paperlight(t, "generate", filepath.Join(extracts, "huge"), "--patients", "60000", "--per-patient", "events=60", "--quiet")
	require.Zero(t, r.code, r.err)
	r = really(t, "assess", extracts, "--out", out, "--allow-test-numbers", "--quiet", "--jobs", "1", "--memory-of-a-reader", "64MiB")
	require.Equal(t, exitLimit, r.code, r.err)
	require.Contains(t, r.err, "huge")
	require.Len(t, tableOf(t, out).Practices, 2)
}
