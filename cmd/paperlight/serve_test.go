package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/web"
)

// The worker of a check is bounded by what the page was started with.
func TestTheMemoryOfACheckIsPassedOn(t *testing.T) {
	s := &serving{memory: 512 << 20, answers: &answersKept{file: filepath.Join(t.TempDir(), "declarations.yaml")}}
	asked := requestOf(s.checkArgs(web.Checking{Paths: []string{"x"}, Scheme: "england-2026", AsOf: "2026-03-31", To: t.TempDir()}, ""))
	require.True(t, asked.reads)
	require.EqualValues(t, 512<<20, asked.memory)
}

// A history that takes no run, or cannot be read, stops no check of the page.
func TestTheHistoryStopsNoCheckOfThePage(t *testing.T) {
	t.Setenv(asProgram, "1")
	folder, _ := made(t, "--patients", "60")
	dir := t.TempDir()
	s := &serving{memory: 4 << 30, history: filepath.Join(dir, "past.history"), answers: &answersKept{file: filepath.Join(dir, "declarations.yaml")}}
	check := func(asOf string) error {
		to := t.TempDir()
		err := s.check(t.Context(), web.Checking{Paths: []string{folder}, Scheme: "england-2026", AsOf: asOf, TestNumbers: true, To: to}, func(string) {})
		require.FileExists(t, filepath.Join(to, web.ReportData))
		return err
	}
	require.NoError(t, check("2026-03-31"))
	var notKept *web.NotKept
	require.ErrorAs(t, check("2026-02-28"), &notKept)
	require.Contains(t, notKept.Says, "past.history: the history has a later run of the practice, as of 2026-03-31")
	require.NoError(t, os.Remove(s.history+".key"))
	require.ErrorAs(t, check(""), &notKept)
	require.Contains(t, notKept.Says, "the key of the history is missing")
	require.Equal(t, "P00001 1 2026-03-31\n", runsOf(t, s.history))
	err := s.check(t.Context(), web.Checking{Paths: []string{filepath.Join(dir, "not there")}, Scheme: "england-2026", To: t.TempDir()}, func(string) {})
	require.Error(t, err)
	require.NotErrorAs(t, err, &notKept, "what has another reason fails")
}
