package mapping

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestThePageNamesEveryForm holds docs/mapping.md to the language: each key, and each
// layout of a date.
func TestThePageNamesEveryForm(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "mapping.md"))
	require.NoError(t, err)
	page := string(text)
	for _, one := range []any{System{}, NotRead{}, Source{}, Resource{}, Lookup{}, Release{}, Target{}, Expression{}, Condition{}, Sets{}, Manifest{}} {
		of := reflect.TypeOf(one)
		for i := range of.NumField() {
			if key, _, _ := strings.Cut(of.Field(i).Tag.Get("yaml"), ","); key != "" {
				require.Regexp(t, regexp.MustCompile("`"+key+"[`:]"), page, "%s of %s", key, of.Name())
			}
		}
	}
	for layout := range dateLayouts {
		require.Contains(t, page, "`"+layout+"`")
	}
}

// TestASystemOfOnesOwnNeedsNoProgram reads files by the mapping that the page shows.
func TestASystemOfOnesOwnNeedsNoProgram(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "mapping.md"))
	require.NoError(t, err)
	_, example, ok := strings.Cut(string(text), "```yaml\n")
	require.True(t, ok)
	example, _, ok = strings.Cut(example, "```")
	require.True(t, ok)
	own, err := ParseSystem("ours.yaml", []byte(example))
	require.NoError(t, err)
	dir := t.TempDir()
	for name, rows := range map[string]string{
		"persons.csv": "number,gender,born\n1,male,24/12/1950\n2,diverse,01/02/2001\n",
		"entries.csv": "person,kind,code\n1,allergy,91936005\n1,diagnosis,59621000\n2,Allergy,91936005\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(rows), 0o600))
	}
	x, err := Open(context.Background(), []string{dir}, Options{Key: key, Systems: []*System{own}})
	require.NoError(t, err)
	defer func() { require.NoError(t, x.Close()) }()
	require.Equal(t, "our-system", x.System)
	require.Equal(t, map[string]int{"patients": 2, "allergies": 2}, counts(t, x))
	require.Equal(t, []string{"1", "2"}, func() (out []string) {
		all, _ := read(t, x.Tables[1])
		for _, row := range all {
			out = append(out, row[1])
		}
		return out
	}())
}

func TestConditionsOnRows(t *testing.T) {
	for _, c := range []struct {
		where string
		want  []string
	}{
		{"{from: kind, in: [a]}", []string{"1", "4"}},
		{"{from: kind, in: [a], exact: true}", []string{"1"}},
		{"{from: kind, not_in: [a]}", []string{"2", "3", "5"}},
		{"{from: kind, starts: [b]}", []string{"2"}},
		{"{from: kind, given: false}", []string{"3", "5"}},
		{"{from: kind, given: true}", []string{"1", "2", "4"}},
		{"{from: kind, same_as: other}", []string{"1", "3", "5"}},
		{"{from: kind, known_to: side}", []string{"1"}},
		{"{from: kind, via: side.v, in: [yes]}", []string{"1"}},
		{"{not: {from: kind, in: [a]}}", []string{"2", "3", "5"}},
		{"{any: [{from: kind, in: [bc]}, {from: other, in: [q]}]}", []string{"2", "4"}},
		{"[{from: kind, in: [a]}, {from: other, in: [q]}]", []string{"4"}},
		{"{from: id, with: kind, known_to: pair}", []string{"1", "3"}},
		{"{from: absent, not_in: [x]}", []string{"1", "2", "3", "4", "5"}},
		{"{from: absent, given: false}", []string{"1", "2", "3", "4", "5"}},
		{"{from: absent, in: [x]}", nil},
		{"{any: [{from: absent, in: [x]}, {from: kind, in: [a]}]}", []string{"1", "4"}},
	} {
		own, err := ParseSystem("ours.yaml", []byte(`id: ours
title: Ours
sources:
  person: {file: person, needs: [id], required: true}
  entry: {file: entry, needs: [id]}
  side: {file: side, needs: [k]}
lookups:
  side: {from: side, key: k}
  pair: {from: side, key: [p, k]}
tables:
  patients: [{from: person, columns: {patient_id: id}}]
  events: [{from: entry, where: `+c.where+`, columns: {event_id: id, patient_id: id, code: kind}}]
`))
		require.NoError(t, err, c.where)
		x := held(t, Options{Systems: []*System{own}},
			textFile("person", []string{"id"}, [][]string{{"1"}}),
			textFile("side", []string{"k", "v", "p"}, [][]string{{"a", "yes", "1"}, {"", "yes", "3"}, {"", "", "3"}}),
			textFile("entry", []string{"id", "kind", "other"}, [][]string{{"1", "a", "a"}, {"2", "bc", "b"}, {"3", "", "z"}, {"4", "A", "q"}, {"5", "", ""}}))
		var got []string
		for _, tab := range x.Tables {
			if tab.Schema.Name == "events" {
				all, _ := read(t, tab)
				for _, row := range all {
					got = append(got, row[0])
				}
			}
		}
		require.Equal(t, c.want, got, c.where)
	}
}
