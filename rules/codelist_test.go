package rules

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
)

func TestReadCodelist(t *testing.T) {
	var noted faults
	got := parseEntries("review.csv", []byte("\ufeffsystem,code,term\r\nsct,322236009,\"Paracetamol, tablet\"\r\nbnf,0403,Antidepressants\r\nread2,H33..,Asthma\r\n"), &noted)
	require.NoError(t, noted.err())
	require.Equal(t, []Entry{
		{System: "sct", Code: "322236009", Term: "Paracetamol, tablet", Line: 2},
		{System: "bnf", Code: "0403", Term: "Antidepressants", Line: 3},
		{System: "read2", Code: "H33..", Term: "Asthma", Line: 4},
	}, got)
}

func TestBadCodelists(t *testing.T) {
	const head = "system,code,term\n"
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "r.csv:1:1: holds nothing\n    hint: begin with a line system,code,term"},
		{"other header", "code,term\n1,a\n", "r.csv:1:1: want the columns system, code and term\n    hint: begin with a line system,code,term"},
		{"fields", head + "sct,322236009,a, b\n", "r.csv:2:1: want 3 fields, found 4\n    hint: put a term that holds a comma in quotes"},
		{"system", head + "snomed,322236009,a\n", "r.csv:2:1: want one of sct, dmd, read2, ctv3, bnf, local as system"},
		{"no code", head + "sct,,a\n", "r.csv:2:5: the code is empty"},
		{"white space", head + "read2,H33.. ,a\n", "r.csv:2:7: the code has white space around it"},
		{"spreadsheet", head + "sct,1.36473E+15,a\n", "r.csv:2:5: want 6 to 18 digits\n    hint: a spreadsheet writes long codes as 1.2E+17; take the list from its source again"},
		{"long", head + "local," + strings.Repeat("x", 65) + ",a\n", "r.csv:2:7: the code is longer than 64 characters"},
		{"control", head + "local,x\x07y,a\n", "r.csv:2:7: a control character"},
		{"twice", head + "local,x,a\nlocal,x,b\n", "r.csv:3:1: the same code stands on line 2\n    hint: remove one"},
		{"not UTF-8", head + "local,\xff,a\n", "r.csv:1:1: not UTF-8 text\n    hint: save it as UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var noted faults
			parseEntries("r.csv", []byte(c.text), &noted)
			require.EqualError(t, noted.err(), c.want)
		})
	}
}

// Published lists of some length are read the quick way, and as CSV is read.
func TestOrderedListsAreReadAsCSVIs(t *testing.T) {
	names, err := fs.Glob(published, "codelists/*.csv")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		text, err := published.ReadFile(name)
		require.NoError(t, err)
		var noted faults
		want := anyEntries(name, text, &noted)
		require.NoError(t, noted.err())
		ordered, ok := orderedEntries(string(text))
		if !ok && len(want) < 50 {
			continue
		}
		require.True(t, ok, "%s: want entries by system (%s) and code", name, strings.Join(CodeSystems, ", "))
		require.Len(t, ordered, len(want), name)
		for i, e := range want {
			require.Equal(t, e, ordered[i], name)
		}
	}
	for name, text := range map[string]string{
		"a code twice": "local,a,x\nlocal,a,y\n", "codes in another order": "local,b,x\nlocal,a,y\n", "systems in another order": "read2,H33..,x\nsct,322236009,y\n",
		"a system again": "sct,322236009,x\nread2,H33..,x\nsct,322236010,y\n", "a quoted code": "local,\"a\",x\n", "a quote within": "local,a,x\"y\n", "four fields": "local,a,x,y\n",
		"a quote without its end": "local,a,\"x\nlocal,b,y\n", "quotes that are not doubled": "local,a,\"x\"y\"\n", "a line end of Windows": "local,a,x\r\n", "an empty line": "local,a,x\n\nlocal,b,y\n",
		"a fault": "local,,x\n",
	} {
		_, ok := orderedEntries("system,code,term\n" + text)
		require.False(t, ok, name)
	}
}

func TestProvenanceKeepsTextAsWritten(t *testing.T) {
	c, err := Load(folder(goodPage, "codelists/review.yaml", "title: Reviews\nsource: book\nrelease: 010\nlicence: none\nnotes: |\n  One.\n\n  Two.\n"))
	require.NoError(t, err)
	require.Len(t, c.Codelists, 1)
	require.Equal(t, "010", c.Codelists[0].Release, "not a number in base 8")
	require.Equal(t, "One.\n\nTwo.", c.Codelists[0].Notes)
}

func TestCodelistNamesAreChecked(t *testing.T) {
	_, err := Load(Folder{FS: fstest.MapFS{"My List.csv": {Data: []byte("system,code,term\n")}}, Name: "lists", ListsOnly: true})
	require.EqualError(t, err, "lists/My List.csv: want a name of small letters, digits and hyphens")
}

func TestListsSayWhatTheyCover(t *testing.T) {
	const csv, head = "system,code,term\nsct,322236009,a\nread2,H33..,b\n", "title: Reviews\nsource: book\nrelease: none\nlicence: none\n"
	load := func(codes, about string) (*Catalogue, error) {
		return Load(folder(goodPage, "codelists/review.csv", codes, "codelists/review.yaml", about))
	}
	for about, want := range map[string][]string{
		head:                            {"sct", "read2"},
		head + "covers: [read2]\n":      {"read2"},
		head + "covers: [read2, sct]\n": {"read2", "sct"},
		"":                              {"sct", "read2"},
		head + "supplements: review\n":  {"sct", "read2"},
	} {
		c, err := load(csv, about)
		require.NoError(t, err)
		require.Equal(t, want, c.Lists["review"].Covers)
	}
	c, err := load("system,code,term\n", head+"covers: [dmd]\n")
	require.NoError(t, err, "an empty list says what it is to cover")
	require.Equal(t, []string{"dmd"}, c.Lists["review"].Covers)
	const file = "local/codelists/review.yaml"
	for about, want := range map[string]string{
		"covers: [snomed]\n":     file + ":5:10: want one of sct, dmd, read2, ctv3, bnf, local",
		"covers: sct\n":          file + ":5:9: want a list of code systems\n    hint: write [sct, read2]",
		"covers: []\n":           file + ":5:9: want a list of code systems\n    hint: write [sct, read2]",
		"covers: [sct, sct]\n":   file + ":5:15: sct stands here twice\n    hint: remove one",
		"covers: [ctv3]\n":       file + ":5:10: the list has no code of ctv3\n    hint: remove it, or add the codes",
		"supplements: another\n": "local/codelists/review.csv: supplements \"another\", and there is no such code list",
	} {
		_, err := load(csv, head+about)
		require.EqualError(t, err, want)
	}
}

func TestListsAreOfTheSystemsThatRowsMayBeIn(t *testing.T) {
	var names []string
	for _, c := range schema.CodeSystems {
		names = append(names, c.Name)
	}
	require.Equal(t, CodeSystems, append(names, "local"))
	require.Subset(t, CodeSystems, schema.Lookup("events").Column("code_system").Values)
}

func TestPublishedListsSayWhatTheyCover(t *testing.T) {
	c, err := Embedded()
	require.NoError(t, err)
	covers := func(name string) []string { return c.Lists[name].Covers }
	require.Equal(t, []string{"sct"}, covers("medication-review"))
	require.Equal(t, []string{"read2"}, covers("clinical-summary"))
	require.Equal(t, []string{"sct", "read2", "ctv3"}, covers("diabetes-gestational"))
	require.Equal(t, []string{"sct", "read2"}, covers("scr-legacy-preference"), "of CTV3 only the refusal was found")
}
