package inspection

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/mapping"
	"paperlight/internal/fixture"
	"paperlight/rules"
)

// inspected inspects the extract in a folder by the published rules.
func inspected(t *testing.T, folder string, o Options) *Inspection {
	t.Helper()
	x, err := analyzer.Open(context.Background(), []string{folder}, mapping.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, x.Close()) }()
	o.Catalogue, err = rules.Embedded()
	require.NoError(t, err)
	o.Scheme, err = rules.PublishedScheme("england-2026", o.Catalogue)
	require.NoError(t, err)
	o.Run.Jobs, o.Run.MemoryLimit = 1, 1<<30
	n, err := Of(context.Background(), x, o)
	require.NoError(t, err)
	return n
}

func sample(name string) string { return filepath.Join("..", "mapping", "testdata", name) }

// folderOf writes files of an extract.
func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "extract")
	require.NoError(t, os.MkdirAll(folder, 0o700))
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	return folder
}

// All that is asked of inspect is in each form: why the system, the files that are left,
// columns, forms of values, the cost of each absence, and how the as-of dates were found.
func TestEachFormSaysAll(t *testing.T) {
	for name, want := range map[string][]string{
		"emis-web": {"is named like a table of EMIS Web", "SOURCE.md", "spreadsheet", "DateOfBirth", "fp69_set_date", "documents", "31 March 2026", "the day the extract was released", "ResidentialInstituteCode"},
		"systmone": {"is named like a table of TPP SystmOne", "SOURCE.md", "dd mmm yyyy", "DateBirth", "results", "the day the extract was released"},
		"omop":     {"PERSON.csv is named like a table of OMOP", "LICENSE", "yyyy-mm-dd hh:mm:ss", "birth_datetime", "patients.nhs_number_key", "race_concept_id", "As-of dates"},
		"fhir-r4":  {"FHIR resources of the type Patient", "SOURCE.md", "yyyy-mm", "onset_start", "consultations.recorded_date", "worked out from the dates recorded"},
	} {
		all := &All{Found: []*Inspection{inspected(t, sample(name), Options{})}}
		var text, page, data bytes.Buffer
		require.NoError(t, WriteText(&text, all))
		require.NoError(t, WriteHTML(&page, all))
		require.NoError(t, WriteJSON(&data, all))
		for _, say := range want {
			require.Contains(t, strings.Join(strings.Fields(text.String()), " "), say, name)
			require.Contains(t, page.String(), say, name)
		}
		var n Inspection
		require.NoError(t, json.Unmarshal(data.Bytes(), &n))
		require.NotEmpty(t, n.Mapping.Recognised, name)
		require.NotEmpty(t, n.Mapping.Forms, name)
		require.NotEmpty(t, n.Judging.Lost, name)
		require.NotEmpty(t, n.Practices, name)
		for _, p := range n.Practices {
			require.NotEmpty(t, p.AsOf, name)
			require.NotEmpty(t, p.AsOfFrom, name)
		}
	}
}

// The checks that can be made and those that cannot are all that read an extract, and
// each that cannot has its reasons.
func TestWhatTheAbsencesCost(t *testing.T) {
	for _, name := range []string{"emis-web", "omop", "fhir-r4", "canonical", "cprd-aurum"} {
		j := inspected(t, sample(name), Options{Quick: true}).Judging
		require.Equal(t, j.Checks, j.Made+len(j.Unmade), name)
		lost := map[string]bool{}
		for _, loss := range j.Lost {
			require.NotEmpty(t, loss.Rules, "%s: %v", name, loss.Lacks)
			for _, rule := range loss.Rules {
				lost[rule] = true
			}
		}
		require.Len(t, lost, len(j.Unmade), name)
		for _, check := range j.Unmade {
			require.True(t, lost[check.Rule], "%s: %s", name, check.Rule)
		}
		require.True(t, slices.IsSortedFunc(j.Unmade, func(a, b Check) int { return a.graveness() - b.graveness() }), name)
	}
	j := inspected(t, sample("omop"), Options{Quick: true}).Judging
	at := slices.IndexFunc(j.Lost, func(l Loss) bool { return slices.Equal(l.Lacks, []string{"allergies"}) })
	require.True(t, j.Lost[at].Never, "OMOP has no allergies")
	require.False(t, slices.ContainsFunc(j.Lost, func(l Loss) bool { return strings.HasPrefix(l.Lacks[0], "allergies.") }), "the table is what is absent")
	at = slices.IndexFunc(j.Lost, func(l Loss) bool { return slices.Equal(l.Lacks, []string{"patients.nhs_number_key"}) })
	require.Equal(t, []string{"nhs-number/unique"}, j.Lost[at].Rules)
}

