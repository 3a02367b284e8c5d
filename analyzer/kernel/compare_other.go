//go:build !amd64 || purego

package kernel

// compareWords compares no row: there is no wide instruction for it.
func compareWords(_ []uint64, _, _ []int32, _ int, _ relation) int { return 0 }

// compareConstWords is compareWords with a constant.
func compareConstWords(_ []uint64, _ []int32, _ int32, _ int, _ relation) int { return 0 }
