//go:build unix

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func endBySignal(number int) {
	_ = syscall.Kill(os.Getpid(), syscall.Signal(number))
	time.Sleep(time.Minute)
}

// shellCode is the exit code as a shell tells it.
func shellCode(t *testing.T, err error) int {
	t.Helper()
	if err == nil {
		return 0
	}
	var ended *exec.ExitError
	require.True(t, errors.As(err, &ended), "%v", err)
	if status := ended.Sys().(syscall.WaitStatus); status.Signaled() {
		return 128 + int(status.Signal())
	}
	return ended.ExitCode()
}

// running are the processes whose command line holds text; Linux only.
func running(t *testing.T, text string) []string {
	t.Helper()
	var out []string
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, file := range lines {
		if line, err := os.ReadFile(file); err == nil && bytes.Contains(line, []byte(text)) {
			out = append(out, file+" "+strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return out
}

func requireNoneRunning(t *testing.T, text string) {
	t.Helper()
	if runtime.GOOS == "linux" {
		require.Eventually(t, func() bool { return len(running(t, text)) == 0 }, time.Second, 20*time.Millisecond, "%v", running(t, text))
	}
}

func TestSignalsAtAnyMomentEndTheRunAndLeaveNothing(t *testing.T) {
	folder, _ := made(t, "--patients", "3000")
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 40 {
		work := t.TempDir()
		args := []string{"check", folder, "--worklist", filepath.Join(work, "lists"), "--format", "json=" + filepath.Join(work, "r.json")}
		if i%4 == 3 {
			args = []string{"generate", filepath.Join(work, "made"), "--patients", "100000", "--shuffle"}
		}
		cmd := program(t, args...)
		var said bytes.Buffer
		cmd.Stderr = &said
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		require.NoError(t, cmd.Start())
		pause := time.Duration(1+random.IntN(200)) * time.Millisecond
		sent, code := syscall.SIGTERM, exitTerminated
		if i%5 == 4 && i%2 != 0 {
			sent = syscall.SIGQUIT
			pause += time.Second / 4 // until main begins, the runtime of Go takes it for itself
		}
		time.Sleep(pause)
		if i%2 == 0 {
			sent, code = syscall.SIGINT, exitInterrupted
		}
		to := cmd.Process.Pid
		if i%3 == 0 {
			to = -to // the whole group, as a terminal sends Ctrl-C
		}
		require.NoError(t, syscall.Kill(to, sent))
		require.Equal(t, code, shellCode(t, cmd.Wait()), "%v after %s: %s", args[0], pause, said.String())
		require.NotContains(t, said.String(), "hint")
		for _, name := range names(t, work) {
			require.False(t, strings.HasPrefix(name, "."), "%s after %s: %s", name, pause, said.String())
		}
		requireNoneRunning(t, work)
	}
}

func TestAWorkerEndsWithItsSupervisor(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("processes are found under /proc")
	}
	folder, _ := made(t, "--patients", "3000")
	for _, pause := range []int{5, 30, 60, 90, 120, 160, 200, 250, 300, 400} {
		work := t.TempDir()
		cmd := program(t, "check", folder, "--worklist", filepath.Join(work, "lists"), "--format", "json="+filepath.Join(work, "r.json"))
		require.NoError(t, cmd.Start())
		time.Sleep(time.Duration(pause) * time.Millisecond)
		require.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait()
		time.Sleep(20 * time.Millisecond)
		before := names(t, work)
		requireNoneRunning(t, work)
		time.Sleep(300 * time.Millisecond)
		require.Equal(t, before, names(t, work), "written %d ms and more after the start", pause)
	}
}

func TestAWorkerThatIsKilledGivesNoVerdict(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("processes are found under /proc")
	}
	folder, _ := made(t, "--patients", "3000")
	for sent, want := range map[syscall.Signal]int{syscall.SIGKILL: exitInternal, syscall.SIGTERM: exitTerminated, syscall.SIGABRT: exitInternal} {
		cmd := program(t, "check", folder, "--allow-test-numbers", "--fail-on", "never")
		var out, said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &said
		require.NoError(t, cmd.Start())
		worker := 0
		require.Eventually(t, func() bool {
			for _, line := range running(t, "\x00"+workerVerb+"\x00") {
				if strings.Contains(line, folder) {
					worker, _ = strconv.Atoi(strings.Split(line, "/")[2])
				}
			}
			return worker != 0
		}, 10*time.Second, time.Millisecond)
		require.NoError(t, syscall.Kill(worker, sent))
		require.Equal(t, want, shellCode(t, cmd.Wait()), said.String())
		require.Empty(t, out.String())
		require.NotContains(t, said.String(), "more memory than allowed")
		require.NotEmpty(t, said.String())
	}
}

func TestAClosedPipeEndsQuietly(t *testing.T) {
	folder, _ := made(t, "--practices", "40", "--patients", "400", "--per-patient", "events=0,issues=0,consultations=0,documents=0,results=0")
	for _, args := range [][]string{
		{"check", folder, "--format", "json"},
		{"check", folder, "--format", "json", "--unsupervised"},
		{"rules", "list", "--format", "json"},
		{"rules", "test", "--mutate", "--select", "nhs-number/*"},
	} {
		cmd := program(t, args...)
		var said bytes.Buffer
		cmd.Stderr = &said
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		line, err := bufio.NewReaderSize(out, 16).ReadString('\n') // as head -1
		require.NoError(t, err)
		require.NotEmpty(t, line)
		require.NoError(t, out.Close())
		require.Equal(t, exitPipe, shellCode(t, cmd.Wait()), "%v: %s", args, said.String())
		require.Empty(t, said.String(), args)
	}
}

// A report that nobody got, and messages that nobody reads.
func TestStreamsThatCannotBeWritten(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no /dev/full")
	}
	folder, _ := made(t, "--patients", "200")
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	require.NoError(t, err)
	defer func() { _ = full.Close() }()
	for _, args := range [][]string{
		{"check", folder, "--fail-on", "never"}, {"check", folder}, {"rules", "list"},
		{"rules", "test", "--select", "nhs-number/recorded"}, {"version"}, {"schema"}, {"--help"},
	} {
		cmd := program(t, args...)
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = full, &said
		require.Equal(t, exitOutput, shellCode(t, cmd.Run()), "%v: %s", args, said.String())
		require.Contains(t, said.String(), "could not write standard output: no space left on device", args)
	}
	work := t.TempDir()
	closed, messages, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	cmd := program(t, "check", folder, "--fail-on", "never", "--progress", "plain", "--format", "json="+filepath.Join(work, "r.json"))
	cmd.Stderr = messages
	require.Equal(t, exitMet, shellCode(t, cmd.Run()))
	require.NoError(t, messages.Close())
	require.Equal(t, []string{"r.json"}, names(t, work))
}

