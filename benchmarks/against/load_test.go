package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRatios(t *testing.T) {
	ms := func(n ...time.Duration) (out []time.Duration) {
		for _, x := range n {
			out = append(out, x*time.Millisecond)
		}
		return out
	}
	same := ratioOf(ms(100, 200, 300), ms(100, 200, 300))
	require.Equal(t, ratio{median: 1, low: 1, high: 1, before: 200 * time.Millisecond, now: 200 * time.Millisecond}, same)

	twice := ratioOf(ms(100, 200, 300, 50, 70), ms(200, 400, 600, 100, 140))
	require.InDelta(t, 2, twice.low, 1e-9, "noise that falls on both alike is none")

	noisy := ratioOf(ms(100, 100, 100, 100, 100), ms(90, 110, 95, 130, 100))
	require.InDelta(t, 1.0, noisy.median, 1e-9)
	require.LessOrEqual(t, noisy.low, noisy.median)
	require.Greater(t, noisy.high, noisy.low)
	require.Equal(t, noisy, ratioOf(ms(100, 100, 100, 100, 100), ms(90, 110, 95, 130, 100)), "equal times give equal figures")
}
