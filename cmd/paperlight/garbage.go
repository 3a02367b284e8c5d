package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// Memory may grow over what is held by a part of it, and by spare bytes in any
// case, so that rules and a small extract are not collected over and over. What
// is held is mostly large blocks without pointers, which are cheap to collect.
const (
	garbage = 30 // per cent
	spare   = 48 << 20
)

// tendGarbage sets how far memory may grow, now and after each collection, for
// as long as the process lives.
func tendGarbage() {
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

// allowance is how far memory may grow over live bytes, in per cent.
func allowance(live uint64) int {
	if live < spare/10 {
		return 1000
	}
	return max(garbage, int(100*spare/live))
}
