package convert

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/canonical"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/synthetic"
	"paperlight/rules"
)

var damaged = flag.Int("damaged", 8, "how many damaged extracts are converted")

// made makes a practice in the layout of a system, or as canonical tables.
func made(t *testing.T, o synthetic.Options) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "made")
	catalogue := published(t)
	o.AsOf, _ = calendar.Parse("2026-03-31")
	o.PerPatient, o.Rates, o.GroupRows, o.Format, o.Shape = synthetic.PerPatient("light"), map[string]float64{}, 50_000, "csv", "light"
	o.Practices, o.Patients = max(o.Practices, 1), max(o.Patients, 150)
	o.Lists = map[string]map[string][]string{}
	for name, list := range catalogue.Lists {
		o.Lists[name] = list.Codes
	}
	_, err := synthetic.Generate(t.Context(), folder, o)
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(folder, "truth.json")))
	return folder
}

func published(t testing.TB) *rules.Catalogue {
	c, err := embedded()
	require.NoError(t, err)
	return c
}

var embedded = sync.OnceValues(func() (*rules.Catalogue, error) { return rules.Embedded() })

// written writes the extract at a path and returns the folder.
func written(t *testing.T, path string, o Options) (string, *Summary, error) {
	t.Helper()
	x, err := analyzer.Open(t.Context(), []string{path}, mapping.Options{Key: [16]byte{1}})
	if err != nil {
		return "", nil, err
	}
	defer x.Close()
	folder := filepath.Join(t.TempDir(), "written")
	if o.Format == "" {
		o.Format = "parquet"
	}
	o.GroupRows, o.Run.Jobs = 10_000, 2
	s, err := Write(t.Context(), x, folder, o)
	return folder, s, err
}

// judged is what a check says of each rule in each practice, without where it was found.
func judged(ctx context.Context, path string, outgoing bool) (map[string]string, error) {
	catalogue, err := embedded()
	if err != nil {
		return nil, err
	}
	o := analyzer.Options{Catalogue: catalogue}
	o.Run.Outgoing, o.Run.Jobs = outgoing, 2
	j, err := analyzer.Examine(ctx, []string{path}, o)
	if err != nil {
		return nil, err
	}
	defer j.Close()
	out := map[string]string{}
	for _, p := range j.Exact.Practices {
		for _, r := range p.Results {
			said, err := json.Marshal(r)
			if err != nil {
				return nil, err
			}
			out[p.PracticeID+" "+r.Rule] = string(said)
		}
		out[p.PracticeID+" day"] = "as of " + fmt.Sprint(p.AsOf)
	}
	return out, nil
}

// requireSame holds two outcomes to one another, but for some rules.
func requireSame(t *testing.T, want, got map[string]string, but ...string) {
	t.Helper()
	keys := map[string]bool{}
	for k := range want {
		keys[k] = true
	}
	for k := range got {
		keys[k] = true
	}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		if _, rule, _ := strings.Cut(k, " "); slices.Contains(but, rule) {
			continue
		}
		require.Equal(t, want[k], got[k], k)
	}
}

// requireConverts holds a check of what is written to one of the extract, in each
// format.
func requireConverts(t *testing.T, path string, formats ...string) {
	t.Helper()
	want, refused := judged(t.Context(), path, false)
	for _, format := range formats {
		folder, _, err := written(t, path, Options{Format: format})
		if err != nil {
			require.Error(t, refused, "what can be checked can be written: %v", err)
			continue
		}
		got, err := judged(t.Context(), folder, false)
		if refused != nil {
			require.Error(t, err, "%s: refused before: %v", format, refused)
			continue
		}
		require.NoError(t, err, format)
		requireSame(t, want, got)
	}
}

func TestWhatIsWrittenIsJudgedAlike(t *testing.T) {
	for _, like := range append([]string{""}, synthetic.Systems...) {
		t.Run("like "+like, func(t *testing.T) {
			requireConverts(t, made(t, synthetic.Options{Seed: 5, Like: like}), canonical.Formats...)
		})
	}
	samples, err := os.ReadDir(filepath.Join("..", "mapping", "testdata"))
	require.NoError(t, err)
	for _, s := range samples {
		if s.Name() != "golden" {
			t.Run("the sample "+s.Name(), func(t *testing.T) {
				requireConverts(t, filepath.Join("..", "mapping", "testdata", s.Name()), canonical.Formats...)
			})
		}
	}
	t.Run("several practices", func(t *testing.T) {
		requireConverts(t, made(t, synthetic.Options{Seed: 6, Practices: 3, Shuffle: true, Answers: []string{"audit-trail-on"}}), canonical.Formats...)
	})
}

// Cells and rows are spoilt at random, some tables and columns are taken out, and what
// is written is judged as what was spoilt.
func TestWhatIsDamagedStaysDamaged(t *testing.T) {
	whole := made(t, synthetic.Options{Seed: 8, Practices: 2, Patients: 120})
	for seed := range uint64(*damaged) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "spoilt")
			require.NoError(t, os.CopyFS(folder, os.DirFS(whole)))
			spoil(t, rand.New(rand.NewPCG(seed, 3)), folder)
			requireConverts(t, folder, canonical.Formats[seed%3], canonical.Formats[(seed+1)%3])
		})
	}
}

// spoilt are what cells become.
var spoilt = []string{"", "31/02/2026", "x", "NULL", "9434765919", "943 476 5919", "1.23E+17", " a ", "é", `say "no", or`, "2099-01-01", "0001-01-01", "9999999999999999999",
	"true", "-1", "0.1", "NaN", "1e300", unreadable, "two\nlines", "12345.0", "999999999999999999", "yes"}

// spoil damages the tables of a folder.
func spoil(t *testing.T, r *rand.Rand, folder string) {
	files, err := filepath.Glob(filepath.Join(folder, "*.csv"))
	require.NoError(t, err)
	for _, file := range files {
		if r.IntN(12) == 0 && filepath.Base(file) != "patients.csv" {
			require.NoError(t, os.Remove(file))
			continue
		}
		rows := readCSV(t, file)
		column, bad := r.IntN(len(rows[0])), r.IntN(3) == 0
		for i := 1; i < len(rows); i++ {
			switch {
			case r.IntN(40) == 0:
				rows[i][r.IntN(len(rows[i]))] = spoilt[r.IntN(len(spoilt))]
			case r.IntN(200) == 0:
				rows[i] = rows[i][:len(rows[i])-1]
			case r.IntN(100) == 0:
				rows[i] = slices.Clone(rows[1+r.IntN(i)])
			case bad && r.IntN(2) == 0 && column < len(rows[i]):
				rows[i][column] = spoilt[r.IntN(len(spoilt))]
			}
		}
		if r.IntN(6) == 0 { // a name that nothing is read from
			rows[0][r.IntN(len(rows[0]))] = "unknown_column"
		}
		writeCSV(t, file, rows)
	}
}

func readCSV(t *testing.T, file string) [][]string {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	require.NoError(t, err)
	return rows
}

func writeCSV(t *testing.T, file string, rows [][]string) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	require.NoError(t, errors.Join(w.WriteAll(rows), w.Error()))
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o600))
}

// everything is all bytes below a folder.
func everything(t *testing.T, folder string) string {
	var b strings.Builder
	require.NoError(t, filepath.WalkDir(folder, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(&b, f)
		return err
	}))
	return b.String()
}
