package analyzer

import (
	"context"
	"fmt"
	"sync/atomic"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
)

// A partReader takes the batches of the parts given to one worker.
type partReader struct {
	start func(part int)
	batch func(*extract.Batch) error
	end   func()
}

// eachPart reads every part of a table, shared out among workers in the order
// of the parts. The first error stops all.
func (run *Run) eachPart(ctx context.Context, t *extract.Table, cols []*schema.Column, workers int, open func(worker int) partReader) error {
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

// part reads one part. A panic while decoding becomes an error that says
// where it happened.
func (run *Run) part(ctx context.Context, t *extract.Table, at int, cols []*schema.Column, r partReader) (err error) {
	file := "part " + fmt.Sprint(at+1)
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("table %s, %s: internal error while reading: %v", t.Schema.Name, file, p)
		}
	}()
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
