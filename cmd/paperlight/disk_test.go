package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/convert"
)

var everyStep = flag.Bool("every-step", false, "break every step on disk of every verb that writes in every way, not some of each")

// writers are how each verb that writes is told to, below OUT, and over what an
// earlier run wrote there. A verb that writes has to be here.
var writers = map[string]struct{ first, then []string }{
	"check": {strings.Fields("check EXTRACT --as-of 2026-03-31 --fail-on never --worklist OUT/a/lists --format json=OUT/r.json --format html=OUT/b/r.html"),
		strings.Fields("check EXTRACT --as-of 2026-01-31 --fail-on never --worklist OUT/a/lists --format json=OUT/r.json --format html=OUT/b/r.html --history OUT/b/new.history")},
	"inspect": {strings.Fields("inspect EXTRACT --as-of 2026-03-31 --format json=OUT/i.json --format html=OUT/a/i.html"),
		strings.Fields("inspect EXTRACT --as-of 2026-01-31 --format json=OUT/i.json --format html=OUT/a/i.html")},
	"declare new": {nil, strings.Fields("declare new EXTRACT --as-of 2026-03-31 --out OUT/a/answers.yaml")},
	"convert":     {nil, strings.Fields("convert EXTRACT --format csv --to OUT/a/tables")},
	"anonymise":   {nil, strings.Fields("anonymise EXTRACT --opt-outs-removed --format csv --to OUT/a/hidden --key KEY")},
	"compare":     {nil, strings.Fields("compare BEFORE BEFORE --format json=OUT/a/c.json --format text=OUT/b/c.txt")},
	"evidence":    {nil, strings.Fields("evidence EXTRACT --as-of 2026-03-31 --at 2026-04-01T12:00:00Z --sign SIGNING --out OUT/a/bundle.zip")},
	"verify":      {nil, strings.Fields("verify BUNDLE --format json=OUT/a/v.json --format text=OUT/b/v.txt")},
	"sample": {strings.Fields("sample EXTRACT --as-of 2026-03-31 --select nhs-number/recorded --seed SEED --out OUT/a/sheets"),
		strings.Fields("sample EXTRACT --as-of 2026-03-31 --select nhs-number/recorded --seed OTHERSEED --out OUT/a/sheets")},
	"sample read":       {nil, strings.Fields("sample read SHEETS/tick-sheets.csv --draw SHEETS/draw.json --seed SEED --out OUT/a/result.json --format json=OUT/b/read.json")},
	"challenge handles": {nil, strings.Fields("challenge handles BEFORE LISTS --key KEY --out OUT/a/handles.csv")},
	"challenge open":    {nil, strings.Fields("challenge open BEFORE LISTS --key KEY --handle HANDLE --reason others --on 2026-04-01 --file OUT/a/challenges.json")},
	"challenge list":    {nil, strings.Fields("challenge list CHALLENGES --format json=OUT/a/l.json --format text=OUT/b/l.txt")},
	"challenge decide": {strings.Fields("challenge open BEFORE LISTS --key KEY --handle HANDLE --reason others --on 2026-04-01 --file OUT/a/challenges.json"),
		strings.Fields("challenge decide OUT/a/challenges.json --challenge 1 --outcome upheld --because seen --on 2026-04-02")},
	"trend":         {nil, strings.Fields("trend --history PAST --format json=OUT/a/t.json --format text=OUT/b/t.txt")},
	"history erase": {strings.Fields("check EXTRACT --as-of 2026-03-31 --fail-on never --quiet --history OUT/a/past.history"), strings.Fields("history erase OUT/a/past.history --before 2027-01-01")},
	"plan":          {nil, strings.Fields("plan EXTRACT --out OUT/a/plan.json")},
	"shard":         {nil, strings.Fields("shard PLAN 1 --out OUT/a --as-of 2026-03-31")},
	"merge":         {strings.Fields("merge STATES --out OUT/a/practices --reports none --area AREAS"), strings.Fields("merge STATES --out OUT/a/practices --level publish --area AREAS")},
	"area":          {strings.Fields("area AREAS --as-of 2012-03-31 --out OUT/a/practices"), strings.Fields("area AREAS --as-of 2012-04-30 --level publish --out OUT/a/practices --format json=OUT/b/areas.json")},
	"generate":      {nil, strings.Fields("generate OUT/a/made --patients 20")},
	"rules new":     {nil, strings.Fields("rules new local/made --dir OUT/a")},
	"rules docs":    {strings.Fields("rules docs OUT/a/docs --rules RULES"), strings.Fields("rules docs OUT/a/docs")},
	"rules lint":    {strings.Fields("rules lint --format json=OUT/a/l.json --format junit=OUT/b/l.xml --rules RULES"), strings.Fields("rules lint --format json=OUT/a/l.json --format junit=OUT/b/l.xml --format sarif=OUT/b/l.sarif")},
	"rules test":    {nil, strings.Fields("rules test --select allergy/coded --divisions 1 --format json=OUT/a/t.json --format junit=OUT/b/t.xml")},
	"mapping lint":  {nil, strings.Fields("mapping lint MAPPING --format sarif=OUT/a/m.sarif --format github=OUT/b/m.txt")},
	"bench":         {nil, strings.Fields("bench EXTRACT --as-of 2026-03-31 --select nhs-number/recorded --rounds 3 --leave-out 0 --format json=OUT/a/b.json")},
}

