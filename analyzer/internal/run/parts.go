package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/crash"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/schema"
)

// A partConsumer takes the batches of the parts given to one worker.
type partConsumer struct {
	start func(part int)
	batch func(*extract.Batch) error
	end   func()
}

// eachPart reads every part of a table, shared out among workers in the order
// of the parts. The first error stops all.
func (run *Run) eachPart(ctx context.Context, t *extract.Table, cols []*schema.Column, workers int, open func(worker int) partConsumer) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var next atomic.Int64
	return parallel(workers, func(i int) (err error) {
		defer func() {
			if err != nil {
				stop()
			}
		}()
		r := open(i)
		for {
			at := int(next.Add(1)) - 1
			if at >= len(t.Parts) {
				return nil
			}
			if err := run.part(ctx, t, at, cols, r); err != nil {
				return err
			}
		}
	})
}

// part reads one part. A panic becomes an error that names the part, so that
// what we did wrong can be looked for in what was read.
func (run *Run) part(ctx context.Context, t *extract.Table, at int, cols []*schema.Column, r partConsumer) (err error) {
	file := "part " + fmt.Sprint(at+1)
	defer func() {
		var ours *crash.Error
		if errors.As(err, &ours) && ours.File == "" {
			ours.File = file + " (" + t.Schema.Name + ")"
		}
	}()
	defer crash.Catch(&err, "the reading")
	r.start(at)
	for b, err := range t.Parts[at].Scan(ctx, cols) {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if b.File != "" {
			file = b.File
		}
		if err := r.batch(b); err != nil {
			return err
		}
		run.advance(t.Schema, b)
	}
	if r.end != nil {
		r.end()
	}
	return ctx.Err()
}

// advance reports progress.
func (run *Run) advance(t *schema.Table, b *extract.Batch) {
	if run.options.Progress == nil {
		return
	}
	run.mu.Lock()
	defer run.mu.Unlock()
	run.progress.Table = t.Name
	run.progress.Rows += int64(b.Rows())
	run.progress.Bytes += b.Bytes
	run.options.Progress(run.progress)
}

// capacity is the size of buffers for batches of at most n rows: whole words, and
// no more than a batch may have. Below 0, n is not known.
func capacity(n int) int {
	if n < 0 {
		return eval.BatchRows
	}
	return min(eval.BatchRows, max(64, bitmap.Words(n)*64))
}

// parallel calls do for 0..n-1 at the same time and joins their errors; a
// panic becomes an error.
func parallel(n int, do func(i int) error) error {
	errs := make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			defer crash.Catch(&errs[i], "the work")
			errs[i] = do(i)
		})
	}
	group.Wait()
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if len(errs) == 0 {
		return nil
	}
	// The others mostly say that they were stopped.
	for _, err := range errs {
		if !errors.Is(err, context.Canceled) {
			return err
		}
	}
	return errs[0]
}
