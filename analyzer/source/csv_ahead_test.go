package source

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// manyBlocks is a text of several blocks with what is hard to cut: quotes, line ends in
// quotes, blank lines, rows that do not fit, and fields longer than others' rows.
func manyBlocks() []byte {
	r := rand.New(rand.NewPCG(7, 8))
	var b bytes.Buffer
	b.WriteString("id,text,more\n")
	for i := range 12_000 {
		switch {
		case r.IntN(500) == 0:
			b.WriteString("\n")
		case r.IntN(700) == 0:
			b.WriteString("too,few\n")
		case r.IntN(4000) == 0:
			fmt.Fprintf(&b, "%d,\"%s\",x\n", i, strings.Repeat("long \"\"quoted\"\"\n", 3000))
		default:
			fmt.Fprintf(&b, "%d,\"a, b %s\",%d\r\n", i, strings.Repeat("c", 150+r.IntN(50)), r.Uint64())
		}
	}
	return b.Bytes()
}

// What is unpacked, and split ahead, has the rows of the same text on a disk, and fails
// at the same record for the same reason.
func TestTextThatIsSplitAhead(t *testing.T) {
	sound := manyBlocks()
	require.Greater(t, len(sound), 4*blockBytes)
	late := bytes.LastIndexByte(sound[:len(sound)-1], '\n') + 1
	for name, text := range map[string][]byte{
		"sound":               sound,
		"no last line end":    sound[:len(sound)-2],
		"cut in quotes":       append(bytes.Clone(sound), `1,"no end`...),
		"a quote in a field":  append(bytes.Clone(sound[:late]), "1,a\"b,2\n3,4,5\n"...),
		"header in between":   append(bytes.Clone(sound[:late]), "id,text,more\n1,2,3\n"...),
		"Windows-1252":        append(bytes.Clone(sound[:late]), "1,caf\xe9,2\n"...),
		"fewer fields at end": append(bytes.Clone(sound[:late]), "1,2"...),
	} {
		plain, err := openOne(t, "t.csv", text, Options{part: 1 << 40})
		require.NoError(t, err, name)
		want, wantErr := textRows(t, plain)
		packed, err := openOne(t, "t.csv.gz", gz(t, text), Options{})
		require.NoError(t, err, name)
		for range 2 { // the second with the memory of the first
			got, err := textRows(t, packed)
			require.Equal(t, want, got, name)
			if wantErr == nil {
				require.NoError(t, err, name)
				continue
			}
			require.Error(t, err, name)
			require.Equal(t, wantErr.Error(), strings.ReplaceAll(err.Error(), "t.csv.gz", "t.csv"), name)
		}
	}
}

// A scan that is left early, or stopped, stops what is read ahead.
func TestScanThatIsLeftWhileItIsSplitAhead(t *testing.T) {
	f, err := openOne(t, "t.csv.gz", gz(t, manyBlocks()), Options{})
	require.NoError(t, err)
	whole, err := textRows(t, f)
	require.NoError(t, err)
	for after := range 12 {
		n := 0
		for _, err := range f.Parts[0].Scan(context.Background(), allColumns(f)) {
			require.NoError(t, err)
			if n++; n > after {
				break
			}
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	for _, err := range f.Parts[0].Scan(ctx, allColumns(f)) {
		if stop(); err != nil {
			require.ErrorIs(t, err, context.Canceled)
		}
	}
	again, err := textRows(t, f)
	require.NoError(t, err)
	require.Equal(t, whole, again)
}
