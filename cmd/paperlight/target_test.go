package main

import (
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// As a shell of Windows passes on "C:\\export\\" --quiet, and *.csv.
func TestPathsThatNobodyMeantAreExplained(t *testing.T) {
	for path, want := range map[string][2]string{ // elsewhere, on Windows
		`C:\export" --quiet`:         {"backslash before a quote", "backslash before a quote"},
		`C:\export" -h`:              {"backslash before a quote", "backslash before a quote"},
		`C:\export"`:                 {"backslash before a quote", "backslash before a quote"},
		`C:\export" D:\more`:         {"", "backslash before a quote"},
		`*.csv`:                      {"", "does not expand patterns"},
		`C:\export\patients-?.csv`:   {"", "does not expand patterns"},
		`C:\export`:                  {"", ""},
		`\\server\share\it's export`: {"", ""},
	} {
		for i, windows := range []bool{false, true} {
			if hint := pathHint(path, windows); want[i] == "" {
				require.Empty(t, hint, path)
			} else {
				require.Contains(t, hint, want[i], path)
			}
		}
	}
	for _, args := range [][]string{{"check", `no" --quiet`}, {"inspect", "no*.csv"}, {"bench", `no"`}, {"explain", "MED-009", `no" --quiet`}, {"declare", "new", "no?"}} {
		r := paperlight(t, args...)
		require.Equal(t, exitInput, r.code, args)
		require.Contains(t, r.err, "hint: ", args)
		require.NotContains(t, r.err, "--help lists", args)
	}
	folder, _ := made(t, "--patients", "60")
	for _, flag := range []string{"--worklist", "--format"} {
		value := filepath.Join(t.TempDir(), `out" --quiet`)
		if flag == "--format" {
			value = "html=" + value
		}
		r := paperlight(t, "check", folder, flag, value)
		require.Equal(t, exitUsage, r.code, r.err)
		require.Contains(t, r.err, "not the name of an output\nhint: a backslash before a quote")
	}
}

// A folder may be named with a separator behind it, of either kind where the system
// has two.
func TestFoldersAreNamedAsPeopleTypeThem(t *testing.T) {
	dir := t.TempDir()
	separators := []string{"", "/", "//", "/."}
	if runtime.GOOS == "windows" {
		separators = append(separators, `\`, `\\`, `\.`, `/\`)
	}
	for _, separator := range separators {
		lists, err := folderTarget("--worklist", filepath.Join(dir, "lists")+separator)
		require.NoError(t, err, separator)
		require.Equal(t, "lists", lists.name, separator)
		require.Equal(t, "lists", filepath.Base(lists.path), separator)
		require.NoError(t, lists.ready(), separator)
		if separator != "" {
			_, err = fileTarget("--format html", filepath.Join(dir, "r.html")+separator)
			require.ErrorContains(t, err, "names a folder", separator)
		}
	}
}
