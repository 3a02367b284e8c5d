package rules

import (
	"embed"
	"io/fs"
)

// Version is the version of the embedded catalogue. It rises when the meaning
// of a published rule changes, and the rule's page says so under "History".
const Version = "2026.1"

//go:embed definitions.yaml prevalence.yaml codelists/*.csv codelists/*.yaml schemes/*.yaml */*.md */testdata/*.txtar
var published embed.FS

// Published returns the folder of the embedded catalogue.
func Published() Folder {
	return Folder{FS: fs.FS(published), Name: "rules", Strict: true, Proven: true, compiled: readCompiled(catalogue)}
}

// LoadWhole reads a whole catalogue, schemes and all, in place of the published one,
// and adds further folders to it. It is held to what the published one is held to.
// The digest is of what the folder holds, whatever it is called. The error is as
// Load's.
func LoadWhole(base Folder, more ...Folder) (*Catalogue, error) {
	base.Strict, base.filedAs = true, Published().Name
	c, err := Load(append([]Folder{base}, more...)...)
	if err != nil {
		return nil, err
	}
	c.home, c.Version = &base, Version+"+local"
	return c, nil
}

// Embedded returns the embedded catalogue, with the rules, definitions and code
// lists of further folders added to it. The error is as Load's.
func Embedded(more ...Folder) (*Catalogue, error) {
	return Load(append([]Folder{Published()}, more...)...)
}
