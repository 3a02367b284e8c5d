package extract

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUnusedNotesAreBounded(t *testing.T) {
	require.Empty(t, UnusedNotes(nil))
	var many []Suggestion
	for i := range 30 {
		many = append(many, Suggestion{File: "a.csv", Column: fmt.Sprint("c", i)}, Suggestion{File: "a.csv", Column: fmt.Sprint("d", i), Nearest: "d"})
	}
	got := UnusedNotes(many)
	require.Len(t, got, 21)
	require.Equal(t, "a.csv: the column d0 is not used. Did you mean d?", got[0])
	require.Equal(t, "And 11 more of the kind: paperlight inspect lists every column and file.", got[20])
	var plain []Suggestion
	for i := range 30 {
		plain = append(plain, Suggestion{File: "a.csv", Column: fmt.Sprint("c", i)})
	}
	got = UnusedNotes(plain)
	require.Len(t, got, 1)
	require.True(t, strings.HasSuffix(got[0], "c18, c19, and 10 more."), got[0])
}

// A header comes with the files and may hold anything.
func TestNamesAreShownSafely(t *testing.T) {
	got := UnusedNotes([]Suggestion{{File: "a\u202e.csv", Column: "x\ny\x1b[31m"}, {File: "b.csv", Column: strings.Repeat("ü", 5000)}})
	require.Equal(t, []string{`"a\u202e.csv": columns not used: "x\ny\x1b[31m".`, "b.csv: columns not used: " + strings.Repeat("ü", 59) + "…."}, got)
	require.Equal(t, "NHS Number", Shown("NHS Number"))
}
