//go:build unix

package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A run over several practices, and its workers, that are killed or asked to stop at any
// moment, and again when it goes on: the outcome is that of a run which nobody stopped. It is
// stopped -kills times; where there are few practices, in several runs.
func TestAssessGoesOnAfterKills(t *testing.T) {
	t.Parallel()
	extracts, whole := madeOfSize(t, *manyPractices, *patientsEach), filepath.Join(t.TempDir(), "out")
	require.NoError(t, os.WriteFile(filepath.Join(extracts, "extract-3", "patients.csv"), nil, 0o600)) // one is refused
	args := func(out string) []string {
		return []string{"assess", extracts, "--out", out, "--allow-test-numbers", "--quiet", "--jobs", "2"}
	}
	begun, cmd := time.Now(), program(t, args(whole)...)
	_ = cmd.Run()
	require.Equal(t, exitInput, cmd.ProcessState.ExitCode())
	long, want := time.Since(begun), tree(t, whole)
	require.Contains(t, sortedNames(want), "practices/practices.html")
	t.Logf("nobody stopped: %s, %s", long.Round(time.Millisecond), used(cmd))
	random := rand.New(rand.NewPCG(20, 20))
	runs, stops, pause := max(2, *kills/3), 2, long*2/3
	if *manyPractices > 20 {
		runs, stops, pause = 1, *kills, 2*long/time.Duration(*kills)
	}
	for range runs {
		out := filepath.Join(t.TempDir(), "out")
		for range stops {
			cmd := program(t, args(out)...)
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			require.NoError(t, cmd.Start())
			time.Sleep(time.Duration(random.Int64N(int64(pause))))
			to, with := cmd.Process.Pid, pick(random.IntN(2), syscall.SIGKILL, syscall.SIGINT)
			if random.IntN(2) == 0 {
				to = -to // the workers too
			}
			_ = syscall.Kill(to, with)
			_ = cmd.Wait()
			requireNoneRunning(t, out)
			states, err := filepath.Glob(filepath.Join(out, statesIn, "*"))
			require.NoError(t, err)
			t.Logf("%s with %d states: %s", with, len(states), used(cmd))
		}
		cmd := program(t, args(out)...)
		said, _ := cmd.CombinedOutput()
		require.Equal(t, exitInput, cmd.ProcessState.ExitCode(), string(said))
		t.Logf("to the end: %s", used(cmd))
		require.Equal(t, sortedNames(want), sortedNames(tree(t, out)))
		require.True(t, maps.Equal(want, tree(t, out)), "it went on to another outcome")
	}
}

// used is what a run and its workers took: CPU time, and the memory of the largest process.
func used(cmd *exec.Cmd) string {
	p := cmd.ProcessState
	return fmt.Sprintf("%.1f s of CPU, %d MiB", (p.UserTime() + p.SystemTime()).Seconds(), p.SysUsage().(*syscall.Rusage).Maxrss>>10)
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
