package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
)

// own is a file that an archive has for its system alone.
func own(t *testing.T, system, name string) file {
	t.Helper()
	files, err := beside(target{system, "amd64"}, "v1.2.3")
	require.NoError(t, err)
	at := slices.IndexFunc(files, func(f file) bool { return f.name == name })
	require.GreaterOrEqual(t, at, 0)
	return files[at]
}

// Three steps, in lines that Notepad ends and shows whole.
func TestWindowsIsToldHowToBegin(t *testing.T) {
	text := string(own(t, "windows", "READ ME FIRST.txt").text)
	require.Equal(t, strings.Count(text, "\n"), strings.Count(text, "\r\n"))
	require.Len(t, regexp.MustCompile(`(?m)^\d\. `).FindAllString(text, -1), 3)
	for line := range strings.Lines(text) {
		require.LessOrEqual(t, len(strings.TrimRight(line, "\r\n")), 80)
	}
	require.Contains(t, documents, "docs/for-it.md", "it names the page")
	for _, c := range text {
		require.Less(t, c, rune(128), "a program that knows no Unicode shows it too")
	}
	require.LessOrEqual(t, fixture.NewReader().Grade(text), hardest)
}

// hardest is the grade that no text for a practice may be above: that of readers of twelve.
const hardest = 7.0

// What a practice manager reads to get the program on Windows is as easy, and comes first.
func TestHowToGetItCanBeRead(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "install.md"))
	require.NoError(t, err)
	_, windows, found := strings.Cut(string(text), "\n## Windows\n")
	require.True(t, found)
	windows, rest, found := strings.Cut(windows, "\n## ")
	require.True(t, found)
	require.True(t, strings.HasPrefix(rest, "macOS\n"), "Windows comes first")
	windows = regexp.MustCompile(`(?m)^ {4,}.*$|^#.*$|^\d\. |\]\([^)]*\)|[*\[\]]`).ReplaceAllString(windows, "")
	windows = regexp.MustCompile("`[^`]*`").ReplaceAllString(windows, "name")
	require.Greater(t, len(windows), 1000)
	require.LessOrEqual(t, fixture.NewReader().Grade(windows), hardest)
}

// The two pages are read out of the archive, so what they link to is in it.
func TestLinksOfThePagesLeadIntoTheArchive(t *testing.T) {
	for _, name := range []string{"docs/install.md", "docs/for-it.md"} {
		text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
		require.NoError(t, err)
		links := regexp.MustCompile(`\]\(([^)#]+)\)`).FindAllStringSubmatch(string(text), -1)
		require.NotEmpty(t, links, name)
		for _, link := range links {
			require.Contains(t, documents, path.Join("docs", link[1]), name)
		}
	}
}

// The file that opens the page on macOS may be run, and runs the program beside it.
func TestMacOSHasAFileThatOpensThePage(t *testing.T) {
	f := own(t, "darwin", "paperlight.command")
	require.True(t, f.program)
	require.True(t, strings.HasPrefix(string(f.text), "#!/bin/sh\n"))
	require.Contains(t, string(f.text), "\nexec ./paperlight serve\n")
	require.NotContains(t, string(f.text), "\r")
}

// instructions are those of a Containerfile, their lines put together.
func instructions(text string) (out [][]string) {
	text = regexp.MustCompile(`(?m)^#.*\n`).ReplaceAllString(text, "")
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		if words := strings.Fields(line); len(words) > 0 {
			out = append(out, words)
		}
	}
	return out
}

// The image fetches nothing, holds what its archive has and no more, and runs as
// nobody: docs/install.md and docs/for-it.md say so.
func TestTheImageKeepsItsPromises(t *testing.T) {
	text := string(own(t, "linux", "Containerfile").text)
	require.Contains(t, text, "\nARG VERSION=v1.2.3\n")
	held := append(slices.Clone(documents), "paperlight")
	var copied []string
	var kinds []string
	var user, start string
	for _, one := range instructions(text) {
		kind, rest := one[0], one[1:]
		kinds = append(kinds, kind)
		switch kind {
		case "FROM":
			require.Equal(t, []string{"scratch"}, rest, "nothing to fetch, and nothing to pin")
		case "COPY":
			for _, from := range rest[:len(rest)-1] {
				require.Contains(t, held, from, "only what lies in the archive is copied")
				copied = append(copied, "!"+from)
			}
		case "USER":
			user = rest[0]
		case "ENTRYPOINT":
			start = strings.Join(rest, " ")
		}
	}
	require.Equal(t, []string{"FROM", "ARG", "LABEL", "COPY", "COPY", "USER", "ENTRYPOINT", "CMD"}, kinds, "no ADD, which may fetch, no RUN, no VOLUME, no EXPOSE")
	handed := strings.Fields(regexp.MustCompile(`(?m)^#.*$`).ReplaceAllString(string(own(t, "linux", ".dockerignore").text), ""))
	require.Equal(t, append([]string{"*"}, copied...), handed, "the builder is handed that alone")
	require.Regexp(t, `^[1-9]\d{3,}:[1-9]\d{3,}$`, user, "by number, and not root")
	require.Equal(t, `["/paperlight"]`, start)
	for _, label := range []string{"title", "description", "licenses", "version"} {
		require.Contains(t, text, "org.opencontainers.image."+label+"=")
	}
}

// What was unpacked can be held against the list that came with it: every file, and no other.
func TestEveryFileOfAnArchiveIsInItsSums(t *testing.T) {
	program := file{name: "paperlight", text: []byte("\x7fELF"), program: true}
	for _, system := range targets {
		files, err := entries(system, "v1.2.3", contents()[:1], program)
		require.NoError(t, err)
		var want strings.Builder
		for _, f := range files[:len(files)-1] {
			fmt.Fprintf(&want, "%x  %s\n", sha256.Sum256(f.text), f.name)
		}
		last := files[len(files)-1]
		require.Equal(t, "SHA256SUMS", last.name)
		require.Equal(t, want.String(), string(last.text))
		own, err := beside(system, "v1.2.3")
		require.NoError(t, err)
		require.Len(t, files, 1+len(own)+2, "%s: the documents, its own, the program, the sums", system)
	}
}
