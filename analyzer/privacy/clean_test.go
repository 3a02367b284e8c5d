package privacy

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// codesOf are the codes and the terms of our own code lists, by their system.
func codesOf(t testing.TB) (codes, terms map[string][]string) {
	files, err := filepath.Glob(filepath.FromSlash("../../rules/codelists/*.csv"))
	require.NoError(t, err)
	require.Greater(t, len(files), 20)
	codes, terms = map[string][]string{}, map[string][]string{}
	for _, name := range files {
		f, err := os.Open(name)
		require.NoError(t, err)
		rows, err := csv.NewReader(f).ReadAll()
		require.NoError(t, err, name)
		require.NoError(t, f.Close())
		for _, row := range rows[1:] {
			codes[row[0]] = append(codes[row[0]], row[1])
			terms[row[0]] = append(terms[row[0]], row[2])
		}
	}
	return codes, terms
}

// A cleanColumn makes the values of a column of codes or numbers.
type cleanColumn struct {
	header string
	value  func(r *rand.Rand, row int) string
}

func pick(of []string) func(*rand.Rand, int) string {
	// A few are common and most are rare, as in records.
	return func(r *rand.Rand, _ int) string { return of[int(float64(len(of))*r.Float64()*r.Float64())] }
}

func format(form string, n int64) func(*rand.Rand, int) string {
	return func(r *rand.Rand, _ int) string { return fmt.Sprintf(form, r.Int64N(n)) }
}

// cleanColumns are columns that identify nobody, of the kinds that extracts are made
// of. terms are among them only for their codes' sake.
func cleanColumns(t testing.TB) []cleanColumn {
	codes, terms := codesOf(t)
	out := []cleanColumn{
		{"consultation_id", format("%010d", 1e10)}, {"event_id", format("%011d", 1e11)}, {"ubrn", format("%012d", 1e12)}, {"event_ref", format("1%09d", 1e9)},
		{"row", func(_ *rand.Rand, row int) string { return fmt.Sprint(7_000_000_000 + row) }},
		{"guid", func(r *rand.Rand, _ int) string {
			return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<12), r.IntN(1<<12), r.Uint64()>>16)
		}},
		{"nhs_number_key", func(r *rand.Rand, _ int) string { return fmt.Sprintf("%016x", r.Uint64()) }},
		{"patient_key", func(r *rand.Rand, _ int) string { return fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64()) }},
		{"event_date", day(2005, 20)}, {"recorded_date", day(1990, 36)}, {"registered_date", day(1995, 31)}, {"stamp", format("20260331%06d", 235959)},
		{"birth_month", func(r *rand.Rand, _ int) string { return fmt.Sprintf("%d-%02d-01", 1926+r.IntN(98), 1+r.IntN(12)) }},
		{"birth_year", func(r *rand.Rand, _ int) string { return fmt.Sprint(1926 + r.IntN(98)) }},
		{"postcode_district", pick([]string{"LS1", "LS17", "NR2", "TR1", "EC1A", "SW1A", "B33", "M1"})}, {"lsoa", format("E010%05d", 99999)},
		{"ods_code", format("A81%03d", 999)}, {"practice_id", format("P%05d", 50)}, {"quantity", format("%d", 112)}, {"value", func(r *rand.Rand, _ int) string { return fmt.Sprintf("%.1f", 300*r.Float64()) }},
		{"blood_pressure", func(r *rand.Rand, _ int) string { return fmt.Sprintf("%d/%d", 90+r.IntN(90), 50+r.IntN(60)) }},
		{"status", pick([]string{"active", "ended", "stopped", "draft"})}, {"ethnic", pick([]string{"White", "Black", "Asian", "Mixed", "White British", "Irish", "Chinese", "Other"})},
		{"role", pick([]string{"GP partner", "Salaried GP", "Practice nurse", "Pharmacist", "Receptionist", "Healthcare assistant"})}, {"sex", pick([]string{"M", "F", "I", "U"})},
		{"hair", pick([]string{"Brown", "Black", "Grey", "White", "Red", "Blond"})}, {"unit", pick([]string{"mmol/L", "mmHg", "kg", "g/dL", "%", "10*9/L"})}, {"episodicity", pick([]string{"First", "New", "Review", "Other"})},
		{"patient_id", func(r *rand.Rand, _ int) string { return fmt.Sprintf("%d", 1e12+r.Int64N(1e12)) }}, {"sequence", func(_ *rand.Rand, row int) string { return fmt.Sprint(row + 1) }},
		{"flag", pick([]string{"true", "false"})}, {"phone_verified", pick([]string{"true", "false"})}, {"email_status", pick([]string{"ok", "bounced"})}, {"address_type", pick([]string{"home", "work", "other"})},
		{"time", func(r *rand.Rand, _ int) string { return fmt.Sprintf("%02d:%02d", r.IntN(24), r.IntN(60)) }}, {"score", format("%d", 27)}, {"month", pick([]string{"April", "May", "June", "July", "August"})},
		{"weekday", pick([]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"})}, {"batch", format("B%02d", 99)}, {"lot", format("AB%06d", 999999)}, {"bnf_code", pick(slices.Clone(codes["bnf"]))},
	}
	out = slices.DeleteFunc(out, func(c cleanColumn) bool { return c.header == "bnf_code" && len(codes["bnf"]) == 0 })
	for system, of := range codes {
		r := rand.New(rand.NewPCG(uint64(len(of)), 7))
		for k := 0; k < 40 && len(of) > 50; k++ {
			from := r.IntN(len(of) - 50)
			n := 40 + r.IntN(len(of)-from-40)
			out = append(out, cleanColumn{fmt.Sprintf("%s_code_%d", system, k), pick(of[from:][:n])})
			if k%5 == 0 {
				out = append(out, cleanColumn{fmt.Sprintf("%s_term_%d", system, k), pick(terms[system][from:][:n])})
			}
		}
	}
	slices.SortFunc(out, func(a, b cleanColumn) int { return strings.Compare(a.header, b.header) })
	return out
}

func day(from, years int) func(*rand.Rand, int) string {
	return func(r *rand.Rand, _ int) string {
		return fmt.Sprintf("%d-%02d-%02d", from+r.IntN(years), 1+r.IntN(12), 1+r.IntN(28))
	}
}
