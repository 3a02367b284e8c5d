package program

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGitSaysWhatIsWrong(t *testing.T) {
	_, err := Git(t.TempDir(), "rev-parse", "HEAD")
	require.ErrorContains(t, err, "git rev-parse: ")
	require.ErrorContains(t, err, "not a git repository")
}

// A program that cannot make the extract leaves nothing of it behind, and its own
// words are in the error.
func TestMakePracticeSaysWhichStepFailed(t *testing.T) {
	work := t.TempDir()
	script := filepath.Join(work, "program")
	for step, says := range map[string]string{"generate": "generate: ", "convert": "convert: "} {
		text := "#!/bin/sh\nmkdir -p \"" + work + "/set-exported\"\n[ \"$1\" != " + step + " ] || { echo no such flag; exit 64; }\n"
		require.NoError(t, os.WriteFile(script, []byte(text), 0o700))
		err := MakePractice(script, filepath.Join(work, "set"), 100)
		require.ErrorContains(t, err, says)
		require.ErrorContains(t, err, "no such flag")
		require.NoDirExists(t, filepath.Join(work, "set-exported"))
	}
}
