package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"paperlight/analyzer/costing"
	"paperlight/benchmarks/program"
)

// A tool is what paperlight bench says of itself and of where it ran.
type tool struct {
	Version   string `json:"version"` // the commit that it was built from
	Go        string `json:"go"`
	System    string `json:"system"`
	Processor string `json:"processor"`
}

// measured is what guard reads of the output of paperlight bench.
type measured struct {
	Tool       tool                `json:"tool"`
	Comparison *costing.Comparison `json:"comparison"`
}

func readMeasured(path string) (*measured, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m := &measured{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("%s: want the output of paperlight bench --format json: %w", filepath.Base(path), err)
	}
	return m, nil
}

// A bencher runs paperlight bench over one practice.
type bencher struct {
	root, work        string
	program, practice string
	limit             string
}

// The exit codes of paperlight bench that are no mistake here.
const (
	exitSlower = 1
	exitUsage  = 64
)

// measure writes what a program takes, as a baseline.
func (b *bencher) measure(by, to string) error {
	return b.bench(by, "--leave-out", "0", "--format", "json="+to)
}

// compare holds the present program against a baseline. The error is a refusal where
// the baseline cannot be compared with.
func (b *bencher) compare(baseline string) (*costing.Comparison, error) {
	found := filepath.Join(b.work, "now.json")
	if err := os.RemoveAll(found); err != nil { // that of the run before
		return nil, err
	}
	if err := b.bench(b.program, "--baseline", baseline, "--max-regression", b.limit, "--format", "json="+found); err != nil {
		return nil, err
	}
	m, err := readMeasured(found)
	if err != nil {
		return nil, err
	}
	if m.Comparison == nil {
		return nil, errors.New("paperlight bench compared nothing")
	}
	return m.Comparison, nil
}

func (b *bencher) bench(by string, args ...string) error {
	cmd := exec.Command(by, append([]string{"bench", b.practice, "--allow-test-numbers", "--quiet"}, args...)...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &exit):
		return err
	case exit.ExitCode() == exitSlower:
		return nil
	case exit.ExitCode() == exitUsage: // nothing but the baseline can be wrong
		return &refusal{strings.TrimSpace(string(out))}
	}
	return fmt.Errorf("paperlight bench: %w\n%s", err, out)
}

// earlier builds the program that the baseline is of, or that of the last tag where
// that is later, and measures it here. It returns the new baseline and the commit.
func (b *bencher) earlier(named string) (baseline, commit string, err error) {
	if commit, err = earlierCommit(b.root, named); err != nil {
		return "", "", err
	}
	before, err := program.BuildAt(b.root, commit, b.work)
	if err != nil {
		return "", commit, err
	}
	baseline = filepath.Join(b.work, "before.json")
	return baseline, commit, b.measure(before, baseline)
}

// earlierCommit is the later of the last tag and the commit that the baseline names.
func earlierCommit(root, named string) (string, error) {
	commit := baselineCommit(root, named)
	tag, err := program.LastTag(root)
	switch {
	case commit == "" && err != nil:
		return "", fmt.Errorf("there is neither a tag nor commit %q that the baseline is of: fetch the history", named)
	case commit == "" || err == nil && !ancestor(root, tag, commit):
		return tag, nil
	}
	return commit, nil
}

// baselineCommit is the commit that the baseline names. Where a rebase left that
// behind, the commit that brought the baseline is as good. It is empty where there
// is neither.
func baselineCommit(root, named string) string {
	commit, err := program.Git(root, "rev-parse", "--verify", "--quiet", "--short=12", named+"^{commit}")
	if err == nil {
		return commit
	}
	if shallow, err := program.Git(root, "rev-parse", "--is-shallow-repository"); err != nil || shallow != "false" {
		return "" // its last commit seems to have brought every file
	}
	commit, _ = program.Git(root, "log", "-1", "--format=%h", "--abbrev=12", "--", filepath.ToSlash(baselineName))
	return commit
}

// ancestor reports whether the commit of a tag is commit or comes before it.
func ancestor(root, tag, commit string) bool {
	_, err := program.Git(root, "merge-base", "--is-ancestor", tag, commit)
	return err == nil
}
