package browsertests

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A served program answers in a browser until its test ends.
type served struct {
	address string // the first, which is good once
	host    string
	history string
	cmd     *exec.Cmd
	stopped bool // by the button on the page
}

var firstAddress = regexp.MustCompile(`http://([0-9.:]+)/\?token=\w+`)

// serve starts the program as a user does, with a home of its own.
func serve(t *testing.T, paths ...string) *served {
	t.Helper()
	home := t.TempDir()
	s := &served{history: filepath.Join(home, "kept", "history.db")}
	require.NoError(t, os.MkdirAll(filepath.Dir(s.history), 0o700))
	s.cmd = exec.Command(*program, append([]string{"serve", "--no-browser", "--history", s.history}, paths...)...)
	s.cmd.Env = append(os.Environ(), "HOME="+home, "TMPDIR="+home, "XDG_CONFIG_HOME="+home)
	said, err := s.cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, s.cmd.Start())
	lines, told := bufio.NewScanner(said), &strings.Builder{}
	for s.address == "" && lines.Scan() {
		fmt.Fprintln(told, lines.Text())
		if found := firstAddress.FindStringSubmatch(lines.Text()); found != nil {
			s.address, s.host = found[0], found[1]
		}
	}
	ended := make(chan error, 1)
	go func() {
		for lines.Scan() {
			fmt.Fprintln(told, lines.Text())
		}
		ended <- s.cmd.Wait()
	}()
	require.NotEmpty(t, s.address, "the program does not say where the page is: %s", told)
	t.Cleanup(func() {
		select {
		case err := <-ended:
			if !s.stopped {
				t.Errorf("the program ended by itself: %v\n%s", err, told)
			}
			return
		default:
		}
		_ = s.cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(30 * time.Second):
			_ = s.cmd.Process.Kill()
			t.Error("the program did not end when it was asked to")
		}
	})
	return s
}

// paperlight runs a verb of the program, which must end well.
func paperlight(t *testing.T, args ...string) {
	t.Helper()
	said, err := exec.Command(*program, args...).CombinedOutput()
	require.NoError(t, err, "paperlight %s: %s", strings.Join(args, " "), said)
}
