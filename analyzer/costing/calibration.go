package costing

import "math/bits"

// A calibration is a fixed piece of work of the kind that rules are made of.
// What it takes says how fast the machine is at the moment.
type calibration struct {
	clock func() int64
	table []uint64
	steps [256]byte
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
	for i := range c.steps {
		x = mix(x)
		c.steps[i] = byte(x)
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
	c.sum ^= c.arithmetic() + c.scan() + c.bitmaps() + c.gather()
}

// arithmetic keeps several units of the processor busy.
func (c *calibration) arithmetic() uint64 {
	a, b, d, e := c.sum, c.sum+1, c.sum+2, c.sum+3
	for range 1500 {
		a, b, d, e = mix(a), mix(b), mix(d), mix(e)
	}
	return a + b + d + e
}

// scan reads bytes and turns on them, as the reading of text does.
func (c *calibration) scan() uint64 {
	var state, marks uint64
	for _, w := range c.table[:1024] {
		for range 8 {
			b := w & 0xff
			w >>= 8
			switch {
			case b < 10:
				state = state*10 + b
			case b < 240:
				state = state&0xffff ^ uint64(c.steps[byte(state)^byte(b)])
			default:
				marks++
			}
		}
	}
	return state + marks
}

// bitmaps joins and counts bits, as conditions do.
func (c *calibration) bitmaps() uint64 {
	n := 0
	x, y := c.table[1024:5120], c.table[5120:9216]
	for i, w := range x {
		n += bits.OnesCount64(w&y[i] | ^w)
	}
	return uint64(n)
}

// gather reads here and there.
func (c *calibration) gather() uint64 {
	at, sum := c.sum|1, uint64(0)
	for range 4000 {
		at = at*6364136223846793005 + 1442695040888963407
		sum += c.table[at>>46]
	}
	return sum
}
