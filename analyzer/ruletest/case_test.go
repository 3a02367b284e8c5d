package ruletest

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

const goodCases = `as_of: 2024-02-29
codelist: review = sct:322236009, read2:H33..
codelist: none =
declared: policy = yes 2024-01-31
declared: letters = 12 2024-02-01
Prose: with a colon is prose.

-- ages/registrations.csv --
patient_id, reg_type, start_date
p1,         regular,  2020-01-01
-- ages/patients.csv --
patient_id, birth_date, sex, is_dummy, nhs_number,   want
p1,         1950-02-28, F,   true,     999 000 0000, numerator
p2,         1950-02-30, X,   yes,      ,             unknown
p3,         ,           ,    ,         "123",        outside
p4,         ,           ,    ,         943 476 5919, outside

-- totals/patients.csv --
patient_id
-- totals/want --
denominator: 0
value: 3.5
`

func TestParse(t *testing.T) {
	patients := schema.Lookup("patients")
	a, err := Parse("c.txtar", []byte(goodCases), patients)
	require.NoError(t, err)
	require.Equal(t, calendar.Day(19782), a.AsOf)
	require.Equal(t, []string{"322236009"}, a.Lists["review"].Codes["sct"])
	require.Equal(t, []string{"H33.."}, a.Lists["review"].Codes["read2"])
	require.True(t, a.Lists["none"].Empty())
	require.Equal(t, []Declaration{{Key: "policy", Answer: "yes", Date: "2024-01-31", Count: -1}, {Key: "letters", Date: "2024-02-01", Count: 12}}, a.Declarations)

	require.Len(t, a.Cases, 2)
	ages := a.Cases[0]
	require.Equal(t, "ages", ages.Name)
	require.Equal(t, 8, ages.Line)
	require.Equal(t, []Outcome{Numerator, Unknown, Outside, Outside}, ages.Want)
	registrations, table := ages.Tables[0], ages.Tables[1]
	require.True(t, registrations.DerivedKey)
	require.Equal(t, extract.TextCell("registrations-1"), registrations.Rows[0][3])
	require.False(t, table.DerivedKey)
	require.Equal(t, []int{13, 14, 15, 16}, table.Lines)
	names := make([]string, len(table.Columns))
	for i, c := range table.Columns {
		names[i] = c.Name
	}
	require.Equal(t, []string{"patient_id", "birth_date", "sex", "is_dummy", "nhs_number_state", "nhs_number_range", "nhs_number_key"}, names)
	require.Equal(t, extract.IntCell(-7247), table.Rows[0][1])
	require.Equal(t, extract.BoolCell(true), table.Rows[0][3])
	require.Equal(t, extract.TextCell("dummy"), table.Rows[0][4])
	require.False(t, table.Rows[0][6].Known, "a dummy is nobody's number")
	require.True(t, table.Rows[3][6].Known)
	for i := 1; i <= 3; i++ {
		require.Equal(t, extract.Cell{Malformed: true}, table.Rows[1][i])
		require.Equal(t, extract.Cell{}, table.Rows[2][i])
	}
	require.Equal(t, "missing", table.Rows[1][4].Text)
	require.Equal(t, "bad_form", table.Rows[2][4].Text)

	totals := a.Cases[1].Totals
	require.Equal(t, map[string]int64{"denominator": 0}, totals.Counts)
	require.Equal(t, 3.5, *totals.Value)
}

