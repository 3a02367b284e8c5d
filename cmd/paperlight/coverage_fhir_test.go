package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// writeFullestResources writes resources of every type that a mapping reads, with a
// value at the end of every path: one for each choice of rows. ok is false where the
// mapping reads files.
func writeFullestResources(t *testing.T, folder string, m *fullMapping) (ok bool) {
	t.Helper()
	var lines []string
	add := func(source string, values map[string]string) {
		s := m.Sources[source]
		resource := map[string]any{"resourceType": s.Resource, "id": strconv.Itoa(len(lines))}
		for _, column := range slices.Sorted(maps.Keys(s.Paths)) {
			if value, given := values[column]; !given {
				put(resource, s.Paths[column], "1")
			} else if value != "" {
				put(resource, s.Paths[column], value)
			}
		}
		line, err := json.Marshal(resource)
		require.NoError(t, err)
		lines = append(lines, string(line))
	}
	for _, targets := range m.Tables {
		for _, target := range targets {
			if m.Sources[target.From].Resource == "" {
				return false
			}
			values := map[string]string{"asserted": "2026-03-31", "registration_start": "2015-04-01", "registration_end": "", "birth_date": "1950-01-01", "deceased_date": ""}
			for column, list := range target.Only {
				values[column] = list[len(list)-1]
			}
			add(target.From, values)
		}
	}
	for _, l := range m.Lookups {
		add(l.From, nil)
	}
	add("Patient", nil)
	add("Registration", nil)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "all.ndjson"), []byte(strings.Join(lines, "\n")), 0o600))
	return true
}

// stepOf is a member of a path and what stands in brackets behind it.
var stepOf = regexp.MustCompile(`^(\w+)((?:\[[^\]]*\])*)\.?`)

// put puts a value at the end of a path into an object. An element that the path
// chooses by what it says is made so that it says that.
func put(object map[string]any, path, value string) {
	parts := stepOf.FindStringSubmatch(path)
	name, brackets, rest := parts[1], parts[2], path[len(parts[0]):]
	if rest == "" && brackets == "" {
		if _, taken := object[name]; !taken { // what is an object in R4 and a word in STU3
			object[name] = value
		}
		return
	}
	list, _ := object[name].([]any)
	key := "of" + brackets
	var element map[string]any
	for _, e := range list {
		if have, is := e.(map[string]any); is && have["_of"] == key {
			element = have
		}
	}
	if element == nil {
		element = map[string]any{"_of": key}
		for _, condition := range regexp.MustCompile(`\[([^=\]]*)=([^\]]*)\]`).FindAllStringSubmatch(brackets, -1) {
			text := strings.Trim(condition[2], "*")
			if strings.HasSuffix(condition[2], "/*") {
				text += "1"
			}
			put(element, condition[1], text)
		}
		if n, err := strconv.Atoi(strings.Trim(brackets, "[]")); err == nil {
			for len(list) < n {
				list = append(list, map[string]any{})
			}
		}
		object[name] = append(list, element)
	}
	if rest != "" {
		put(element, rest, value)
	}
}
