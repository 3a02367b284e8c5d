// Package program builds paperlight as it is and as it was, and makes the extract
// that such programs are compared over.
package program

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Root is the folder of the repository that dir is in.
func Root(dir string) (string, error) { return Git(dir, "rev-parse", "--show-toplevel") }

// Git runs git in dir and returns what it prints, without the last line's end. An
// error says what git said.
func Git(dir string, args ...string) (string, error) {
	out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = errors.New(strings.TrimSpace(string(exit.Stderr)))
		}
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return strings.TrimSpace(string(out)), nil
}

// LastTag is the tag that HEAD or the nearest of its ancestors has. It is an error
// that there is none.
func LastTag(root string) (string, error) {
	return Git(root, "describe", "--tags", "--abbrev=0")
}

// BuildAt builds the program of a commit in a work tree of its own under work.
func BuildAt(root, commit, work string) (program string, err error) {
	tree := filepath.Join(work, "tree")
	if _, err := Git(root, "worktree", "add", "--detach", tree, commit); err != nil {
		return "", err
	}
	defer func() {
		_, e := Git(root, "worktree", "remove", "--force", tree)
		err = errors.Join(err, e)
	}()
	program = filepath.Join(work, "before")
	return program, Build(tree, program, commit)
}

// Build builds the program of a work tree, which then says that it is of version.
func Build(tree, program, version string) error {
	cmd := exec.Command("go", "build", "-ldflags", "-X main.version="+version, "-o", program, "./cmd/paperlight")
	cmd.Dir, cmd.Env = tree, append(os.Environ(), "CGO_ENABLED=0", "GOTOOLCHAIN=local", "GOFLAGS=-buildvcs=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", filepath.Base(program), err, out)
	}
	return nil
}

// seed is that of the practice, the same wherever programs are compared.
const seed = "15"

// MakePractice has program make an extract of so many patients in folder: as Parquet,
// with the rows that a practice keeps, most of them events and issues.
func MakePractice(program, folder string, patients int) error {
	exported := folder + "-exported"
	defer func() { _ = os.RemoveAll(exported) }()
	for _, args := range [][]string{
		{"generate", exported, "--like", "emis", "--shape", "practice", "--seed", seed, "--patients", fmt.Sprint(patients), "--quiet"},
		{"convert", exported, "--to", folder, "--format", "parquet", "--allow-test-numbers", "--quiet"},
	} {
		if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", args[0], err, out)
		}
	}
	return nil
}
