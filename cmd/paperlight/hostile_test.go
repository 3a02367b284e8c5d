package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/mapping"
	"paperlight/internal/mutant"
)

var (
	mutants   = flag.Int("mutants", 200, "damaged extracts that one worker reads, again and again")
	processes = flag.Int("processes", 2, "damaged extracts that each verb reads in processes of its own")
	firstSeed = flag.Uint64("seed", 1, "of the first damaged extract")
)

// asSeries in the environment has the test binary run the verbs that it is told
// over its standard input, one after the other.
const asSeries = "PAPERLIGHT_TEST_AS_SERIES"

const (
	seriesMemory = 512 << 20 // what one process may use, however many extracts it read
	seriesTime   = 30 * time.Second
)

// verbsOfExtract are the arguments by which each verb is given an extract. A verb
// that takes one has to be here.
var verbsOfExtract = map[string][]string{
	"check": {"check", "EXTRACT", "--allow-test-numbers", "--as-of", "2026-03-31", "--fail-on", "never", "--worklist", "OUT/lists", "--history", "OUT/past.history",
		"--format", "text", "--format", "json=OUT/r.json", "--format", "html=OUT/r.html", "--format", "xlsx=OUT/r.xlsx"},
	"inspect":     {"inspect", "EXTRACT", "--format", "text", "--format", "json=OUT/i.json", "--format", "html=OUT/i.html"},
	"evidence":    {"evidence", "EXTRACT", "--allow-test-numbers", "--as-of", "2026-03-31", "--out", "OUT/bundle"},
	"explain":     {"explain", "nhs-number/recorded", "EXTRACT", "--as-of", "2026-03-31", "--patient", "PATIENT"},
	"declare new": {"declare", "new", "EXTRACT", "--as-of", "2026-03-31", "--out", "-"},
	"convert":     {"convert", "EXTRACT", "--allow-test-numbers", "--to", "OUT/tables"},
	"anonymise":   {"anonymise", "EXTRACT", "--as-of", "2026-03-31", "--opt-outs-removed", "--sharing", "--format", "csv", "--to", "OUT/hidden"},
	"verify":      {"verify", "BUNDLE", "--again", "EXTRACT", "--format", "json=OUT/v.json"},
	"sample":      {"sample", "EXTRACT", "--allow-test-numbers", "--as-of", "2026-03-31", "--seed", "blue horse seven", "--out", "OUT/sheets"},
	"plan":        {"plan", "EXTRACT", "--out", "OUT/plan.json"},
	"assess":      {"assess", "EXTRACT", "--allow-test-numbers", "--as-of", "2026-03-31", "--unsupervised", "--out", "OUT/assessed"}, // and with it shard and merge
	"bench":       {"bench", "EXTRACT", "--as-of", "2026-03-31", "--select", "nhs-number/*", "--rounds", "3", "--leave-out", "0"},
}

func TestEveryVerbOfAnExtractReadsDamagedOnes(t *testing.T) {
	walkVerbs(newRoot(&console{}), func(cmd *cobra.Command) {
		if strings.Contains(cmd.Use, "EXTRACT") {
			name := strings.TrimPrefix(cmd.CommandPath(), "paperlight ")
			require.Contains(t, verbsOfExtract, name, "say how the verb is given an extract")
			for _, arg := range verbsOfExtract[name] {
				if flag, ok := strings.CutPrefix(arg, "--"); ok {
					require.NotNil(t, cmd.Flag(flag), "%s --%s", name, flag)
				}
			}
		}
	})
}

// A sound extract, whose files are damaged one at a time.
type sound struct {
	name    string
	files   map[string][]byte
	patient string // the key of one
}

// patientsOf are files of one patient a row, the key first.
var patientsOf = []string{"patients.csv", "PERSON.csv", "aurum_allpatid_set1_extract_patient_001.txt", "demo_Extract_Patient_001.txt", "gdppr_2026.csv",
	"291_Admin_Patient_20260331120000_45E7CD20-EE37-41AB-90D6-DC9D4B03D102.csv", "SRPatient.csv", "FULL_A80000_patient_data_extract-2026-03-31-120000.csv"}

// patientOfFHIR finds the id of a Patient as the samples write it.
var patientOfFHIR = regexp.MustCompile(`"resourceType": "Patient", "id": "([^"]+)"`)

func soundOf(t *testing.T, name string, files map[string][]byte) sound {
	t.Helper()
	s := sound{name: name, files: files}
	for _, file := range patientsOf {
		if lines := strings.Split(string(files[file]), "\n"); len(lines) > 1 {
			s.patient = strings.Trim(strings.FieldsFunc(lines[1], func(r rune) bool { return r == ',' || r == '\t' })[0], `"`)
			return s
		}
	}
	for _, file := range sortedNames(files) {
		if id := patientOfFHIR.FindSubmatch(files[file]); id != nil {
			s.patient = string(id[1])
			return s
		}
	}
	require.Fail(t, name+": say in patientsOf where its patients are")
	return s
}

