package mapping

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
	"paperlight/analyzer/source"
)

// journal is a system with one table, whose rows repeat what is of the patient.
func journal(t *testing.T) *System {
	t.Helper()
	s, err := ParseSystem("vendor.yaml", []byte(`
id: vendor
title: Vendor
sources: {entry: {file: 'entries.*', needs: [person, place], required: true, numbered: true}}
tables:
  practice: [{from: entry, once: place, columns: {practice_id: place}}]
  patients: [{from: entry, once: [person, place], where: {from: kind, not_in: [x]}, columns: {patient_id: person, practice_id: place, usual_gp_code: gp}}]
  events: [{from: entry, columns: {patient_id: person, code: kind}}]
`))
	require.NoError(t, err)
	return s
}

func TestTheFirstRowOfEachKeyCounts(t *testing.T) {
	columns := []string{"person", "place", "kind", "gp"}
	first := textFile("entries1", columns,
		[][]string{{"1", "A", "x", "left out"}, {"1", "A", "k", "one"}, {"1", "A", "k", "two"}, {"12", "3", "k", "one"}},
		[][]string{{"1", "A", "k", "three"}, {"1", "B", "k", "another place"}, {"", "", "k", "nobody"}, {"", "", "k", "nobody again"}})
	second := textFile("entries2", columns, [][]string{{"1", "B", "k", "later file"}, {"1", "23", "k", "no mix of two keys"}, {"2", "A", "k", "new"}})
	x := held(t, Options{Systems: []*System{journal(t)}}, first, second)
	rows, positions := read(t, x.Table(schema.Lookup("patients")))
	require.Equal(t, [][]string{{"1", "A", "one"}, {"12", "3", "one"}, {"1", "B", "another place"}, {"-", "-", "nobody"}, {"1", "23", "no mix of two keys"}, {"2", "A", "new"}}, rows)
	require.Equal(t, []string{"entries1.csv 2", "entries1.csv 4", "entries1.csv 6", "entries1.csv 7", "entries2.csv 2", "entries2.csv 3"}, positions)
	rows, _ = read(t, x.Table(schema.Lookup("practice")))
	require.Equal(t, [][]string{{"A"}, {"3"}, {"B"}, {"-"}, {"23"}}, rows)
	rows, _ = read(t, x.Table(schema.Lookup("events")))
	require.Len(t, rows, 11, "every row is an entry")
}

func TestTheFirstRowIsTheSameHoweverManyRead(t *testing.T) {
	var text strings.Builder
	text.WriteString("person,place,kind,gp\n")
	for i := range 60000 {
		fmt.Fprintf(&text, "%d,P%d,k,%d\n", i%701, i%701%3, i)
	}
	dir := folder(t, map[string]string{"entries.csv": text.String()})
	var before [][]string
	for _, jobs := range []int{1, 2, 7} {
		x := open(t, Options{Systems: []*System{journal(t)}, Source: source.Options{Jobs: jobs}}, dir)
		rows, _ := read(t, x.Table(schema.Lookup("patients")))
		require.Len(t, rows, 701)
		for i, r := range rows {
			require.Equal(t, fmt.Sprint(i), r[2], "the row that the patient stands in first")
		}
		if before != nil {
			require.Equal(t, before, rows)
		}
		before = rows
	}
}

func TestGDPPRThatNamesPeopleIsNotRead(t *testing.T) {
	_, err := Open(context.Background(), []string{folder(t, map[string]string{
		"gdppr.csv": "NHS_NUMBER,PRACTICE,GP_SYSTEM_SUPPLIER,JOURNAL_REPORTING_PERIOD_END_DATE,DATE,CODE\n9990000018,A80001,EMIS,2026-03-31,2026-03-01,38341003\n",
	})}, Options{})
	var refused *RefusedError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "no known system: gdppr.csv is named like journal of GDPPR but has no column NHS_NUMBER_DEID", refused.Message)
	require.NotContains(t, refused.Hint, "Rename", "a number that names people is no pseudonym")
}
