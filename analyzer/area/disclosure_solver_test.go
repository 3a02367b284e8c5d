package area

import (
	"math"
	"slices"
)

// An attacker of what is published: whole numbers that nobody told, and what is known of
// sums of them. It knows the rules by which figures are shown, and shares no code with
// them.
//
// It narrows the ranges of the numbers until nothing moves, then cuts a range in two and
// tries both. So where it says that nothing fits, nothing does.

type span struct{ low, high int64 }

// unbound is more than there are of anything.
const unbound = 1 << 24

// A fact: low <= sum of times * number <= high.
type fact struct {
	of        []int
	times     []int64
	low, high int64
}

type puzzle struct {
	ranges [][]span // of each number: spans apart, in order
	facts  []fact
	sums   []bool // whether each number is a sum of others: those are tried first
}

// number is a further number, in any of the spans.
func (p *puzzle) number(in ...span) int {
	p.ranges, p.sums = append(p.ranges, in), append(p.sums, false)
	return len(p.ranges) - 1
}

func (p *puzzle) know(low, high int64, of []int, times []int64) {
	p.facts = append(p.facts, fact{of, times, low, high})
}

// sum is the number that is the sum of others, in any of the spans. There is one for each
// list of numbers: of two, the attacker would not see that they are the same.
func (p *puzzle) sum(of []int, in ...span) int {
	for _, f := range p.facts {
		if last := len(f.of) - 1; f.low == 0 && f.high == 0 && f.times[last] == -1 && slices.Equal(f.of[:last], of) && p.sums[f.of[last]] {
			var now []span
			for _, s := range in {
				now = append(now, cut(p.ranges[f.of[last]], s)...)
			}
			p.ranges[f.of[last]] = now
			return f.of[last]
		}
	}
	n := p.number(in...)
	p.sums[n] = true
	p.equal(of, n)
	return n
}

// equal says that numbers add up to another.
func (p *puzzle) equal(of []int, n int) {
	times := make([]int64, len(of)+1)
	for i := range of {
		times[i] = 1
	}
	times[len(of)] = -1
	p.know(0, 0, append(append([]int{}, of...), n), times)
}

// with is the puzzle where a number lies within a span.
func (p *puzzle) with(n int, s span) *puzzle {
	out := &puzzle{ranges: slices.Clone(p.ranges), facts: p.facts, sums: p.sums}
	out.ranges[n] = cut(out.ranges[n], s)
	return out
}

func cut(of []span, to span) (out []span) {
	for _, s := range of {
		if s.low, s.high = max(s.low, to.low), min(s.high, to.high); s.low <= s.high {
			out = append(out, s)
		}
	}
	return out
}

// fits reports whether any numbers fit all that is known. left counts down what it may
// try; below 0 it gave up.
func (p *puzzle) fits(left *int) bool {
	if *left--; *left < 0 {
		return true
	}
	if !p.narrow() {
		return false
	}
	at, best := -1, int64(0)
	for i, r := range p.ranges {
		wide := r[len(r)-1].high - r[0].low
		if wide == 0 {
			continue
		}
		if len(r) > 1 { // first what is cut in two already, then sums, then what is narrow
			wide -= 4 * unbound * 100
		}
		if p.sums[i] {
			wide -= 2 * unbound * 100
		}
		if at < 0 || wide < best {
			at, best = i, wide
		}
	}
	if at < 0 {
		return true
	}
	r := p.ranges[at]
	low, high := r[0].low, r[len(r)-1].high
	middle := low + (high-low)/2
	if len(r) > 1 {
		middle = r[0].high
	}
	return p.with(at, span{low, middle}).fits(left) || p.with(at, span{middle + 1, high}).fits(left)
}

// narrow takes from the ranges what no fact allows, and reports whether something is
// left of each.
func (p *puzzle) narrow() bool {
	for _, r := range p.ranges {
		if len(r) == 0 {
			return false
		}
	}
	for moved := true; moved; {
		moved = false
		for _, f := range p.facts {
			least, most := int64(0), int64(0)
			for i, n := range f.of {
				l, h := p.ends(n, f.times[i])
				least, most = least+l, most+h
			}
			if least > f.high || most < f.low {
				return false
			}
			for i, n := range f.of {
				l, h := p.ends(n, f.times[i])
				// times * number lies within these.
				low, high := f.low-(most-h), f.high-(least-l)
				if low <= l && high >= h {
					continue
				}
				var s span
				if t := f.times[i]; t > 0 {
					s = span{ceiling(low, t), floor(high, t)}
				} else {
					s = span{ceiling(-high, -t), floor(-low, -t)}
				}
				was := p.ranges[n]
				now := cut(was, s)
				if len(now) == 0 {
					return false
				}
				if now[0].low != was[0].low || now[len(now)-1].high != was[len(was)-1].high {
					moved = true
					p.ranges[n] = now
					nl, nh := p.ends(n, f.times[i])
					least, most = least-l+nl, most-h+nh
				}
			}
		}
	}
	return true
}

// ends are the least and the most of times * number.
func (p *puzzle) ends(n int, times int64) (low, high int64) {
	r := p.ranges[n]
	low, high = r[0].low*times, r[len(r)-1].high*times
	return min(low, high), max(low, high)
}

func floor(a, b int64) int64   { return int64(math.Floor(float64(a) / float64(b))) }
func ceiling(a, b int64) int64 { return -floor(-a, b) }

// open are the counts of 1 to 7 that a sum of numbers may be, and whether it may be
// another. What has nothing to do with it is left alone: it fits, since what is published
// is of something.
func (p *puzzle) open(s *secret, left *int) (few []int64, other bool) {
	p = p.about(s.of)
	n := s.of[0]
	if len(s.of) > 1 {
		n = p.sum(s.of, span{0, unbound * 100})
	}
	if len(s.total) > 0 { // with the one left out it is the total
		p.equal([]int{n, s.total[0]}, s.total[1])
	}
	if p.with(n, span{1, 7}).fits(left) {
		for v := int64(1); v <= 7; v++ {
			if p.with(n, span{v, v}).fits(left) {
				few = append(few, v)
			}
		}
	}
	return few, p.with(n, span{0, 0}).fits(left) || p.with(n, span{8, unbound * 100}).fits(left)
}

// about is the part of the puzzle that has to do with some numbers. The others are held to
// one value, which no fact of the part reads.
func (p *puzzle) about(of []int) *puzzle {
	out := &puzzle{sums: slices.Clone(p.sums)}
	near := make([]bool, len(p.ranges))
	for _, n := range of {
		near[n] = true
	}
	taken := make([]bool, len(p.facts))
	for again := true; again; {
		again = false
		for i, f := range p.facts {
			if taken[i] || !slices.ContainsFunc(f.of, func(n int) bool { return near[n] }) {
				continue
			}
			taken[i], again = true, true
			out.facts = append(out.facts, f)
			for _, n := range f.of {
				near[n] = true
			}
		}
	}
	for n, r := range p.ranges {
		if !near[n] {
			r = []span{{}}
		}
		out.ranges = append(out.ranges, r)
	}
	return out
}