// soundExtracts are extracts of every system and format. A system whose files are
// not here fails the test.
func soundExtracts(t *testing.T) []sound {
	t.Helper()
	var out []sound
	for _, format := range []string{"csv", "parquet", "arrow"} {
		folder, _ := made(t, "--patients", "120", "--answers", "--format", format)
		one := sound{name: "paperlight " + format, files: filesOf(t, folder)}
		if format == "csv" {
			one = soundOf(t, one.name, one.files)
		}
		out = append(out, one)
	}
	csv := out[0].files
	out = append(out, packedAs(t, csv, ".gz"), packedAs(t, csv, ".zst"), zippedAs(t, csv))
	for i := range out {
		out[i].patient = out[0].patient
	}
	systems, err := mapping.Systems()
	require.NoError(t, err)
	for _, s := range systems {
		if s.ID != "paperlight" && !s.Unread() {
			out = append(out, soundOf(t, s.ID, filesOf(t, filepath.Join("..", "..", "analyzer", "mapping", "testdata", s.ID))))
		}
	}
	return out
}

func filesOf(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for name, text := range tree(t, folder) {
		if name != "truth.json" {
			out[name] = []byte(text)
		}
	}
	require.NotEmpty(t, out, folder)
	return out
}

// packedAs has each file compressed on its own.
func packedAs(t *testing.T, files map[string][]byte, ending string) sound {
	t.Helper()
	out := sound{name: "paperlight csv" + ending, files: map[string][]byte{}}
	for name, content := range files {
		if filepath.Ext(name) != ".csv" {
			out.files[name] = content
			continue
		}
		var packed bytes.Buffer
		var w io.WriteCloser = gzip.NewWriter(&packed)
		if ending == ".zst" {
			var err error
			w, err = zstd.NewWriter(&packed)
			require.NoError(t, err)
		}
		_, err := w.Write(content)
		require.NoError(t, errors.Join(err, w.Close()))
		out.files[name+ending] = packed.Bytes()
	}
	return out
}

// zippedAs has all files in one archive.
func zippedAs(t *testing.T, files map[string][]byte) sound {
	t.Helper()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for _, name := range sortedNames(files) {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write(files[name])
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return sound{name: "paperlight zip", files: map[string][]byte{"extract.zip": packed.Bytes()}}
}

// damagedExtract writes the extract with one or two files damaged, by its number.
func damagedExtract(t *testing.T, s sound, seed uint64, folder string) (how string) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 11))
	names := slices.DeleteFunc(sortedNames(s.files), func(name string) bool { return !mutant.Knows(name) })
	how = s.name
	chosen := map[string]bool{}
	for range 1 + r.IntN(2) {
		chosen[names[r.IntN(len(names))]] = true
	}
	require.NoError(t, os.RemoveAll(folder))
	for _, name := range sortedNames(s.files) {
		content := s.files[name]
		if chosen[name] {
			damaged, did := mutant.Damage(r, name, content)
			content, how = damaged, how+"; "+name+": "+did
		}
		write(t, filepath.Join(folder, filepath.FromSlash(name)), content)
	}
	return how
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// argumentsFor puts the extract, a patient and the folder of outputs into a verb's
// arguments.
func argumentsFor(verb, extract, patient, outputs string) (args []string) {
	if files, err := os.ReadDir(extract); err == nil && len(files) == 1 {
		extract = filepath.Join(extract, files[0].Name()) // an archive is given itself
	}
	put := strings.NewReplacer("BUNDLE", sampleBundle(), "EXTRACT", extract, "PATIENT", patient, "OUT", outputs)
	for _, arg := range verbsOfExtract[verb] {
		args = append(args, put.Replace(arg))
	}
	return args
}

// requireHonest holds an ending to what is promised of damaged input: a verdict, a
// refusal or a limit, said in words, and never a crash.
func requireHonest(t *testing.T, r ran, what string) {
	t.Helper()
	codes := []int{exitMet, exitNotMet, exitNotJudged, exitNotVerified, exitInput, exitLimit}
	if strings.Contains(r.err, "no patient of the extract has this key") {
		codes = append(codes, exitUsage) // it was lost
	}
	require.Contains(t, codes, r.code, "%s\n%s", what, r.err)
	if r.code == exitInput || r.code == exitLimit {
		require.Contains(t, r.err, "paperlight: ", what)
	}
	for _, word := range []string{"panic", "goroutine ", "please report", ".go:"} {
		require.NotContains(t, r.err, word, what)
	}
}

// A series is a process that runs one verb after the other, as a program would
// that stays.
type series struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	crash *bytes.Buffer
}

type told struct {
	Code     int
	Out, Err string
}

func newSeries(t *testing.T) *series {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	s := &series{cmd: exec.Command(self), crash: &bytes.Buffer{}}
	s.cmd.Env, s.cmd.Stderr = append(os.Environ(), asSeries+"=1"), s.crash
	s.in, err = s.cmd.StdinPipe()
	require.NoError(t, err)
	out, err := s.cmd.StdoutPipe()
	require.NoError(t, err)
	s.out = bufio.NewReader(out)
	require.NoError(t, s.cmd.Start())
	t.Cleanup(func() { _ = s.in.Close(); _ = s.cmd.Wait() })
	return s
}

