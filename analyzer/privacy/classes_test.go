package privacy

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
)

// classesOf makes an extract of patients in classes of a size, with a table of codes.
func classesOf(t testing.TB, classes, size int, table string, columns []string, code func(patient, column int) string) string {
	folder, all := t.TempDir(), ids(classes*size)
	var patients, records sheet
	patients.add("patient_id", all)
	var years, keys []string
	for i := range all {
		years, keys = append(years, fmt.Sprint(1920+i/size)), append(keys, fmt.Sprintf("r%x", i*7919))
	}
	patients.add("birth_year", years)
	patients.write(t, filepath.Join(folder, "patients.csv"))
	if table == "" {
		return folder
	}
	records.add(schema.Lookup(table).Key.Name, keys)
	records.add("patient_id", all)
	for c, name := range columns {
		var values []string
		for i := range all {
			values = append(values, code(i, c))
		}
		records.add(name, values)
	}
	records.write(t, filepath.Join(folder, table+".csv"))
	return folder
}

// The last of the kinds: forty columns in which a code is carried by 1 to 7 people.
func TestRareCodes(t *testing.T) {
	const people = 80
	tables := map[string][]string{"medications": {"dmd_code", "code", "bnf_code"}, "issues": {"dmd_code", "code", "bnf_code"},
		"allergies": {"code", "agent_code", "reaction_code"}, "events": {"code"}, "problems": {"code"}, "results": {"code"}, "consents": {"code"}, "referrals": {"code"}}
	columns := 0
	for _, few := range []int{1, 4, 7} {
		for table, names := range tables {
			folder := classesOf(t, 1, people, table, names, func(p, c int) string {
				if p < few {
					return "rare"
				}
				return fmt.Sprintf("common%d", c)
			})
			found := look(t, folder, Options{Full: true})
			require.Len(t, stated(found, RareCode), len(names), "%s %d", table, few)
			columns += len(names)
			for _, f := range found.Found {
				require.Equal(t, "1 code is in the records of 1 to 7 people", f.Why)
				require.Equal(t, Warns, f.Weight)
			}
		}
	}
	require.GreaterOrEqual(t, columns, 40)
	folder := classesOf(t, 1, people, "events", []string{"code"}, func(p, _ int) string { return fmt.Sprint(p % (people / 8)) })
	require.Empty(t, look(t, folder, Options{Full: true}).Found, "codes of eight people are not rare")
}

// Patients who share their traits with fewer than eight are said, and stop where they
// are more than five in a hundred.
func TestClasses(t *testing.T) {
	require.Empty(t, look(t, classesOf(t, 20, 8, "", nil, nil), Options{Full: true}).Found)
	found := look(t, classesOf(t, 20, 7, "", nil, nil), Options{Full: true})
	require.Len(t, found.Found, 1)
	require.Equal(t, Stops, found.Found[0].Weight)
	require.EqualValues(t, 140, found.Found[0].Rows)
	require.Contains(t, found.Found[0].Why, "the smallest group is 7 patients")

	folder := classesOf(t, 30, 8, "", nil, nil)
	var s sheet
	s.add("patient_id", ids(247))
	var years []string
	for i := range 247 {
		years = append(years, fmt.Sprint(1920+i/8)) // the last seven are alone
	}
	s.add("birth_year", years)
	s.write(t, filepath.Join(folder, "patients.csv"))
	found = look(t, folder, Options{Full: true})
	require.Len(t, found.Found, 1)
	require.Equal(t, Warns, found.Found[0].Weight, "7 of 247 are under five in a hundred")
	require.Empty(t, look(t, folder, Options{}).Found, "a sample does not count classes")
}
