package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"paperlight/analyzer/visible"
)

// A target is where an output goes. It is looked at before anything is read,
// so that no run ends, after minutes, with nowhere to write.
type target struct {
	flag string // what asked for it: "--worklist"
	name string // its base name, for messages
	path string // absolute and without links; nothing need be there
	info fs.FileInfo
	// folder says that it takes many files, which a manifest lists; linked that its
	// name is a link, wherever that leads.
	folder, linked bool
	// through says that a device or pipe is there: written to, never replaced.
	through bool
	// exists, where not nil, refuses to replace what is there.
	exists error
	// public files hold nothing of patients, and others may read them; folders
	// above them are made.
	public, above bool
	// own are the checksums of what is about to be written, by name: a file that
	// holds just that is no loss.
	own map[string]string
	// sums are the checksums of what was written into a folder so far.
	sums map[string]string
}

// An inputPath is a file or folder that is read, and what it is.
type inputPath struct{ what, path string }

// fileTarget and folderTarget find where path leads.
func fileTarget(flag, path string) (*target, error) {
	t := &target{flag: flag}
	if path != "" && os.IsPathSeparator(path[len(path)-1]) || dotted(path) {
		return nil, fail(exitOutput, fmt.Errorf("%s %s: names a folder", flag, baseName(path)), "give the name of a file")
	}
	return t, t.find(path)
}

// dotted reports whether path ends as only a folder's does: in "/." or "/..".
func dotted(path string) bool {
	dir, last := filepath.Split(path)
	return dir != "" && (last == "." || last == "..")
}

func folderTarget(flag, path string) (*target, error) {
	t := &target{flag: flag, folder: true, sums: map[string]string{}}
	return t, t.find(path)
}

func (t *target) find(path string) error {
	t.name = baseName(path)
	if st, err := os.Stat(path); err == nil && !st.IsDir() && !st.Mode().IsRegular() {
		t.path, t.info, t.through = path, st, true
		return nil
	}
	full, err := resolve(path, 0)
	if err != nil {
		return t.refused(err.Error(), "give another name or folder")
	}
	t.path = full
	if st, err := os.Lstat(strings.TrimRightFunc(path, func(r rune) bool { return r == '/' || r == filepath.Separator })); err == nil {
		t.linked = st.Mode()&fs.ModeSymlink != 0
	}
	return t.look()
}

// look notes what is at the target's path now.
func (t *target) look() error {
	st, err := os.Lstat(t.path)
	if t.info = st; err == nil {
		return nil
	}
	t.info = nil
	// Before the error: Windows has one of its own for a name that cannot be.
	if hint := pathHint(t.path, runtime.GOOS == "windows"); hint != "" {
		return fail(exitUsage, fmt.Errorf("%s %s: not the name of an output", t.flag, t.name), hint)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return t.refused(err.Error(), "give another name or folder")
	}
	return nil
}

// baseName is the last name of a path as people type it, safe to print; "." and ".." by the
// folder that they are.
func baseName(path string) string {
	name := filepath.Base(path)
	if name == "." || name == ".." {
		if full, err := filepath.Abs(path); err == nil {
			name = filepath.Base(full)
		}
	}
	return visible.Line(name)
}

// resolve follows every link of path. What is not there yet stays as it is
// named, below what is.
func resolve(path string, depth int) (string, error) {
	if depth > 40 {
		return "", errors.New("its links lead in a circle")
	}
	for len(path) > 1 && os.IsPathSeparator(path[len(path)-1]) && filepath.VolumeName(path) != path[:len(path)-1] {
		path = path[:len(path)-1]
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return filepath.Abs(real)
	}
	dir, base := filepath.Split(path)
	if base == "" || base == "." || base == ".." || dir == path {
		return filepath.Abs(path)
	}
	if dir == "" {
		dir = "."
	}
	dir, err := resolve(dir, depth+1)
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, base)
	if link, err := os.Readlink(path); err == nil {
		if !filepath.IsAbs(link) {
			link = filepath.Join(dir, link)
		}
		return resolve(link, depth+1)
	}
	return path, nil // no link, or not there
}

// pathHint says what went wrong where a path looks as no one would type it. Neither a
// quote nor a pattern is in a name on Windows, nor, mostly, in one of a file that is
// not there.
func pathHint(path string, windows bool) string {
	switch {
	case windows && strings.Contains(path, `"`) || strings.Contains(path, `" -`) || strings.HasSuffix(path, `"`):
		return `a backslash before a quote makes the quote, and what follows, a part of the path: leave that backslash out, as in "C:\export"`
	case windows && strings.ContainsAny(path, "*?"):
		return "nothing fits this pattern, or the shell does not expand patterns: name the folder, or each file"
	}
	return ""
}

