//go:build !windows

package main

// startedByHand: no other system opens a window for a program that needs one. The
// archive for macOS has a file beside the program that opens the page.
func startedByHand() (alone, byExplorer bool) { return false, false }
