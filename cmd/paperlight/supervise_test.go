package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/iotest"
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

// A worker that ends with any code, or with what it did not say, gives no
// verdict.
func TestAVerdictNeedsTheWorkersMark(t *testing.T) {
	for _, code := range []int{0, 1, 8} {
		r := oddly(t, fmt.Sprintf("mark %d exit %d", code, code))
		require.Equal(t, ran{code: code}, r)
	}
	for _, code := range []int{0, 1, 3, 8, 64, 70, 130} {
		for _, mark := range []int{noMark, 0, 1, 8} {
			if mark == code {
				continue
			}
			r := oddly(t, fmt.Sprintf("mark %d exit %d", mark, code))
			require.Equal(t, exitInternal, r.code, "%d %d", mark, code)
			require.Contains(t, r.err, fmt.Sprintf("ended from outside (exit code %d)", code))
			require.Contains(t, r.err, "there is no result")
		}
	}
}

func TestEndsOfWorkersAreNamedForWhatTheyAre(t *testing.T) {
	for how, want := range map[string]struct {
		code int
		says string
	}{
		"words fatal error: out of memory":                                                                                                               {exitLimit, "needs more memory than allowed"},
		"words fatal error: runtime: cannot allocate memory":                                                                                             {exitLimit, "needs more memory than allowed"},
		"words fatal error: failed to reserve page summary memory":                                                                                       {exitLimit, "needs more memory than allowed"},
		"words runtime: VirtualAlloc of 4096 bytes failed with errno=1455":                                                                               {exitLimit, "needs more memory than allowed"},
		"words runtime: failed to create new OS thread (have 9 already; errno=8)\nfatal error: newosproc":                                                {exitLimit, "needs more memory than allowed"},
		"words runtime: failed to create new OS thread (have 9 already; errno=11)\nfatal error: newosproc":                                               {exitLimit, "no more threads"},
		"words fatal error: pthread_create failed":                                                                                                       {exitLimit, "no more threads"},
		"words runtime: epollcreate failed with 24\nfatal error: runtime: netpollinit failed":                                                            {exitLimit, "too many files are open"},
		"words panic: open x: too many open files":                                                                                                       {exitLimit, "too many files are open"},
		"words panic: index out of range\n\ngoroutine 1 [running]:\nmain.out of memory":                                                                  {exitInternal, "an internal error"},
		"words SIGSEGV: segmentation violation\nPC=0x43757d m=6 sigcode=1 addr=0x0\n\ngoroutine 0 gp=0x4 m=6":                                            {exitLimit, "needs more memory than allowed"},
		"words SIGSEGV: segmentation violation\nPC=0x43757d m=6 sigcode=0 addr=0x0\n\ngoroutine 0 gp=0x4 m=6":                                            {exitInternal, "stopped by SIGSEGV"},
		"words SIGSEGV: segmentation violation\nPC=0x43757d m=6 sigcode=1 addr=0xff00\n\ngoroutine 0 gp=0x4":                                             {exitInternal, "stopped by SIGSEGV"},
		"words SIGSEGV: segmentation violation\nPC=0x43757d m=6 sigcode=1 addr=0x0\n\ngoroutine 18 gp=0x4":                                               {exitInternal, "stopped by SIGSEGV"},
		"words panic: 943 476 5919\n\ngoroutine 1 [running]:\npaperlight/analyzer/source.f(0x943)\n\t/home/me/paperlight/analyzer/source/csv.go:12 +0x1": {exitInternal, "there is no result\n  at analyzer/source.f (csv.go:12)\n"},
		"words SIGABRT: abort\nPC=0x1":                                                                                                                   {exitInternal, "stopped by SIGABRT (abort)"},
		"mark 0 signal 9":                                                                                                                                {exitInternal, "killed (signal 9), perhaps"},
		"mark -1 signal 9":                                                                                                                               {exitInternal, "killed (signal 9), perhaps"},
		"mark -1 signal 15":                                                                                                                              {exitTerminated, "terminated"},
		"mark -1 signal 2":                                                                                                                               {exitInterrupted, "interrupted"},
		"mark 143 exit 143":                                                                                                                              {exitTerminated, "terminated; no file was left half written"},
		"mark 130 exit 130":                                                                                                                              {exitInterrupted, "interrupted; no file was left half written"},
	} {
		t.Run(how, func(t *testing.T) {
			if runtime.GOOS == "windows" && strings.Contains(how, "signal") {
				t.Skip("no signals")
			}
			r := oddly(t, how)
			require.Equal(t, want.code, r.code, r.err)
			require.Contains(t, r.err, want.says)
			require.NotContains(t, r.err, "goroutine")
			require.NotContains(t, r.err, "943")
			require.NotContains(t, r.err, "/home/me")
			if want.says != "needs more memory than allowed" {
				require.NotContains(t, r.err, "more memory than allowed")
			}
		})
	}
	killed := ending{mark: noMark, exit: -1, signal: syscall.SIGKILL, atLimit: true}
	code, message, _ := killed.outcome()
	require.Equal(t, exitLimit, code)
	require.Contains(t, message, "nearly all the memory allowed")
	killed = ending{mark: noMark, exit: -1, signal: syscall.SIGKILL, outOfMemory: true}
	code, message, _ = killed.outcome()
	require.Equal(t, exitLimit, code)
	require.Contains(t, message, "the system ended the reading")
	reader := ending{mark: noMark, exit: -1, signal: syscall.SIGPIPE}
	code, message, _ = reader.outcome()
	require.Equal(t, exitPipe, code)
	require.Empty(t, message)
	other := ending{mark: noMark, exit: -1, signal: syscall.SIGBUS}
	code, message, _ = other.outcome()
	require.Equal(t, exitInternal, code)
	require.Contains(t, message, fmt.Sprintf("stopped by signal %d (%s)", int(syscall.SIGBUS), syscall.SIGBUS))
	stuck := ending{mark: 143, exit: 143, stalled: true}
	code, message, _ = stuck.outcome()
	require.Equal(t, exitLimit, code)
	require.Equal(t, "stopped: no progress for 2 minutes", message)
}

