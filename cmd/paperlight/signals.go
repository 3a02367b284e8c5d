package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// signals are those that ask the program to stop.
type signals struct {
	arrive  chan os.Signal
	drained chan struct{}
}

// catchSignals catches what would end the program, as early as it can. A
// closed pipe is reported by the write that fails.
func catchSignals() *signals {
	s := &signals{arrive: make(chan os.Signal, 8), drained: make(chan struct{})}
	// SIGQUIT, as Ctrl-\ sends it, would print every stack and leave the stages.
	signal.Notify(s.arrive, os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT)
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		signal.Notify(s.arrive, syscall.SIGHUP)
	}
	signal.Ignore(syscall.SIGPIPE)
	return s
}

// until returns a context that the first signal ends.
func (s *signals) until(c *console) context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer close(s.drained)
		for one := range s.arrive {
			c.stopped.CompareAndSwap(0, int32(signalCode(one)))
			cancel()
		}
	}()
	return ctx
}

func signalCode(s os.Signal) int {
	if s == os.Interrupt {
		return exitInterrupted
	}
	return exitTerminated
}

// last is the exit code where the work ended with code: a signal that came
// until now decides, and one that comes later ends the process by itself.
func (s *signals) last(c *console, code int) int {
	signal.Stop(s.arrive)
	close(s.arrive)
	<-s.drained
	if stopped := int(c.stopped.Load()); stopped == 0 || stopped == code {
		return code
	}
	return c.interruptedIn("the work was over already")
}

// interrupted is the exit code of a run that a signal ended.
func (c *console) interrupted() int {
	if code := int(c.stopped.Load()); code != 0 {
		return code
	}
	return exitInterrupted
}

// interruptedIn says that a signal ended the run, and returns its exit code. A
// worker's supervisor says so in its stead.
func (c *console) interruptedIn(what string) int {
	code := c.interrupted()
	word := "interrupted"
	if code == exitTerminated {
		word = "terminated"
	}
	if c.tell == nil {
		fmt.Fprintf(c.err, "paperlight: %s; %s\n", word, what)
	}
	return code
}
