package mapping

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// A setPlace is where a file stands in the series of sets.
type setPlace struct {
	// apart names the series and order the set; a file of changes covers from since
	// until, where that is stated.
	apart, order, since, until string
	// full says that the file holds the whole table, change that it holds changes
	// alone; neither where nothing says so.
	full, change bool
}

// named is the place of a file by what its name captures.
func (o *Sets) named(f *bound) setPlace {
	p := setPlace{apart: f.captured[o.Apart], order: f.captured[o.Order]}
	if kind := f.captured[o.Kind]; kind != "" {
		p.change = slices.Contains(o.Change, strings.ToUpper(kind))
		p.full = !p.change
	}
	return p
}

// readManifests finds the place of every file: by its name, or by the manifest in its
// folder.
func (b *bindings) readManifests(ctx context.Context) error {
	sets := b.system.Sets
	for _, f := range b.all() {
		f.place = sets.named(f)
	}
	m := sets.Manifest
	if m == nil {
		return nil
	}
	if len(b.files[m.From]) == 0 {
		return &RefusedError{
			Message: "there is no " + m.From + " among the files: the system writes it last, so the export was not finished, or not copied whole",
			Hint:    "export or copy it again, with all of its files",
		}
	}
	for _, f := range b.files[m.From] {
		if err := b.readManifest(ctx, m, f); err != nil {
			return err
		}
	}
	for _, f := range b.all() {
		if f.place.order == "" && f.source != m.From && len(b.system.Sources[f.source].Key) > 0 {
			return &RefusedError{
				Message: fmt.Sprintf("%s is in no list of the files of a set", shown(label(f.file))),
				Hint:    "give the files as they were exported, each set in a folder of its own",
			}
		}
	}
	return nil
}

// readManifest notes what one manifest says of the files in its folder.
func (b *bindings) readManifest(ctx context.Context, m *Manifest, f *bound) error {
	columns, ok := f.columns([]string{m.File, m.Change, m.Until, m.Since})
	if !ok {
		return &RefusedError{
			Message: fmt.Sprintf("%s lacks one of the columns %s", shown(label(f.file)), strings.Join([]string{m.File, m.Change, m.Until, m.Since}, ", ")),
			Hint:    "export it again",
		}
	}
	beside := map[string]*bound{}
	for _, other := range b.all() {
		if other.file.Folder == f.file.Folder {
			beside[folded(other.file.Stem)] = other
		}
	}
	var missing []string
	err := f.each(ctx, columns, func(r *rows, i int) error {
		name := string(r.cells[0].at(i))
		name = strings.TrimSuffix(name, filepath.Ext(name))
		change := strings.HasPrefix(strings.ToUpper(string(r.cells[1].at(i))), "Y")
		until := string(r.cells[2].at(i))
		f.place.order = max(f.place.order, until)
		other := beside[folded(name)]
		if other == nil {
			if b.named(name) && !b.present(f.file.Folder, name) {
				missing = append(missing, shown(name))
			}
			return nil
		}
		other.place = setPlace{order: until, until: until, change: change, full: !change}
		if change {
			other.place.since = string(r.cells[3].at(i))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		return &RefusedError{
			Message: fmt.Sprintf("%s lists %s, which is not there", shown(label(f.file)), strings.Join(missing, ", ")),
			Hint:    "the export was not copied whole: copy or export it again",
		}
	}
	b.sameUntil(f)
	return nil
}

// sameUntil gives all files of a manifest the time of its last one, so that they are one
// set.
func (b *bindings) sameUntil(manifest *bound) {
	for _, f := range b.all() {
		if f.file.Folder == manifest.file.Folder && f.place.order != "" {
			f.place.order = manifest.place.order
		}
	}
}

// named reports whether a table of the system has the name, and fills something.
func (b *bindings) named(name string) bool {
	for _, source := range sortedKeys(b.system.Sources) {
		if b.system.Sources[source].pattern.MatchString(name) && b.fills(source) {
			return true
		}
	}
	return false
}

// present reports whether some file of the folder has the name, though it is not read.
func (b *bindings) present(folder, name string) bool {
	for _, f := range slices.Concat(b.unused, b.unknown) {
		if f.Folder == folder && folded(f.Stem) == folded(name) {
			return true
		}
	}
	return false
}
