package crash

import (
	"errors"
	"sync"
	"sync/atomic"
)

// A Group runs functions that give no error in goroutines of their own. Go ends
// the process for a panic that its own goroutine does not recover from, whoever
// waits for it: Wait raises the first again, where Catch finds it. The zero
// Group is ready; it is not used again after Wait.
type Group struct {
	running sync.WaitGroup
	first   atomic.Pointer[Error]
}

// Go calls do in a goroutine.
func (g *Group) Go(do func()) {
	g.running.Go(func() {
		var err *Error
		if errors.As(caught(do), &err) {
			g.first.CompareAndSwap(nil, err)
		}
	})
}

func caught(do func()) (err error) {
	defer Catch(&err, "the work")
	do()
	return nil
}

// Wait waits until all have returned.
func (g *Group) Wait() {
	g.running.Wait()
	if err := g.first.Load(); err != nil {
		panic(err)
	}
}
