package convert

import (
	"fmt"
	"index/suffixarray"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
	"paperlight/analyzer/synthetic"
)

// anonymised writes the extract at a path anonymised, as CSV.
func anonymisedAs(t *testing.T, path string, a Anonymise) (string, *Summary, error) {
	t.Helper()
	a.Key, a.Catalogue = Key{1, 2, 3}, published(t)
	return written(t, path, Options{Format: "csv", Anonymise: &a})
}

// withOptOuts makes a practice in which every tenth patient opted out, half of them by
// a decision and half by a code, and returns the ids of those.
func withOptOuts(t *testing.T, o synthetic.Options) (folder string, out map[string]bool) {
	folder, out = made(t, o), map[string]bool{}
	patients := readCSV(t, filepath.Join(folder, "patients.csv"))
	consents, events := readCSV(t, filepath.Join(folder, "consents.csv")), readCSV(t, filepath.Join(folder, "events.csv"))
	id, practice := at(t, patients, "patient_id"), at(t, patients, "practice_id")
	for i := 10; i < len(patients); i += 10 {
		out[patients[i][id]] = true
		said := map[string]string{"patient_id": patients[i][id], "practice_id": patients[i][practice], "kind": "type1_opt_out", "decision": "given", "decided_date": "2025-02-03",
			"consent_id": "optout" + patients[i][id], "event_id": "optout" + patients[i][id], "code": "827241000000103", "code_system": "sct", "event_date": "2025-02-03", "recorded_date": "2025-02-03", "event_type": "administrative"}
		if i%20 == 0 {
			delete(said, "code")
			delete(said, "code_system")
			consents = append(consents, row(consents[0], said))
		} else {
			events = append(events, row(events[0], said))
		}
	}
	writeCSV(t, filepath.Join(folder, "consents.csv"), consents)
	writeCSV(t, filepath.Join(folder, "events.csv"), events)
	return folder, out
}

func at(t *testing.T, rows [][]string, column string) int {
	t.Helper()
	i := slices.Index(rows[0], column)
	require.GreaterOrEqual(t, i, 0, column)
	return i
}

func row(header []string, of map[string]string) []string {
	out := make([]string, len(header))
	for i, name := range header {
		out[i] = of[name]
	}
	return out
}

// without copies the tables of a folder without the rows of some patients, and of
// those whom no row of patients names.
func without(t *testing.T, folder string, out map[string]bool) string {
	to := filepath.Join(t.TempDir(), "without")
	require.NoError(t, os.CopyFS(to, os.DirFS(folder)))
	patients := readCSV(t, filepath.Join(folder, "patients.csv"))
	there := map[string]bool{}
	for _, p := range patients[1:] {
		there[p[at(t, patients, "patient_id")]] = true
	}
	files, err := filepath.Glob(filepath.Join(to, "*.csv"))
	require.NoError(t, err)
	for _, file := range files {
		rows := readCSV(t, file)
		who := slices.Index(rows[0], "patient_id")
		if who >= 0 {
			rows = slices.DeleteFunc(rows, func(r []string) bool {
				return r[who] != "patient_id" && r[who] != "" && (out[r[who]] || !there[r[who]])
			})
		}
		writeCSV(t, file, rows)
	}
	return to
}

// What a check says of those who stay is what it says of them in an extract that they
// alone are in, but for the rules that are named.
func TestWhoStaysIsJudgedAlike(t *testing.T) {
	for name, o := range map[string]synthetic.Options{"one practice": {Seed: 12, Patients: 300, Answers: []string{"audit-trail-on", "interoperability-gateway-on"}}, "in random order": {Seed: 13, Practices: 2, Patients: 300, Shuffle: true}} {
		for _, year := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				folder, out := withOptOuts(t, o)
				hidden, s, err := anonymisedAs(t, folder, Anonymise{BirthYear: year})
				require.NoError(t, err)
				require.EqualValues(t, len(out), s.Anonymised.OptedOut)
				want, err := judged(t.Context(), without(t, folder, out), true)
				require.NoError(t, err)
				got, err := judged(t.Context(), hidden, false)
				require.NoError(t, err)
				a := s.Anonymised
				for k := range want { // what the practice said of its answers is not handed on
					want[k] = strings.NewReplacer("role: practice manager", "role: given", "evidence: made up", "evidence: given").Replace(want[k])
				}
				requireSame(t, want, got, slices.Concat(a.Lost, a.Changed, a.CoarserDates)...)
				require.Greater(t, len(want), 2*len(slices.Concat(a.Lost, a.Changed, a.CoarserDates)), "most rules are held to the same result")
				if o.Practices < 2 { // ids that two practices share are told apart by the practice alone
					require.Contains(t, got[onlyPractice(t, got)+" sharing/type-1-removed"], `"numerator":`)
				}
			})
		}
	}
}

