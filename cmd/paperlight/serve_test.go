package main

import (
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
