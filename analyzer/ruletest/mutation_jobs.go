package ruletest

import (
	"context"
	"sync/atomic"

	"paperlight/analyzer/crash"
)

// MutantOptions say which mutants are made. The zero MutantOptions are good.
type MutantOptions struct {
	// Every is for a sample: the first of every so many mutants; 0 is all.
	Every int
	// Jobs is how many rules or definitions are weakened at the same time; 0 is
	// one.
	Jobs int
}

// inParallel calls each for 0 to n-1, jobs at a time. Only a cancelled context
// is an error.
func inParallel(ctx context.Context, jobs, n int, each func(i int)) error {
	var next atomic.Int64
	var all crash.Group
	for range max(jobs, 1) {
		all.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				each(i)
			}
		})
	}
	all.Wait()
	return ctx.Err()
}

// together is what several mutations come to, in their order.
func together(each []*Mutation) *Mutation {
	out := &Mutation{}
	for _, one := range each {
		out.Mutants += one.Mutants
		out.Explained += one.Explained
		out.Survivors = append(out.Survivors, one.Survivors...)
	}
	return out
}