func TestTheSupervisorHearsBeatsAndTheMark(t *testing.T) {
	life, beat := io.Pipe()
	said := listen(iotest.OneByteReader(life), time.Hour, func() {})
	for _, b := range [][]byte{{recordBeat}, {recordBeat, recordBeat}, mark(exitNotJudged)} {
		_, err := beat.Write(b)
		require.NoError(t, err)
	}
	require.NoError(t, beat.Close())
	require.Equal(t, exitNotJudged, <-said)
	for _, cut := range [][]byte{nil, {recordBeat}, mark(0)[:1], mark(0)[:2], {recordMark, 1, 1}} {
		require.Equal(t, noMark, <-listen(bytes.NewReader(cut), time.Hour, func() {}), cut)
	}
}

// The pipe alone, without a signal or what else the system does.
func TestAWorkerObeysItsPipeAndEndsWithIt(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	for order, want := range map[string]int{string([]byte{orderStop}): exitTerminated, "": exitInternal} {
		life, beat, err := os.Pipe()
		require.NoError(t, err)
		hear, orders, err := os.Pipe()
		require.NoError(t, err)
		cmd := exec.Command(self)
		numbers, err := passOn(cmd, beat, hear)
		require.NoError(t, err)
		cmd.Args = []string{self, workerVerb, "", numbers, "check", "obey"}
		require.NoError(t, cmd.Start())
		require.NoError(t, beat.Close())
		require.NoError(t, hear.Close())
		_, err = life.Read(make([]byte, 1)) // it runs
		require.NoError(t, err)
		_, err = orders.WriteString(order)
		require.NoError(t, err)
		if order == "" {
			require.NoError(t, orders.Close())
		}
		ended := make(chan bool)
		go func() { _ = cmd.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			t.Fatal("the worker runs on")
		}
		require.Equal(t, want, cmd.ProcessState.ExitCode())
		_, _ = orders.Close(), life.Close()
	}
}

func TestAWorkerThatShowsNoLifeIsNoticed(t *testing.T) {
	life, beat := io.Pipe()
	silent := make(chan bool, 1)
	said := listen(life, 2*time.Millisecond, func() { silent <- true })
	var moved atomic.Int64
	stop := showLife(beat, time.Millisecond, &moved)
	for range 50 { // longer than the patience of 20 beats
		moved.Add(1)
		time.Sleep(2 * time.Millisecond)
		require.Empty(t, silent)
	}
	select { // nothing moves
	case <-silent:
	case <-time.After(10 * time.Second):
		t.Fatal("nobody noticed")
	}
	stop()
	require.NoError(t, beat.Close())
	require.Equal(t, noMark, <-said)
}

func TestTheRequestIsReadAsTheVerbReadsIt(t *testing.T) {
	for line, want := range map[string]request{
		"check x":                                     {true, false, defaultMemory},
		"check x --memory 1GiB":                       {true, false, 1 << 30},
		"check x --memory 1GiB --memory=512MiB":       {true, false, 512 << 20},
		"check --scheme --memory x":                   {true, false, defaultMemory},
		"check x --unsupervised":                      {true, true, defaultMemory},
		"check x -- --unsupervised":                   {true, false, defaultMemory},
		"check --scheme --unsupervised x":             {true, false, defaultMemory},
		"declare new x --unsupervised --memory=64MiB": {true, true, 64 << 20},
		"explain MED-008 x":                           {true, false, defaultMemory},
		"check x --help":                              {},
		"check x --no-such-flag":                      {},
		"generate x":                                  {},
		"rules list":                                  {},
		"nonsense":                                    {},
		"":                                            {},
	} {
		require.Equal(t, want, requestOf(strings.Fields(line)), line)
	}
}