func onlyPractice(t *testing.T, judged map[string]string) string {
	for k := range judged {
		if practice, what, _ := strings.Cut(k, " "); what == "day" {
			return practice
		}
	}
	t.Fatal("no practice")
	return ""
}

// No id, number, name or day of birth of the extract is in any byte of what is written.
func TestNothingThatNamesAnybodyIsWritten(t *testing.T) {
	folder, _ := withOptOuts(t, synthetic.Options{Seed: 14})
	secret := map[string]string{}
	files, err := filepath.Glob(filepath.Join(folder, "*.csv"))
	require.NoError(t, err)
	for _, file := range files {
		rows := readCSV(t, file)
		table := schema.Lookup(strings.TrimSuffix(filepath.Base(file), ".csv"))
		for i, name := range rows[0] {
			c := table.Column(name)
			if does := byClass(c).does; does != toPseudonym && does != drop && c != birthDate {
				continue
			}
			for _, r := range rows[1:] {
				if len(r[i]) >= 8 && strings.Trim(r[i], "0") != "" { // shorter ones are found by chance
					secret[r[i]] = c.String()
				}
			}
		}
	}
	require.Greater(t, len(secret), 1000)
	for _, format := range []string{"csv", "arrow"} { // Parquet is compressed
		hidden, _, err := written(t, folder, Options{Format: format, Anonymise: &Anonymise{Key: Key{7}, Catalogue: published(t)}})
		require.NoError(t, err)
		text := suffixarray.New([]byte(everything(t, hidden)))
		for value, column := range secret {
			// Other things happened on a day of birth, and in Arrow texts have nothing between
			// them, so that codes end to end may spell a number.
			if column != birthDate.String() && (format == "csv" || strings.Trim(value, "0123456789") != "") {
				require.Empty(t, text.Lookup([]byte(value), 1), "%s in %s: %s", column, format, value)
			}
		}
		if format == "csv" {
			patients := readCSV(t, filepath.Join(hidden, "patients.csv"))
			for _, r := range patients[1:] {
				require.Regexp(t, "^(|....-..-01|unreadable)$", r[at(t, patients, "birth_date")])
			}
		}
	}
}

func TestPseudonyms(t *testing.T) {
	key := Key{1}
	a, b := newPseudonyms(key.For("patients"), false), newPseudonyms(key.For("events"), false)
	one := string(a.of([]byte("17")))
	require.Len(t, one, 26)
	require.Equal(t, one, string(a.of([]byte("17"))), "equal ids, equal pseudonyms")
	require.NotEqual(t, one, string(a.of([]byte("18"))))
	require.Equal(t, one, string(a.of([]byte("17"))))
	require.NotEqual(t, one, string(b.of([]byte("17"))), "an id of another kind is another")
	other := Key{2}
	require.NotEqual(t, one, string(newPseudonyms(other.For("patients"), false).of([]byte("17"))), "without the key nothing can be told")
	require.Regexp(t, "^[0-9a-f]{24}$", string(newPseudonyms(key.For("patients"), true).of([]byte("17"))))
}

// The ids by which rows are joined are of one kind on both sides.
func TestJoinedColumnsShareTheirPseudonyms(t *testing.T) {
	for _, r := range schema.Relations {
		if r.Near != nil && r.Near.Privacy != schema.Staff {
			require.Equal(t, kindOf(r.Near), kindOf(r.Far), "%s and %s", r.Near, r.Far)
		}
	}
	require.Equal(t, "consultations", kindOf(schema.Medications.Column("consultation_id")))
	require.Equal(t, "staff", kindOf(schema.Events.Column("clinician_code")))
}

