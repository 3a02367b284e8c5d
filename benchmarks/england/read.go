package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A cost is of a whole process and its children.
type cost struct {
	cpu, wall time.Duration
	peak      int64 // bytes of the largest of them
}

// A practice is one that was made and read.
type practice struct {
	patients       int
	extract, state int64 // bytes
	making         cost
	reading        cost
	file           string // of its state
}

// read makes practice i of the trial, reads it as a fleet does, and deletes it.
func (t *trial) read(i int) (practice, error) {
	p := practice{patients: spread(t.real)[i]}
	extracts, out := filepath.Join(t.work, "extracts"), filepath.Join(t.work, "read", fmt.Sprint(i))
	extract, plan := filepath.Join(extracts, fmt.Sprintf("practice-%05d", i)), filepath.Join(t.work, "plan.json")
	if err := os.MkdirAll(extracts, 0o700); err != nil {
		return p, err
	}
	var err error
	if p.making, err = t.paperlight("generate", extract, "--shape", "practice", "--format", t.format, "--patients", fmt.Sprint(p.patients), "--seed", fmt.Sprint(i+1), "--quiet"); err != nil {
		return p, err
	}
	if p.extract, err = size(extract); err != nil {
		return p, err
	}
	planning, err := t.paperlight("plan", extracts, "--size", "0", "--out", plan, "--quiet")
	if err != nil {
		return p, err
	}
	if p.reading, err = t.paperlight("shard", plan, "1", "--allow-test-numbers", "--out", out, "--quiet"); err != nil {
		return p, err
	}
	p.reading.cpu += planning.cpu
	p.reading.wall += planning.wall
	found, err := filepath.Glob(filepath.Join(out, "*.state"))
	if err != nil || len(found) != 1 {
		return p, fmt.Errorf("%d states were written", len(found))
	}
	p.file = found[0]
	if p.state, err = size(p.file); err != nil {
		return p, err
	}
	return p, os.RemoveAll(extract)
}

// paperlight runs the program to its end.
func (t *trial) paperlight(args ...string) (cost, error) {
	var said bytes.Buffer
	cmd := exec.Command(t.program, args...)
	cmd.Stderr = &said
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return cost{}, fmt.Errorf("%s: %w\n%s", args[0], err, strings.TrimSpace(said.String()))
	}
	return cost{cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), wall: time.Since(start), peak: peak(cmd.ProcessState)}, nil
}

// size is that of a file, or of all files of a folder.
func size(of string) (int64, error) {
	var sum int64
	err := filepath.WalkDir(of, func(_ string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	return sum, err
}