// apart refuses targets that are, lie in or lead to what is read, and two
// targets at one place.
func apart(inputs []inputPath, targets []*target) error {
	for i, t := range targets {
		for _, in := range inputs {
			if t.leadsTo(in.path, 0) || t.holds(in.path) {
				return fail(exitUsage, fmt.Errorf("%s %s: would be written over, or among, what is read: %s", t.flag, t.name, in.what),
					"give a name or folder away from what is read")
			}
		}
		for _, other := range targets[:i] {
			if t.same(other) || t.in(other) || other.in(t) {
				return fail(exitUsage, fmt.Errorf("%s %s and %s %s: both would be written at one place", other.flag, other.name, t.flag, t.name),
					"give each output a place of its own")
			}
		}
	}
	return nil
}

// maxLevels bounds how deep folders that are read are searched for the target:
// links may lead round.
const maxLevels = 8

// leadsTo reports whether the target is the file or folder at path, lies in it
// or is another name of a file in it.
func (t *target) leadsTo(path string, level int) bool {
	st, err := os.Stat(path)
	if err != nil || level > maxLevels {
		return false
	}
	if t.info != nil && os.SameFile(st, t.info) {
		return true
	}
	if !st.IsDir() {
		return false
	}
	if under(t.path, st) {
		return true
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if e.Type().IsRegular() && (t.info == nil || !t.info.Mode().IsRegular()) {
			continue
		}
		if t.leadsTo(filepath.Join(path, e.Name()), level+1) {
			return true
		}
	}
	return false
}

// holds reports whether the target is a folder around path.
func (t *target) holds(path string) bool {
	if !t.folder || t.info == nil {
		return false
	}
	full, err := filepath.Abs(path)
	if err == nil && under(full, t.info) {
		return true
	}
	full, err = resolve(path, 0)
	return err == nil && under(full, t.info)
}

// under reports whether folder is one of those above path.
func under(path string, folder fs.FileInfo) bool {
	for {
		above := filepath.Dir(path)
		if above == path {
			return false
		}
		if st, err := os.Stat(above); err == nil && os.SameFile(st, folder) {
			return true
		}
		path = above
	}
}

// same reports whether two targets are one place. A character device, such as
// the null device, holds nothing that a second output could harm.
func (t *target) same(other *target) bool {
	if t.info != nil && other.info != nil {
		return os.SameFile(t.info, other.info) && t.info.Mode()&fs.ModeCharDevice == 0
	}
	return t.info == nil && other.info == nil && samePath(t.path, other.path)
}

// in reports whether the target lies in another, which is a folder.
func (t *target) in(folder *target) bool {
	if !folder.folder {
		return false
	}
	if folder.info != nil {
		return under(t.path, folder.info)
	}
	for above := filepath.Dir(t.path); above != filepath.Dir(above); above = filepath.Dir(above) {
		if samePath(above, folder.path) {
			return true
		}
	}
	return false
}

// samePath compares paths of which nothing need be there, as the system's file
// systems mostly do.
func samePath(a, b string) bool {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return strings.EqualFold(a, b)
	}
	return a == b
}

// ready reports why the target cannot be written, as far as that can be known
// beforehand.
func (t *target) ready() error {
	switch {
	case t.through && t.folder:
		return t.refused("it is not a folder", "give the name of a folder")
	case t.through:
		return nil
	case t.exists != nil && (t.info != nil || t.linked):
		return t.exists
	case t.info == nil && !t.above:
		if st, err := os.Stat(filepath.Dir(t.path)); err != nil || !st.IsDir() {
			return t.refused("there is no such folder to write it in", "make the folder first, or give another")
		}
	case t.info == nil:
	case t.folder && !t.info.IsDir():
		return t.refused("it is not a folder", "give the name of a folder")
	case t.folder:
		_, err := t.manifest()
		return err
	case t.info.IsDir():
		return t.refused("it is a folder", "give the name of a file")
	default:
		return t.writable(t.path)
	}
	return nil
}

func (t *target) refused(why, hint string) error {
	return fail(exitOutput, fmt.Errorf("could not write %s: %s", t.name, why), hint)
}

// home is the folder where outputs for the target are prepared: on the same
// file system, so that they are renamed and not copied.
func (t *target) home() string {
	if t.folder && t.info != nil {
		return t.path
	}
	for dir := filepath.Dir(t.path); ; dir = filepath.Dir(dir) {
		if st, err := os.Stat(dir); err == nil && st.IsDir() || dir == filepath.Dir(dir) || !t.above {
			return dir
		}
	}
}

// mode is that of a file at path: what is there may be kept closer.
func (t *target) mode(path string) fs.FileMode {
	if t.public {
		return 0o644
	}
	if st, err := os.Lstat(path); err == nil && st.Mode().IsRegular() {
		return 0o600 & st.Mode().Perm()
	}
	return 0o600
}

func (t *target) folderMode() fs.FileMode {
	if t.public {
		return 0o755
	}
	return 0o700
}
