package rules

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// requirePositions fails unless every fault names the file and a place in it.
func requirePositions(t *testing.T, file string, text []byte, err error) {
	t.Helper()
	if err == nil {
		return
	}
	lines := strings.Count(string(text), "\n") + 1
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		var fault *Error
		require.True(t, errors.As(e, &fault), "%v", e)
		require.Equal(t, file, fault.File)
		require.LessOrEqual(t, fault.Line, lines)
		require.GreaterOrEqual(t, fault.Line, 0)
		require.True(t, fault.Line == 0 || fault.Column > 0)
		require.NotEmpty(t, fault.Message)
	}
}

func FuzzRule(f *testing.F) {
	f.Add([]byte(goodPage))
	f.Add([]byte("---\nid: a/b\nwhere: >-\n  x\n\n  y\n---\n"))
	f.Add([]byte("---\n- a\n- {b: [c, &d e]}\n---\n## A\n```\n# b\n```\n"))
	f.Add([]byte("---\nthreshold: {tiers: [1%, 2%]}\none_of: [[a, b]]\n---"))
	pages, err := fs.Glob(published, "*/*.md")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range pages {
		text, err := fs.ReadFile(published, name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var noted faults
		r := parseRule("medication/dose-recorded.md", newTextFile("f.md", text, nil), &noted)
		err := noted.err()
		require.Equal(t, r == nil, err != nil)
		requirePositions(t, "f.md", text, err)
		if r == nil {
			return
		}
		require.Equal(t, "medication/dose-recorded", r.ID)
		for _, c := range []struct {
			text string
			line int
		}{{r.Source.Where, r.Source.WhereLine}, {r.Source.Expect, r.Source.ExpectLine}, {r.Source.Exclude, r.Source.ExcludeLine}} {
			if c.text != "" {
				require.Positive(t, c.line)
				require.LessOrEqual(t, c.line, strings.Count(string(text), "\n")+1)
			}
		}
	})
}

func FuzzCodelist(f *testing.F) {
	f.Add([]byte("system,code,term\nsct,322236009,\"a, b\"\n"))
	f.Add([]byte("\ufeffsystem,code,term\r\nread2,H33..,\r\n"))
	f.Add([]byte("system,code,term\nlocal,\"a\nb\",\"c\"\"\n"))
	f.Add([]byte("system,code,term\nread2,G30..,\"a \"\"b\"\"\"\nread2,H33..,c\nctv3,H33..,"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var noted faults
		entries := parseEntries("f.csv", text, &noted)
		requirePositions(t, "f.csv", text, noted.err())
		if ordered, ok := orderedEntries(string(text)); ok {
			require.Equal(t, anyEntries("f.csv", text, &noted), ordered)
			require.NoError(t, noted.err())
		}
		seen := map[[2]string]bool{}
		for _, e := range entries {
			require.NotEmpty(t, e.Code)
			require.Contains(t, CodeSystems, e.System)
			id := [2]string{e.System, e.Code}
			require.False(t, seen[id])
			seen[id] = true
			e.want()
		}
	})
}

func FuzzScheme(f *testing.F) {
	f.Add([]byte(goodScheme))
	f.Add([]byte("id: a\nextends: base\ndrop: [x]\naccreditations:\n- needs: [a]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := LoadScheme("f.yaml", text, &Catalogue{})
		require.Equal(t, s == nil, err != nil)
	})
}
