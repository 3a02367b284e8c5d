package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// laid writes files, with slashes in their names, below a new folder.
func laid(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return root
}

func TestLicencesOfAModule(t *testing.T) {
	root := laid(t, map[string]string{
		"LICENSE":           "MIT\n",
		"NOTICE.txt":        "Made by somebody.\n",
		"licences_test.go":  "package module",
		"part/deep/deep.go": "package deep",
		"part/COPYING":      "BSD\n",
		"other/LICENSE":     "not linked\n",
	})
	owners := map[string][]string{}
	p := linkedPackage{filepath.Join(root, "part", "deep"), &linkedModule{Path: "example.org/m", Version: "v1.0.0", Dir: root}}
	require.NoError(t, p.collect(owners))
	require.NoError(t, p.collect(owners), "another target")
	require.Equal(t, map[string][]string{
		"MIT\n":               {"example.org/m v1.0.0"},
		"Made by somebody.\n": {"example.org/m v1.0.0"},
		"BSD\n":               {"example.org/m v1.0.0, part"},
	}, owners)
}

func TestAModuleWithoutALicenceIsRefused(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"nothing":             {"m.go": "package m"},
		"a notice alone":      {"m.go": "package m", "NOTICE": "Made by somebody."},
		"patents alone":       {"m.go": "package m", "PATENTS": "Granted."},
		"code about licences": {"m.go": "package m", "license.go": "package m"},
	} {
		root := laid(t, files)
		p := linkedPackage{root, &linkedModule{Path: "example.org/m", Version: "v1.0.0", Dir: root}}
		require.ErrorContains(t, p.collect(map[string][]string{}), "example.org/m v1.0.0 has no file of its licence", name)
	}
}

func TestATextThatWorksShareStandsOnce(t *testing.T) {
	owners := map[string][]string{}
	add(owners, "\nMIT\r\nas is\r\n", "z v1")
	add(owners, "MIT\nas is\n\n", "a v2")
	add(owners, "Apache", "b v1")
	var first, second bytes.Buffer
	writeTexts(&first, owners)
	require.Equal(t, rule+"a v2\nz v1\n\nMIT\nas is\n"+rule+"b v1\n\nApache\n", first.String())
	writeTexts(&second, owners)
	require.Equal(t, first.String(), second.String())
}

// Each published list is passed on with the program, so each has terms.
func TestEveryCodeListHasTerms(t *testing.T) {
	lists, err := codelistLicences()
	require.NoError(t, err)
	var b bytes.Buffer
	writeTexts(&b, lists)
	require.Contains(t, b.String(), "\nasthma. SNOMED CT: NHS England")
	require.Contains(t, b.String(), "SNOMED International")
}
