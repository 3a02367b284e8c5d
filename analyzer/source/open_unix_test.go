//go:build unix

package source

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOpenDoesNotWaitForANamedPipe(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "patients.csv"), 0o600))
	done := make(chan error, 1)
	go func() { _, err := Open([]string{dir}, Options{}); done <- err }()
	select {
	case err := <-done:
		require.ErrorContains(t, err, "want a regular file")
	case <-time.After(5 * time.Second):
		t.Fatal("waits for a named pipe")
	}
}