func TestEveryVerbThatWritesIsBroken(t *testing.T) {
	for verb, writes := range verbWrites {
		_, broken := writers[verb]
		require.True(t, broken || !writes || verb == "assess", "%s writes: say in writers how", verb)
	}
}

// Ways in which a disk fails from one step on.
var brokenDisks = map[string]func(step string, n, at int) error{
	"the run dies":   func(_ string, n, at int) error { return failIf(n >= at, errors.New("dead")) },
	"one step fails": func(_ string, n, at int) error { return failIf(n == at, syscall.EIO) },
	"the disk is full": func(step string, n, at int) error {
		return failIf(n >= at && step != "remove" && step != "rename", syscall.ENOSPC)
	},
	"it is read-only": func(_ string, n, at int) error { return failIf(n >= at, syscall.EROFS) },
}

func failIf(fails bool, err error) error {
	if fails {
		return err
	}
	return nil
}

// Whatever step on disk fails, or is the last one that a run takes: once the next run
// has begun, all outputs are those of before or all are new, and nothing else is
// left behind.
func TestOutputsAreOneSetWhateverStepFails(t *testing.T) {
	t.Parallel()
	extract, _ := made(t, "--patients", "20")
	rules := filepath.Join(t.TempDir(), "rules")
	require.NoError(t, os.MkdirAll(filepath.Join(rules, "codelists"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(rules, "codelists", "mine.csv"), []byte("system,code,term\nsnomed,44054006,x\n"), 0o600))
	before := filepath.Join(t.TempDir(), "before.json")
	require.Zero(t, paperlight(t, "check", extract, "--as-of", "2026-03-31", "--fail-on", "never", "--format", "json="+before, "--worklist", before+".lists").code)
	past := filepath.Join(t.TempDir(), "past.history")
	require.Zero(t, paperlight(t, "check", extract, "--as-of", "2026-03-31", "--fail-on", "never", "--history", past).code)
	bundle, signing := filepath.Join(t.TempDir(), "bundle.zip"), signingKey(t)
	require.Zero(t, paperlight(t, "evidence", extract, "--as-of", "2026-03-31", "--out", bundle).code)
	plan, states := filepath.Join(t.TempDir(), "plan.json"), filepath.Join(t.TempDir(), "states")
	require.Zero(t, paperlight(t, "plan", extract, "--out", plan).code)
	require.Zero(t, paperlight(t, "shard", plan, "1", "--out", states).code)
	key := filepath.Join(t.TempDir(), "the.key")
	require.NoError(t, os.WriteFile(key, []byte((&keyFile{key: convert.Key{1, 2}}).text()), 0o600))
	const seed = "blue horse seven"
	sheets, challenges := filepath.Join(t.TempDir(), "sheets"), filepath.Join(t.TempDir(), "challenges.json")
	require.Zero(t, paperlight(t, "sample", extract, "--as-of", "2026-03-31", "--select", "nhs-number/*", "--seed", seed, "--out", sheets).code)
	handle := handlesOf(t, before, before+".lists", key)[0]
	require.Zero(t, paperlight(t, "challenge", "open", before, before+".lists", "--key", key, "--handle", handle, "--reason", "others", "--on", "2026-04-01", "--file", challenges).code)
	for _, verb := range sortedNames(writers) {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			old, whole := outputsOf(t), outputsOf(t)
			told := func(args []string, dir string) []string {
				put := strings.NewReplacer("EXTRACT", extract, "RULES", rules, "OUT", dir, "KEY", key, "BEFORE", before, "PAST", past, "PLAN", plan, "STATES", states, "BUNDLE", bundle, "SIGNING", signing, "OTHERSEED", "other words here", "SEED", seed, "SHEETS", sheets, "LISTS", before+".lists", "HANDLE", handle, "CHALLENGES", challenges, "AREAS", areasFile, "MAPPING", filepath.Join("..", "..", "analyzer", "mapping", "omop.yaml"))
				var out []string
				for _, arg := range args {
					out = append(out, put.Replace(arg))
				}
				return out
			}
			for _, dir := range []string{old, whole} {
				if first := writers[verb].first; first != nil {
					require.NotEqual(t, exitOutput, onDisk(disk{}, told(first, dir)).code)
				}
			}
			steps := 0
			r := onDisk(disk{before: func(string) error { steps++; return nil }}, told(writers[verb].then, whole))
			require.Contains(t, []int{exitMet, exitNotMet}, r.code, r.err)
			before, after := outputs(t, old), outputs(t, whole)
			require.False(t, maps.Equal(before, after), "it writes something")
			for i, how := range sortedNames(brokenDisks) {
				breakSteps(t, how, someSteps(steps, i), before, after, func(broken disk) (string, ran) {
					dir := outputsOf(t)
					require.NoError(t, os.CopyFS(dir, os.DirFS(old)))
					return dir, onDisk(broken, told(writers[verb].then, dir))
				})
			}
		})
	}
}

