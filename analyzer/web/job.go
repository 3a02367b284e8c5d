package web

import (
	"context"
	"errors"
	"sync"
	"time"

	"paperlight/analyzer/crash"
)

// mostWorking is how many jobs read extracts at a time: each may use as much memory as
// a check may, and one alone can add to the history. The others wait.
const mostWorking = 1

// errStopped is of a job that the user stopped.
var errStopped = errors.New("stopped")

// A job is work that goes on while its user waits.
type job struct {
	began time.Time
	stop  context.CancelFunc
	ended chan struct{} // closed when it has
	err   error         // set before ended is closed, and read after

	mu       sync.Mutex
	progress string
	news     chan struct{} // closed at the next progress
}

func (j *job) running() bool {
	select {
	case <-j.ended:
		return false
	default:
		return true
	}
}

// say notes how far the job is.
func (j *job) say(progress string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.progress = progress
	close(j.news)
	j.news = make(chan struct{})
}

// said is how far the job is, and what is closed when it is further.
func (j *job) said() (string, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.progress, j.news
}

// fault is what ended a job that has ended, or nil.
func (j *job) fault() error {
	if j.running() {
		return nil
	}
	return j.err
}

// newJob makes a job that work can be started of, as a part of the server's.
func (s *Server) newJob(ctx context.Context) (*job, context.Context, error) {
	if err := ctx.Err(); err != nil { // the server ends
		return nil, nil, err
	}
	j := &job{began: s.Now(), ended: make(chan struct{}), news: make(chan struct{})}
	ctx, j.stop = context.WithCancel(ctx)
	return j, ctx, nil
}

// start carries a job out, once there is room for it.
func (s *Server) start(ctx context.Context, j *job, work func(context.Context) error) {
	s.mu.Lock()
	s.jobs = append(s.jobs, j)
	s.mu.Unlock()
	go func() {
		defer close(j.ended)
		defer j.stop()
		defer crash.Catch(&j.err, "the work")
		select {
		case s.working <- struct{}{}:
		default:
			j.say("Waiting for the checks before it.")
			select {
			case s.working <- struct{}{}:
			case <-ctx.Done():
				j.err = errStopped
				return
			}
			j.say("")
		}
		defer func() { <-s.working }()
		if j.err = work(ctx); j.err != nil && ctx.Err() != nil {
			j.err = errStopped
		}
	}()
}
