package mapping

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
	"paperlight/analyzer/source"
	"paperlight/rules/identifier"
)

// vendor is a system with one table of one column c beside the id, and a side
// table.
func vendor(t *testing.T, table, column, expression string) *System {
	t.Helper()
	s, err := ParseSystem("vendor.yaml", fmt.Appendf(nil, `
id: vendor
title: Vendor
missing: [NA]
sources:
  person: {file: person, needs: [id], required: true}
  side: {file: side, needs: [k]}
lookups:
  side: {from: side, key: k}
  some: {from: side, key: k, where: {from: kind, in: [good]}}
tables:
  patients:
    - {from: person, columns: {patient_id: id}}
  %s:
    - {from: person, columns: {patient_id: id, %s: %s}}
`, table, column, expression))
	require.NoError(t, err)
	return s
}

func TestConversions(t *testing.T) {
	side := textFile("side", []string{"k", "v", "kind"}, [][]string{
		{"1", "one", "good"}, {"2", "2025-02-03", "bad"}, {"1", "another", "good"}, {"", "no key", "good"}, {"3", "", "good"}, {"4", "NA", "good"}})
	for _, c := range []struct {
		about, table, column, expression string
		cells, want                      string // by blanks; _ is an empty cell
	}{
		{"text as it is", "events", "code", "a", "x _ NA y", "x - - y"},
		{"name in any case", "events", "code", "A", "x", "x"},
		{"words for no value", "events", "code", `{from: a, missing: ["0", none]}`, "0 none 00", "- - 00"},
		{"date in two layouts", "events", "event_date", `{from: a, dates: [dd/mm/yyyy, yyyymmdd]}`, "31/12/2024 20250101 2025-01-01 _", "2024-12-31 2025-01-01 ! -"},
		{"date in parts", "events", "event_date", `{parts: [a, b, c]}`, "2024;2;29 2023;2;29 2024;;1 x;1;1 2024;NA;3", "2024-02-29 ! - ! -"},
		{"date without a day", "events", "event_date", `{parts: [a, b]}`, "2024;2 2024;13 NA;2", "2024-02-01 ! -"},
		{"years since another", "documents", "coded_entries", `{from: a, years_since: 1800, missing: ["0"]}`, "180 1980 0 999 1000 x _", "1980 1980 - 2799 1000 ! -"},
		{"date in parts, of years since another", "events", "event_date", `{parts: [a, b], years_since: 1800}`, "215;3 2015;3 215;13", "2015-03-01 2015-03-01 !"},
		{"integer", "documents", "coded_entries", "a", "1980 19.5 _", "1980 ! -"},
		{"decimal", "events", "value", "a", "1.5 1e400 NaN NA", "1.5 ! ! -"},
		{"boolean by choice", "events", "is_degraded", `{from: a, values: {Y: "true"}, otherwise: "false"}`, "Y N _", "true false -"},
		{"closed list", "events", "code_system", "a", "sct read2 SCT _", "sct read2 ! -"},
		{"choice", "events", "code_system", `{from: a, values: {"5": sct}}`, "5 6 _", "sct ! -"},
		{"choice in any case", "events", "code_system", `{from: a, values: {Snomed: sct}}`, "SNOMED snomed SnoMed", "sct sct sct"},
		{"choice with a rest", "events", "code_system", `{from: a, values: {"5": sct}, otherwise: local}`, "5 6 _", "sct local -"},
		{"choice of open text", "medications", "code_system", `{from: a, values: {"5": dmd}}`, "5 6", "dmd !"},
		{"constant", "events", "code_system", `{constant: sct}`, "1 _", "sct sct"},
		{"constant number", "events", "value", `{constant: "2.5"}`, "1 _", "2.5 2.5"},
		{"prefix", "events", "code", `{from: a, prefix: "x:"}`, "1 _ NA", "x:1 - -"},
		{"lookup", "events", "code", `{from: a, via: side.v}`, "1 2 3 4 5 _", "one 2025-02-03 - - - -"},
		{"lookup of a date", "events", "event_date", `{from: a, via: side.V}`, "2 1 9", "2025-02-03 ! -"},
		{"lookup of some rows", "events", "code", `{from: a, via: some.v}`, "1 2", "one -"},
		{"first of two", "events", "code", `{first_of: [{from: a, missing: ["0"]}, b]}`, "1;2 0;2 ;2 ;", "1 2 2 -"},
		{"first of: what cannot be read stands", "events", "event_date", `{first_of: [a, b]}`, "x;2025-01-01 ;2025-01-01", "! 2025-01-01"},
		{"first of with an absent column", "events", "code", `{first_of: [{from: nowhere}, {from: a, via: side.nowhere}, b]}`, "1;2", "2"},
		{"first of with a constant", "events", "code_system", `{first_of: [{from: a, values: {s: sct}}, {constant: local}]}`, "s _", "sct local"},
		{"first of a choice and its date", "events", "event_date", `{first_of: [{parts: [a, b]}, {from: c}]}`, "2024;5; ;;2025-01-01", "2024-05-01 2025-01-01"},
	} {
		t.Run(c.about, func(t *testing.T) {
			s := vendor(t, c.table, c.column, c.expression)
			var rows [][]string
			for i, cell := range strings.Fields(c.cells) {
				parts := append(strings.Split(strings.ReplaceAll(cell, "_", ""), ";"), "", "")
				rows = append(rows, []string{fmt.Sprint(i), parts[0], parts[1], parts[2]})
			}
			x := held(t, Options{Systems: []*System{s}}, textFile("person", []string{"Id", "A", "b", "C"}, rows), side)
			tab := x.Table(schema.Lookup(c.table))
			got, _ := read(t, tab, tab.Schema.Column(c.column))
			var flat []string
			for _, r := range got {
				flat = append(flat, r[0])
			}
			require.Equal(t, c.want, strings.Join(flat, " "))
		})
	}
}

