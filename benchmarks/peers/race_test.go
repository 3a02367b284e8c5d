package main

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fake is an entrant that prints these counts of one rule.
func fake(name, counts string) entrant {
	return entrant{name: name, make: func(context.Context, *heat) (*process, error) {
		return &process{name: name, argv: []string{"echo", `{"counts": {"set/rule": {"P1": [` + counts + `]}}}`}, answers: fromCounts}, nil
	}}
}

// No figure is kept of a program that counts otherwise, though others go on.
func TestRaceKeepsNoFigureOfAnotherCount(t *testing.T) {
	r := race{entrants: []entrant{fake("paperlight", "5, 4"), fake("same", "5, 4"), fake("other", "5, 3")}}
	out, err := r.run(t.Context(), &heat{bench: &bench{}}, 2)
	require.NoError(t, err)
	require.Len(t, out["paperlight"].samples, 2)
	require.Len(t, out["same"].samples, 2)
	require.Empty(t, out["other"].samples)
	require.ErrorContains(t, out["other"].problem, "set/rule")
}

// What a form of a query counts otherwise is not tried to be the quickest.
func TestQuickestLeavesOutAnotherCount(t *testing.T) {
	h := &heat{bench: &bench{}}
	named := map[string]*process{}
	for name, counts := range map[string]string{"made-a": "5, 4", "records-b": "5, 3", "records-c": "5, 4"} {
		p, err := fake(name, counts).make(t.Context(), h)
		require.NoError(t, err)
		named[name] = p
	}
	names, err := h.quickest(t.Context(), named, 1)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"made-a", "records-c"}, names)
	require.Len(t, h.tried, 2)
}

// A descendant that outlives its parent is waited for, and so counts.
func TestRunWaitsForWhatOutlivesItsParent(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux hands orphans on")
	}
	done := filepath.Join(t.TempDir(), "done")
	_, _, err := (&process{name: "sh", argv: []string{"sh", "-c", `(sleep 0.3; touch "$0") >/dev/null 2>&1 &`, done}}).run(t.Context())
	require.NoError(t, err)
	_, err = os.Stat(done)
	require.NoError(t, err)
}

// Tools that tell only failing rows are held to those.
func TestFailingComparesRowsThatFail(t *testing.T) {
	ours, err := failing(fromCounts)([]byte(`{"counts": {"r": {"P1": [5, 4], "P2": [3, 3]}, "s": {"P1": [2, 2]}}}`))
	require.NoError(t, err)
	theirs, err := fromCounts([]byte("a greeting\n" + `{"failures": {"r": 1, "s": 0}}`))
	require.NoError(t, err)
	require.NoError(t, ours.differ(theirs))
	theirs, err = fromCounts([]byte(`{"failures": {"r": 1}}`))
	require.NoError(t, err)
	require.Error(t, ours.differ(theirs), "a check that was not made")
}

// DuckDB's command line prints CSV, a line --- after each result.
func TestShellResultsAreRead(t *testing.T) {
	s := &script{Results: []result{{Rules: []string{"a", "b"}, pairs: true}, {}, {Rules: []string{"c"}}}}
	got, err := fromShell(s)([]byte("P1,5,4,2,NULL\n\"P,2\",1,1,,\n---\n---\nP1,1,2,3,4,5\n---\n"))
	require.NoError(t, err)
	require.Equal(t, answers{"a": {"P1": {5, 4}, "P,2": {1, 1}}, "b": {"P1": {2}}, "c": {"P1": {1, 2, 3, 4, 5}}}, got)
	_, err = fromShell(s)([]byte("P1,5,4\n---\n---\n---\n"))
	require.ErrorContains(t, err, "3 columns")
}

// A goal of several cases stands by the worst, and one not measured is not met.
func TestGoalStandsByTheWorstCase(t *testing.T) {
	lines := []finding{
		{Load: "a", Goals: []string{"polars"}, CPU: spread{Median: 0.1}},
		{Load: "b", Goals: []string{"polars", "peak"}, CPU: spread{Median: 0.4}, Peak: spread{Median: 0.2}},
		{Load: "c", Goals: []string{"workers"}, Wall: spread{Median: 1.65}},
	}
	said := map[string]string{}
	for _, g := range goals {
		said[g.id] = g.said(g.measured(lines))
	}
	require.Equal(t, "no", said["polars"])
	require.Equal(t, "aim", said["peak"])
	require.Equal(t, "must", said["workers"])
	require.Equal(t, "not measured", said["arrow"])
}

// Every goal that a race or a case in process names is a goal, and every goal is named.
func TestGoalsAndRacesNameEachOther(t *testing.T) {
	named := map[string]bool{}
	for _, r := range races() {
		entrants := map[string]bool{}
		for _, e := range r.entrants {
			require.False(t, entrants[e.name], e.name)
			entrants[e.name] = true
		}
		require.Contains(t, practiceSets, r.dataset)
		for _, p := range r.against {
			require.True(t, entrants[p.a] && entrants[p.b], "%s, %s: %s / %s", r.load, r.dataset, p.a, p.b)
			for _, id := range strings.Fields(p.goal) {
				named[id] = true
			}
		}
	}
	for _, i := range insides {
		named[i.goal] = true
	}
	for _, g := range goals {
		require.True(t, named[g.id], g.id)
		delete(named, g.id)
	}
	require.Empty(t, named)
}

// What a log holds comes back, the last of the same ratio.
func TestLogKeepsTheLast(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log")
	a := finding{Load: "records", Dataset: "csv", A: "paperlight", B: "DuckDB", Goals: []string{"peak"}, CPU: spread{Median: 0.5}}
	b := a
	b.CPU.Median = 0.4
	require.NoError(t, keep(file, a))
	require.NoError(t, keep(file, trial{"records", "csv", "DuckDB", "records-sets", 1.5}))
	require.NoError(t, keep(file, b))
	lines, tried, err := kept(file)
	require.NoError(t, err)
	require.Equal(t, []finding{b}, lines)
	require.Len(t, tried, 1)
}
