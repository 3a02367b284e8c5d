package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Runs to which the system gives ever more memory, from what the supervisor alone can
// live with: an allocation that is refused, wherever it is, ends with 5, and all outputs
// are those of before; nothing is left once the next run has begun.
func TestMemoryThatIsRefusedChangesNothing(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("sh is not there")
	}
	folder, _ := made(t, "--patients", "300")
	told := func(dir string) []string {
		return []string{"check", folder, "--fail-on", "never", "--allow-test-numbers", "--progress", "none",
			"--worklist", filepath.Join(dir, "a", "lists"), "--format", "json=" + filepath.Join(dir, "r.json")}
	}
	old, whole := outputsOf(t), outputsOf(t)
	require.Zero(t, paperlight(t, append(told(old), "--as-of", "2026-01-31")...).code)
	require.Zero(t, paperlight(t, append(told(old), "--as-of", "2026-01-31")...).code)
	require.Zero(t, paperlight(t, append(told(whole), "--as-of", "2026-01-31")...).code)
	require.Zero(t, paperlight(t, told(whole)...).code)
	before, after := tree(t, old), tree(t, whole)
	step := 48
	if *everyStep {
		step = 4
	}
	ends := map[int]int{}
	for limit := 96; limit <= 480; limit += step {
		dir := outputsOf(t)
		require.NoError(t, os.CopyFS(dir, os.DirFS(old)))
		run := program(t, told(dir)...)
		cmd := exec.Command(shell, append([]string{"-c", fmt.Sprintf(`ulimit -d %d && exec "$0" "$@"`, limit<<10)}, run.Args...)...)
		cmd.Env = run.Env
		out, err := cmd.CombinedOutput()
		code := 0
		var ended *exec.ExitError
		if errors.As(err, &ended) {
			code = ended.ExitCode()
		}
		ends[code]++
		require.Contains(t, []int{0, 5}, code, "%d MiB: %s", limit, out)
		for _, home := range []string{dir, filepath.Join(dir, "a"), filepath.Join(dir, "a", "lists")} {
			clearLeftovers(disk{}, home)
		}
		got := tree(t, dir)
		require.True(t, maps.Equal(got, map[int]map[string]string{0: after, 5: before}[code]), "%d MiB, exit %d: %v", limit, code, slices.Sorted(maps.Keys(got)))
		requireNoneRunning(t, dir)
	}
	require.NotZero(t, ends[0], "some run has enough")
	require.NotZero(t, ends[5], "some run has too little")
}