func (s *series) run(t *testing.T, args []string, what string) ran {
	t.Helper()
	line, err := json.Marshal(args)
	require.NoError(t, err)
	slow := time.AfterFunc(seriesTime, func() { _ = s.cmd.Process.Kill() })
	_, err = s.in.Write(append(line, '\n'))
	require.NoError(t, err, "%s\n%s", what, s.crash)
	answer, err := s.out.ReadBytes('\n')
	require.True(t, slow.Stop(), "%s: took over %s", what, seriesTime)
	require.NoError(t, err, "%s\n%s", what, s.crash)
	var end told
	require.NoError(t, json.Unmarshal(answer, &end))
	return ran{end.Code, end.Out, end.Err}
}

// runSeries is the process itself.
func runSeries() {
	saveMemory(seriesMemory)
	if err := boundMemory(seriesMemory); err != nil {
		os.Exit(97)
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var args []string
		if err := json.Unmarshal(lines.Bytes(), &args); err != nil {
			os.Exit(96)
		}
		var out, said bytes.Buffer
		end := told{Code: run(context.Background(), args, &console{in: bytes.NewReader(nil), out: &out, err: &said, width: 80}), Err: said.String()}
		end.Out = out.String()
		answer, _ := json.Marshal(end)
		fmt.Printf("%s\n", answer)
	}
}

// peak is the most memory that the process has held, in bytes; 0 where the system
// does not say.
func (s *series) peak(t *testing.T) (bytes int64) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if runtime.GOOS != "linux" || err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(text), "VmHWM:")
	_, err = fmt.Sscanf(after, "%d", &bytes)
	require.NoError(t, err)
	return bytes << 10
}

// What is damaged below is read where it is not: by every verb an extract of our own and, where
// many are damaged, every other one; else by every third.
func TestEveryVerbReadsTheSoundExtracts(t *testing.T) {
	t.Parallel()
	for i, one := range soundExtracts(t) {
		folder := filepath.Join(t.TempDir(), "x")
		for name, content := range one.files {
			write(t, filepath.Join(folder, filepath.FromSlash(name)), content)
		}
		for k, verb := range sortedNames(verbsOfExtract) {
			if i > 0 && *mutants < 1000 && (i+k)%3 > 0 {
				continue
			}
			r := paperlight(t, argumentsFor(verb, folder, one.patient, t.TempDir())...)
			want := exitMet
			if verb == "verify" { // the run was over another extract
				want = exitNotVerified
			}
			require.Equal(t, want, r.code, "%s of %s\n%s", verb, one.name, r.err)
		}
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, content, 0o600))
}

func TestDamagedExtractsEndInAVerdictOrARefusal(t *testing.T) {
	t.Parallel()
	from, verbs := soundExtracts(t), sortedNames(verbsOfExtract)
	s, work := newSeries(t), t.TempDir()
	codes := map[int]int{}
	for i := range uint64(*mutants) {
		seed := *firstSeed + i
		one := from[seed%uint64(len(from))]
		how := damagedExtract(t, one, seed, filepath.Join(work, "x"))
		verb := verbs[(seed+seed/uint64(len(from)))%uint64(len(verbs))] // another for each, and in the end every pair
		what := fmt.Sprintf("mutant %d, %s of %s", seed, verb, how)
		require.NoError(t, os.MkdirAll(filepath.Join(work, "out"), 0o700))
		r := s.run(t, argumentsFor(verb, filepath.Join(work, "x"), one.patient, filepath.Join(work, "out")), what)
		requireHonest(t, r, what)
		codes[r.code]++
		require.NoError(t, os.RemoveAll(filepath.Join(work, "out")))
	}
	require.Less(t, s.peak(t), int64(seriesMemory), "what the process held at most")
	require.Greater(t, codes[exitInput], *mutants/20, "damage is noticed: %v", codes)
	require.Greater(t, codes[exitMet], *mutants/20, "and not all of it: %v", codes)
	t.Logf("%d damaged extracts: exit codes %v, %d MiB at most", *mutants, codes, s.peak(t)>>20)
}

func TestEachVerbReadsDamagedExtractsInItsOwnProcess(t *testing.T) {
	t.Parallel()
	from, work := soundExtracts(t), t.TempDir()
	for _, verb := range sortedNames(verbsOfExtract) {
		for i := range uint64(*processes) {
			seed := *firstSeed + 1_000_000 + i
			one := from[seed%uint64(len(from))]
			how := damagedExtract(t, one, seed, filepath.Join(work, "x"))
			outputs := filepath.Join(work, "out")
			require.NoError(t, os.RemoveAll(outputs))
			require.NoError(t, os.Mkdir(outputs, 0o700))
			what := fmt.Sprintf("mutant %d, %s of %s", seed, verb, how)
			requireHonest(t, really(t, argumentsFor(verb, filepath.Join(work, "x"), one.patient, outputs)...), what)
			for _, name := range names(t, outputs) {
				require.False(t, strings.HasPrefix(name, "."), "%s left %s", what, name)
			}
		}
	}
}
