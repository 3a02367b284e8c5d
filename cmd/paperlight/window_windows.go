package main

import (
	"unsafe"

	"github.com/inconshreveable/mousetrap"
	"golang.org/x/sys/windows"
)

// startedByHand reports whether no other program has this one's window, and whether
// Explorer started it. Other programs start what a user clicks on too: a browser what
// it has downloaded, for example.
func startedByHand() (alone, byExplorer bool) {
	var programs [2]uint32
	list := windows.NewLazySystemDLL("kernel32.dll").NewProc("GetConsoleProcessList")
	if list.Find() == nil {
		n, _, _ := list.Call(uintptr(unsafe.Pointer(&programs[0])), uintptr(len(programs)))
		alone = n == 1
	}
	return alone, mousetrap.StartedByExplorer()
}