// A column of text that is new to the schema is dropped, until somebody decides.
func TestEveryColumnIsDecidedAbout(t *testing.T) {
	named := map[string]bool{}
	for _, table := range schema.Tables {
		for _, c := range table.Columns {
			named[c.Name], named[c.String()] = true, true
			if c.Type != schema.Text || c.Values != nil || c.Privacy == schema.FreeText || c.Privacy == schema.Direct || c.Virtual || isID(c) {
				continue
			}
			_, byName := anonymised[c.Name]
			_, byTable := anonymised[c.String()]
			require.True(t, byName || byTable, "%s: say in treatment.go what becomes of it", c)
		}
	}
	for name := range anonymised {
		require.True(t, named[name], "%s is no column", name)
	}
}

func TestDistricts(t *testing.T) {
	for text, want := range map[string]string{"LS1": "LS1", "ls1 4dy": "LS1", "LS14DY": "LS1", "SW1A 1AA": "SW1A", "SW1A": "SW1A", "M1": "M1", " b33 8th": "B33", "": "", "12 High Street": "", "LS": "", "1LS": "", "LS1 4": "LS1", "ZZ99": "ZZ99", "ZZ993VZ": "ZZ99"} {
		require.Equal(t, want, string(district([]byte(text))), text)
	}
}

// An extract that cannot show who opted out is not anonymised, unless they were left
// out before.
func TestOptOutsThatNobodyCanSee(t *testing.T) {
	folder, _ := withOptOuts(t, synthetic.Options{Seed: 15})
	require.NoError(t, os.Remove(filepath.Join(folder, "consents.csv")))
	var refused *PrivacyError
	_, _, err := anonymisedAs(t, folder, Anonymise{})
	require.ErrorAs(t, err, &refused)
	require.Contains(t, refused.Cure, "--opt-outs-removed")
	_, s, err := anonymisedAs(t, folder, Anonymise{OptOutsRemoved: true})
	require.NoError(t, err)
	require.EqualValues(t, 8, s.Anonymised.OptedOut, "who did so for all to see, by a code")
}

// What has the form of a code and is none, such as National Insurance numbers, is
// found in what was written.
func TestWhatStillNamesPeopleIsRefused(t *testing.T) {
	folder, _ := withOptOuts(t, synthetic.Options{Seed: 16})
	file := filepath.Join(folder, "documents.csv")
	rows := readCSV(t, file)
	for i := range rows[1:] {
		rows[i+1][at(t, rows, "type_code")] = fmt.Sprintf("JG%06dC", 103119+i*37)
	}
	writeCSV(t, file, rows)
	var refused *PrivacyError
	_, _, err := anonymisedAs(t, folder, Anonymise{})
	require.ErrorAs(t, err, &refused)
	require.Contains(t, refused.Error(), "documents.csv, type_code")
	require.NotContains(t, refused.Error(), "JG1")
	_, _, err = anonymisedAs(t, folder, Anonymise{Drop: []*schema.Column{schema.Lookup("documents").Column("type_code")}})
	require.NoError(t, err)
}

// Entries that are kept out of shared records are left out on request, and nothing
// that stays names them.
func TestSharingExclusions(t *testing.T) {
	folder, _ := withOptOuts(t, synthetic.Options{Seed: 17})
	code := published(t).Lists["sharing-exclusions"].Codes["sct"][0]
	problems, events := readCSV(t, filepath.Join(folder, "problems.csv")), readCSV(t, filepath.Join(folder, "events.csv"))
	excluded := problems[1][at(t, problems, "problem_id")]
	problems[1][at(t, problems, "code")], problems[1][at(t, problems, "code_system")] = code, "sct"
	linked := 0
	for _, e := range events[1:] {
		if e[at(t, events, "patient_id")] == problems[1][at(t, problems, "patient_id")] && linked == 0 {
			e[at(t, events, "problem_id")], linked = excluded, 1
		}
	}
	require.Equal(t, 1, linked)
	writeCSV(t, filepath.Join(folder, "problems.csv"), problems)
	writeCSV(t, filepath.Join(folder, "events.csv"), events)
	with, _, err := anonymisedAs(t, folder, Anonymise{})
	require.NoError(t, err)
	hidden, s, err := anonymisedAs(t, folder, Anonymise{Sharing: true})
	require.NoError(t, err)
	require.EqualValues(t, 1, s.Anonymised.ExcludedRows)
	require.Contains(t, everything(t, with), ","+code+",")
	require.NotContains(t, everything(t, hidden), ","+code+",")
	gone := pseudonymOf(t, "problems", excluded)
	require.Contains(t, everything(t, with), gone)
	require.NotContains(t, everything(t, hidden), gone)
	require.Contains(t, s.Anonymised.Changed, "medication/repeat-linked-to-problem", "it reads problems")
}

