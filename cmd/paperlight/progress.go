package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/visible"
)

// A progressLine says on standard error how far long work is: one line that
// is rewritten on a terminal, a line every few seconds elsewhere.
type progressLine struct {
	mu      sync.Mutex
	w       io.Writer
	rewrite bool
	pause   time.Duration // between two lines
	width   int
	start   time.Time
	last    time.Time
	shown   int // characters of the line that stands there
}

// forPage is the mode by which the page of serve asks for a line every second; people
// are not told of it.
const forPage = "page"

// newProgress returns nil where no progress is to be shown.
func newProgress(c *console, mode string, quiet bool) (*progressLine, error) {
	switch mode {
	case "auto":
		if quiet || !c.errTerminal {
			return nil, nil
		}
		return &progressLine{w: c.line, rewrite: true, width: c.width, start: time.Now(), pause: 150 * time.Millisecond}, nil
	case "plain":
		return &progressLine{w: c.err, start: time.Now(), pause: 5 * time.Second}, nil
	case forPage:
		return &progressLine{w: c.err, start: time.Now(), pause: time.Second}, nil
	case "none":
		return nil, nil
	}
	return nil, usage("--progress %s: want auto, plain or none", mode)
}

// step is what a progress line shows. Bytes are those of the input as stored;
// with rows below 0, done and total count steps of the work.
type step struct {
	what        string
	rows        int64
	done, total int64
}

func (p *progressLine) show(s step) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	// Work that is over in a second needs no progress.
	if now.Sub(p.start) < time.Second || now.Sub(p.last) < p.pause {
		return
	}
	p.last = now
	text := visible.Line(progressText(s, now.Sub(p.start)))
	if !p.rewrite {
		fmt.Fprintln(p.w, text)
		return
	}
	if len(text) > p.width-1 {
		text = text[:p.width-1]
	}
	fmt.Fprintf(p.w, "\r%s%s", text, strings.Repeat(" ", max(0, p.shown-len(text))))
	p.shown = len(text)
}

// blankLine takes a line of n characters off a terminal. An escape sequence would be
// shorter, and shows as rubbish in a console that does not know any.
func blankLine(n int) string { return "\r" + strings.Repeat(" ", n) + "\r" }

func progressText(s step, took time.Duration) string {
	if s.rows < 0 {
		return fmt.Sprintf("%s: %d of %d", s.what, s.done, s.total)
	}
	text := fmt.Sprintf("%s: %s", s.what, figures.Plural(s.rows, "row", "rows"))
	seconds := took.Seconds()
	if s.total > 0 && s.done > 0 && seconds >= 1 { // before, it would be a guess
		text += fmt.Sprintf(", %d %%", min(100, 100*s.done/s.total))
		text += fmt.Sprintf(", %.0f MB/s", float64(s.done)/1e6/seconds)
		if left := time.Duration(float64(took) * float64(s.total-s.done) / float64(s.done)).Round(time.Second); left > 0 {
			text += fmt.Sprintf(", about %s left", left)
		}
	}
	return text
}

// finish clears the line.
func (p *progressLine) finish() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rewrite && p.shown > 0 {
		fmt.Fprint(p.w, blankLine(p.shown))
		p.shown = 0
	}
}
