package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// knowsEscapes has the console of f follow escape sequences, as most do only
// when asked, and reports whether it does. The worker writes to the same one.
func knowsEscapes(f *os.File) bool {
	var mode uint32
	h := windows.Handle(f.Fd())
	return windows.GetConsoleMode(h, &mode) == nil && windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
