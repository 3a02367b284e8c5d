package main

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLastWordsOfACrashAreKeptBack(t *testing.T) {
	var out bytes.Buffer
	f := &crashFilter{out: &out}
	for _, piece := range []string{"reading: 10 %\r", "paperlight: a message\n", "fatal error: out of memory\n", "goroutine 1 [running]:\n", "more\n"} {
		n, err := f.Write([]byte(piece))
		require.NoError(t, err)
		require.Equal(t, len(piece), n)
	}
	require.Equal(t, "reading: 10 %\rpaperlight: a message\n", out.String())
	require.Contains(t, f.last(), "out of memory")
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{"512MiB": 512 << 20, "2GiB": 2 << 30, "1GB": 1e9, "100000000": 100000000} {
		n, err := parseSize(text)
		require.NoError(t, err, text)
		require.Equal(t, want, n, text)
	}
	for _, text := range []string{"", "2", "-1GiB", "much", "1GiBs", "99999999999GiB"} {
		_, err := parseSize(text)
		require.Error(t, err, text)
	}
}

func TestAWorkerKnowsTheTerminalItDoesNotSee(t *testing.T) {
	c, back := &console{outTerminal: true, noColour: true, width: 132}, &console{}
	require.True(t, back.undescribe(c.describe()))
	require.Equal(t, []any{true, false, true, 132}, []any{back.outTerminal, back.errTerminal, back.noColour, back.width})
	for _, odd := range []string{"", "true", "a,b,c,d", "true,true,true,-1"} {
		require.False(t, back.undescribe(odd), odd)
	}
}

// The program as people run it: with a worker, which is killed, interrupted
// and short of memory in turn.
func TestWorkerEndsAreToldApart(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("signals are sent to the worker")
	}
	program := filepath.Join(t.TempDir(), "paperlight")
	build := exec.Command("go", "build", "-o", program, ".")
	text, err := build.CombinedOutput()
	require.NoError(t, err, string(text))
	folder, _ := made(t, "--patients", "300")

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	exit := func(args ...string) (int, string) {
		cmd := exec.CommandContext(ctx, program, args...)
		var out, err bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &err
		failed := cmd.Run()
		var ended *exec.ExitError
		if failed != nil && !errors.As(failed, &ended) {
			require.NoError(t, failed)
		}
		return cmd.ProcessState.ExitCode(), err.String()
	}
	code, said := exit("check", folder, "--allow-test-numbers", "--fail-on", "never")
	require.Zero(t, code, said)
	code, said = exit("check", folder) // the 999 range is a blocker
	require.Equal(t, exitNotMet, code, said)
	code, said = exit("check", filepath.Join(folder, "practice.csv"))
	require.Equal(t, exitInput, code)
	require.Contains(t, said, "hint: ")
	code, _ = exit(workerVerb, "check", folder)
	require.Equal(t, exitUsage, code, "people do not start workers")

	c := &console{err: &bytes.Buffer{}}
	killed := exec.CommandContext(ctx, "sleep", "60")
	require.NoError(t, killed.Start())
	require.NoError(t, killed.Process.Signal(syscall.SIGKILL))
	require.Equal(t, exitLimit, workerOutcome(ctx, ctx, c, &crashFilter{}, killed.Wait()), "killed from outside: most likely for its memory")
	crash := &crashFilter{out: &bytes.Buffer{}}
	_, err = crash.Write([]byte("panic: index out of range\n"))
	require.NoError(t, err)
	require.Equal(t, exitInternal, workerOutcome(ctx, ctx, c, crash, errors.New("exit status 2")))
	quiet, give := context.WithCancelCause(ctx)
	give(errSilent)
	require.Equal(t, exitLimit, workerOutcome(ctx, quiet, c, crash, errors.New("killed")))
}
