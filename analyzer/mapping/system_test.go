package mapping

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
)

func TestBuiltInSystems(t *testing.T) {
	systems, err := Systems()
	require.NoError(t, err)
	var ids []string
	for _, s := range systems {
		ids = append(ids, s.ID)
	}
	require.Equal(t, []string{"cprd-aurum", "cprd-gold", "emis-web", "fhir", "gdppr", "medicus", "miquest", "omop", "opensafely", "synthea-csv", "systmone", "vision"}, ids)
}

func TestFaultyMappingsNameThePlace(t *testing.T) {
	const good = `id: vendor
title: Vendor
sources:
  person: {file: person, needs: [id], required: true}
  side: {file: side}
lookups:
  side: {from: side, key: k}
tables:
  patients:
    - from: person
      columns:
        patient_id: id
        sex: s
        birth_date: d
`
	_, err := ParseSystem("vendor.yaml", []byte(good))
	require.NoError(t, err)
	for _, c := range []struct{ old, new, want string }{
		{"title: Vendor", "titel: Vendor", `vendor.yaml: [2:1] unknown field "titel"`},
		{"title: Vendor\n", "", "vendor.yaml:1:3: a mapping needs an id and a title"},
		{"file: person", "file: '('", "vendor.yaml:4:11: source person: want a regular expression as file"},
		{"required: true", "required: true, deleted: {from: id, known_to: side}",
			`vendor.yaml:4:64: deleted and own come before side tables are read: they cannot use the lookup "side"`},
		{", required: true", "", "vendor.yaml:4:9: no source is required: nothing tells the system"},
		{"{from: side, key: k}", "{from: aside, key: k}", "vendor.yaml:7:9: lookup side: want a source and a key: did you mean side?"},
		{"  patients:", "  patient:", "vendor.yaml:10:5: there is no table patient"},
		{"- from: person", "- from: people", `vendor.yaml:10:11: patients: there is no source "people"`},
		{"patient_id: id", "postcode_district: id", "vendor.yaml:10:11: patients needs the column patient_id"},
		{"sex: s", "gender: s", "vendor.yaml:13:17: patients has no column \"gender\""},
		{"sex: s", "sex: {from: s, values: {1: male}}", `vendor.yaml:13:14: patients.sex cannot be "male"; want one of M, F, I, U`},
		{"sex: s", "sex: {from: s, constant: M}", "vendor.yaml:13:14: patients.sex: want one of from, name, parts, constant, first_of"},
		{"sex: s", "sex: {from: s, via: nowhere.x}", "vendor.yaml:13:14: via \"nowhere.x\": want lookup.column"},
		{"sex: s", "sex: {from: s, dates: [yyyymmdd]}", "vendor.yaml:13:14: patients.sex is not a date"},
		{"sex: s", "sex: {parts: [y, m]}", "vendor.yaml:13:14: patients.sex: parts wants year, month and perhaps day of a date"},
		{"sex: s", "sex: {constant: M, values: {a: M}}", "vendor.yaml:13:14: patients.sex: prefix, values, otherwise, clean, match, item, split and with go with from"},
		{"sex: s", "sex: {first_of: [s, {form: t}]}", `vendor.yaml: [13:30] unknown field "form"`},
		{"- from: person", "- once: ['']\n      from: person", "vendor.yaml:10:13: once: want names of columns"},
		{"- from: person", "- {gather: true, once: k, from: person, columns: {patient_id: id}}\n    - from: person", "vendor.yaml:10:28: once and gather do not go together"},
		{"title: Vendor\n", "title: Vendor\nnot_read: {because: why}\n", "vendor.yaml:3:11: not_read: want because and cure"},
		{"title: Vendor\n", "title: Vendor\nnot_read: {because: why, cure: how}\n", "vendor.yaml:3:11: not_read: a system with tables is read"},
		{"sex: s", "sex: {from: s, years_since: 1800}", "vendor.yaml:13:14: patients.sex: years_since wants a year from 1000 to 2000, and a whole number or parts"},
		{"birth_date: d", "birth_year: {from: y, years_since: 18}", "vendor.yaml:14:21: patients.birth_year: years_since wants a year from 1000 to 2000, and a whole number or parts"},
		{"birth_date: d", "birth_date: {from: d, dates: [mm/dd/yyyy]}",
			`vendor.yaml:14:21: unknown date layout "mm/dd/yyyy"; want one of dd mmm yyyy, dd/mm/yyyy, serial, yyyy, yyyy-mm, yyyy-mm-dd, yyyy-mm-dd hh:mm:ss, yyyymmdd, yyyymmdd_hhmm, yyyymmddhhmmss`},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		require.NotEqual(t, good, text, c.old)
		_, err := ParseSystem("vendor.yaml", []byte(text))
		require.Error(t, err, c.new)
		first, _, _ := strings.Cut(err.Error(), "\n")
		require.Equal(t, c.want, first, c.new)
	}
}

// TestCanonicalReadsEveryColumn holds the identity to the schema.
func TestCanonicalReadsEveryColumn(t *testing.T) {
	s := canonical()
	for _, table := range schema.Tables {
		var header, row []string
		for _, c := range table.Columns {
			if !c.Virtual {
				header, row = append(header, c.Name), append(row, "")
			}
		}
		files := match(s, nil)
		require.Empty(t, files.files)
		f := textFile(table.Name, header, [][]string{row})
		got, _ := s.sourceOf(f)
		require.Equal(t, table.Name, got)
		if table.Name == "patients" {
			continue
		}
		x := held(t, Options{}, textFile("patients", []string{"patient_id"}, [][]string{{"1"}}), f)
		have := x.Table(table)
		for _, c := range table.Columns {
			require.Equal(t, !c.Virtual, have.Supplied[c.Index], c)
		}
		require.False(t, have.DerivedKey)
	}
}
