package browsertests

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// made is a practice that nobody lives in, always the same one.
func made(t *testing.T, flags ...string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "practice")
	paperlight(t, append([]string{"generate", folder, "--quiet", "--seed", "7", "--patients", "1500"}, flags...)...)
	require.NoError(t, os.Remove(filepath.Join(folder, "truth.json")))
	return folder
}

// today is the day of an extract that is not old.
func today() string { return time.Now().Format(time.DateOnly) }

// zipped is a folder as a zip.
func zipped(t *testing.T, folder, name string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	f, err := os.Create(file)
	require.NoError(t, err)
	defer f.Close()
	w := zip.NewWriter(f)
	require.NoError(t, w.AddFS(os.DirFS(folder)))
	require.NoError(t, w.Close())
	return file
}

// realExtract is an extract that others made, of the data beside the repository.
func realExtract(t *testing.T) string {
	t.Helper()
	shared := os.Getenv("PAPERLIGHT_SHARED") // make browser says where
	folder := filepath.Join(shared, "data", "rcprd-aurum-simulated")
	if _, err := os.Stat(folder); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is missing", folder)
		}
		t.Skipf("left out: %s is missing", folder)
	}
	return folder
}
