package crash

import (
	"path"
	"strconv"
	"strings"
)

// Frames reads the innermost frames of the goroutine that crashed from what the
// Go runtime writes when it ends a process: functions, without the arguments
// they had, and files without their folders.
func Frames(words string) []Frame {
	_, trace, found := strings.Cut("\n"+words, "\ngoroutine ")
	if !found {
		return nil
	}
	lines := strings.Split(trace, "\n")[1:]
	var out []Frame
	for i := 0; i+1 < len(lines) && len(out) < mostFrames; i += 2 {
		function, ok := called(lines[i])
		if !ok {
			break
		}
		file, line, ok := placed(lines[i+1])
		if !ok {
			break
		}
		if function != "panic" && !strings.HasPrefix(function, "runtime.") {
			out = append(out, Frame{Short(function), file, line})
		}
	}
	return out
}

// called reads "main.(*T).method(0x1, ...)".
func called(line string) (function string, ok bool) {
	end := strings.LastIndexByte(line, '(')
	if end <= 0 || strings.HasPrefix(line, "created by ") || strings.ContainsAny(line[:end], " \t") {
		return "", false
	}
	return line[:end], true
}

// placed reads "\t/folder/file.go:12 +0x34".
func placed(line string) (file string, number int, ok bool) {
	where, tab := strings.CutPrefix(line, "\t")
	if at := strings.LastIndex(where, " +0x"); at >= 0 {
		where = where[:at]
	}
	colon := strings.LastIndexByte(where, ':')
	if !tab || colon < 0 {
		return "", 0, false
	}
	number, err := strconv.Atoi(where[colon+1:])
	return path.Base(strings.ReplaceAll(where[:colon], `\`, "/")), number, err == nil
}
