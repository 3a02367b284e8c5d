package main

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestABillNamesWhatIsLinked(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs go")
	}
	packages, err := linkedPackages("..", target{"windows", "amd64"})
	require.NoError(t, err)
	when := time.Unix(1790000000, 0)
	text, err := billOf(packages, "v1.2.3", file{text: []byte("program")}, when)
	require.NoError(t, err)
	again, err := billOf(packages, "v1.2.3", file{text: []byte("program")}, when)
	require.NoError(t, err)
	require.Equal(t, string(text), string(again))

	var b bill
	require.NoError(t, json.Unmarshal(text, &b))
	require.Equal(t, "2026-09-21T14:13:20Z", b.Metadata.Timestamp)
	require.Len(t, b.Metadata.Component.Hashes[0].Content, 64)
	seen := map[string]string{}
	for _, c := range b.Components {
		require.Empty(t, seen[c.Name], "%s is named once", c.Name)
		seen[c.Name] = c.Version
		require.Equal(t, "pkg:golang/"+c.Name+"@"+c.Version, c.PURL)
		require.NotEmpty(t, c.Version, c.Name)
	}
	for _, name := range []string{"std", "github.com/parquet-go/parquet-go", "github.com/apache/arrow/go/v17", "github.com/spf13/pflag", "golang.org/x/sys"} {
		require.Contains(t, seen, name)
	}
	require.NotContains(t, seen, "paperlight")
	require.NotContains(t, seen, "github.com/stretchr/testify", "tests are not shipped")
	require.NotContains(t, strings.Join(refs(b.Components), " "), " /", "no path of this computer")
}
