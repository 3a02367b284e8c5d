package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/benchmarks/program"
)

// repository makes one with a commit; commit adds another and returns its name.
func repository(t *testing.T) (root string, commit func(file string) string) {
	t.Helper()
	root = t.TempDir()
	git := func(args ...string) string {
		out, err := program.Git(root, append([]string{"-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false"}, args...)...)
		require.NoError(t, err)
		return out
	}
	git("init", "--quiet")
	commit = func(file string) string {
		path := filepath.Join(root, file)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		before, _ := os.ReadFile(path)
		require.NoError(t, os.WriteFile(path, append(before, 'x'), 0o600))
		git("add", ".")
		git("commit", "--quiet", "-m", file)
		return git("rev-parse", "HEAD")
	}
	commit("first")
	return root, commit
}

func tag(t *testing.T, root, name, commit string) {
	t.Helper()
	_, err := program.Git(root, "tag", name, commit)
	require.NoError(t, err)
}

func TestEarlierCommit(t *testing.T) {
	earlier := func(root, named string) string {
		commit, err := earlierCommit(root, named)
		require.NoError(t, err)
		return commit
	}
	root, commit := repository(t)
	_, err := earlierCommit(root, "0123456789ab")
	require.ErrorContains(t, err, "fetch the history", "no baseline was ever brought")

	named := commit("program")
	require.Equal(t, named[:12], earlier(root, named[:12]), "no tag")
	brought := commit(baselineName)
	commit("later")
	require.Equal(t, brought[:12], earlier(root, "0123456789ab"), "the commit was left behind")
	require.Equal(t, brought[:12], earlier(root, ""))

	tag(t, root, "v0.1.0", named+"^")
	require.Equal(t, named[:12], earlier(root, named[:12]), "the baseline is later than the tag")
	tag(t, root, "v0.2.0", "HEAD")
	require.Equal(t, "v0.2.0", earlier(root, named[:12]), "the tag is later than the baseline")

	// Of a clone without history the last commit brought every file: to compare with
	// it would be to compare with nothing.
	shallow := filepath.Join(t.TempDir(), "shallow")
	out, err := exec.Command("git", "clone", "--quiet", "--depth", "1", "--no-tags", "file://"+filepath.ToSlash(root), shallow).CombinedOutput()
	require.NoError(t, err, string(out))
	_, err = earlierCommit(shallow, named[:12])
	require.ErrorContains(t, err, "fetch the history")
}

// standIn is run in place of the program: it writes a comparison and ends with code.
func standIn(t *testing.T, work, comparison, code string) *bencher {
	t.Helper()
	path := filepath.Join(work, "now")
	text := "#!/bin/sh\nfor a; do case $a in json=*) echo '" + comparison + "' >\"${a#json=}\";; esac; done\necho said; exit " + code + "\n"
	require.NoError(t, os.WriteFile(path, []byte(text), 0o700))
	return &bencher{work: work, program: path, practice: "practice", limit: "25%"}
}

func TestCompareTellsHowBenchEnded(t *testing.T) {
	work := t.TempDir()
	c, err := standIn(t, work, `{"comparison":{"drift":1.5}}`, "0").compare("b.json")
	require.NoError(t, err)
	require.InDelta(t, 1.5, c.Drift, 1e-9)

	c, err = standIn(t, work, `{"comparison":{"slower":[{"rule":"a/b"}],"slower_stages":[{"stage":"place events"}],"engine_slower":true}}`, "1").compare("b.json")
	require.NoError(t, err)
	require.Equal(t, []string{everyRule, "a/b", "place events"}, named(c))

	var refused *refusal
	_, err = standIn(t, work, "", "64").compare("b.json")
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "said", refused.why)

	_, err = standIn(t, work, "", "70").compare("b.json")
	require.ErrorContains(t, err, "exit status 70\nsaid")
	require.NotErrorAs(t, err, &refused)

	_, err = standIn(t, work, "{}", "0").compare("b.json")
	require.ErrorContains(t, err, "compared nothing")
	_, err = standIn(t, work, "no JSON", "0").compare("b.json")
	require.ErrorContains(t, err, "now.json: want the output of paperlight bench")
}

func TestBaselinesAreOfCommits(t *testing.T) {
	root, commit := repository(t)
	named := commit(baselineName)
	require.NoError(t, os.WriteFile(filepath.Join(root, baselineName), []byte("made anew"), 0o600))
	got, err := checkedOut(root, true)
	require.NoError(t, err, "the baseline itself may have changed")
	require.Equal(t, named[:12], got)

	require.NoError(t, os.WriteFile(filepath.Join(root, "first"), []byte("changed"), 0o600))
	_, err = checkedOut(root, true)
	require.ErrorContains(t, err, "commit first")
	_, err = checkedOut(root, false)
	require.NoError(t, err, "what is compared need not be committed")
}