func TestFilterKeepsRecordNumbers(t *testing.T) {
	s, err := ParseSystem("vendor.yaml", []byte(`
id: vendor
title: Vendor
sources: {person: {file: person, needs: [id], required: true}}
tables:
  patients: [{from: person, columns: {patient_id: id}}]
  events: [{from: person, where: {from: kind, in: [e, f]}, columns: {patient_id: id, event_date: day, code: {constant: k}}}]
`))
	require.NoError(t, err)
	columns, file := []string{"id", "kind", "day"}, [][]string{
		{"1", "e", "2025-01-01"}, {"2", "x", "2025-01-02"}, nil, {"4", "f", ""}, {"5", "x", "z"}, {"6", "e", "z"}}
	x := held(t, Options{Systems: []*System{s}}, textFile("person", columns, file, [][]string{{"7", "x", ""}}, [][]string{{"8", "e", "2025-01-08"}}))
	rows, positions := read(t, x.Table(schema.Lookup("events")))
	require.Equal(t, []string{"person.csv 1", "person.csv 3 ragged", "person.csv 4", "person.csv 6", "person.csv 8"}, positions)
	require.Equal(t, [][]string{
		{"person:1", "1", "k", "2025-01-01"}, {"-", "-", "-", "-"}, {"person:4", "4", "k", "-"},
		{"person:6", "6", "k", "!"}, {"person:8", "8", "k", "2025-01-08"}}, rows)
	typed := typedFile("person", columns, []arrow.Array{
		build(arrow.PrimitiveTypes.Int64, int64(1), int64(2), int64(3)),
		build(textDictionary, "e", nil, "f"),
		build(arrow.FixedWidthTypes.Date32, arrow.Date32(1), arrow.Date32(2), nil)}, 0, 7, 0)
	rows, positions = read(t, held(t, Options{Systems: []*System{s}}, typed).Table(schema.Lookup("events")))
	require.Equal(t, []string{"person.parquet 1", "person.parquet 3"}, positions)
	require.Equal(t, [][]string{{"person:1", "1", "k", "1970-01-02"}, {"person:3", "3", "k", "-"}}, rows)
}

