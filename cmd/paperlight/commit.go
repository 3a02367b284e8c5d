package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// renameTimeout is how long a rename is tried while another program has the file
// open.
const renameTimeout = 2 * time.Second

// writing is the outputs of one run.
type writing struct {
	targets []*target
	stages  []*stage
	open    []*stagedFile
	// through are the outputs that go to devices and pipes.
	through []throughput
	// amendment, where not nil, is made with the rest.
	amendment amendment
	disk      disk
	rename    func(from, to string) error
	inUse     func(error) bool
}

// A throughput is an output to a device or pipe, which is sent when all else is
// written.
type throughput struct {
	target *target
	text   *bytes.Buffer
}

// An amendment is of a file that other programs may have open, so that it is not
// replaced: it changes in place, once all outputs are in theirs. prepare makes it so that nobody
// sees it yet; rollback, also after commit, lets go of the file.
type amendment interface {
	prepare(ctx context.Context) error
	commit() error
	rollback()
	// named says of which file an error is.
	named(err error) error
}

// begin checks every target against the inputs and the other targets, clears what
// dead runs left beside them, and prepares to write.
func begin(d disk, inputs []inputPath, targets ...*target) (_ *writing, err error) {
	if err := apart(inputs, targets); err != nil {
		return nil, err
	}
	w := &writing{targets: targets, disk: d, rename: d.rename, inUse: inUse}
	defer func() {
		if err != nil {
			w.abandon()
		}
	}()
	for _, t := range targets {
		if !t.through {
			if busy := clearLeftovers(d, t.home()); slices.Contains(busy, t.below()) {
				return nil, t.refused("another run is writing it", "wait until that has ended, or give another name")
			}
			if err := t.look(); err != nil {
				return nil, err
			}
		}
		if err := t.ready(); err != nil {
			return nil, err
		}
	}
	for _, t := range targets {
		if _, err := w.stage(t); err != nil {
			return nil, outputError(t.name, err)
		}
	}
	return w, nil
}

// below is the target's name below its home.
func (t *target) below() string {
	name, err := filepath.Rel(t.home(), t.path)
	if err != nil {
		return t.path
	}
	return filepath.ToSlash(name)
}

// stage is where the target's files are prepared.
func (w *writing) stage(t *target) (*stage, error) {
	if t.through {
		return nil, nil
	}
	home := t.home()
	for _, s := range w.stages {
		if s.home == home {
			return s, nil
		}
	}
	var names []string
	for _, other := range w.targets {
		if !other.through && other.home() == home {
			names = append(names, other.below())
		}
	}
	s, err := newStage(w.disk, home, names)
	if err == nil {
		w.stages = append(w.stages, s)
	}
	return s, err
}

// A stagedFile is one output while it is written.
type stagedFile struct {
	*bufio.Writer
	target *target
	name   string
	file   *diskFile
	sum    hash.Hash
	closed bool
}

// create starts the target's file, or in a folder the file called name. It is
// whole when close says so.
func (w *writing) create(t *target, name string) (*stagedFile, error) {
	s, err := w.stage(t)
	if err != nil {
		return nil, outputError(t.name, err)
	}
	path, err := s.place(t, name)
	if err != nil {
		return nil, outputError(t.name, err)
	}
	f := &stagedFile{target: t, name: name, sum: sha256.New()}
	if f.file, err = w.disk.create(path, t.mode(filepath.Join(t.path, filepath.FromSlash(name)))); err != nil {
		return nil, outputError(t.name, err)
	}
	f.Writer = bufio.NewWriterSize(io.MultiWriter(f.file, f.sum), 1<<16)
	w.open = append(w.open, f)
	return f, nil
}

// place is where the target's file is prepared; the stage notes where it goes.
// A folder that is new is renamed as a whole.
func (s *stage) place(t *target, name string) (string, error) {
	to := t.below()
	if t.folder && t.info == nil {
		i := slices.IndexFunc(s.steps, func(one renaming) bool { return one.To == to })
		if i < 0 {
			i = s.add(t, to)
			if err := s.disk.mkdir(filepath.Join(s.dir, s.steps[i].New), t.folderMode()); err != nil {
				return "", err
			}
		}
		path := filepath.Join(s.dir, s.steps[i].New, filepath.FromSlash(name))
		return path, s.disk.mkdirAll(filepath.Dir(path), t.folderMode())
	}
	if t.folder {
		to = name
	}
	return filepath.Join(s.dir, s.steps[s.add(t, to)].New), nil
}

func (s *stage) add(t *target, to string) int {
	s.steps = append(s.steps, renaming{New: strconv.Itoa(len(s.steps)), To: to, Fresh: t.exists != nil, mode: t.folderMode(), name: t.name})
	return len(s.steps) - 1
}

// placeFolder is where another package makes the whole of a new folder.
func (w *writing) placeFolder(t *target) (string, error) {
	s, err := w.stage(t)
	if err != nil {
		return "", outputError(t.name, err)
	}
	t.sums = nil // it needs no manifest: nothing replaces it
	return filepath.Join(s.dir, s.steps[s.add(t, t.below())].New), nil
}

