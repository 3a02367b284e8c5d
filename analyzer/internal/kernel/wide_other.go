//go:build !amd64 || purego

package kernel

// wide says that 32 bytes are taken in one step.
func wide() bool { return false }

// compareWords compares no row: there is no wide instruction for it.
func compareWords(_ []uint64, _, _ []int32, _ int, _ relation) int { return 0 }

// compareConstWords is compareWords with a constant.
func compareConstWords(_ []uint64, _ []int32, _ int32, _ int, _ relation) int { return 0 }

func collectBits(*uint64, *uint64, int, int) {}
