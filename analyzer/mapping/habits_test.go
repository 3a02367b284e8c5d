package mapping

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
)

func TestWordsForNothing(t *testing.T) {
	const header = "patient_id,sex,birth_date,death_date\n"
	for _, c := range []struct {
		about, rows string
		empty       string // the word that was read as an empty cell
		faults      int    // cells that cannot be read
	}{
		{"every empty cell", header + "1,M,2000-01-01,NULL\n2,NULL,1990-01-01,NULL\n", "NULL", 0},
		{"of another database", header + "1,M,2000-01-01,\\N\n2,F,1990-01-01,\\N\n", `\N`, 0},
		{"in one cell", header + "1,M,2000-01-01,NULL\n2,F,1990-01-01,2020-01-01\n", "", 1},
		{"beside empty cells", header + "1,M,2000-01-01,NULL\n2,F,1990-01-01,NULL\n3,F,1990-01-01,\n", "", 2},
		{"a number that went wrong", header + "1,M,2000-01-01,NaN\n2,F,1990-01-01,NaN\n", "", 2},
	} {
		t.Run(c.about, func(t *testing.T) {
			x := open(t, Options{}, folder(t, map[string]string{"patients.csv": c.rows}))
			rows, _ := read(t, x.Table(schema.Patients), schema.Patients.Column("death_date"), schema.Patients.Column("sex"))
			require.Equal(t, c.faults, strings.Count(fmt.Sprint(rows), "!"))
			note := fmt.Sprintf("patients.csv: %s was read as an empty cell.", c.empty)
			require.Equal(t, c.empty != "", strings.Contains(strings.Join(notes(x), "\n"), note))
		})
	}
}

// Blanks of every kind round ids and codes are taken off, in each format, and counted.
func TestBlanksRoundIDsAndCodes(t *testing.T) {
	events := schema.Lookup("events")
	codes := []string{"G30.. ", "\u00a0G30..", "G30..\u200b", "G30..", "   ", "C10 20"}
	want := [][]string{{"G30.."}, {"G30.."}, {"G30.."}, {"G30.."}, {"-"}, {"C10 20"}}
	var cells [][]string
	var values []any
	for _, code := range codes {
		cells, values = append(cells, []string{"1\u00a0", code}), append(values, code)
	}
	ids := build(arrow.BinaryTypes.String, "1", "1", "1", "1", "1", "1")
	patients := textFile("patients", []string{"patient_id"}, [][]string{{"1"}})
	for form, x := range map[string]func() [][]string{
		"text": func() [][]string {
			x := held(t, Options{}, patients, textFile("events", []string{"patient_id", "code"}, cells))
			rows, _ := read(t, x.Table(events), events.Column("patient_id"), events.Column("code"))
			require.Equal(t, []string{"events.csv, code: blanks at the ends of 4 values were taken off.", "events.csv, patient_id: blanks at the ends of 6 values were taken off."}, x.Noticed())
			for i := range rows {
				require.Equal(t, "1", rows[i][0])
				rows[i] = rows[i][1:]
			}
			return rows
		},
		"plain": func() [][]string {
			x := held(t, Options{}, patients, typedFile("events", []string{"patient_id", "code"}, []arrow.Array{ids, build(arrow.BinaryTypes.String, values...)}))
			rows, _ := read(t, x.Table(events), events.Column("code"))
			require.Equal(t, []string{"events.parquet, code: blanks at the ends of 4 values were taken off."}, x.Noticed())
			return rows
		},
		"dictionary": func() [][]string {
			x := held(t, Options{}, patients, typedFile("events", []string{"patient_id", "code"}, []arrow.Array{ids, build(textDictionary, values...)}, 0, 7))
			rows, _ := read(t, x.Table(events), events.Column("code"))
			_, _ = read(t, x.Table(events), events.Column("code"))
			require.Equal(t, []string{"events.parquet, code: blanks at the ends of 4 values were taken off."}, x.Noticed(), "once, however often it is read")
			return rows
		},
	} {
		require.Equal(t, want, x(), form)
	}
}

func TestWholeNumbersWrittenAsFloats(t *testing.T) {
	for text, want := range map[string]string{"372328.0": "372328", "372328.": "372328", "3.6e+07": "36000000", "4e+05": "400000", "12": "12", "0012.000": "0012",
		"12.5": "", "9.99E+09": "", "3.65e+01": "", "x": "", "": "", "-1.0": "", "1e+99": ""} {
		got, float := wholeNumber(nil, []byte(text))
		require.Equal(t, want, string(got), text)
		require.Equal(t, want != "" && text != "12", float, text)
	}
	files := map[string]string{
		"person.csv":               "person_id,year_of_birth,gender_concept_id\n1.0,1980,8507.0\n",
		"condition_occurrence.csv": "condition_occurrence_id,person_id,condition_concept_id,condition_start_date\n1.0,1.0,372328.0,2020-01-01\n2,1,36000000,2020-01-02\n",
		"concept.csv":              "concept_id,concept_code,vocabulary_id\n372328,65363002,SNOMED\n36000000,1234,SNOMED\n",
	}
	x := open(t, Options{}, folder(t, files))
	problems := schema.Lookup("problems")
	rows, _ := read(t, x.Table(problems), problems.Column("patient_id"), problems.Column("code"))
	require.Equal(t, [][]string{{"1", "65363002"}, {"1", "1234"}}, rows)
	require.Contains(t, notes(x), "condition_occurrence.csv: whole numbers with a decimal point, as in 12.0, were read as whole numbers in condition_concept_id, condition_occurrence_id, person_id.")

	files["concept.csv"] = "concept_id,concept_code,vocabulary_id\n1,65363002,SNOMED\n"
	x = open(t, Options{}, folder(t, files))
	require.Contains(t, strings.Join(notes(x), "\n"), "condition_occurrence.csv: 2 of 2 codes in condition_concept_id are not in the table concept")
}

// A quantity stays what it is.
func TestDecimalsStayDecimals(t *testing.T) {
	x := open(t, Options{}, folder(t, map[string]string{"patients.csv": "patient_id\n1\n", "events.csv": "event_id,patient_id,code,value\n1,1,1371.0,12.0\n"}))
	events := schema.Lookup("events")
	rows, _ := read(t, x.Table(events), events.Column("code"), events.Column("value"))
	require.Equal(t, [][]string{{"1371.0", "12"}}, rows)
	require.Empty(t, x.Noticed())
}

func TestWordsForNothingAreShort(t *testing.T) {
	for _, word := range nothings {
		require.LessOrEqual(t, len(word), longestNothing, "%q is never looked for", word)
	}
}
