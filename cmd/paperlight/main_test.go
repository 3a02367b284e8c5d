package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// asProgram in the environment makes the test binary the program itself.
const asProgram = "PAPERLIGHT_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(asProgram) != "":
		main()
	case os.Getenv(asSeries) != "":
		runSeries()
		os.Exit(0)
	case len(os.Args) > 1 && os.Args[1] == workerVerb:
		oddWorker(os.Args[2:])
	}
	// What hundreds of runs in this process leave is not collected over and over.
	debug.SetGCPercent(800)
	debug.SetMemoryLimit(768 << 20)
	code := m.Run()
	_ = os.RemoveAll(sampleFolder())
	os.Exit(code)
}

// program is the program as people run it, in processes of its own.
func program(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute+time.Duration(*manyPractices)*10*time.Second)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	cmd.Dir = t.TempDir()
	return cmd
}

// really runs the program as people do.
func really(t *testing.T, args ...string) ran {
	t.Helper()
	cmd := program(t, args...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		require.NoError(t, err)
	}
	return ran{cmd.ProcessState.ExitCode(), out.String(), said.String()}
}

// oddly supervises a worker that ends as how says.
func oddly(t *testing.T, how string) ran {
	t.Helper()
	var out, said bytes.Buffer
	c := &console{in: bytes.NewReader(nil), out: &out, err: &said, width: 80}
	code := supervise(context.Background(), []string{"check", how}, c, defaultMemory)
	return ran{code, out.String(), said.String()}
}

// oddWorker is a worker that ends as its argument says: with last words, or
// with a mark or none and then an exit code or a signal.
func oddWorker(args []string) {
	beat, hear := inherited(args[1])
	if beat == nil || hear == nil {
		os.Exit(99)
	}
	how := args[3]
	if how == "obey" {
		_, _ = beat.Write([]byte{recordBeat})
		obey(hear, func() { _, _ = beat.Write(mark(exitTerminated)); os.Exit(exitTerminated) })
	}
	if words, ok := strings.CutPrefix(how, "words "); ok {
		fmt.Fprintln(os.Stderr, words)
		os.Exit(2)
	}
	var said, value int
	var end string
	if _, err := fmt.Sscanf(how, "mark %d %s %d", &said, &end, &value); err != nil {
		os.Exit(98)
	}
	if said != noMark {
		_, _ = beat.Write(mark(said))
	}
	if end == "signal" {
		endBySignal(value)
	}
	os.Exit(value)
}
