package evidence

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

// A Bundle is the files of one, by name.
type Bundle struct {
	files map[string][]byte
	// spoilt are the files that could not be read whole: their archive holds something
	// else than it says.
	spoilt []string
}

// The files at the top of a bundle.
const (
	bagName       = "bagit.txt"
	infoName      = "bag-info.txt"
	readmeName    = "README.txt"
	statementName = "statement.json"
	payload256    = "manifest-sha256.txt"
	payload512    = "manifest-sha512.txt"
	tags256       = "tagmanifest-sha256.txt"
	// SignedName is the file that a signature is over. It has the digests of the lists
	// that have those of all others.
	SignedName = tags256
	// SignatureName is the file of the signature, where ssh-keygen puts it.
	SignatureName = tags256 + ".sig"
)

// payload is the folder of what the bundle is about.
const payload = "data/"

// The files below it.
const (
	reportName     = payload + "report.json"
	pageName       = payload + "report.html"
	runName        = payload + "run.json"
	logName        = payload + "log.jsonl"
	schemeName     = payload + "scheme.yaml"
	prevalenceName = payload + "prevalence.yaml"
	catalogueDir   = payload + "catalogue/"
)

// Names are those of the files, sorted.
func (b *Bundle) Names() []string { return slices.Sorted(maps.Keys(b.files)) }

// File is the content of a file; nil where there is none of this name.
func (b *Bundle) File(name string) []byte { return b.files[name] }

// inPayload are the names below data, sorted.
func (b *Bundle) inPayload() []string {
	return slices.DeleteFunc(b.Names(), func(name string) bool { return !strings.HasPrefix(name, payload) })
}

// below are the files of a folder, by their names in it.
func (b *Bundle) below(folder string) map[string][]byte {
	out := map[string][]byte{}
	for name, text := range b.files {
		if in, ok := strings.CutPrefix(name, folder); ok {
			out[in] = text
		}
	}
	return out
}

func sum256(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func sum512(text []byte) string {
	sum := sha512.Sum512(text)
	return hex.EncodeToString(sum[:])
}
