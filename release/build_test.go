package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVersionsThatAReleaseMayHave(t *testing.T) {
	for _, version := range []string{"v0.1.0", "v10.20.30", "v1.0.0-rc.1", "v0.0.1-test"} {
		require.NoError(t, options{version: version, dirty: true}.check(), version)
	}
	for _, version := range []string{"", "0.1.0", "v1", "v1.2", "v1.2.3.4", "v1.2.3 ", "v1.2.3-", "v1.2.3-a/b", "e9d3f84", "v1.2.3-x -o=/"} {
		require.ErrorContains(t, options{version: version, dirty: true}.check(), "is no version", version)
	}
}

func TestTargetsAreKnownOnes(t *testing.T) {
	o, err := parseBuild([]string{"v1.2.3"})
	require.NoError(t, err)
	require.Equal(t, targets, o.targets)
	o, err = parseBuild([]string{"-dirty", "-target", "darwin/arm64", "-target", "windows/amd64", "v1.2.3"})
	require.NoError(t, err)
	require.Equal(t, []target{{"darwin", "arm64"}, {"windows", "amd64"}}, o.targets)
	require.True(t, o.dirty)
	_, err = parseBuild([]string{"v1.2.3", "v1.2.4"})
	require.ErrorIs(t, err, errUsage)
}

// A repository with one commit; git runs a command in it.
func repository(t *testing.T) (root string, git func(args ...string)) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	root = laid(t, map[string]string{"a.txt": "a"})
	git = func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"}, args...)...)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "GIT_COMMITTER_DATE=1790000000 +0200", "GIT_CONFIG_GLOBAL="+os.DevNull)
		text, err := cmd.CombinedOutput()
		require.NoError(t, err, string(text))
	}
	git("init", "--quiet")
	git("add", ".")
	git("commit", "--quiet", "-m", "a")
	return root, git
}

func TestAReleaseIsOfACommit(t *testing.T) {
	root, git := repository(t)
	o := options{root: root, version: "v1.2.3"}
	require.NoError(t, o.check())
	git("tag", "v1.2.3")
	require.NoError(t, o.check(), "its own tag")

	require.NoError(t, os.WriteFile(filepath.Join(root, "b.go"), nil, 0o600))
	require.ErrorContains(t, o.check(), "differs from its commit", "a file that git does not know is built too")
	require.NoError(t, options{root: root, version: "v1.2.3", dirty: true}.check())
	git("add", ".")
	git("commit", "--quiet", "-m", "b")
	require.ErrorContains(t, o.check(), "v1.2.3 is the tag of another commit")
	require.NoError(t, options{root: root, version: "v1.2.4"}.check())
}

func TestEntriesHaveTheTimeOfTheCommit(t *testing.T) {
	root, _ := repository(t)
	at, err := options{root: root}.time()
	require.NoError(t, err)
	require.Equal(t, int64(1_790_000_000), at.Unix())
	at, err = options{root: root, epoch: "1700000000"}.time()
	require.NoError(t, err)
	require.Equal(t, int64(1_700_000_000), at.Unix())
	_, err = options{root: root, epoch: "today"}.time()
	require.ErrorContains(t, err, "SOURCE_DATE_EPOCH")
}

func TestOnlyOldArchivesAreTakenAway(t *testing.T) {
	dist := laid(t, map[string]string{"paperlight-v0.1.0-linux-amd64.tar.gz": "", "paperlight-v0.1.0-windows-amd64.zip": "", "paperlight-v0.1.0-windows-amd64.cdx.json": "", "SHA256SUMS": "", "notes.txt": "", "other.zip": ""})
	require.NoError(t, clearDist(dist))
	var left []string
	entries, err := os.ReadDir(dist)
	require.NoError(t, err)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	require.Equal(t, []string{"notes.txt", "other.zip"}, left)
	require.NoError(t, clearDist(filepath.Join(dist, "new", "dist")))
}

func TestWhatIsStillToBeDoneIsNamed(t *testing.T) {
	root := laid(t, map[string]string{"CHANGELOG.md": "# Changes\n\n## [Unreleased]\n", "SECURITY.md": "Write to SECURITY-CONTACT.\n"})
	require.Len(t, options{root: root, version: "v1.2.3", say: io.Discard}.unready(), 2)
	root = laid(t, map[string]string{"CHANGELOG.md": "# Changes\n\n## [v1.2.3] 2026-12-01\n", "SECURITY.md": "Use the private form.\n"})
	require.Empty(t, options{root: root, version: "v1.2.3"}.unready())
}
