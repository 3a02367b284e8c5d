//go:build !purego

package source

import "golang.org/x/sys/cpu"

// countsLines says that countLines can be used.
func countsLines() bool { return cpu.X86.HasAVX2 && cpu.X86.HasPCLMULQDQ && cpu.X86.HasPOPCNT }

// countLines counts the lines of text, which is whole groups and not empty.
func countLines(c *lineCount, text []byte) {
	countLinesAVX2(c, &text[0], len(text)/groupBytes)
}

// countLinesAVX2 goes on with c over n groups, at least one.
//
//go:noescape
func countLinesAVX2(c *lineCount, text *byte, n int)
