//go:build !linux

package main

// adoptOrphans is for Linux, where figures are taken; elsewhere what outlives
// its parent is not counted.
func adoptOrphans() error { return nil }