func pseudonymOf(t *testing.T, kind, id string) string {
	key := Key{1, 2, 3}
	return string(newPseudonyms(key.For(kind), false).of([]byte(id)))
}

// Of two practices that use one id, the patient of the one who opted out leaves, and
// the other stays.
func TestOneIDInTwoPractices(t *testing.T) {
	folder := made(t, synthetic.Options{Seed: 18, Practices: 2, Patients: 200})
	patients := readCSV(t, filepath.Join(folder, "patients.csv"))
	id, practice := at(t, patients, "patient_id"), at(t, patients, "practice_id")
	last := patients[len(patients)-1]
	require.NotEqual(t, patients[1][practice], last[practice])
	old := last[id]
	shared := patients[1][id]
	files, err := filepath.Glob(filepath.Join(folder, "*.csv"))
	require.NoError(t, err)
	for _, file := range files {
		rows := readCSV(t, file)
		if who := slices.Index(rows[0], "patient_id"); who >= 0 {
			for _, r := range rows[1:] {
				if r[who] == old {
					r[who] = shared
				}
			}
			writeCSV(t, file, rows)
		}
	}
	consents := readCSV(t, filepath.Join(folder, "consents.csv"))
	consents = append(consents, row(consents[0], map[string]string{"consent_id": "o", "patient_id": shared, "practice_id": last[practice], "kind": "type1_opt_out", "decision": "given"}))
	writeCSV(t, filepath.Join(folder, "consents.csv"), consents)
	hidden, s, err := anonymisedAs(t, folder, Anonymise{})
	require.NoError(t, err)
	require.EqualValues(t, 1, s.Anonymised.OptedOut)
	stays := 0
	for _, r := range readCSV(t, filepath.Join(hidden, "patients.csv")) {
		if r[0] == pseudonymOf(t, "patients", shared) {
			stays++
			require.Equal(t, patients[1][practice], r[1])
		}
	}
	require.Equal(t, 1, stays)
}

