package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"paperlight/analyzer/visible"
)

const (
	maxDescent = 8      // folders one below the other that are looked into for tables
	maxLooked  = 20_000 // entries that are looked at on the way
)

// descend returns the folder below dir that holds the tables, where nothing but a chain
// of folders leads to it; "" where they lie in dir. Several such folders are refused.
func (b *Bundle) descend(dir string) (string, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", err
	}
	defer root.Close()
	w := walk{fsys: root.FS()}
	at, passed := ".", []string(nil)
	for range maxDescent {
		folders, others, data := w.look(at)
		if data {
			break
		}
		var lead, found []string
		for _, f := range folders {
			if below := w.tablesBelow(f, 1); len(below) > 0 {
				lead, found = append(lead, f), append(found, below...)
			} else {
				others = append(others, f+"/")
			}
		}
		switch {
		case len(lead) == 0:
			return "", nil
		case len(found) > 1 && len(lead) > 1:
			return "", fault("the tables lie in several folders, such as %s and %s", visible.Name(found[0]), visible.Name(found[1])).
				hint("give one of them: the tables of one extract lie in one folder")
		}
		at, passed = lead[0], append(passed, others...)
	}
	if at == "." {
		return "", nil
	}
	b.Ignored = append(b.Ignored, passed...)
	return at, nil
}

// A walk looks for tables in folders.
type walk struct {
	fsys fs.FS
	seen int
}

// look lists the folders in a folder that may hold tables, and what else lies there;
// data says that it holds tables, or folders that hold their parts.
func (w *walk) look(folder string) (folders, others []string, data bool) {
	entries, err := fs.ReadDir(w.fsys, folder)
	if err != nil {
		return nil, nil, false
	}
	if keeperOf(entries) != "" {
		return nil, nil, true
	}
	for _, e := range entries {
		if w.seen++; w.seen > maxLooked {
			return nil, nil, true
		}
		name := path.Join(folder, e.Name())
		switch {
		case !e.IsDir() && holdsData(e.Name()):
			data = true
		case !e.IsDir():
			others = append(others, name)
		case e.Name()[0] == '.' || systemFolder(e.Name()):
			others = append(others, name+"/")
		default:
			folders = append(folders, name)
			data = data || w.holdsParts(name)
		}
	}
	return folders, others, data
}

// holdsData reports whether a file of this name holds a table, or is a list of
// checksums, which speaks of files from where it lies.
func holdsData(name string) bool {
	_, list := listForm(name)
	_, k, _ := classify(name)
	return list || k != kindNone && k != kindZip
}

// holdsParts reports whether the files of a folder may be parts of a table.
func (w *walk) holdsParts(folder string) bool {
	entries, err := fs.ReadDir(w.fsys, folder)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if w.seen++; w.seen > maxLooked {
			return true
		}
		if _, partition := (found{}).partitioned(e.Name()); e.IsDir() && partition || !e.IsDir() && holdsData(e.Name()) {
			return true
		}
	}
	return keeperOf(entries) != ""
}

// tablesBelow lists the folders at or below a folder that hold tables.
func (w *walk) tablesBelow(folder string, depth int) []string {
	folders, _, data := w.look(folder)
	if data {
		return []string{folder}
	}
	var out []string
	for _, f := range folders {
		if depth < maxDescent {
			out = append(out, w.tablesBelow(f, depth+1)...)
		}
	}
	return out
}

// keepers are programs that keep a table in a folder, by the folder of their own that
// lies in it. Old files stay beside those that count.
var keepers = map[string]string{"_delta_log": "Delta Lake", ".hoodie": "Apache Hudi"}

// keeperOf names the program that keeps the folder; empty where none does.
func keeperOf(entries []fs.DirEntry) string {
	for _, e := range entries {
		if keeper := keepers[e.Name()]; e.IsDir() && keeper != "" {
			return keeper
		}
	}
	return ""
}

func kept(keeper string) *DecodeError {
	return fault("is a table of %s: rows that were replaced lie beside those that count, and only its log tells them apart", keeper).
		hint(fmt.Sprintf("export its current version from the program that uses %s, as Parquet or CSV, into a folder of its own", keeper))
}

// tableOf is a folder that a program keeps.
func tableOf(keeper, folder string) Unread {
	return Unread{Name: folder, Stem: folder, Why: "it is a table of " + keeper, Err: within(folder, kept(keeper))}
}

// follow returns where a link in the folder leads, as a path of the root: a link that
// leads out of the folder is not followed.
func (l *listing) follow(name string) (string, error) {
	base, err := filepath.EvalSymlinks(l.dir)
	if err != nil {
		return "", err
	}
	target, err := filepath.EvalSymlinks(filepath.Join(l.dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return "", fault("is a link to a file that is not there").hint("copy the file itself into the extract")
	}
	if err != nil {
		return "", fault("is a link that cannot be followed").hint("copy the file itself into the extract")
	}
	inside, err := filepath.Rel(base, target)
	if err != nil || !filepath.IsLocal(inside) {
		return "", fault("is a link to a file outside the folder: copy the file itself").hint("copy what it leads to into the extract, in its place")
	}
	inside = filepath.ToSlash(inside)
	st, err := l.root.Stat(inside)
	switch {
	case err == nil && st.IsDir():
		return "", fault("is a link to a folder").hint("copy the folder itself, in its place")
	case err == nil && !st.Mode().IsRegular():
		return "", fault("is a link to something that is no file").hint("copy a file in its place")
	case strings.HasPrefix(inside, ".."):
		return "", fault("is a link to a file outside the folder: copy the file itself")
	}
	return inside, err
}
