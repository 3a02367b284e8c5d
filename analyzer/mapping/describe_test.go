package mapping

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDescribe(t *testing.T) {
	d := Describe(open(t, Options{}, "testdata/canonical"))
	require.Equal(t, "paperlight", d.System)
	require.Equal(t, FileUse{Name: "patients.csv", Format: "csv", Charset: "utf-8", Bytes: d.Files[2].Bytes, Source: "patients",
		Tables: []string{"patients"}, Unmapped: []string{"favourite_colour"}, Columns: []HeaderUse{
			{Column: "Patient_ID", Use: "read", As: []string{"patients.patient_id"}}, {Column: "practice_id", Use: "read", As: []string{"patients.practice_id"}},
			{Column: "nhs_number", Use: "derived", As: []string{"patients.nhs_number_state", "patients.nhs_number_range", "patients.nhs_number_key"}},
			{Column: "sex", Use: "read", As: []string{"patients.sex"}}, {Column: "birth_date", Use: "read", As: []string{"patients.birth_date"}},
			{Column: "birth_year", Use: "read", As: []string{"patients.birth_year"}}, {Column: "is_deceased", Use: "read", As: []string{"patients.is_deceased"}},
			{Column: "favourite_colour", Use: "unused"},
		}}, d.Files[2])
	require.Equal(t, FileUse{Name: "notes.csv", Format: "csv", Charset: "utf-8", Bytes: d.Files[1].Bytes}, d.Files[1])
	require.Contains(t, d.Tables[1].Columns, ColumnUse{Column: "nhs_number_state", DerivedFrom: "nhs_number", Origins: []Origin{
		{Source: "patients", Columns: []string{"nhs_number"}, Conversions: []string{"nhs_number_state"}},
		{Source: "patients", Conversions: []string{"constant"}}}})
	require.Contains(t, d.Tables[1].Absent, "death_date")
	require.NotContains(t, d.Tables[1].Absent, "nhs_number", "it is there, and read")
	require.Contains(t, d.Tables[2].Columns, ColumnUse{Column: "medication_id", Origins: []Origin{{Source: "medications", Conversions: []string{"record"}}}})

	d = Describe(open(t, Options{}, "testdata/omop"))
	require.Equal(t, "OMOP CDM 5.3 and 5.4", d.Title)
	concept := d.Files[slices.IndexFunc(d.Files, func(f FileUse) bool { return f.Name == "CONCEPT.csv" })]
	require.Equal(t, "concept", concept.Source)
	require.Empty(t, concept.Tables)
	conditions := d.Files[slices.IndexFunc(d.Files, func(f FileUse) bool { return f.Name == "CONDITION_OCCURRENCE.csv" })]
	require.Equal(t, []string{"events", "problems"}, conditions.Tables)
	require.Contains(t, conditions.Unmapped, "stop_reason")
	require.Contains(t, concept.Columns, HeaderUse{Column: "concept_code", Use: "looked_up"})
	require.Contains(t, concept.Columns, HeaderUse{Column: "concept_name", Use: "unused"})
	for _, use := range d.Tables {
		for _, c := range use.Columns {
			require.NotEmpty(t, c.Origins, "%s.%s", use.Table, c.Column)
			for _, o := range c.Origins {
				for _, name := range o.Conversions {
					require.NotEmpty(t, name, "%s.%s", use.Table, c.Column)
				}
			}
		}
	}
}