// placeFile is where another package writes a new file: an empty one is there.
func (w *writing) placeFile(t *target) (string, error) {
	s, err := w.stage(t)
	if err != nil {
		return "", outputError(t.name, err)
	}
	path, err := s.place(t, "")
	if err != nil {
		return "", outputError(t.name, err)
	}
	f, err := w.disk.create(path, t.mode(t.path))
	if err == nil {
		err = f.Close()
	}
	return path, outputErrorOrNil(t.name, err)
}

// takeAway removes the file of a target.
func (w *writing) takeAway(t *target) error {
	s, err := w.stage(t)
	if err != nil {
		return outputError(t.name, err)
	}
	s.steps = append(s.steps, renaming{To: t.below(), name: t.name})
	return nil
}

// close syncs the file, and notes its checksum for the manifest.
func (f *stagedFile) close() error {
	if f.closed {
		return nil
	}
	f.closed = true
	err := errors.Join(f.Flush(), f.file.Sync())
	if err = errors.Join(err, f.file.Close()); err != nil {
		return outputError(f.target.name, err)
	}
	if f.target.sums != nil {
		f.target.sums[f.name] = hex.EncodeToString(f.sum.Sum(nil))
	}
	f.Writer = nil // a run may have thousands of files
	return nil
}

// write prepares one file of the target. What goes to a device or pipe waits
// until all else is written.
func (w *writing) write(t *target, name string, render func(io.Writer) error) error {
	if t.through {
		text := &bytes.Buffer{}
		w.through = append(w.through, throughput{t, text})
		return render(text)
	}
	f, err := w.create(t, name)
	if err != nil {
		return err
	}
	if err := render(f); err != nil {
		return outputError(t.name, err)
	}
	return f.close()
}

