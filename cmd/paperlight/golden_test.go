package main

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// One extract in each system's own format, and the report it must give, kept
// to what a person can review. What changes with every edit of a rule page,
// the digests, is left out.
func TestGoldenReports(t *testing.T) {
	own := filepath.Join("..", "..", "testdata", "extracts", "paperlight")
	omop := filepath.Join("..", "..", "analyzer", "mapping", "testdata", "omop")
	cprd := filepath.Join("..", "..", "analyzer", "mapping", "testdata", "cprd-aurum")
	for name, test := range map[string]struct {
		args  []string
		write func(io.Writer, *report.Report, report.Options) error
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
			require.NoError(t, test.write(&out, r, report.Options{}))
			requireGolden(t, name, out.Bytes())
		})
	}
}

func requireGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("..", "..", "testdata", "golden", name)
	if *update {
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "make golden writes it")
	if !bytes.Equal(want, got) {
		t.Fatalf("%s differs from what it was; if that is meant, run make golden and read the diff", name)
	}
}

// The real data sets of the shared folder: a user's clone has none.
func TestRealExtracts(t *testing.T) {
	shared := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(shared); err != nil {
		t.Skip("../shared/data is not there: no real extracts to read")
	}
	rows := func(r *report.Report) map[string]int64 {
		out := map[string]int64{}
		for _, table := range r.Extract.Tables {
			out[table.Table] = table.Rows
		}
		return out
	}
	csv := checked(t, filepath.Join(shared, "synthea27nj-omop54", "csv"))
	parquet := checked(t, filepath.Join(shared, "synthea27nj-omop54", "parquet"))
	require.Equal(t, "omop", csv.Extract.System)
	require.EqualValues(t, 28, rows(csv)["patients"])
	require.EqualValues(t, 883, rows(csv)["issues"])
	require.Equal(t, bare(t, csv), bare(t, parquet))
	for _, a := range csv.Practices[0].Accreditations {
		for _, c := range a.Criteria {
			if c.Rule == "nhs-number/recorded" || c.Rule == "nhs-number/check-digit-valid" {
				require.Equal(t, report.NotAssessable, c.Status)
			}
		}
	}
	cprd := checked(t, filepath.Join(shared, "rcprd-aurum-simulated"))
	require.Equal(t, "cprd-aurum", cprd.Extract.System)
	require.EqualValues(t, 12, rows(cprd)["patients"])
	require.EqualValues(t, 300, rows(cprd)["events"])
	require.EqualValues(t, 300, rows(cprd)["issues"])
}
