package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// This file and commit.go alone make, rename and remove files, for every verb. All outputs
// of a run are one set: each is written whole and synced in a hidden folder
// beside its target, the stage; when all are, they are renamed, and where one
// cannot be, those before it are put back. A stage is locked while its run
// lives. What a dead run left is finished, if it had begun to rename, and removed
// by the next run that writes beside it.

const (
	stagePrefix = ".paperlight-"
	lockName    = "lock"
	journalName = "journal"
	stageMark   = "paperlight: outputs of a run that has not ended. A later run removes them.\n"
)

// A stage is the hidden folder where outputs below home are prepared.
type stage struct {
	home, dir string
	lock      *os.File
	steps     []renaming
	// unfinished leaves the stage for the next run to finish.
	unfinished bool
}

// A renaming puts New of the stage in the place To below home, or takes what is at
// To away where New is empty. Was is what is there at the start.
type renaming struct {
	New   string `json:"new,omitempty"`
	To    string `json:"to"`
	Was   string `json:"was,omitempty"`
	Fresh bool   `json:"fresh,omitempty"`
	mode  fs.FileMode
	name  string
}

var errTaken = errors.New("another process has it")

// newStage makes a locked stage for the names. The lock, which is taken before the
// mark is written, distinguishes it from a dead one.
func newStage(home string, names []string) (*stage, error) {
	dir, err := os.MkdirTemp(home, stagePrefix)
	if err != nil {
		return nil, err
	}
	s := &stage{home: home, dir: dir}
	s.lock, err = os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err == nil {
		_ = lock(s.lock) // without locks, leftovers look like living stages, and stay
		_, err = s.lock.WriteString(stageMark + strings.Join(names, "\n") + "\n")
	}
	if err != nil {
		s.remove()
		return nil, err
	}
	return s, nil
}

// remove removes the stage and what was not renamed.
func (s *stage) remove() {
	if s.unfinished {
		_ = s.lock.Close()
		return
	}
	_ = os.Remove(filepath.Join(s.dir, journalName)) // first, or it would be finished later
	if s.lock != nil {
		_ = s.lock.Close()
	}
	_ = os.RemoveAll(s.dir)
}

// scratch makes a folder for what lasts no longer than the run.
func scratch() (folder string, remove func(), err error) {
	home := os.TempDir()
	clearLeftovers(home)
	s, err := newStage(home, nil)
	if err != nil {
		return "", nil, outputError("a temporary folder", err)
	}
	return s.dir, s.remove, nil
}

// isStage reports whether a folder is a stage, living or dead.
func isStage(dir string) bool {
	_, ok := stageNames(dir)
	return ok
}

func stageNames(dir string) (names []string, ok bool) {
	st, err := os.Lstat(dir)
	if err != nil || !st.IsDir() || !ours(st) || !strings.HasPrefix(filepath.Base(dir), stagePrefix) {
		return nil, false
	}
	name := filepath.Join(dir, lockName)
	if st, err = os.Lstat(name); err != nil || !st.Mode().IsRegular() || !ours(st) || st.Size() > 1<<16 {
		return nil, false
	}
	text, err := os.ReadFile(name)
	list, ok := strings.CutPrefix(string(text), stageMark)
	return strings.Split(strings.TrimSuffix(list, "\n"), "\n"), ok && err == nil
}

// clearLeftovers removes the stages of dead runs in home, and returns the names
// that living ones write.
func clearLeftovers(home string) (busy []string) {
	entries, _ := os.ReadDir(home)
	for _, e := range entries {
		dir := filepath.Join(home, e.Name())
		names, ok := stageNames(dir)
		if !ok {
			continue
		}
		f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR, 0)
		if err != nil {
			continue
		}
		if err := lock(f); err != nil {
			if errors.Is(err, errTaken) {
				busy = append(busy, names...)
			}
			_ = f.Close()
			continue
		}
		finish(home, e.Name())
		(&stage{home: home, dir: dir, lock: f}).remove()
	}
	return busy
}

// finish does what is left to do of a run that died while it renamed: all was
// written by then. What was changed since is left alone.
func finish(home, stage string) {
	text, err := os.ReadFile(filepath.Join(home, stage, journalName))
	var steps []renaming
	if err != nil || json.Unmarshal(text, &steps) != nil {
		return
	}
	root, err := os.OpenRoot(home)
	if err != nil {
		return
	}
	defer root.Close()
	for _, s := range steps {
		to, is := filepath.FromSlash(s.To), ""
		if st, err := root.Lstat(to); err == nil {
			is = stamp(st)
		}
		switch {
		case is != "" && (is != s.Was || s.Fresh):
		case s.New == "":
			_ = root.Remove(to)
		default:
			_ = root.MkdirAll(filepath.Dir(to), 0o700)
			_ = root.Rename(filepath.Join(stage, s.New), to)
		}
	}
}

// stamp identifies a state of a file: it differs once the file is changed.
func stamp(st fs.FileInfo) string {
	return fmt.Sprintf("%d %d", st.Size(), st.ModTime().UnixNano())
}

// seal notes in the journal what is to be renamed.
func (s *stage) seal() error {
	for i := range s.steps {
		if st, err := os.Lstat(s.to(i)); err == nil {
			s.steps[i].Was = stamp(st)
		}
	}
	text, err := json.Marshal(s.steps)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(s.dir, journalName), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return outputError("the outputs", err)
	}
	_, err = f.Write(text)
	return outputErrorOrNil("the outputs", errors.Join(err, f.Sync(), f.Close()))
}

func (s *stage) to(i int) string { return filepath.Join(s.home, filepath.FromSlash(s.steps[i].To)) }

func (s *stage) old(i int) string { return filepath.Join(s.dir, strconv.Itoa(i)+".old") }