// commit renames all outputs to their targets, or none.
func (w *writing) commit(ctx context.Context) error {
	for _, f := range w.open {
		if err := f.close(); err != nil {
			return err
		}
	}
	for _, t := range w.targets {
		if err := w.complete(t); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if w.amendment != nil {
		if err := w.amendment.prepare(ctx); err != nil {
			return err
		}
	}
	for i := range w.through {
		if err := w.through[i].send(ctx); err != nil {
			return err
		}
	}
	if err := sealAll(w.stages); err != nil {
		return err
	}
	if err := w.putAll(); err != nil {
		return err
	}
	if w.amendment != nil {
		if err := w.disk.step("amend", w.amendment.commit); err != nil {
			return w.undoFrom(len(w.stages)-1, -1, w.amendment.named(err))
		}
	}
	for _, s := range w.stages {
		s.settle()
	}
	w.abandon() // what was replaced
	return nil
}

// settle removes folders that are empty now, and syncs the others, so that the
// renames are durable.
func (s *stage) settle() {
	synced := map[string]bool{}
	for i, one := range s.steps {
		dir := filepath.Dir(s.to(i))
		for one.New == "" && dir != s.home && s.disk.remove(dir) == nil {
			dir = filepath.Dir(dir)
		}
		if !synced[dir] {
			synced[dir] = true
			s.disk.sync(dir)
		}
	}
}

// complete adds a folder's manifest and takes away what it holds no more. It
// looks again, since a run takes time: nothing of others' may be there now.
func (w *writing) complete(t *target) error {
	if t.through || !t.folder && t.exists == nil {
		return nil
	}
	if t.exists != nil || t.info == nil {
		if _, err := os.Lstat(t.path); err == nil {
			if t.exists != nil {
				return t.exists
			}
			return t.refused("another program has made it meanwhile", "run again")
		}
	}
	if t.folder && t.sums == nil {
		return w.syncFolder(t)
	}
	if !t.folder {
		return nil
	}
	if t.info != nil {
		listed, err := t.manifest()
		if err != nil {
			return err
		}
		s, err := w.stage(t)
		if err != nil {
			return outputError(t.name, err)
		}
		for name := range listed {
			if t.sums[name] == "" {
				s.steps = append(s.steps, renaming{To: name, name: t.name})
			}
		}
	}
	return w.write(t, manifestName, text(manifestText(t.sums)))
}

// syncFolder syncs what another package wrote.
func (w *writing) syncFolder(t *target) error {
	s, err := w.stage(t)
	if err != nil {
		return outputError(t.name, err)
	}
	return outputErrorOrNil(t.name, filepath.WalkDir(s.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || e.Name() == lockName {
			return err
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	}))
}

// send writes an output to a device or pipe.
func (t *throughput) send(ctx context.Context) error {
	f, err := t.open(ctx)
	if err != nil {
		return outputError(t.target.name, err)
	}
	stopped := context.AfterFunc(ctx, func() { _ = f.Close() })
	_, err = f.Write(t.text.Bytes())
	if !stopped() {
		return ctx.Err()
	}
	return outputErrorOrNil(t.target.name, errors.Join(err, f.Close()))
}

// open waits for the reader of a named pipe, but no longer than the run lasts: a
// signal would not end the wait of the system's own call.
func (t *throughput) open(ctx context.Context) (*os.File, error) {
	if t.target.info.Mode()&fs.ModeNamedPipe == 0 {
		return os.OpenFile(t.target.path, os.O_WRONLY, 0)
	}
	for {
		f, err := os.OpenFile(t.target.path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if !errors.Is(err, syscall.ENXIO) {
			return f, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(renameTimeout / 40):
		}
	}
}

// putAll does every renaming, or none.
func (w *writing) putAll() error {
	for k, s := range w.stages {
		for i := range s.steps {
			err := w.put(s, i)
			if err == nil {
				continue
			}
			return w.undoFrom(k, i, w.replaceError(s.steps[i].name, err))
		}
	}
	return nil
}

// undoFrom reverts the renamings of the stages up to number k, and of that up to step i
// or, where i is below 0, to the last. It returns err with what went wrong on the way.
func (w *writing) undoFrom(k, i int, err error) error {
	for back := k; back >= 0; back-- {
		from := len(w.stages[back].steps) - 1
		if back == k && i >= 0 {
			from = i
		}
		if undone := w.undo(w.stages[back], from); undone != nil {
			err = errors.Join(err, undone)
		}
	}
	return err
}

// put does one renaming. What was there is kept in the stage until all is done:
// linked where the file system has links, so that there is no moment without.
func (w *writing) put(s *stage, i int) error {
	one, to, old := s.steps[i], s.to(i), s.old(i)
	if err := w.disk.mkdirAll(filepath.Dir(to), one.mode|0o700); err != nil {
		return err
	}
	if _, err := os.Lstat(to); err == nil {
		switch {
		case one.Fresh:
			return fs.ErrExist
		case one.New == "":
			return w.move(to, old)
		case !keepsByLink || w.disk.link(to, old) != nil:
			if err := w.move(to, old); err != nil {
				return err
			}
		}
	} else if one.New == "" {
		return nil
	}
	from := filepath.Join(s.dir, one.New)
	if one.Fresh { // a link never replaces; a folder has none
		if err := w.disk.link(from, to); err == nil || errors.Is(err, fs.ErrExist) {
			return err // the stage is removed with its name of it
		}
	}
	return w.move(from, to)
}

// undo reverts the renamings, the last first; which of them were done is seen from
// the files that are there.
func (w *writing) undo(s *stage, last int) (failed error) {
	for i := last; i >= 0; i-- {
		one, err := s.steps[i], error(nil)
		staged := filepath.Join(s.dir, one.New)
		if _, kept := os.Lstat(s.old(i)); kept == nil {
			err = w.move(s.old(i), s.to(i))
		} else if one.New != "" && sameFile(staged, s.to(i)) {
			err = w.disk.remove(s.to(i))
		} else if _, gone := os.Lstat(staged); one.New != "" && gone != nil {
			err = w.move(s.to(i), staged)
		}
		if err != nil {
			s.unfinished = true
			failed = errors.Join(failed, fmt.Errorf("%s could not be put back: the next run with the same outputs finishes it", one.name))
		}
	}
	return failed
}

// sameFile reports whether two names are of one file.
func sameFile(a, b string) bool {
	first, err := os.Lstat(a)
	second, other := os.Lstat(b)
	return err == nil && other == nil && os.SameFile(first, second)
}

// move renames, and tries for a while where another program has the file open.
func (w *writing) move(from, to string) error {
	for end := time.Now().Add(renameTimeout); ; time.Sleep(renameTimeout / 40) {
		err := w.rename(from, to)
		if err == nil || !w.inUse(err) || time.Now().After(end) {
			return err
		}
	}
}

func (w *writing) replaceError(name string, err error) error {
	if w.inUse(err) {
		return fail(exitOutput, errors.New("could not write "+name+": it is open in another program"), "close it there, and run again; nothing was replaced")
	}
	return outputError(name, err)
}

// abandon removes what commit has not put in place.
func (w *writing) abandon() {
	if w == nil {
		return
	}
	for _, f := range w.open {
		if !f.closed {
			f.closed = true
			_ = f.file.Close()
		}
	}
	if w.amendment != nil {
		w.amendment.rollback()
	}
	for _, s := range w.stages {
		s.remove()
	}
	w.stages = nil
}

// writable says why the file at path may not be written to; an administrator
// may write to any, but it was closed for a reason.
func (t *target) writable(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		err = f.Close()
	}
	if err != nil && inUse(err) && !errors.Is(err, fs.ErrPermission) {
		return t.refused("it is open in another program", "close it there, and run again")
	}
	if st, lost := os.Stat(path); err != nil || lost != nil || st.Mode().Perm()&0o222 == 0 {
		return t.refused("it may not be written to", "change its permissions, or give another name")
	}
	return nil
}