// Where no worker can be started the run does not go on without in silence.
func TestSupervisionFailsClosed(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the program is run from a file that is gone")
	}
	folder, _ := made(t, "--patients", "200")
	self, err := os.Executable()
	require.NoError(t, err)
	script := `cp "$1" ./gone; exec 9<./gone; rm ./gone; shift; exec /proc/self/fd/9 "$@"`
	for _, test := range []struct {
		args []string
		code int
	}{
		{[]string{"check", folder, "--fail-on", "never"}, exitInternal},
		{[]string{"check", folder, "--fail-on", "never", "--unsupervised"}, exitMet},
	} {
		cmd := program(t)
		cmd.Path = "/bin/sh"
		cmd.Args = append([]string{"sh", "-c", script, "sh", self}, test.args...)
		var out, said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &said
		require.Equal(t, test.code, shellCode(t, cmd.Run()), said.String())
		if test.code == exitInternal {
			require.Empty(t, out.String())
			require.Contains(t, said.String(), "no second process could be started")
			require.Contains(t, said.String(), "hint: ")
			require.Contains(t, said.String(), "--unsupervised")
			require.NotContains(t, said.String(), "/gone")
		}
	}
}

// What the system has no more of is named, and is not memory.
func TestTooFewOpenFilesAreALimitOfTheirOwn(t *testing.T) {
	folder, _ := made(t, "--patients", "200")
	self, err := os.Executable()
	require.NoError(t, err)
	for _, files := range []string{"12", "20"} { // too few for a worker, and for its files
		cmd := program(t)
		cmd.Path = "/bin/sh"
		cmd.Args = []string{"sh", "-c", "ulimit -n " + files + `; exec "$@"`, "sh", self, "check", folder}
		var out, said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &said
		require.Equal(t, exitLimit, shellCode(t, cmd.Run()), said.String())
		require.Empty(t, out.String())
		require.Contains(t, said.String(), "too many")
		require.Contains(t, said.String(), "hint: close other programs, or allow more open files")
		require.NotContains(t, said.String(), "more memory than allowed")
	}
}

// A worker that meets its limit ends with 5, and with no report.
func TestAWorkerShortOfMemorySaysSo(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("RLIMIT_DATA")
	}
	folder, _ := made(t, "--patients", "200")
	self, err := os.Executable()
	require.NoError(t, err)
	short := 0
	// With cgo every thread takes its stack of this, and the supervisor needs more.
	for _, kilobytes := range []int{90000, 100000, 110000, 120000, 150000, 200000} {
		cmd := program(t)
		cmd.Path = "/bin/sh"
		cmd.Args = []string{"sh", "-c", fmt.Sprintf(`ulimit -d %d; exec "$@"`, kilobytes), "sh", self, "check", folder, "--fail-on", "never"}
		var out, said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &said
		code := shellCode(t, cmd.Run())
		if code == exitLimit {
			short++
			require.Contains(t, said.String(), "the extract needs more memory than allowed")
			require.Empty(t, out.String())
		} else if code != 2 { // the supervisor itself had too little
			require.Equal(t, exitMet, code, said.String())
		}
	}
	require.NotZero(t, short)
}

func TestACapOnMemoryThatStandsAlreadyIsKept(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("RLIMIT_DATA")
	}
	folder, _ := made(t, "--patients", "200")
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := program(t)
	cmd.Path = "/bin/sh"
	cmd.Args = []string{"sh", "-c", `ulimit -d 2000000; exec "$@"`, "sh", self, "check", folder, "--fail-on", "never"}
	text, err := cmd.CombinedOutput()
	require.NoError(t, err, string(text))
}
