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

// Embedded returns the embedded catalogue, with the rules, definitions and code
// lists of further folders added to it. The error is as Load's.
func Embedded(more ...Folder) (*Catalogue, error) {
	return Load(append([]Folder{Published()}, more...)...)
}