// someSteps are those of so many steps that are broken in the way of a number: three,
// spread over all, and others than in the other ways.
func someSteps(steps, way int) (out []int) {
	every := max(1, steps/3)
	first := 1 + way*every/len(brokenDisks)
	if *everyStep {
		first, every = 1, 1
	}
	for at := first; at <= steps; at += every {
		out = append(out, at)
	}
	return out
}

// breakSteps runs once for each of some steps, which fails.
func breakSteps(t *testing.T, how string, steps []int, before, after map[string]string, run func(disk) (dir string, r ran)) {
	t.Helper()
	require.NotEmpty(t, steps, "the steps are seen")
	for _, at := range steps {
		n := 0
		dir, r := run(disk{before: func(step string) error {
			n++
			return brokenDisks[how](step, n, at)
		}})
		what := fmt.Sprintf("%s at step %d", how, at)
		for _, home := range []string{dir, filepath.Join(dir, "a"), filepath.Join(dir, "a", "lists"), filepath.Join(dir, "a", "docs"), filepath.Join(dir, "a", "practices"), filepath.Join(dir, "a", "sheets"), filepath.Join(dir, "b")} {
			clearLeftovers(disk{}, home) // as the next run does first
		}
		got := outputs(t, dir)
		if !maps.Equal(got, before) {
			require.Equal(t, sortedNames(after), sortedNames(got), "%s\n%s", what, r.err)
			require.True(t, maps.Equal(after, got), "%s: old and new are mixed\n%s", what, r.err)
		} else if how != "the run dies" {
			require.Contains(t, []int{exitOutput, exitUsage}, r.code, "%s: nothing was written\n%s", what, r.err)
		}
	}
}

// outputsOf is a folder for outputs.
func outputsOf(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, name), 0o700))
	}
	return dir
}

// outputs are the files in a folder, and where a run left something, that too. What
// differs from run to run is left out of them.
func outputs(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, text := range tree(t, dir) {
		if name == "a/b.json" {
			text = "times"
		}
		if strings.HasSuffix(name, ".history") {
			text = runsOf(t, filepath.Join(dir, filepath.FromSlash(name)))
		}
		if strings.HasSuffix(name, ".history.key") {
			text = "random"
		}
		out[name] = text
	}
	return out
}

// onDisk runs the program in this process over a disk.
func onDisk(d disk, args []string) ran {
	var out, said bytes.Buffer
	c := &console{in: bytes.NewReader(nil), out: &out, err: &said, width: 80, disk: d}
	code := run(context.Background(), args, c)
	return ran{code, out.String(), said.String()}
}
