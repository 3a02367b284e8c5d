package rules

import (
	"bytes"
	"io/fs"
	"maps"
	"path"
	"strings"
)

// Texts are the files of a folder that a catalogue is loaded from, by name: what bears
// on a result, and nothing else that may lie there. Those of a whole catalogue have its
// schemes.
func (f Folder) Texts(whole bool) (map[string][]byte, error) {
	patterns := []string{"definitions.yaml", "prevalence.yaml", "codelists/*.csv", "codelists/*.yaml", "*/*.md"}
	if whole {
		patterns = append(patterns, "schemes/*.yaml")
	}
	if f.ListsOnly {
		patterns = []string{"*.csv", "*.yaml"}
	}
	out := map[string][]byte{}
	for _, pattern := range patterns {
		names, err := fs.Glob(f.FS, pattern)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if strings.HasSuffix(name, ".md") && !isPage(name) {
				continue
			}
			if out[name], err = fs.ReadFile(f.FS, name); err != nil {
				return nil, &Error{File: f.label(name), Message: "cannot be read"}
			}
		}
	}
	return out, nil
}

// holds reports whether the folder has just the texts of another, all that bear on a
// result.
func (f Folder) holds(other Folder) bool {
	have, err := f.Texts(false)
	if err != nil {
		return false
	}
	want, err := other.Texts(false)
	return err == nil && maps.EqualFunc(have, want, bytes.Equal)
}

// isPage reports whether a Markdown file one folder down is the page of a rule.
func isPage(name string) bool {
	return path.Base(name) != "README.md" && !strings.HasPrefix(name, "codelists/") && !strings.HasPrefix(name, "schemes/")
}

// LoadKept reads a catalogue from the texts that were kept of one, under the version that
// it had. It is not held to what the published one is held to, since cases are not
// kept. The digests are those of the catalogue. The error is as Load's.
func LoadKept(version string, base Folder, more ...Folder) (*Catalogue, error) {
	ours := Published()
	base.filedAs = ours.Name
	if base.holds(ours) { // what was proven and worked out of the published texts holds of equal ones
		base.Proven, base.compiled = ours.Proven, ours.compiled
	}
	c, err := Load(append([]Folder{base}, more...)...)
	if err != nil {
		return nil, err
	}
	c.home, c.Version = &base, version
	return c, nil
}
