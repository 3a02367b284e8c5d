package main

import (
	"bytes"
	"io"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
	"paperlight/internal/fixture"
)

// One extract in each system's own format, and the report it must give, kept
// to what a person can review. What changes with every edit of a rule page,
// the digests, is left out.
func TestGoldenReports(t *testing.T) {
	own := filepath.Join("..", "..", "testdata", "extracts", "paperlight")
	omop := filepath.Join("..", "..", "analyzer", "mapping", "testdata", "omop")
	cprd := filepath.Join("..", "..", "analyzer", "mapping", "testdata", "cprd-aurum")
	for name, test := range map[string]struct {
		args  []string
		write func(io.Writer, report.Released, report.Options) error
	}{
		"paperlight.txt":  {[]string{own}, report.WriteText},
		"paperlight.json": {[]string{own, "--select", "allergy/*"}, report.WriteJSON},
		"scr-2010.txt":    {[]string{own, "--scheme", "scr-2010"}, report.WriteText},
		"omop.txt":        {[]string{omop}, report.WriteText},
		"cprd-aurum.txt":  {[]string{cprd, "--practice", "49"}, report.WriteText},
	} {
		t.Run(name, func(t *testing.T) {
			r := checked(t, test.args...)
			r.Tool.Version, r.Rules.SHA256, r.Scheme.SHA256, r.Extract.SHA256 = "golden", "", "", ""
			r.Extracts[0].SHA256 = ""
			var out bytes.Buffer
			require.NoError(t, test.write(&out, report.Release(r), report.Options{}))
			requireGolden(t, name, out.Bytes())
		})
	}
}

func requireGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	fixture.Golden(t, filepath.Join("..", "..", "testdata", "golden", name), got)
}
