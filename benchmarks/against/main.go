// Command against compares what whole runs cost now with what they cost at
// another commit, the last tag by default.
//
// Both programs are built from clean trees and run in turn over the same made-up
// extracts. The figure is the ratio of processor time, user and system, of the
// process and its children; noise of the machine falls on both alike. It ends
// with 1 where a ratio is above the limit with confidence.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	commit := flag.String("commit", "", "compare with this commit; empty is the last tag")
	pairs := flag.Int("pairs", 21, "counted pairs of runs of each load")
	limit := flag.Float64("limit", 1.05, "the ratio that fails")
	patients := flag.Int("patients", 12_000, "patients of the large extract")
	flag.Parse()
	slower, err := against(*commit, *pairs, *limit, *patients)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "against:", err)
		os.Exit(70)
	case slower:
		os.Exit(1)
	}
}

// against prints a line a load, and reports whether one is slower than it was.
func against(commit string, pairs int, limit float64, patients int) (slower bool, err error) {
	root, err := git(".", "rev-parse", "--show-toplevel")
	if err != nil {
		return false, err
	}
	if commit == "" {
		if commit, err = git(root, "describe", "--tags", "--abbrev=0"); err != nil {
			return false, errors.New("there is no tag yet: name a commit with -commit")
		}
	}
	work, err := os.MkdirTemp("", "against-")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.RemoveAll(work) }()
	before, err := buildAt(root, commit, work)
	if err != nil {
		return false, err
	}
	now := filepath.Join(work, "now")
	if err := build(root, now); err != nil {
		return false, err
	}
	loads, err := makeLoads(root, before, work, patients)
	if err != nil {
		return false, err
	}
	fmt.Printf("processor time now / at %s, %d pairs in turn; 95 %% interval of the median ratio\n", commit, pairs)
	for _, l := range loads {
		r, err := l.compare(before, now, pairs)
		if err != nil {
			return false, fmt.Errorf("%s: %w", l.name, err)
		}
		verdict := ""
		if r.low > limit {
			slower, verdict = true, "  SLOWER"
		}
		fmt.Printf("  %-34s %.3f  (%.3f to %.3f)  %s -> %s%s\n", l.name, r.median, r.low, r.high, r.before.Round(time.Millisecond), r.now.Round(time.Millisecond), verdict)
	}
	return slower, nil
}

// buildAt builds the program of a commit in a work tree of its own.
func buildAt(root, commit, work string) (program string, err error) {
	tree := filepath.Join(work, "tree")
	if _, err := git(root, "worktree", "add", "--detach", tree, commit); err != nil {
		return "", err
	}
	defer func() {
		_, e := git(root, "worktree", "remove", "--force", tree)
		err = errors.Join(err, e)
	}()
	program = filepath.Join(work, "before")
	return program, build(tree, program)
}

func build(tree, program string) error {
	cmd := exec.Command("go", "build", "-o", program, "./cmd/paperlight")
	cmd.Dir, cmd.Env = tree, append(os.Environ(), "CGO_ENABLED=0", "GOTOOLCHAIN=local", "GOFLAGS=-buildvcs=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", filepath.Base(program), err, out)
	}
	return nil
}

func git(dir string, args ...string) (string, error) {
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
