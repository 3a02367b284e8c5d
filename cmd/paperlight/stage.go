package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// This file and commit.go alone make, rename and remove files, for every verb. All outputs
// of a run are one set: each is written whole and synced in a hidden folder
// beside its target, the stage; when all are, they are renamed, and where one
// cannot be, those before it are put back. A stage is locked while its run
// lives. What a dead run left is finished, if it had begun to rename, and removed
// by the next run that writes beside it (recover.go). Outputs in several places
// have a stage in each: the journal of the first, written last, decides for all.

const (
	stagePrefix = ".paperlight-"
	lockName    = "lock"
	journalName = "journal"
	stageMark   = "paperlight: outputs of a run that has not ended. A later run removes them.\n"
)

// A stage is the hidden folder where outputs below home are prepared.
type stage struct {
	disk      disk
	home, dir string
	lock      *diskFile
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

// A journal says what is to be renamed. It holds only while the journal of Main,
// the first stage of the run, is there; that one names the Others.
type journal struct {
	Main   string     `json:"main,omitempty"`
	Others []string   `json:"others,omitempty"`
	Steps  []renaming `json:"steps"`
}

var errTaken = errors.New("another process has it")

// newStage makes a locked stage for the names. Until its lock is taken, a run
// beside it may take it for a dead one's and remove it: then another is made.
func newStage(d disk, home string, names []string) (s *stage, err error) {
	for range 3 {
		if s, err = tryStage(d, home, names); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return s, err
}

func tryStage(d disk, home string, names []string) (*stage, error) {
	dir, err := d.mkdirTemp(home, stagePrefix)
	if err != nil {
		return nil, err
	}
	s := &stage{disk: d, home: home, dir: dir}
	s.lock, err = d.create(filepath.Join(dir, lockName), 0o600)
	if err == nil {
		_ = lock(s.lock.File) // without locks, leftovers look like living stages, and stay
		_, err = s.lock.Write([]byte(stageMark + strings.Join(names, "\n") + "\n"))
	}
	if err == nil {
		err = s.stillThere()
	}
	if err != nil {
		s.remove()
		return nil, err
	}
	return s, nil
}

// stillThere reports whether the lock that was taken is the stage's.
func (s *stage) stillThere() error {
	have, err := s.lock.Stat()
	if err != nil {
		return err
	}
	there, err := os.Lstat(filepath.Join(s.dir, lockName))
	if err == nil && !os.SameFile(have, there) {
		err = fs.ErrNotExist
	}
	return err
}

// remove removes the stage and what was not renamed.
func (s *stage) remove() {
	if s.unfinished {
		_ = s.lock.Close()
		return
	}
	if s.lock != nil {
		_ = s.disk.remove(filepath.Join(s.dir, journalName)) // first, or it would be finished later
		err := s.empty()
		// Closed before it is removed, as Windows asks. Whoever takes it meanwhile
		// finds nothing to do.
		if _ = s.lock.Close(); err != nil {
			return
		}
		_ = s.disk.remove(filepath.Join(s.dir, lockName))
	}
	_ = s.disk.remove(s.dir)
}

// empty removes all of the stage but its lock, by which a later run knows it.
func (s *stage) empty() (err error) {
	var paths []string
	_ = filepath.WalkDir(s.dir, func(path string, _ fs.DirEntry, _ error) error {
		if path != s.dir && path != filepath.Join(s.dir, lockName) {
			paths = append(paths, path)
		}
		return nil
	})
	for _, path := range slices.Backward(paths) {
		err = errors.Join(err, s.disk.remove(path))
	}
	return err
}

// scratch makes a folder for what lasts no longer than the run.
func scratch(d disk) (folder string, remove func(), err error) {
	home := os.TempDir()
	clearLeftovers(d, home)
	s, err := newStage(d, home, nil)
	if err != nil {
		return "", nil, outputError("a temporary folder", err)
	}
	return s.dir, s.remove, nil
}

// sealAll notes in the journals what is to be renamed; with the last, that of the
// first stage, it is decided that it will be.
func sealAll(stages []*stage) error {
	for i, s := range slices.Backward(stages) {
		j := journal{Steps: s.steps}
		if i > 0 {
			j.Main = stages[0].dir
		} else {
			for _, other := range stages[1:] {
				j.Others = append(j.Others, other.dir)
			}
		}
		if err := s.seal(&j); err != nil {
			return outputError("the outputs", err)
		}
	}
	return nil
}

func (s *stage) seal(j *journal) error {
	for i := range s.steps {
		if st, err := os.Lstat(s.to(i)); err == nil {
			s.steps[i].Was = stamp(st)
		}
	}
	text, err := json.Marshal(j)
	if err != nil {
		return err
	}
	s.disk.sync(s.dir)
	f, err := s.disk.create(filepath.Join(s.dir, journalName), 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// stamp identifies a state of a file: it differs once the file is changed.
func stamp(st fs.FileInfo) string {
	return fmt.Sprintf("%d %d", st.Size(), st.ModTime().UnixNano())
}

func (s *stage) to(i int) string { return filepath.Join(s.home, filepath.FromSlash(s.steps[i].To)) }

func (s *stage) old(i int) string { return filepath.Join(s.dir, strconv.Itoa(i)+".old") }
