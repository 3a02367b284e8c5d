package main

import (
	"bytes"
	"debug/elf"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// container runs the program as the image of release/Containerfile does: alone in a root
// of its own that is read-only, and a fresh /tmp where asked for, without a network or
// an environment, and as nobody in particular. The root holds /made and, to write to, /out.
const container = `set -e
root=$1 export=$2 out=$3 tmp=$4; shift 4
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --bind "$export" "$root/made" && mount -o remount,bind,ro "$root/made"
mount --bind "$out" "$root/out"
if [ "$tmp" = yes ]; then mount -t tmpfs tmpfs "$root/tmp"; fi
mount -o remount,bind,ro "$root"
exec env -i ` + asProgram + `=1 "$(command -v chroot)" --userspec=65532:65532 "$root" /paperlight "$@"
`

// contained is a run in a container, and the folder that it could write to.
func contained(t *testing.T, export string, tmp bool, args ...string) (ran, string) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	root, out := t.TempDir(), t.TempDir()
	for _, folder := range []string{"proc", "tmp", "made", "out"} {
		require.NoError(t, os.Mkdir(filepath.Join(root, folder), 0o755))
	}
	text, err := os.ReadFile(self)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(root, "paperlight"), text, 0o755))
	require.NoError(t, os.Chown(out, 65532, 65532))
	script := filepath.Join(t.TempDir(), "container")
	require.NoError(t, os.WriteFile(script, []byte(container), 0o600))
	has := "no"
	if tmp {
		has = "yes"
	}
	cmd := exec.Command("unshare", append([]string{"--mount", "--net", "--pid", "--fork", "sh", script, root, export, out, has}, args...)...)
	var said, messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &messages
	var ended *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &ended) {
		require.NoError(t, err)
	}
	require.Len(t, names(t, root), 5, "nothing was written beside the program")
	return ran{cmd.ProcessState.ExitCode(), said.String(), messages.String()}, out
}

// needsContainers leaves a test out where a container cannot be made, or this program
// would need libraries in it.
func needsContainers(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 || exec.Command("unshare", "--mount", "--net", "--pid", "--fork", "mount", "-t", "tmpfs", "tmpfs", os.TempDir()).Run() != nil {
		t.Skip("needs to be root, and unshare")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	program, err := elf.Open(self)
	require.NoError(t, err)
	defer program.Close()
	if libraries, _ := program.ImportedLibraries(); len(libraries) > 0 {
		t.Skip("needs a program without libraries: CGO_ENABLED=0")
	}
}

// In an image without anything else the answers and files are those of any other place.
func TestTheProgramNeedsNothingBesideIt(t *testing.T) {
	needsContainers(t)
	folder, _ := made(t, "--patients", "120")
	require.NoError(t, exec.Command("chmod", "-R", "a+rX", filepath.Dir(folder)).Run())
	args := []string{"--allow-test-numbers", "--format", "text", "--worklist"}
	lists := t.TempDir()
	want := really(t, append([]string{"check", folder}, append(args, filepath.Join(lists, "lists"), "--format", "json="+filepath.Join(lists, "r.json"))...)...)
	for _, tmp := range []bool{true, false} {
		got, out := contained(t, folder, tmp, append([]string{"check", "/made"}, append(args, "/out/lists", "--format", "json=/out/r.json")...)...)
		require.Equal(t, want.code, got.code, got.err)
		require.True(t, got.out == want.out, "the report is as anywhere else")
		require.Equal(t, names(t, filepath.Join(lists, "lists")), names(t, filepath.Join(out, "lists")))
		there, err := os.ReadFile(filepath.Join(lists, "r.json"))
		require.NoError(t, err)
		here, err := os.ReadFile(filepath.Join(out, "r.json"))
		require.NoError(t, err)
		require.True(t, bytes.Equal(there, here), "and so is the file")
	}
	r, _ := contained(t, folder, true, "--help")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "Usage:")
	r, _ = contained(t, folder, true, "check", "/made", "--allow-test-numbers", "--format", "json=/r.json")
	require.Equal(t, exitOutput, r.code, r.err)
	r, _ = contained(t, folder, true, "check", "/nowhere")
	require.Equal(t, exitInput, r.code, r.err)
}
