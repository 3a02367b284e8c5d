package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/synthetic"
)

func TestGenerateWritesTheLayoutsOfSystems(t *testing.T) {
	t.Chdir(t.TempDir())
	require.Zero(t, paperlight(t, "generate", "plain", "--patients", "30", "--quiet").code)
	truth, err := os.ReadFile(filepath.Join("plain", "truth.json"))
	require.NoError(t, err)
	for _, system := range synthetic.Systems {
		r := paperlight(t, "generate", system, "--patients", "30", "--like", system)
		require.Zero(t, r.code, r.err)
		require.Contains(t, r.err, "written like "+system+", in ")
		same, err := os.ReadFile(filepath.Join(system, "truth.json"))
		require.NoError(t, err)
		require.Equal(t, string(truth), string(same), system)
	}
}

func TestGenerateRefusesLayoutsThatItCannotWrite(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		flags []string
		says  string
	}{
		{[]string{"--like", "paper"}, "want one of emis, systmone, vision, omop, cprd, fhir"},
		{[]string{"--like", "emis", "--format", "parquet"}, "exports CSV"},
		{[]string{"--like", "vision", "--deltas", "2"}, "for emis alone"},
		{[]string{"--deltas", "2"}, "say which with --like"},
		{[]string{"--like", "systmone", "--layout", "8.2"}, "want mapped or texts"},
		{[]string{"--like", "omop", "--layout", "5.3"}, "leave --layout out"},
		{[]string{"--shape", "square"}, "want one of light, practice"},
	} {
		r := paperlight(t, append([]string{"generate", "made", "--patients", "30"}, c.flags...)...)
		require.Equal(t, exitUsage, r.code, c.flags)
		require.Contains(t, r.err, c.says)
		require.NoDirExists(t, "made")
	}
}
