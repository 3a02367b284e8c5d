package visible_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/visible"
)

func TestNamesAndWhatCellsHold(t *testing.T) {
	for _, name := range []string{"patient_id", "NHS Number", "Date of birth", "q1_2026", "bp1", " code ", "\ufeffpatient_id", "Größe", "FEV1/FVC", "marker_2", "v2 code (4 byte)"} {
		require.True(t, visible.LikeName(name), name)
	}
	for _, data := range []string{"9990054940", "999 005 4940", "NHS9990054940", "id 999-005-4940", "1950-03-02", "02/03/1950", "2 March 1950", "Mar 1950", "Sept-50", "3.5", "", " ",
		"_x", "12345", "a12345", "someone@example.org", strings.Repeat("a", 65)} {
		require.False(t, visible.LikeName(data), data)
	}
}

func TestAHeaderThatIsARecordShowsKnownNamesAlone(t *testing.T) {
	shown, data := visible.Header([]string{"patient_id", "Smith", "9990054940"}, func(s string) bool { return s == "patient_id" })
	require.Equal(t, []string{"patient_id", "column 2", "column 3"}, shown)
	require.True(t, data)
	shown, data = visible.Header([]string{"a\x1b", "Ward", "_odd"}, nil)
	require.Equal(t, []string{`a\x1b`, "Ward", "column 3"}, shown)
	require.True(t, data)
	shown, data = visible.Header([]string{"a", "b"}, nil)
	require.Equal(t, []string{"a", "b"}, shown)
	require.False(t, data)
}
