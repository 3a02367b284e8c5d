package mapping

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
)

// TestCompiledSystemsAreWhatTheFilesSay holds systems.json to the YAML files, and the
// systems that are made of it to those that are parsed.
func TestCompiledSystemsAreWhatTheFilesSay(t *testing.T) {
	entries, err := files.ReadDir(".")
	require.NoError(t, err)
	var parsed []*System
	for _, e := range entries {
		text, err := files.ReadFile(e.Name())
		require.NoError(t, err)
		s, err := ParseSystem(e.Name(), text)
		require.NoError(t, err)
		require.Equal(t, e.Name(), s.ID+".yaml", "a file is called as its system is")
		parsed = append(parsed, s)
	}
	text, err := json.Marshal(parsed)
	require.NoError(t, err)
	var lines bytes.Buffer
	require.NoError(t, json.Indent(&lines, text, "", " "))
	lines.WriteByte('\n')
	fixture.Golden(t, "systems.json", lines.Bytes())
	if fixture.Updating() {
		return
	}
	loaded, err := Systems()
	require.NoError(t, err)
	for i, s := range parsed {
		s.file, s.text, s.faults = "", nil, nil
		require.Equal(t, s, loaded[i])
	}
}
