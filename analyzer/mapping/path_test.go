package mapping

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/source"
)

func TestPathsReadAsWritten(t *testing.T) {
	p, err := parsePath("a[b.c=*x.y[z*][d=1].extension[2]._e")
	require.NoError(t, err)
	require.Equal(t, source.Path{
		{Name: "a", Where: []source.Condition{{Members: []string{"b", "c"}, Text: "*x.y[z*"}, {Members: []string{"d"}, Text: "1"}}},
		{Name: "extension", Index: 2}, {Name: "_e"},
	}, p)
}

func TestFaultyPathsNameThePlace(t *testing.T) {
	const good = `id: vendor
title: Vendor
sources:
  person:
    resource: Patient
    required: true
    paths:
      id: id
      given: name[use=usual].given
tables:
  patients:
    - {from: person, columns: {patient_id: id}}
`
	_, err := ParseSystem("vendor.yaml", []byte(good))
	require.NoError(t, err)
	path := func(text string) [2]string { return [2]string{"name[use=usual].given", text} }
	for _, c := range []struct {
		change [2]string
		want   string
	}{
		{path("name..given"), "vendor.yaml:9:14: given: character 6 of the path: want the name of a member"},
		{path("name.given-name"), "vendor.yaml:9:14: given: character 11 of the path: want a dot or a condition in brackets"},
		{path("name[use=usual.given"), "vendor.yaml:9:14: given: character 6 of the path: the bracket is not closed"},
		{path("name[use].given"), "vendor.yaml:9:14: given: character 9 of the path: want member=text, or a number"},
		{path("name[use=].given"), "vendor.yaml:9:14: given: character 10 of the path: want a text, with stars at its ends at most"},
		{path("name[use=a*b].given"), "vendor.yaml:9:14: given: character 10 of the path: want a text, with stars at its ends at most"},
		{path("name[1][2].given"), "vendor.yaml:9:14: given: character 9 of the path: want one number, or conditions"},
		{path("name[1][use=a].given"), "vendor.yaml:9:14: given: character 9 of the path: want one number, or 16 conditions at most"},
		{path(strings.Repeat("a.", 40) + "a"), "vendor.yaml:9:14: given: character 66 of the path: a path has 32 members at most"},
		{[2]string{"resource: Patient", "resource: patient list"}, "vendor.yaml:5:15: source person: want the type of a resource"},
		{[2]string{"resource: Patient", "resource: Patient\n    file: person"}, "vendor.yaml:5:13: source person: a resource has no file"},
		{[2]string{"resource: Patient", "resource: Patient\n    once: nhs"}, "vendor.yaml:5:13: source person: nhs is none of its paths"},
	} {
		text := strings.Replace(good, c.change[0], c.change[1], 1)
		require.NotEqual(t, good, text)
		_, err := ParseSystem("vendor.yaml", []byte(text))
		require.Error(t, err, c.change[1])
		require.Equal(t, c.want, err.Error(), c.change[1])
	}
}
