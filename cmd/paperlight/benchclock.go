package main

// A workClock measures the time for which the process ran. Reading processor time is
// slow, so short intervals are taken from the wall clock; a longer one may have been
// interrupted, and is taken from the processor's.
type workClock struct {
	wall, cpu func() int64
	// last is the wall time of the last reading of the clock, value what it returned.
	last, value int64
	// The processor time was cpuThen when the clock returned valueThen.
	cpuThen, valueThen int64
}

// moment is the longest interval, in nanoseconds, that is taken from the wall clock.
// Interruptions are longer.
const moment = 50_000

func newWorkClock(wall, cpu func() int64) *workClock {
	return &workClock{wall: wall, cpu: cpu, last: wall(), cpuThen: cpu()}
}

// now returns nanoseconds and never goes back.
func (c *workClock) now() int64 {
	wall := c.wall()
	passed := wall - c.last
	c.last = wall
	if passed < moment {
		c.value += passed
		return c.value
	}
	cpu := c.cpu()
	c.value = max(c.value, min(c.value+passed, c.valueThen+cpu-c.cpuThen))
	c.cpuThen, c.valueThen = cpu, c.value
	return c.value
}

// benchClocks returns a clock for short work and one for whole runs.
func benchClocks() (clock, cpu func() int64) {
	wall := wallClock()
	if cpu = processorClock(); cpu == nil {
		return wall, wall
	}
	return newWorkClock(wall, cpu).now, cpu
}
