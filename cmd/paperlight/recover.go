package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// What a run left that died: an empty folder or lock of its first moments, a
// stage that is not decided yet, which is removed, or one that is, which is
// finished first. A stage whose run lives is locked, and left alone.

// isStage reports whether a folder is a stage, living or dead.
func isStage(dir string) bool {
	_, ok := stageNames(dir)
	return ok
}

// stageNames are the names that a stage is for.
func stageNames(dir string) (names []string, ok bool) {
	st, err := os.Lstat(dir)
	if err != nil || !st.IsDir() || !ours(st) || !strings.HasPrefix(filepath.Base(dir), stagePrefix) {
		return nil, false
	}
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) == 0 {
		return nil, true
	}
	name := filepath.Join(dir, lockName)
	if st, err = os.Lstat(name); err != nil || !st.Mode().IsRegular() || !ours(st) || st.Size() > 1<<16 {
		return nil, false
	}
	if st.Size() == 0 {
		return nil, len(entries) == 1
	}
	text, err := os.ReadFile(name)
	list, ok := strings.CutPrefix(string(text), stageMark)
	if !ok && len(entries) == 1 { // cut off while it was written
		return nil, err == nil && strings.HasPrefix(stageMark, string(text))
	}
	return strings.Split(strings.TrimSuffix(list, "\n"), "\n"), ok && err == nil
}

// clearLeftovers removes the stages of dead runs in home, and returns the names
// that living ones write.
func clearLeftovers(d disk, home string) (busy []string) {
	entries, _ := os.ReadDir(home)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), stagePrefix) {
			busy = append(busy, clearStage(d, filepath.Join(home, e.Name()))...)
		}
	}
	return busy
}

// clearStage finishes and removes a stage, if it is one and its run is dead; else
// it returns what the stage is for.
func clearStage(d disk, dir string) (busy []string) {
	names, ok := stageNames(dir)
	if !ok {
		return nil
	}
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		_ = d.remove(dir) // which does nothing where it is not empty
		return nil
	}
	if err != nil {
		return nil
	}
	if err := lock(f); err != nil {
		_ = f.Close()
		if errors.Is(err, errTaken) {
			return names
		}
		return nil
	}
	s := &stage{disk: d, home: filepath.Dir(dir), dir: dir, lock: &diskFile{d, f}}
	s.unfinished = !s.finish()
	s.remove()
	return nil
}

// readJournal reads the journal of a stage; nil where it has none that is whole.
func readJournal(dir string) *journal {
	text, err := os.ReadFile(filepath.Join(dir, journalName))
	j := &journal{}
	if err != nil || json.Unmarshal(text, j) != nil {
		return nil
	}
	return j
}

// finish does what is left to do of a run that died after it was decided: all was
// written by then. It reports whether nothing is left.
func (s *stage) finish() (done bool) {
	j := readJournal(s.dir)
	if j == nil || j.Main != "" && (!isStage(j.Main) || readJournal(j.Main) == nil) {
		return true
	}
	for _, other := range j.Others {
		if clearStage(s.disk, other); isStage(other) {
			return false // another run is at it
		}
	}
	root, err := os.OpenRoot(s.home)
	if err != nil {
		return false
	}
	defer root.Close()
	done = true
	for _, one := range j.Steps {
		done = s.redo(root, one) == nil && done
	}
	return done
}

// redo does one renaming. What was changed since is left alone.
func (s *stage) redo(root *os.Root, one renaming) error {
	to, staged := filepath.FromSlash(one.To), filepath.Join(filepath.Base(s.dir), one.New)
	is := stampIn(root, to)
	switch {
	case is != "" && (is != one.Was || one.Fresh):
		return nil
	case one.New == "" && is == "":
		return nil
	case one.New == "":
		return s.disk.step("remove", func() error { return root.Remove(to) })
	case stampIn(root, staged) == "":
		return nil // it was renamed, and removed since
	}
	if parent := filepath.Dir(to); parent != "." {
		if err := s.disk.step("mkdir", func() error { return root.MkdirAll(parent, 0o700) }); err != nil {
			return err
		}
	}
	return s.disk.step("rename", func() error { return root.Rename(staged, to) })
}

// stampIn is the stamp of a file below root; empty where there is none.
func stampIn(root *os.Root, name string) string {
	st, err := root.Lstat(name)
	if err != nil {
		return ""
	}
	return stamp(st)
}
