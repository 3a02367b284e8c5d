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
	// Ran, where not nil, is called after each rule and definition, from several
	// goroutines.
	Ran func()
}

// inParallel calls each for 0 to n-1, some at a time. Only a cancelled context
// is an error.
func inParallel(ctx context.Context, o MutantOptions, n int, each func(i int)) error {
	var next atomic.Int64
	var all crash.Group
	for range max(o.Jobs, 1) {
		all.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if each(i); o.Ran != nil {
					o.Ran()
				}
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
