package main

import (
	"bytes"
	"io"
	"sync"
)

// A crashFilter passes standard error on until the Go runtime reports a crash: that
// text is kept and not shown, since it may contain anything.
type crashFilter struct {
	mu      sync.Mutex
	out     io.Writer
	crashed bool
	words   bytes.Buffer
}

// mostWords is how much of them is kept: a panic's value, of which nothing is
// shown, stands before the frames.
const mostWords = 64 << 10

var lastWords = [][]byte{[]byte("fatal error: "), []byte("panic: "), []byte("runtime: "), []byte("SIG"), []byte("unexpected fault address")}

func (f *crashFilter) Write(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for rest := b; len(rest) > 0; {
		line := rest
		if at := bytes.IndexByte(rest, '\n'); at >= 0 {
			line = rest[:at+1]
		}
		rest = rest[len(line):]
		for _, w := range lastWords {
			// The report may follow a line of progress, which has no line end.
			f.crashed = f.crashed || bytes.HasPrefix(line, w) || line[0] == '\r' && bytes.Contains(line, w)
		}
		if f.crashed {
			if f.words.Len() < mostWords {
				f.words.Write(line)
			}
			continue
		}
		// Where nobody reads messages, the worker must still be able to write them.
		_, _ = f.out.Write(line)
	}
	return len(b), nil
}

func (f *crashFilter) last() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.words.String()
}
