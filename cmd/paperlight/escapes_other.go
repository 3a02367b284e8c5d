//go:build !windows

package main

import "os"

// knowsEscapes reports whether a terminal follows escape sequences.
func knowsEscapes(*os.File) bool { return true }
