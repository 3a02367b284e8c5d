package browsertests

import (
	"bufio"
	"io"
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
	t.Cleanup(func() {
		_ = s.cmd.Process.Signal(os.Interrupt)
		ended := make(chan error, 1)
		go func() { ended <- s.cmd.Wait() }()
		select {
		case <-ended:
		case <-time.After(30 * time.Second):
			_ = s.cmd.Process.Kill()
			t.Error("the program did not end when it was asked to")
		}
	})
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if found := firstAddress.FindStringSubmatch(lines.Text()); found != nil {
			s.address, s.host = found[0], found[1]
			go io.Copy(io.Discard, said)
			return s
		}
	}
	t.Fatal("the program ended before it said where the page is")
	return nil
}

// paperlight runs a verb of the program, which must end well.
func paperlight(t *testing.T, args ...string) {
	t.Helper()
	said, err := exec.Command(*program, args...).CombinedOutput()
	require.NoError(t, err, "paperlight %s: %s", strings.Join(args, " "), said)
}
