package privacy

import (
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/mapping"
)

// A sheet is a table written column by column.
type sheet struct {
	headers []string
	columns [][]string
}

func (s *sheet) add(header string, values []string) {
	s.headers, s.columns = append(s.headers, header), append(s.columns, values)
}

// ids are what says whose row a row is.
func ids(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("%016x", uint64(i+1)*0x9e3779b97f4a7c15))
	}
	return out
}

func (s *sheet) write(t testing.TB, path string) {
	f, err := os.Create(path)
	require.NoError(t, err)
	w := csv.NewWriter(f)
	require.NoError(t, w.Write(s.headers))
	row := make([]string, len(s.columns))
	for i := range s.columns[0] {
		for c := range s.columns {
			row[c] = s.columns[c][i]
		}
		require.NoError(t, w.Write(row))
	}
	w.Flush()
	require.NoError(t, w.Error())
	require.NoError(t, f.Close())
}

// look opens a folder and looks at it.
func look(t testing.TB, folder string, o Options) *Findings {
	t.Helper()
	x, err := mapping.Open(context.Background(), []string{folder}, mapping.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, x.Close()) }()
	found, err := Look(context.Background(), x, o)
	require.NoError(t, err)
	return found
}

// stated are the columns, by file and name, in which a kind was found.
func stated(found *Findings, k Kind) map[string]bool {
	out := map[string]bool{}
	for _, f := range found.Found {
		if f.Kind == k && !f.Other {
			out[f.File+" "+f.Column] = true
		}
	}
	return out
}

// The goals of the list of kinds: every column of a kind with a check digit or a fixed
// form is found, and of names and free text nineteen in twenty.
func TestPlantedIdentifiersAreFound(t *testing.T) {
	for k := range kinds - 1 { // the last kind is of tables, see TestRareCodes
		t.Run(k.String(), func(t *testing.T) {
			folder := t.TempDir()
			p := newPlanting(t, uint64(k))
			patients, notes := sheet{}, sheet{}
			patients.add("patient_id", ids(plantedRows))
			notes.add("patient_id", ids(plantedRows))
			planted := map[string]bool{}
			for i := range plantedColumns {
				header, values := p.column(k, i)
				into, file := &patients, "patients.csv"
				if i%3 == 2 && (k != BirthDate && k != PatientNumber || i%2 == 1) {
					into, file = &notes, "notes.csv"
				}
				if slices.Contains(into.headers, header) {
					header += "_" + string([]byte{'a' + byte(i/26), 'a' + byte(i%26)})
				}
				into.add(header, values)
				planted[file+" "+header] = true
			}
			patients.write(t, filepath.Join(folder, "patients.csv"))
			notes.write(t, filepath.Join(folder, "notes.csv"))
			for _, full := range []bool{false, true} {
				found := stated(look(t, folder, Options{Full: full, numbers: plantedNumbers()}), k)
				hits := 0
				for column := range planted {
					if found[column] {
						hits++
					} else {
						t.Logf("full %v: not found: %s", full, column)
					}
				}
				share := 100 * hits / plantedColumns
				t.Logf("full %v: %d of %d columns", full, hits, plantedColumns)
				if k == PersonName || k == FreeText {
					require.GreaterOrEqual(t, share, 95)
				} else {
					require.Equal(t, 100, share)
				}
			}
		})
	}
}

// Of columns of codes and numbers no more than two in a hundred may stop an extract,
// in a file of people, and in one that nothing is read from.
func TestCleanColumnsStopNothing(t *testing.T) {
	folder := t.TempDir()
	r := rand.New(rand.NewPCG(1, 2))
	patients, notes := sheet{}, sheet{}
	patients.add("patient_id", ids(plantedRows))
	notes.add("patid", ids(plantedRows))
	clean := cleanColumns(t)
	for i, c := range clean {
		var values []string
		for row := range plantedRows {
			values = append(values, c.value(r, row))
		}
		into := &patients
		if i%2 == 1 || c.header == "patient_id" {
			into = &notes
		}
		into.add(c.header, values)
	}
	require.Greater(t, len(clean), 200)
	patients.write(t, filepath.Join(folder, "patients.csv"))
	notes.write(t, filepath.Join(folder, "notes.csv"))
	for _, full := range []bool{false, true} {
		found, stopped := look(t, folder, Options{Full: full, numbers: plantedNumbers()}), map[string]bool{}
		for _, f := range found.Stops() {
			if !f.Other {
				t.Logf("full %v: %s, %s: %s, since %s", full, f.File, f.Column, f.Says, f.Why)
				stopped[f.File+" "+f.Column] = true
			}
		}
		t.Logf("full %v: %d of %d columns stop", full, len(stopped), len(clean))
		require.LessOrEqual(t, len(stopped)*100, len(clean)*2)
	}
}

// A file that nothing is read from may be damaged: the practice's own run goes on, and
// says so. Where the extract must be anonymised it is refused.
func TestADamagedFileIsSaid(t *testing.T) {
	folder := t.TempDir()
	var patients sheet
	patients.add("patient_id", ids(30))
	patients.write(t, filepath.Join(folder, "patients.csv"))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "other.csv"), []byte("a,b\n1,\"x\"y\n2,z\n"), 0o600))
	found := look(t, folder, Options{})
	require.Len(t, found.Found, 1)
	require.True(t, found.Found[0].Other)
	require.Equal(t, "other.csv", found.Found[0].File)

	x, err := mapping.Open(context.Background(), []string{folder}, mapping.Options{})
	require.NoError(t, err)
	_, err = Look(context.Background(), x, Options{Full: true})
	require.ErrorContains(t, err, "other.csv record 1")
	require.NoError(t, x.Close())
}

// The number of workers changes nothing, and neither does what lies in which part.
func TestWorkersChangeNothing(t *testing.T) {
	folder, p := t.TempDir(), newPlanting(t, 9)
	for f := range 5 {
		var s sheet
		s.add("patient_id", ids(plantedRows))
		for k := range kinds - 1 {
			_, values := p.column(k, f)
			s.add(string(rune('a'+k)), values)
		}
		s.write(t, filepath.Join(folder, []string{"patients", "one", "two", "three", "four"}[f]+".csv"))
	}
	for _, full := range []bool{false, true} {
		o := Options{Full: full, Jobs: 1, numbers: plantedNumbers()}
		want := look(t, folder, o)
		require.Greater(t, len(want.Found), 50)
		o.Jobs = 7
		require.Equal(t, want, look(t, folder, o))
	}
}
