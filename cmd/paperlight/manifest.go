package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"paperlight/analyzer/source"
)

// manifestName is the file of a folder of ours that lists the others, as
// sha256sum does. Only what it lists, and nobody changed since, is replaced.
const manifestName = "manifest.sha256"

// maxManifest bounds the bytes of a manifest.
const maxManifest = 4 << 20

func manifestText(sums map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		fmt.Fprintf(&b, "%s  %s\n", sums[name], name)
	}
	return b.String()
}

// readManifest returns what the folder's manifest lists; a folder without one
// lists nothing.
func readManifest(folder string) (map[string]string, error) {
	sums := map[string]string{}
	name := filepath.Join(folder, manifestName)
	st, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && (!st.Mode().IsRegular() || st.Size() > maxManifest) {
		return sums, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		sum, name, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "  ")
		if ok && len(sum) == 2*sha256.Size && fs.ValidPath(name) {
			sums[name] = sum
		}
	}
	return sums, nil
}

// manifest returns what the target folder's manifest lists and is there still.
// It refuses a folder that holds anything else.
func (t *target) manifest() (listed map[string]string, err error) {
	listed, err = readManifest(t.path)
	if err != nil {
		return nil, outputError(t.name, err)
	}
	there := map[string]string{}
	err = filepath.WalkDir(t.path, func(full string, e fs.DirEntry, err error) error {
		if err != nil {
			return outputError(t.name, err)
		}
		if full == t.path {
			return nil
		}
		below, err := filepath.Rel(t.path, full)
		if err != nil {
			return outputError(t.name, err)
		}
		name := filepath.ToSlash(below)
		switch {
		case name == manifestName && e.Type().IsRegular(), e.Type().IsRegular() && source.Strewn(e.Name()):
			return nil
		case e.IsDir() && isStage(full):
			return fs.SkipDir
		case e.IsDir() && (leads(listed, name) || leads(t.own, name)):
			return nil
		}
		mine, known := listed[name]
		if !e.Type().IsRegular() || !known && t.own[name] == "" {
			return fail(exitOutput, fmt.Errorf("the folder %s holds %s, which this program did not write", t.name, name), "move it away, or give another folder")
		}
		sum, err := fileSum(full)
		if err != nil {
			return outputError(t.name, err)
		}
		if sum != mine && sum != t.own[name] {
			return fail(exitOutput, fmt.Errorf("the folder %s holds %s, which was changed since it was written", t.name, name), "move it away, or give another folder")
		}
		there[name] = sum
		return t.writable(full)
	})
	return there, err
}

// leads reports whether a name of sums lies in folder.
func leads(sums map[string]string, folder string) bool {
	for name := range sums {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if dir == folder {
				return true
			}
		}
	}
	return false
}

func fileSum(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func textSum(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
