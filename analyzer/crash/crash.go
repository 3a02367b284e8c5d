// Package crash turns a panic into an error that says where in the program it
// happened. A panic is a fault of ours, whatever the input: nobody is told
// that their file is damaged. The error names functions and lines alone, since
// the value of a panic may quote the input.
package crash

import (
	"fmt"
	"path"
	"runtime"
	"strings"
)

// An Error is a panic that was caught.
type Error struct {
	// While says what was being done; File names the input that was read, or is
	// empty.
	While, File string
	// Frames are where it happened, the innermost call first.
	Frames []Frame
}

// A Frame is a function that was being run, and the place in it: the file
// without its folder, which would say where the program was built.
type Frame struct {
	Function, File string
	Line           int
}

func (f Frame) String() string { return fmt.Sprintf("%s (%s:%d)", f.Function, f.File, f.Line) }

// mostFrames is how many frames an error keeps: what comes further out is the
// same for every panic.
const mostFrames = 8

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("an internal error stopped ")
	b.WriteString(e.While)
	if e.File != "" {
		b.WriteString(" of ")
		b.WriteString(e.File)
	}
	for _, f := range e.Frames {
		b.WriteString("\n  at ")
		b.WriteString(f.String())
	}
	return b.String()
}

// Catch sets err, when deferred, where the function panics. What a Group raised
// again keeps the place where it happened.
func Catch(err *error, while string) {
	switch p := recover().(type) {
	case nil:
	case *Error:
		*err = &Error{While: while, File: p.File, Frames: p.Frames}
	default:
		*err = &Error{While: while, Frames: frames()}
	}
}

// frames are those of the panic that is being recovered from: what the stack
// holds below the last call of the runtime that raised it.
func frames() []Frame {
	var pcs [64]uintptr
	n := runtime.Callers(3, pcs[:]) // not Callers, frames and Catch
	var out []Frame
	calls := runtime.CallersFrames(pcs[:n])
	for more := n > 0; more && len(out) < mostFrames; {
		var f runtime.Frame
		f, more = calls.Next()
		if strings.HasPrefix(f.Function, "runtime.") {
			continue
		}
		out = append(out, Frame{Short(f.Function), path.Base(strings.ReplaceAll(f.File, `\`, "/")), f.Line})
	}
	return out
}

// Short is the name of a function as messages give it: without the module.
func Short(function string) string { return strings.TrimPrefix(function, "paperlight/") }
