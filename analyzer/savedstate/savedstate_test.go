package savedstate_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/report"
	"paperlight/analyzer/savedstate"
	"paperlight/analyzer/score"
	"paperlight/analyzer/source"
	"paperlight/analyzer/synthetic"
	"paperlight/rules"
)

const extracts = "../../testdata/extracts"

// judged judges an extract at a level, and returns what is kept of it beside the report.
func judged(t *testing.T, folder string, level report.Level) (*savedstate.Saved, report.Released) {
	t.Helper()
	found, err := analyzer.Find([]string{folder}, mapping.Options{})
	require.NoError(t, err)
	require.Len(t, found.Extracts, 1)
	j, err := analyzer.ExamineFound(context.Background(), found.Extracts[0], analyzer.Options{Level: level, ToolVersion: "1",
		Read: mapping.Options{AllowTestNumbers: true, Source: source.Options{Digest: true}},
		Asked: func(answers []report.Option) []report.Option {
			return slices.Concat([]report.Option{{Name: "--allow-test-numbers", Says: "they were", Reads: true}}, answers, []report.Option{{Name: "--scheme", Value: "ours", File: true, Says: "ours"}})
		}})
	require.NoError(t, err)
	defer func() { require.NoError(t, j.Close()) }()
	key := savedstate.Key{Tool: "1", Input: "files", Rules: j.Catalogue.SHA256}
	return savedstate.Of(key, &j.Input, j.Catalogue.Counted()), j.Released
}

// again is a state after it was stored and read.
func again(t *testing.T, s *savedstate.Saved) *savedstate.Saved {
	t.Helper()
	packed, err := s.Marshal()
	require.NoError(t, err)
	r, err := savedstate.NewReader()
	require.NoError(t, err)
	defer r.Close()
	out, err := r.Read(packed)
	require.NoError(t, err)
	return out
}

func published(t *testing.T) (*rules.Catalogue, *rules.Scheme) {
	t.Helper()
	catalogue, err := rules.Embedded()
	require.NoError(t, err)
	scheme, err := rules.PublishedScheme("england-2026", catalogue)
	require.NoError(t, err)
	return catalogue, scheme
}

func written(t *testing.T, r report.Released) (json, html string) {
	t.Helper()
	var a, b bytes.Buffer
	require.NoError(t, report.WriteJSON(&a, r, report.Options{}))
	require.NoError(t, report.WriteHTML(&b, r, report.Options{}))
	return a.String(), b.String()
}

// What a report is made of is all in the state: of every system, with faults in the
// files, and at both levels.
func TestAReportOfASavedStateIsThatOfTheExtract(t *testing.T) {
	catalogue, scheme := published(t)
	day, ok := calendar.Parse("2026-03-31")
	require.True(t, ok)
	for _, system := range append([]string{""}, synthetic.Systems...) {
		folder := filepath.Join(t.TempDir(), "made")
		o := synthetic.Options{Like: system, Patients: 60, Practices: 2, Seed: 3, AsOf: day, Format: "csv", GroupRows: 512, PerPatient: synthetic.DefaultPerPatient(), Lists: map[string]map[string][]string{}}
		for name, list := range catalogue.Lists {
			o.Lists[name] = list.Codes
		}
		_, err := synthetic.Generate(context.Background(), folder, o)
		require.NoError(t, err)
		for _, level := range []report.Level{report.Assessor, report.Publish} {
			saved, released := judged(t, folder, level)
			by := savedstate.Judging{Catalogue: catalogue, Counted: catalogue.Counted(), Scheme: scheme, Level: level, ToolVersion: "1",
				Options: []report.Option{{Name: "--scheme", Value: "ours", File: true, Says: "ours"}}}
			wantJSON, wantHTML := written(t, released)
			gotJSON, gotHTML := written(t, score.Release(again(t, saved).Input(&by)))
			require.Equal(t, wantJSON, gotJSON, "%s at the level %s", system, level)
			require.Equal(t, wantHTML, gotHTML, "%s at the level %s", system, level)
		}
	}
}

// text is what is in a stored state.
func text(t *testing.T, packed []byte) string {
	t.Helper()
	d, err := zstd.NewReader(nil)
	require.NoError(t, err)
	defer d.Close()
	out, err := d.DecodeAll(packed, nil)
	require.NoError(t, err)
	return string(out)
}

// planted are words that must stay where the extract is.
var planted = []string{"SECRETROLE", "SECRETEVIDENCE", "SECRETASSESSOR", "secretkey", "SECRETPRACTICE", "SECRETANSWER"}

// No id of a patient or record, no name of a file and no path leaves with a state, nor
// the free text of an answer.
func TestASavedStateNamesNoRecordAndNoFile(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "dr-smiths-folder")
	require.NoError(t, os.CopyFS(folder, os.DirFS(filepath.Join(extracts, "paperlight"))))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "declarations.yaml"), []byte("- {key: audit-trail-on, answer: yes, date: 2026-01-01, role: "+planted[0]+
		", evidence: "+planted[1]+", verified_by: "+planted[2]+", verified_date: 2026-01-02}\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "declarations.csv"), []byte("key,practice_id,answer,date,role,evidence\n"+
		"secretkey,P00001,yes,2026-01-01,r,e\naudit-trail-on,SECRETPRACTICE,yes,2026-01-01,r,e\naudit-trail-on,P00001,SECRETANSWER,2026-01-01,r,e\n"), 0o600))
	damaged, err := os.ReadFile(filepath.Join(folder, "events.csv"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "events.csv"), append(damaged, []byte("one,cell\n")...), 0o600))
	saved, released := judged(t, folder, report.Practice)
	exact := released.Report()
	require.Equal(t, "dr-smiths-folder", exact.Extract.Name, "the level practice names it")
	packed, err := saved.Marshal()
	require.NoError(t, err)
	in := text(t, packed)
	require.True(t, strings.Contains(in, `"withheld"`), "an answer was kept")
	for _, word := range append(planted, "dr-smiths-folder", filepath.Dir(folder), ".csv") {
		require.False(t, strings.Contains(in, word), word)
	}
	ids := 0
	files, err := filepath.Glob(filepath.Join(folder, "*.csv"))
	require.NoError(t, err)
	for _, file := range files {
		f, err := os.Open(file)
		require.NoError(t, err)
		r := csv.NewReader(f)
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		require.NoError(t, err)
		require.NoError(t, f.Close())
		for i, column := range rows[0] {
			if !strings.HasSuffix(column, "_id") || column == "practice_id" {
				continue
			}
			for _, row := range rows[1:] {
				if i < len(row) && row[i] != "" {
					ids++
					require.False(t, strings.Contains(in, `"`+row[i]+`"`), "%s of %s", column, filepath.Base(file))
				}
			}
		}
	}
	require.Greater(t, ids, 500)
}

