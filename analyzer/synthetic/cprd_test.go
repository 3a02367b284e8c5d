package synthetic

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
)

func TestCPRDColumnsStandAsPublished(t *testing.T) {
	text, err := os.ReadFile(fixture.Shared(t, "reference", "formats.md"))
	require.NoError(t, err)
	_, aurum, _ := strings.Cut(string(text), "\nAurum\n")
	aurum, _, _ = strings.Cut(aurum, "\nGOLD\n")
	remarks := regexp.MustCompile(` \([^)]*\)`)
	for _, f := range cprdFiles {
		m := regexp.MustCompile(`\*\*` + f.table + `\*\* \(\d+\): ([^\n]*)\.\n`).FindStringSubmatch(aurum)
		if m == nil {
			m = regexp.MustCompile(`[ :]` + f.table + ` = ([^;.\n]*)[;.]`).FindStringSubmatch(aurum)
		}
		if f.table == "common_dosages" { // named there without its columns
			continue
		}
		require.NotNil(t, m, f.table)
		require.Equal(t, published(remarks.ReplaceAllString(m[1], "")), published(f.columns), f.table)
	}
}

// cprdRows are the rows of a file, which has tabs between the cells.
func cprdRows(t *testing.T, folder, file string) (rows []row) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, file+".txt"))
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	columns := strings.Split(lines[0], "\t")
	for _, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		require.Len(t, cells, len(columns), file)
		r := row{}
		for i, c := range columns {
			r[c] = cells[i]
		}
		rows = append(rows, r)
	}
	return rows
}

func TestCPRDNumbersAreInTheDictionaries(t *testing.T) {
	folder, truth := generated(t, like("cprd"))
	patients := by(cprdRows(t, folder, "made_up_Extract_Patient_001"), "patid")
	require.Len(t, patients, int(truth.Rows["patients"]))
	products := by(cprdRows(t, folder, "EMISProductDictionary"), "prodcodeid")
	dosages := by(cprdRows(t, folder, "common_dosages"), "dosageid")
	issues := cprdRows(t, folder, "made_up_Extract_DrugIssue_001")
	require.Len(t, issues, int(truth.Rows["issues"]))
	for _, i := range issues {
		require.Contains(t, patients, i["patid"])
		require.Contains(t, products, i["prodcodeid"])
		if i["dosageid"] != "" {
			require.Contains(t, dosages, i["dosageid"])
		}
	}
	codes := by(cprdRows(t, folder, "EMISMedicalDictionary"), "medcodeid")
	kinds := by(cprdRows(t, folder, "ObsType"), "obstypeid")
	observations := by(cprdRows(t, folder, "made_up_Extract_Observation_001"), "obsid")
	for _, o := range observations {
		require.Contains(t, kinds, o["obstypeid"])
		if o["medcodeid"] != "" {
			require.Contains(t, codes, o["medcodeid"])
		}
	}
	problems := cprdRows(t, folder, "made_up_Extract_Problem_001")
	require.Len(t, problems, int(truth.Rows["problems"]))
	for _, p := range problems {
		require.Contains(t, observations, p["obsid"], "a problem is an observation too")
	}
}

func TestCPRDTellsTheBirthOfChildrenAloneByTheMonth(t *testing.T) {
	folder, _ := generated(t, like("cprd"))
	months := 0
	for _, p := range cprdRows(t, folder, "made_up_Extract_Patient_001") {
		require.True(t, strings.HasSuffix(p["patid"], p["pracid"]))
		if p["mob"] != "" {
			require.GreaterOrEqual(t, p["yob"], "2010")
			months++
		}
	}
	require.Positive(t, months)
}
