package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The line is rewritten with blanks alone: a console may know no escape sequences.
func TestTheLineOfProgressIsWrittenOverWithBlanks(t *testing.T) {
	var out bytes.Buffer
	p := &progressLine{w: &out, rewrite: true, width: 30, start: time.Now().Add(-time.Minute)}
	for _, what := range []string{"a table of a name that is too long to be shown whole", "b"} {
		p.last = time.Time{}
		p.show(step{what: what, rows: -1, done: 1, total: 2})
	}
	p.finish()
	p.finish()
	blank := "                       "
	require.Equal(t, "\ra table of a name that is too "[:30]+"\rb: 1 of 2"+blank[:20]+"\r"+blank[:9]+"\r", out.String())
}