// Whoever may have opted out leaves, however the row says it, also where the extract is
// said to be without them.
func TestEveryWayOfOptingOut(t *testing.T) {
	whole := made(t, synthetic.Options{Seed: 21})
	events, consents := readCSV(t, filepath.Join(whole, "events.csv")), readCSV(t, filepath.Join(whole, "consents.csv"))
	patients := readCSV(t, filepath.Join(whole, "patients.csv"))
	who, practice := patients[5][at(t, patients, "patient_id")], patients[5][at(t, patients, "practice_id")]
	event := func(code, system, day string) map[string]string {
		return map[string]string{"event_id": "o", "patient_id": who, "practice_id": practice, "code": code, "code_system": system, "event_date": day}
	}
	decided := func(kind, decision, day string) map[string]string {
		return map[string]string{"consent_id": "o", "patient_id": who, "practice_id": practice, "kind": kind, "decision": decision, "decided_date": day}
	}
	for name, test := range map[string]struct {
		event, consent []map[string]string
		gone           []string // files that are not there
		stays          bool
	}{
		"a code":                                 {event: []map[string]string{event("827241000000103", "sct", "2020-01-01")}},
		"a code, and no table of decisions":      {event: []map[string]string{event("827241000000103", "sct", "2020-01-01")}, gone: []string{"consents.csv"}},
		"a decision, and no table of entries":    {consent: []map[string]string{decided("type1_opt_out", "given", "2020-01-01")}, gone: []string{"events.csv"}},
		"a code of the future":                   {event: []map[string]string{event("827241000000103", "sct", "2099-01-01")}},
		"a code without a day":                   {event: []map[string]string{event("827241000000103", "sct", "")}},
		"a code without a system":                {event: []map[string]string{event("827241000000103", "", "2020-01-01")}},
		"a code of another system":               {event: []map[string]string{event("827241000000103", "local", "2020-01-01")}},
		"a code of an unreadable system":         {event: []map[string]string{event("827241000000103", "SNOMED", "2020-01-01")}},
		"a code as a decimal":                    {event: []map[string]string{event("827241000000103.0", "sct", "2020-01-01")}},
		"a code after a quote":                   {event: []map[string]string{event("'827241000000103", "sct", "2020-01-01")}},
		"a code that a spreadsheet rounded":      {event: []map[string]string{event("8.27241E+14", "sct", "2020-01-01")}},
		"a Read code":                            {event: []map[string]string{event("9Nu0.", "read2", "2020-01-01")}},
		"a Read code without its dot":            {event: []map[string]string{event("9Nu0", "read2", "2020-01-01")}},
		"a Read code with a term code":           {event: []map[string]string{event("9Nu0.11", "read2", "2020-01-01")}},
		"a decision without a day":               {consent: []map[string]string{decided("type1_opt_out", "given", "")}},
		"a decision of the future":               {consent: []map[string]string{decided("type1_opt_out", "refused", "2099-01-01")}},
		"a decision that nobody can read":        {consent: []map[string]string{decided("Type1_Opt_Out", "given", "2020-01-01")}},
		"taken back before":                      {consent: []map[string]string{decided("type1_opt_out", "given", "2020-01-01"), decided("type1_opt_out", "withdrawn", "2019-01-01")}},
		"taken back on the day":                  {consent: []map[string]string{decided("type1_opt_out", "given", "2020-01-01"), decided("type1_opt_out", "withdrawn", "2020-01-01")}},
		"taken back in the future":               {consent: []map[string]string{decided("type1_opt_out", "given", "2020-01-01"), decided("type1_opt_out", "withdrawn", "2099-01-01")}},
		"taken back, and an entry without a day": {event: []map[string]string{event("9Nu0.", "read2", "")}, consent: []map[string]string{decided("type1_opt_out", "withdrawn", "2020-01-01")}},
		"taken back":                             {consent: []map[string]string{decided("type1_opt_out", "given", "2020-01-01"), decided("type1_opt_out", "withdrawn", "2021-01-01")}, stays: true},
		"another decision":                       {consent: []map[string]string{decided("scr", "refused", "2020-01-01")}, stays: true},
		"another code":                           {event: []map[string]string{event("160244002", "sct", "2020-01-01")}, stays: true},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "x")
			require.NoError(t, os.CopyFS(folder, os.DirFS(whole)))
			e, c := slices.Clone(events), slices.Clone(consents)
			for _, one := range test.event {
				e = append(e, row(e[0], one))
			}
			for _, one := range test.consent {
				c = append(c, row(c[0], one))
			}
			writeCSV(t, filepath.Join(folder, "events.csv"), e)
			writeCSV(t, filepath.Join(folder, "consents.csv"), c)
			for _, file := range test.gone {
				require.NoError(t, os.Remove(filepath.Join(folder, file)))
			}
			hidden, s, err := anonymisedAs(t, folder, Anonymise{OptOutsRemoved: true})
			require.NoError(t, err)
			there := strings.Contains(everything(t, hidden), pseudonymOf(t, "patients", who))
			require.Equal(t, test.stays, there)
			if test.stays {
				require.Zero(t, s.Anonymised.OptedOut)
			} else {
				require.EqualValues(t, 1, s.Anonymised.OptedOut)
			}
		})
	}
}

