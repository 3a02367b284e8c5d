//go:build unix

package main

import (
	"bufio"
	"database/sql"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/history"
)

// A server that is killed, alone or with its check, at any moment of a check: the history
// is whole, with the run of that check or without, and takes the next one.
func TestKillsOfTheServerLeaveTheHistoryWhole(t *testing.T) {
	folder, _ := made(t, "--patients", "1500")
	told := func(asOf, file string) []string {
		return []string{"check", folder, "--as-of", asOf, "--fail-on", "never", "--allow-test-numbers", "--history", file}
	}
	random := rand.New(rand.NewPCG(13, 2))
	added, whole := 0, time.Duration(0)
	for i := range 1 + (*kills+3)/4 {
		dir := t.TempDir()
		file := filepath.Join(dir, "history.db")
		require.Zero(t, paperlight(t, told("2026-01-31", file)...).code)
		cmd := program(t, "serve", folder, "--no-browser", "--history", file)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		cmd.Env = append(cmd.Env, "TMPDIR="+dir)
		said, err := cmd.StderrPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		running := startCheckOf(t, said, "2026-02-28")
		began, pause := time.Now(), time.Duration(0)
		if i == 0 { // how long a check takes here, and that one is kept
			for running() {
				time.Sleep(10 * time.Millisecond)
			}
			whole = time.Since(began)
		} else {
			pause = time.Duration(random.Int64N(int64(whole)))
			time.Sleep(pause)
		}
		to := cmd.Process.Pid
		if random.IntN(2) == 0 {
			to = -to
		}
		require.NoError(t, syscall.Kill(to, syscall.SIGKILL))
		_ = cmd.Wait()
		requireNoneRunning(t, dir)
		kept := wholeRuns(t, file)
		require.Contains(t, []int{1, 2}, kept, "after %s", pause)
		if i == 0 {
			require.Equal(t, 2, kept, "a check that ended is kept")
		} else if kept == 2 {
			added++
		}
		next := paperlight(t, told("2026-03-31", file)...)
		for end := time.Now().Add(time.Minute); next.code == exitOutput && time.Now().Before(end); { // a process that ends holds its locks a moment longer
			time.Sleep(10 * time.Millisecond)
			next = paperlight(t, told("2026-03-31", file)...)
		}
		require.Zero(t, next.code, "after %s: %s", pause, next.err)
		require.Equal(t, kept+1, wholeRuns(t, file), "after %s", pause)
		left, err := filepath.Glob(file + "-journal") // an empty one waits for the next that writes
		require.NoError(t, err)
		require.Empty(t, left)
	}
	t.Logf("%d servers killed within %s, %d of them when the run was kept", (*kills+3)/4, whole, added)
}

// startCheckOf opens the page whose address a server says, and has its extract checked.
// What it returns says whether that goes on.
func startCheckOf(t *testing.T, said io.Reader, asOf string) (running func() bool) {
	t.Helper()
	lines := bufio.NewScanner(said)
	require.True(t, lines.Scan(), "the server says where it is")
	go io.Copy(io.Discard, said)
	first := regexp.MustCompile(`http://\S+`).FindString(lines.Text())
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client := &http.Client{Jar: jar, Timeout: time.Minute}
	page, err := client.Get(first)
	require.NoError(t, err)
	page.Body.Close()
	form := url.Values{"as_of": {asOf}, "test_numbers": {"1"}}
	ask, err := http.NewRequest(http.MethodPost, page.Request.URL.String()+"here", strings.NewReader(form.Encode()))
	require.NoError(t, err)
	ask.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	ask.Header.Set("Origin", page.Request.URL.Scheme+"://"+page.Request.URL.Host)
	answer, err := client.Do(ask)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	checked := answer.Request.URL.String()
	return func() bool {
		page, err := client.Get(checked)
		require.NoError(t, err)
		defer page.Body.Close()
		text, err := io.ReadAll(page.Body)
		require.NoError(t, err)
		return strings.Contains(string(text), `id="progress"`)
	}
}

// wholeRuns holds a history to be whole, and counts its runs.
func wholeRuns(t *testing.T, file string) int {
	t.Helper()
	h, err := history.Open(file) // it rolls back what was begun
	require.NoError(t, err)
	defer h.Close()
	practices, err := h.Practices()
	require.NoError(t, err)
	require.Len(t, practices, 1)
	runs, err := h.Runs(practices[0].ID)
	require.NoError(t, err)
	for _, run := range runs {
		_, err := h.Report(run.ID)
		require.NoError(t, err)
		_, err = h.Movement(run.ID)
		require.NoError(t, err)
	}
	db, err := sql.Open("sqlite", file)
	require.NoError(t, err)
	defer db.Close()
	var said string
	require.NoError(t, db.QueryRow("PRAGMA integrity_check").Scan(&said))
	require.Equal(t, "ok", said)
	return len(runs)
}