func TestBadCases(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"as-of date", "2024-02-29", "2023-02-29", ":1:1: want a date YYYY-MM-DD\n    hint: as_of: 2026-03-31"},
		{"code without system", "sct:322236009", "322236009", ":2:1: want codes as system:code, the system one of sct, dmd, read2, ctv3, bnf, local\n    hint: codelist: name = sct:123, sct:456"},
		{"list without name", "review =", "=", ":2:1: want a code list and its codes\n    hint: codelist: name = sct:123, sct:456"},
		{"answer", "yes", "perhaps", ":4:1: want an answer (yes, no, not_applicable, supplier_hosted), a count or a date\n    hint: declared: key = yes 2026-01-31"},
		{"unknown table", "ages/registrations.csv", "ages/registration.csv", ":8:1: want the section want, or a table such as patients.csv\n    hint: the tables are those of `paperlight schema`"},
		{"no case name", "ages/registrations.csv", "registrations.csv", ":8:1: want the name of a case and of a table\n    hint: -- name of the case/patients.csv --"},
		{"unknown column", "birth_date", "birthdate", ":12:1: patients has no column \"birthdate\"\n    hint: see `paperlight schema`"},
		{"no patient", "patient_id, reg_type", "registration_id, reg_type", ":9:1: registrations.csv of a case needs the column \"patient_id\""},
		{"column twice", "sex,", "birth_date,", ":12:1: the column \"birth_date\" appears twice"},
		{"number and state", "sex,", "nhs_number_state,", ":12:1: give the NHS number or what is derived from it, not both"},
		{"fields", "p3,         ,           ,    ,         \"123\",        outside", "p3, outside", ":15:1: want 6 fields, found 2\n    hint: an empty cell still needs its comma"},
		{"outcome", "unknown", "fails", ":14:1: want an outcome in the column want\n    hint: numerator, failing, unknown, excluded, outside or undetermined"},
		{"want on another table", "start_date\np1,         regular,  2020-01-01", "start_date, want\np1, regular, 2020-01-01, failing", ":9:1: the column want belongs in patients, which the rule counts"},
		{"nothing wanted", "-- totals/want --\ndenominator: 0\nvalue: 3.5\n", "", ":18:1: the case \"totals\" does not say what it wants\n    hint: add a column want to patients.csv, or a section -- totals/want --"},
		{"unknown total", "denominator", "denominators", ":21:1: want one of denominator, numerator, unknown, excluded, undetermined, value, day or as_of, and a number\n    hint: denominator: 1"},
		{"a day without a number", "value: 3.5", "day: 2026-03-02", ":22:1: want a date YYYY-MM-DD and how many rows are of it\n    hint: day: 2026-03-31 2"},
		{"a number without a day", "value: 3.5", "day: 3", ":22:1: want a date YYYY-MM-DD and how many rows are of it\n    hint: day: 2026-03-31 2"},
		{"value", "3.5", "much", ":22:1: want a number\n    hint: value: 3.5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(goodCases, c.old, c.new, 1)
			require.NotEqual(t, goodCases, text)
			_, err := Parse("c.txtar", []byte(text), schema.Lookup("patients"))
			require.EqualError(t, err, "c.txtar"+c.want)
		})
	}
}

func TestPublishedCasesParse(t *testing.T) {
	c, err := rules.Embedded()
	require.NoError(t, err)
	for _, whole := range c.Rules {
		for _, r := range whole.Whole() {
			t.Run(r.ID, func(t *testing.T) {
				_, err := Parse(r.CasesFile, r.Cases, r.Table)
				require.NoError(t, err)
			})
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(goodCases), byte(1))
	f.Add([]byte("-- a/practice.csv --\npractice_id, want\n1, failing\n"), byte(0))
	f.Add([]byte("-- a/want --\n-- a/want --\n"), byte(0))
	f.Add([]byte("codelist: a = sct:\ndeclared: a\n-- a/events.csv --\n\"a\nb\n"), byte(6))
	f.Fuzz(func(t *testing.T, data []byte, table byte) {
		counted := schema.Tables[int(table)%len(schema.Tables)]
		a, err := Parse("f.txtar", data, counted)
		if err != nil {
			var fault *rules.Error
			require.True(t, errors.As(err, &fault))
			require.LessOrEqual(t, fault.Line, 1+strings.Count(string(data), "\n")+1)
			require.Positive(t, fault.Line)
			return
		}
		require.NotEmpty(t, a.Cases)
		for i := range a.Cases {
			for _, w := range ways(1, 2) {
				a.Cases[i].extract(w, counted)
			}
		}
	})
}