func TestNHSNumbers(t *testing.T) {
	columns := []string{"patient_id", "nhs_number", "nhs_number_state", "nhs_number_key"}
	file := textFile("patients", columns, [][]string{
		{"1", "9990000018", "", ""},
		{"2", "999-000-0018", "pseudonym", "abcd"}, // what is there goes before what is said
		{"3", "", "pseudonym", "00ff00ff00ff00ff"},
		{"4", "", "", ""},
		{"5", "TEMP", "", ""},
		{"6", "9990000026", "", ""},
		nil,
		{"8", "", "lost", ""},
	})
	patients := func(o Options) [][]string {
		tab := held(t, o, file).Table(schema.Lookup("patients"))
		require.False(t, tab.Supplied[tab.Schema.Column("nhs_number").Index])
		c := tab.Schema.Column
		rows, _ := read(t, tab, c("nhs_number_state"), c("nhs_number_range"), c("nhs_number_key"))
		return rows
	}
	rows := patients(Options{AllowTestNumbers: true})
	require.Equal(t, rows[0], rows[1])
	valid, where := identifier.NHSNumberWith([]byte("9990000018"), identifier.Options{AllowTest: true})
	require.Equal(t, []string{"valid", where.String()}, rows[0][:2])
	require.Equal(t, identifier.Valid, valid)
	require.Len(t, rows[0][2], 16)
	require.NotEqual(t, rows[0][2], rows[5][2])
	require.Equal(t, [][]string{{"pseudonym", "-", "00ff00ff00ff00ff"}, {"missing", "-", "-"}, {"bad_form", "-", "-"}}, rows[2:5])
	require.Equal(t, [][]string{{"-", "-", "-"}, {"!", "-", "-"}}, rows[6:])
	require.Equal(t, "dummy", patients(Options{})[0][0])

	other, err := assemble(context.Background(), &source.Bundle{Files: []*source.File{file}}, Options{Key: [16]byte{1}})
	require.NoError(t, err)
	again, _ := read(t, other.Tables[0], schema.Lookup("patients").Column("nhs_number_key"))
	require.NotEqual(t, rows[0][2], again[0][0], "another key, another hash")
}

func TestDosageStateIsDerivedWhereItIsNotStated(t *testing.T) {
	for _, c := range []struct {
		columns []string
		row     []string
		want    []string // dosage_state, dosage_text
	}{
		{[]string{"patient_id", "dosage_text"}, []string{"1", "prn"}, []string{"when_required", "xxx"}},
		{[]string{"patient_id", "dosage_text"}, []string{"1", ""}, []string{"empty", "-"}},
		{[]string{"patient_id", "dosage_text", "dosage_state"}, []string{"1", "prn", "stated"}, []string{"stated", "xxx"}},
		{[]string{"patient_id", "dosage_text", "dosage_state"}, []string{"1", "prn", ""}, []string{"when_required", "xxx"}},
		{[]string{"patient_id", "dosage_state"}, []string{"1", ""}, []string{"-", "-"}},
	} {
		x := held(t, Options{}, textFile("patients", []string{"patient_id"}, [][]string{{"1"}}), textFile("medications", c.columns, [][]string{c.row}))
		tab := x.Table(schema.Lookup("medications"))
		require.True(t, tab.Supplied[tab.Schema.Column("dosage_state").Index])
		rows, _ := read(t, tab, tab.Schema.Column("dosage_state"), tab.Schema.Column("dosage_text"))
		require.Equal(t, c.want, rows[0])
	}
}

