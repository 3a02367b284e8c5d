package costing

import "math/bits"

// A calibration is a fixed piece of work of the kind that rules are made of:
// arithmetic that waits for itself, reading in order, reading at random and
// branches. What it takes says how fast the machine is at the moment.
type calibration struct {
	clock func() int64
	table []uint64
	// sum keeps the work from being left out by the compiler.
	sum uint64
}

const (
	// calibrationWords is 2 MiB, more than the nearest caches hold.
	calibrationWords = 1 << 18
	// calibrationTimes is how often the work is timed before and after a round.
	calibrationTimes = 15
)

func newCalibration(clock func() int64) *calibration {
	c := &calibration{clock: clock, table: make([]uint64, calibrationWords)}
	x := uint64(1)
	for i := range c.table {
		x = mix(x)
		c.table[i] = x
	}
	return c
}

// mix is one step of a splitmix generator.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// times appends what the work took, in nanoseconds, each of several times.
func (c *calibration) times(to []float64) []float64 {
	for range calibrationTimes {
		before := c.clock()
		c.work()
		to = append(to, float64(max(1, c.clock()-before)))
	}
	return to
}

func (c *calibration) work() {
	x := c.sum | 1
	for range 4000 {
		x = mix(x)
	}
	at := x
	for range 4000 { // at random
		at = at*6364136223846793005 + 1442695040888963407
		x += c.table[at>>46]
	}
	first := int(x % (calibrationWords / 2))
	for _, v := range c.table[first : first+16384] { // in order, with branches
		if v&3 == 0 {
			x += uint64(bits.OnesCount64(v))
		} else {
			x ^= v
		}
	}
	c.sum = x
}
