package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// The heap may grow over what is live by a share of it, and by spare bytes in any
// case, so that rules and a small extract are not collected over and over. What is
// live is mostly large blocks without pointers, which are cheap to collect.
const (
	heapGrowth = 30 // per cent
	spare      = 48 << 20
)

// tuneGC sets how far the heap may grow, now and after each collection, for as long
// as the process lives.
func tuneGC() {
	debug.SetGCPercent(allowance(0))
	type sentinel struct{ _ [16]byte }
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	was := 0
	var collected func(*sentinel)
	collected = func(s *sentinel) {
		if metrics.Read(live); live[0].Value.Kind() == metrics.KindUint64 {
			if p := allowance(live[0].Value.Uint64()); p != was {
				was = p
				debug.SetGCPercent(p)
			}
		}
		runtime.SetFinalizer(s, collected)
	}
	runtime.SetFinalizer(&sentinel{}, collected)
}

// unhurried is an environment in which a Go process lets its heap grow from its first
// instruction on as tuneGC does: else it collects several times what its packages set up.
func unhurried(environment []string) []string {
	return append(environment, fmt.Sprintf("GOGC=%d", allowance(0)))
}

// allowance is how far the heap may grow over live bytes, in per cent.
func allowance(live uint64) int {
	if live < spare/10 {
		return 1000
	}
	return max(heapGrowth, int(100*spare/live))
}
