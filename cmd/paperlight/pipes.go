package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// What goes over the two pipes between a worker and its supervisor. The worker
// writes beats and, last, its mark: how it ended, in its own words. Only with
// the mark does an exit code count, since anybody can end a process with any
// code. The supervisor writes the order to stop; the end of its pipe is its
// own end.
const (
	recordBeat = 1
	recordMark = 2
	orderStop  = 3
	// missedBeats is how many may be missed in a row.
	missedBeats = 20
	// noMark is the mark of a worker that left none.
	noMark = -1
)

func mark(code int) []byte { return []byte{recordMark, byte(code), ^byte(code)} }

// listen hears the worker until its pipe ends, then sends its mark. It calls
// stalled where nothing was heard for a number of beats: of those counted here,
// so that a computer put to sleep is not taken for a worker that is stuck.
func listen(life io.Reader, every time.Duration, stalled func()) <-chan int {
	said := make(chan int, 1)
	var heard atomic.Bool
	over := make(chan struct{})
	go func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for missed := 0; missed < missedBeats; {
			select {
			case <-over:
				return
			case <-tick.C:
				if missed++; heard.Swap(false) {
					missed = 0
				}
			}
		}
		stalled()
	}()
	go func() {
		defer close(over)
		code, r := noMark, bufio.NewReader(life)
		for {
			record, err := r.ReadByte()
			if err != nil {
				break
			}
			heard.Store(true)
			if record == recordMark {
				value, _ := r.ReadByte()
				if check, err := r.ReadByte(); err == nil && check == ^value {
					code = int(value)
				}
			}
		}
		said <- code
	}()
	return said
}

// showLife beats while moved moves, until stopped.
func showLife(beat io.Writer, every time.Duration, moved *atomic.Int64) (stop func()) {
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for last := int64(-1); ; {
			select {
			case <-done:
				return
			case <-tick.C:
				if now := moved.Load(); now != last {
					last = now
					_, _ = beat.Write([]byte{recordBeat})
				}
			}
		}
	}()
	return func() { close(done) }
}

// obey stops the work when the supervisor says so, or is gone: then nobody waits for
// the outcome, and nothing more may be written.
func obey(orders io.Reader, stop context.CancelFunc) {
	one := make([]byte, 1)
	for {
		if _, err := io.ReadFull(orders, one); err != nil {
			os.Exit(exitInternal)
		}
		if one[0] == orderStop {
			stop()
		}
	}
}

// inherited opens the pipes that the supervisor passed on, as numbers names
// them; nil where they are not there.
func inherited(numbers string) (beat, hear *os.File) {
	first, second, _ := strings.Cut(numbers, ",")
	open := func(number string) *os.File {
		n, err := strconv.ParseUint(number, 10, 64)
		if err != nil || n < 3 {
			return nil
		}
		f := os.NewFile(uintptr(n), "pipe")
		if f == nil {
			return nil
		}
		if info, err := f.Stat(); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
			return nil
		}
		return f
	}
	return open(first), open(second)
}