func TestEqualStatesAreStoredInEqualBytes(t *testing.T) {
	first, _ := judged(t, filepath.Join(extracts, "paperlight"), report.Assessor)
	second, _ := judged(t, filepath.Join(extracts, "paperlight"), report.Publish)
	a, err := first.Marshal()
	require.NoError(t, err)
	b, err := second.Marshal()
	require.NoError(t, err)
	require.Equal(t, a, b, "the level is of the report")
	c, err := again(t, first).Marshal()
	require.NoError(t, err)
	require.Equal(t, a, c)
	require.Less(t, len(a), savedstate.MaxBytes/2)
}

// A key has another name where anything in it is another, and the same text in another
// place is another thing.
func TestAKeyIsNamedByAllOfIt(t *testing.T) {
	base := savedstate.Key{Tool: "t", Input: "i", Rules: "r", How: []string{"a", "b"}}
	names := map[string]bool{base.Name(): true}
	for _, other := range []savedstate.Key{
		{Tool: "x", Input: "i", Rules: "r", How: []string{"a", "b"}}, {Tool: "t", Input: "x", Rules: "r", How: []string{"a", "b"}},
		{Tool: "t", Input: "i", Rules: "x", How: []string{"a", "b"}}, {Tool: "t", Input: "i", Rules: "r", How: []string{"a"}},
		{Tool: "t", Input: "i", Rules: "r", How: []string{"ab"}}, {Tool: "t", Input: "i", Rules: "r", How: []string{"b", "a"}}, {Tool: "i", Input: "t", Rules: "r", How: []string{"a", "b"}},
	} {
		require.False(t, names[other.Name()], "%+v", other)
		names[other.Name()] = true
	}
}

// A state that was cut, changed, packed too tight or is of another kind is refused in
// words that hold nothing of it.
func TestADamagedStateIsRefused(t *testing.T) {
	saved, _ := judged(t, filepath.Join(extracts, "paperlight"), report.Assessor)
	sound, err := saved.Marshal()
	require.NoError(t, err)
	r, err := savedstate.NewReader()
	require.NoError(t, err)
	defer r.Close()
	refused := func(packed []byte, why string) {
		t.Helper()
		_, err := r.Read(packed)
		require.ErrorContains(t, err, why)
		require.NotContains(t, err.Error(), "A81")
	}
	for at := 0; at < len(sound); at += 7 {
		_, err := r.Read(sound[:at])
		require.Error(t, err, "cut at %d", at)
		changed := bytes.Clone(sound)
		changed[at] ^= 0x10
		// A bit that only pads leaves all that is packed as it was.
		if got, err := r.Read(changed); err == nil {
			again, err := got.Marshal()
			require.NoError(t, err)
			require.Equal(t, sound, again, "changed at %d", at)
		}
	}
	refused(make([]byte, savedstate.MaxFile+1), "is larger than")
	w, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	pack := func(s string) []byte { return w.EncodeAll([]byte(s), nil) }
	refused(pack(strings.Repeat(" ", 300<<20)), "is damaged")
	refused(pack(strings.Repeat("[", 1<<20)), "is no saved state")
	refused(pack(`{"format":"x"}`), "is no saved state")
	whole := text(t, sound)
	refused(pack(strings.Replace(whole, `"version":2,"key"`, `"version":9,"key"`, 1)), "form 9")
	refused(pack(strings.Replace(whole, "\n"+`{"version":1`, "\n"+`{"version":7`, 1)), "whose counts cannot be read")
	refused(pack(strings.Replace(whole, `"practices":[{"id":"`, `"practices":[{"id":"other`, 1)), "other practices than it says")
	refused(pack(strings.Replace(whole, `"table":"patients","Counts"`, `"table":"nobody","Counts"`, 1)), "whose counts cannot be read")
	refused(pack(`{"format":"paperlight saved state","version":2,"key":{}}`), "does not say of which extract")
	refused(pack(`{"format":"paperlight saved state","version":2,"key":{}}`+"\n"+`{"bare":[""`+strings.Repeat(`,""`, 100_000)+`]}`), "more files")
}

func TestAStateThatIsTooLargeIsNotStored(t *testing.T) {
	saved, _ := judged(t, filepath.Join(extracts, "paperlight"), report.Assessor)
	for i := range 40_000 {
		saved.State.Notes = append(saved.State.Notes, strings.Repeat("x", i%97)+string(rune('a'+i%26))+strings.Repeat("y", i*7%89))
	}
	_, err := saved.Marshal()
	require.ErrorIs(t, err, savedstate.ErrTooLarge)
}
