package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAllowanceIsAPartOfWhatIsHeldOrSomeSpare(t *testing.T) {
	const MiB = 1 << 20
	for live, percent := range map[uint64]int{0: 1000, MiB: 1000, 24 * MiB: 200, 48 * MiB: 100, 160 * MiB: 30, 4096 * MiB: 30} {
		require.Equal(t, percent, allowance(live), "%d bytes", live)
	}
}

// A worker's heap begins as tuneGC would let it, whatever the environment said before.
func TestUnhurriedWorker(t *testing.T) {
	require.Equal(t, []string{"A=1", "GOGC=5", "GOGC=1000"}, unhurried([]string{"A=1", "GOGC=5"}), "the last one counts")
}