// One row with what names somebody, in any column of text that stays.
func TestOneRowThatNamesSomebody(t *testing.T) {
	whole := made(t, synthetic.Options{Seed: 22, Answers: []string{"audit-trail-on"}})
	files, err := filepath.Glob(filepath.Join(whole, "*.csv"))
	require.NoError(t, err)
	for _, said := range []string{"Margaret Thistlewood", "Margaret Thistlewood 1951-03-14", "9434765919", "943 476 5919", "LS6 2AB", "LS62AB", "margaret@example.org", "07700900123", "943-476-5919", "1951-03-14", "14.03.1951", "Thistlewood", "seen with her daughter, who is worried"} {
		folder := filepath.Join(t.TempDir(), "x")
		require.NoError(t, os.CopyFS(folder, os.DirFS(whole)))
		for _, file := range files {
			rows := readCSV(t, file)
			table := schema.Lookup(strings.TrimSuffix(filepath.Base(file), ".csv"))
			line := 1
			for i, name := range rows[0] {
				c := table.Column(name)
				if c.Type != schema.Text || c.Values != nil || c.Derived != "" || c == table.Patient || c == table.Practice || c.Privacy == schema.Direct || line >= len(rows) || table == schema.Practice && c == table.Key {
					continue
				}
				rows[line][i] = said
				if line++; line == len(rows) && table.Patient == nil {
					line = 1 // few rows: the same again
				}
			}
			writeCSV(t, filepath.Join(folder, filepath.Base(file)), rows)
		}
		hidden, _, err := anonymisedAs(t, folder, Anonymise{OptOutsRemoved: true})
		require.NoError(t, err, said)
		for _, line := range strings.Split(everything(t, hidden), "\n") {
			require.NotContains(t, line, said)
		}
	}
}

// A second record of whoever opted out leaves too.
func TestTwoRecordsOfOnePerson(t *testing.T) {
	folder, _ := withOptOuts(t, synthetic.Options{Seed: 23})
	patients := readCSV(t, filepath.Join(folder, "patients.csv"))
	number := at(t, patients, "nhs_number")
	patients[10][number] = "9434765919" // who opted out; of a range that is in use
	writeCSV(t, filepath.Join(folder, "patients.csv"), patients)
	_, before, err := anonymisedAs(t, folder, Anonymise{})
	require.NoError(t, err)
	patients[3][number] = patients[10][number]
	writeCSV(t, filepath.Join(folder, "patients.csv"), patients)
	hidden, after, err := anonymisedAs(t, folder, Anonymise{})
	require.NoError(t, err)
	require.Equal(t, before.Anonymised.OptedOut+1, after.Anonymised.OptedOut)
	require.NotContains(t, everything(t, hidden), pseudonymOf(t, "patients", patients[3][at(t, patients, "patient_id")]))
}

// Of a day of birth the month is left, or the year; one that cannot be read stays so.
func TestWhatIsLeftOfADayOfBirth(t *testing.T) {
	for _, unread := range []bool{false, true} {
		folder, _ := withOptOuts(t, synthetic.Options{Seed: 24})
		patients := readCSV(t, filepath.Join(folder, "patients.csv"))
		id, birth := at(t, patients, "patient_id"), at(t, patients, "birth_date")
		patients[1][birth], patients[2][birth] = "1951-03-14", ""
		if unread {
			patients[3][birth] = "14 March"
		}
		writeCSV(t, filepath.Join(folder, "patients.csv"), patients)
		for _, year := range []bool{false, true} {
			hidden, _, err := anonymisedAs(t, folder, Anonymise{BirthYear: year})
			require.NoError(t, err)
			copied := readCSV(t, filepath.Join(hidden, "patients.csv"))
			column, want := "birth_date", "1951-03-01"
			if year {
				column, want = "birth_year", "1951"
				require.NotContains(t, copied[0], "birth_date")
			}
			left := map[string]string{}
			for _, r := range copied[1:] {
				left[r[at(t, copied, "patient_id")]] = r[at(t, copied, column)]
			}
			require.Equal(t, want, left[pseudonymOf(t, "patients", patients[1][id])])
			require.Empty(t, left[pseudonymOf(t, "patients", patients[2][id])])
			if unread {
				require.Equal(t, unreadable, left[pseudonymOf(t, "patients", patients[3][id])])
			}
		}
	}
}