// TestTypedAndTextAgree reads the same random values from text fields, plain
// text arrays, dictionaries and typed arrays.
func TestTypedAndTextAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const n = 500
	names := []string{"patient_id", "sex", "birth_date", "birth_year", "is_deceased", "usual_gp_code", "nhs_number"}
	text := make([][]string, n)
	typed := make([][]any, len(names))
	for i := range n {
		text[i] = make([]string, len(names))
		put := func(c int, s string, v any) {
			if c > 0 && rng.IntN(6) == 0 {
				s, v = "", nil
			}
			text[i][c] = s
			typed[c] = append(typed[c], v)
		}
		put(0, fmt.Sprint(i), int64(i))
		sex := []string{"M", "F", "I", "U", "male", ""}[rng.IntN(6)]
		put(1, sex, sex)
		day := firstDay - 5 + rng.IntN(lastDay-firstDay+10)
		put(2, string(appendDate(nil, int64(day))), arrow.Date32(day))
		year := rng.Int64N(4000) - 1000
		put(3, fmt.Sprint(year), year)
		dead := rng.IntN(2) == 0
		put(4, fmt.Sprint(dead), dead)
		gp := []string{"G1", "G2", "G3", "", "é"}[rng.IntN(5)]
		put(5, gp, gp)
		number := 9990000000 + rng.Int64N(20)
		put(6, fmt.Sprint(number), number)
	}
	str := arrow.BinaryTypes.String
	types := [][]arrow.DataType{
		{str, str, str, str, str, str, str},
		{textDictionary, textDictionary, textDictionary, textDictionary, textDictionary, textDictionary, textDictionary},
		{arrow.PrimitiveTypes.Int64, textDictionary, arrow.FixedWidthTypes.Date32, arrow.PrimitiveTypes.Int64, arrow.FixedWidthTypes.Boolean, textDictionary, arrow.PrimitiveTypes.Int64},
		{arrow.PrimitiveTypes.Int32, str, &arrow.TimestampType{Unit: arrow.Millisecond}, arrow.PrimitiveTypes.Int32, arrow.FixedWidthTypes.Boolean, str, arrow.PrimitiveTypes.Float64},
		{arrow.PrimitiveTypes.Float64, str, arrow.FixedWidthTypes.Date64, arrow.PrimitiveTypes.Float64, arrow.FixedWidthTypes.Boolean, str, arrow.PrimitiveTypes.Int64},
	}
	want, _ := read(t, held(t, Options{}, textFile("patients", names, text[:100], text[100:])).Tables[0])
	for k, columns := range types {
		var arrays []arrow.Array
		for c, typ := range columns {
			values := make([]any, n)
			for i := range n {
				values[i] = as(typ, text[i][c], typed[c][i])
			}
			arrays = append(arrays, build(typ, values...))
		}
		for _, number := range []uint64{0, 5} {
			numbers := make([]uint64, len(names))
			for i := range numbers {
				if number > 0 {
					numbers[i] = number + uint64(i)
				}
			}
			got, _ := read(t, held(t, Options{}, typedFile("patients", names, arrays, numbers...)).Tables[0])
			require.Equal(t, want, got, "types %d", k)
		}
	}
}

// as gives a value as a type holds it.
func as(t arrow.DataType, text string, v any) any {
	if v == nil {
		if t.ID() == arrow.STRING || t.ID() == arrow.DICTIONARY {
			return text // an empty text and no value are the same
		}
		return nil
	}
	switch t.ID() {
	case arrow.STRING, arrow.DICTIONARY:
		return text
	case arrow.TIMESTAMP:
		return arrow.Timestamp(int64(v.(arrow.Date32))*86400_000 + 86399_999)
	case arrow.DATE64:
		return arrow.Date64(int64(v.(arrow.Date32)) * 86400_000)
	case arrow.INT32:
		return int32(v.(int64))
	case arrow.FLOAT64:
		return float64(v.(int64))
	}
	return v
}

func TestUnrealNumbersAreMalformed(t *testing.T) {
	x := held(t, Options{}, textFile("patients", []string{"patient_id"}, [][]string{{"1"}}), typedFile("events", []string{"patient_id", "value"},
		[]arrow.Array{build(arrow.BinaryTypes.String, "1", "1", "1", "1"), build(arrow.PrimitiveTypes.Float64, 1.5, math.NaN(), math.Inf(-1), nil)}))
	tab := x.Table(schema.Lookup("events"))
	rows, _ := read(t, tab, tab.Schema.Column("value"))
	require.Equal(t, [][]string{{"1.5"}, {"!"}, {"!"}, {"-"}}, rows)
	floats := held(t, Options{}, textFile("patients", []string{"patient_id"}, [][]string{{"1"}}), typedFile("events", []string{"patient_id", "value"},
		[]arrow.Array{build(arrow.BinaryTypes.String, "1"), build(arrow.PrimitiveTypes.Float32, float32(0.1))}))
	rows, _ = read(t, floats.Table(schema.Lookup("events")), tab.Schema.Column("value"))
	require.Equal(t, "0.1", rows[0][0], "as it was meant, not as it widens")
}

func TestHopelessTypeIsRefused(t *testing.T) {
	list := typedFile("patients", []string{"patient_id", "birth_date"}, []arrow.Array{build(arrow.BinaryTypes.String, "1"), build(arrow.BinaryTypes.String, "1")})
	list.Types[1] = arrow.ListOf(arrow.PrimitiveTypes.Int32)
	_, err := assemble(context.Background(), &source.Bundle{Files: []*source.File{list}}, Options{})
	require.EqualError(t, err, "patients.parquet, birth_date: columns of type list<item: int32, nullable> cannot be read")
}