// One practice without a day and the extract is not judged; a day that is given mends it.
func TestAnExtractWithoutADay(t *testing.T) {
	folder := folderOf(t, map[string]string{"patients.csv": "patient_id,practice_id\n1,P1\n"})
	n := inspected(t, folder, Options{})
	require.Contains(t, n.headline(), "This extract cannot be judged: no as-of date")
	require.Equal(t, []Practice{{ID: "P1"}}, n.Practices)
	require.Equal(t, undatedPractice, n.Practices[0].day())
	require.Contains(t, n.toDo()[0], "--as-of")
	require.Equal(t, int64(1), n.Reading[0].Rows, "the rest is read all the same")

	day, _ := calendar.Parse("2026-03-31")
	n = inspected(t, folder, Options{Run: analyzer.RunOptions{AsOf: &day}})
	require.Empty(t, n.Judging.Refused)
	require.Equal(t, []Practice{{ID: "P1", AsOf: "2026-03-31", AsOfFrom: "--as-of"}}, n.Practices)
}

// What is to be done comes in the order in which it helps.
func TestWhatToDo(t *testing.T) {
	n := inspected(t, folderOf(t, map[string]string{
		"patients.csv": "patient_id,practice_id,brith_date\n1,P1,1980-01-01\n",
		"practice.csv": "practice_id,extract_to\nP1,2026-03-31\n",
		"events.csv":   "event_id,patient_id,event_date\n1,1,01/02/2020\n2,1,02/02/2020\n3,1,2020-02-02\n",
		"allergy.csv":  "patient_id\n1\n",
	}), Options{})
	todo := n.toDo()
	require.Len(t, todo, 5, todo)
	for i, want := range []string{
		"patients.csv: the column brith_date is not used. Did you mean birth_date?",
		"allergy.csv: no table is read from this file. Did you mean allergies?",
		"events.csv, event_date: most dates cannot be read. They look like this: dd/mm/yyyy. Write them as YYYY-MM-DD, such as 2026-03-31.",
		"Some rows or cells could not be read in events. Under Tables stands what was wrong, and where first.",
	} {
		require.Equal(t, want, todo[i])
	}
	require.Contains(t, todo[4], "cannot be made")
}

// Of names and headers alone no more is said than they show.
func TestQuickReadsNoRow(t *testing.T) {
	n := inspected(t, sample("canonical"), Options{Quick: true})
	require.Nil(t, n.Practices)
	require.Nil(t, n.Reading)
	require.Nil(t, n.Identifying)
	var page bytes.Buffer
	require.NoError(t, WriteHTML(&page, &All{Found: []*Inspection{n}}))
	require.Contains(t, page.String(), notLookedAt)
}

// What is fixed can be read by a practice manager.
func TestFixedWordsCanBeRead(t *testing.T) {
	said := []string{judgingLead, nothingToDo, nothingToDoYet, formsLead, lostLead, noneLost, notLookedAt, pageLevel}
	for key, words := range htmlWords {
		if strings.Contains(key, " ") {
			said = append(said, words)
		}
	}
	slices.Sort(said)
	require.Less(t, fixture.NewReader().Grade(strings.Join(said, " ")), 7.0)
}
