package source

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// The quick look tells what the careful one tells, or nothing.
func TestQuickLookAgreesWithTheCarefulOne(t *testing.T) {
	if !countsLines() {
		t.Skip("this processor has no quick look")
	}
	r := rand.New(rand.NewPCG(7, 8))
	x := newChunker(dialect{delimiter: ',', quoted: true}, 1<<10)
	quick := 0
	for range 20_000 {
		text := somewhat(r, r.IntN(400))
		if r.IntN(3) > 0 { // few lines, so that not all have a blank one
			for _, c := range []string{"\n", "\"", "\r"} {
				if r.IntN(2) == 0 {
					text = bytes.ReplaceAll(text, []byte(c), []byte("\xc3\xa9"))
				}
			}
		}
		if r.IntN(2) == 0 {
			text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\n"), []byte("x\n")), []byte("\r\n"), []byte("x\r\n"))
		}
		from := r.IntN(min(5, len(text)+1))
		to := len(text) - r.IntN(min(5, len(text)-from+1))
		c := emptyChunk(100 + int64(from))
		whole := from + (to-from)/groupBytes*groupBytes
		careful := x.lookAround(text, from, whole, 100)
		if x.lookQuickly(&c, text, from, whole, 100) {
			quick++
			require.Equal(t, careful, clearOpens(c, careful.opens), "%q from %d", text, from)
		} else if whole > from {
			require.NotZero(t, careful.blanks[0]+careful.blanks[1], "%q", text)
		}
		all := x.lookAround(text, from, to, 100)
		require.Equal(t, all, clearOpens(x.look(text, from, to, 100), all.opens), "%q from %d to %d", text, from, to)
	}
	require.Greater(t, quick, 5000)
}

// clearOpens sets what the quick look does not find out: it matters in
// tab-separated text alone.
func clearOpens(c chunk, opens bool) chunk {
	c.opens = opens
	return c
}
