//go:build unix

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"
)

// An action is action.yml as GitHub reads it.
type action struct {
	Inputs map[string]struct {
		Description string
		Required    bool
		Default     *string
	}
	Runs struct {
		Using string
		Steps []struct {
			ID, Uses, Shell, Run string
			Env                  map[string]string
		}
	}
}

func readAction(t *testing.T) *action {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "action.yml"))
	require.NoError(t, err)
	var a action
	require.NoError(t, yaml.Unmarshal(text, &a))
	return &a
}

// Nothing of an input is part of a script, and nothing of others' is run.
func TestTheActionRunsNoInput(t *testing.T) {
	a := readAction(t)
	require.Equal(t, "composite", a.Runs.Using)
	passed := map[string]bool{}
	for _, s := range a.Runs.Steps {
		require.NotContains(t, s.Run, "${{", "an input in the text of a script could be run")
		require.Empty(t, s.Uses, "no action of others")
		require.Equal(t, "bash", s.Shell)
		require.NotContains(t, s.Run, "eval")
		require.Contains(t, s.Run, "set -euo pipefail")
		for name, value := range s.Env {
			require.Regexp(t, `^\$\{\{ (inputs|github|steps)\.[a-z0-9._-]+ \}\}$`, value)
			require.Regexp(t, `\$\{?!?`+name+`|flag in .*`+name, s.Run, "%s is used", name)
			if input, ok := strings.CutPrefix(value, "${{ inputs."); ok {
				passed[strings.TrimSuffix(input, " }}")] = true
			}
		}
	}
	for name, in := range a.Inputs {
		require.True(t, passed[name], "%s reaches a script", name)
		require.NotEmpty(t, in.Description)
		require.Equal(t, in.Required, in.Default == nil, name)
	}
	require.Len(t, passed, len(a.Inputs))
}

// runner is a build machine with a stub for downloads.
type runner struct {
	t        *testing.T
	action   *action
	releases string // what curl finds, by name
	work     string
	inputs   map[string]string
}

// newRunner has a release whose program is this one.
func newRunner(t *testing.T, inputs map[string]string) *runner {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("there is no bash")
	}
	dir := t.TempDir()
	r := &runner{t, readAction(t), filepath.Join(dir, "releases"), filepath.Join(dir, "work"), map[string]string{"version": "v0.1.0", "releases": "https://example.invalid/releases"}}
	for name, value := range inputs {
		r.inputs[name] = value
	}
	for _, folder := range []string{r.releases, r.work, filepath.Join(dir, "bin"), filepath.Join(dir, "temp")} {
		require.NoError(t, os.Mkdir(folder, 0o700))
	}
	self, err := os.Executable()
	require.NoError(t, err)
	r.write("releases/"+archiveName, packedProgram(t, "#!/bin/sh\n"+asProgram+"=1 exec '"+self+"' \"$@\"\n"))
	r.write("releases/SHA256SUMS", []byte(sumOf(t, filepath.Join(r.releases, archiveName))+"  "+archiveName+"\n"))
	r.write("bin/curl", []byte(`#!/bin/bash
while [ $# -gt 1 ]; do case $1 in --output) to=$2; shift 2 ;; --proto|--retry) shift 2 ;; *) shift ;; esac; done
echo "$1" >> "$RUNNER_TEMP/asked"
cp "`+r.releases+`/${1##*/}" "$to" 2>/dev/null
`))
	require.NoError(t, os.Chmod(filepath.Join(dir, "bin", "curl"), 0o700))
	return r
}

const archiveName = "paperlight-v0.1.0-linux-amd64.tar.gz"

func packedProgram(t *testing.T, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	w := tar.NewWriter(zipped)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: strings.TrimSuffix(archiveName, ".tar.gz") + "/paperlight", Mode: 0o755, Size: int64(len(text))}))
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, zipped.Close())
	return out.Bytes()
}

func sumOf(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return fmt.Sprintf("%x", sha256.Sum256(text))
}

func (r *runner) write(name string, text []byte) {
	require.NoError(r.t, os.WriteFile(filepath.Join(filepath.Dir(r.work), filepath.FromSlash(name)), text, 0o600))
}

func (r *runner) read(name string) string {
	text, err := os.ReadFile(filepath.Join(filepath.Dir(r.work), filepath.FromSlash(name)))
	if err != nil {
		return ""
	}
	return string(text)
}

// run runs the steps as GitHub does, until one fails.
func (r *runner) run() (code int, said string) {
	dir := filepath.Dir(r.work)
	outputs := map[string]string{}
	for _, s := range r.action.Runs.Steps {
		output := filepath.Join(dir, s.ID+".output")
		env := []string{"PATH=" + filepath.Join(dir, "bin") + ":" + os.Getenv("PATH"), "HOME=" + dir, "RUNNER_OS=Linux", "RUNNER_ARCH=X64", "RUNNER_TEMP=" + filepath.Join(dir, "temp"),
			"GITHUB_OUTPUT=" + output, "GITHUB_STEP_SUMMARY=" + filepath.Join(dir, "summary"), "PAPERLIGHT_SHARED=" + os.Getenv("PAPERLIGHT_SHARED")}
		for name, value := range s.Env {
			env = append(env, name+"="+r.value(value, outputs))
		}
		script := filepath.Join(dir, s.ID+".sh")
		r.write(s.ID+".sh", []byte(s.Run))
		cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
		cmd.Env, cmd.Dir = env, r.work
		text, err := cmd.CombinedOutput()
		said += string(text)
		code = cmd.ProcessState.ExitCode()
		for line := range strings.Lines(r.read(s.ID + ".output")) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
			outputs["steps."+s.ID+".outputs."+name] = value
		}
		if err != nil {
			break
		}
	}
	return code, said
}

func (r *runner) value(expression string, outputs map[string]string) string {
	name := strings.TrimSuffix(strings.TrimPrefix(expression, "${{ "), " }}")
	input, ok := strings.CutPrefix(name, "inputs.")
	if !ok {
		return outputs[name]
	}
	if given, ok := r.inputs[input]; ok {
		return given
	}
	if d := r.action.Inputs[input].Default; d != nil {
		return *d
	}
	return ""
}

func TestTheActionChecksAnExtract(t *testing.T) {
	folder, _ := made(t, "--patients", "400", "--seed", "3")
	r := newRunner(t, map[string]string{"path": folder + "\n", "allow-test-numbers": "true", "json": "report.json", "as-of": "2026-03-31"})
	r.write("summary", []byte("what an earlier line of the step wrote\n"))
	code, said := r.run()
	require.Equal(t, exitNotMet, code, said)
	require.Equal(t, "exit-code=1\n", r.read("check.output"))
	require.Contains(t, said, "\n::notice title=", said)
	require.Contains(t, said, "\n::error title=")
	require.True(t, strings.HasPrefix(r.read("summary"), "what an earlier line of the step wrote\n## "), "the summary is added to")
	require.Contains(t, r.read("summary"), "What stops you")
	require.Contains(t, r.read("work/report.json"), `"level": "assessor"`)
	require.Equal(t, "https://example.invalid/releases/v0.1.0/"+archiveName+"\nhttps://example.invalid/releases/v0.1.0/SHA256SUMS\n", r.read("temp/asked"))

	// The report goes to the log between two marks that the runner takes no commands between.
	marks := regexp.MustCompile(`(?s)^::stop-commands::([0-9a-f]{32})\n(.*)\n::([0-9a-f]{32})::\n`).FindStringSubmatch(said)
	require.NotNil(t, marks, said)
	require.Equal(t, marks[1], marks[3])
	require.Contains(t, marks[2], "Not ready")
	left, err := filepath.Glob(filepath.Join(filepath.Dir(r.work), "temp", "paperlight-*", "summary.md"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestTheActionTakesItsSettings(t *testing.T) {
	folder, _ := made(t, "--patients", "120")
	r := newRunner(t, map[string]string{"path": folder, "allow-test-numbers": "true", "fail-on": "never", "annotations": "false", "summary": "false", "level": "publish"})
	code, said := r.run()
	require.Zero(t, code, said)
	require.NotContains(t, said, "::notice")
	require.Empty(t, r.read("summary"))
	require.Contains(t, said, "Publish level")
}

// An archive that is not the one that was meant is not run, nor unpacked.
func TestTheActionRunsNothingThatIsNotChecked(t *testing.T) {
	for name, test := range map[string]struct {
		change func(r *runner)
		says   string
	}{
		"another archive":       {func(r *runner) { r.write("releases/"+archiveName, packedProgram(r.t, "#!/bin/sh\ntouch RUN\n")) }, "not the one that SHA256SUMS lists"},
		"a cut archive":         {func(r *runner) { r.write("releases/"+archiveName, []byte(r.read("releases/" + archiveName))[:100]) }, "not the one that SHA256SUMS lists"},
		"an empty list":         {func(r *runner) { r.write("releases/SHA256SUMS", nil) }, "not the one that SHA256SUMS lists"},
		"a list of others":      {func(r *runner) { r.write("releases/SHA256SUMS", []byte(strings.Repeat("0", 64)+"  other.zip\n")) }, "not the one that SHA256SUMS lists"},
		"two sums":              {func(r *runner) { s := r.read("releases/SHA256SUMS"); r.write("releases/SHA256SUMS", []byte(s+s)) }, "not the one that SHA256SUMS lists"},
		"another that is meant": {func(r *runner) { r.inputs["sha256"] = strings.Repeat("0", 64) }, "another SHA-256 than sha256 asks for"},
		"no archive":            {func(r *runner) { require.NoError(r.t, os.Remove(filepath.Join(r.releases, archiveName))) }, "cannot be downloaded"},
		"no list":               {func(r *runner) { require.NoError(r.t, os.Remove(filepath.Join(r.releases, "SHA256SUMS"))) }, "cannot be downloaded"},
		"a version with a path": {func(r *runner) { r.inputs["version"] = "v0.1.0/../../x" }, "version: want"},
		"no version":            {func(r *runner) { r.inputs["version"] = "" }, "version: want"},
		"a short sum":           {func(r *runner) { r.inputs["sha256"] = "abc" }, "sha256: want"},
		"an open connection":    {func(r *runner) { r.inputs["releases"] = "http://example.invalid" }, "releases: want"},
		"nowhere":               {func(r *runner) { r.inputs["releases"] = "" }, "releases: want"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRunner(t, map[string]string{"path": "extract"})
			test.change(r)
			code, said := r.run()
			require.Equal(t, 64, code, said)
			require.Contains(t, said, test.says)
			require.NoFileExists(t, filepath.Join(r.work, "RUN"))
			require.Empty(t, r.read("get.output"))
			require.Empty(t, r.read("check.output"))
		})
	}
	meant := newRunner(t, nil)
	meant.inputs["sha256"], meant.inputs["path"] = sumOf(t, filepath.Join(meant.releases, archiveName)), "nowhere"
	code, said := meant.run()
	require.Equal(t, exitInput, code, said)
	require.Equal(t, "exit-code=3\n", meant.read("check.output"), "the one that is meant is run")
}

// Whatever an input holds, it is one argument, and no script.
func TestTheActionTakesInputsAsTheyAre(t *testing.T) {
	for _, text := range []string{"$(touch RUN)", "`touch RUN`", "; touch RUN", "a b\n--format=html=RUN\n$(touch RUN)", "*", "--help", "'", `"`, "\\", "${{ github.token }}", "x\n::error::y"} {
		for _, input := range []string{"path", "scheme", "rules", "declarations", "as-of", "fail-on", "level", "annotations", "json", "version", "sha256", "releases"} {
			r := newRunner(t, map[string]string{"path": "extract"})
			r.write("releases/"+archiveName, packedProgram(t, "#!/bin/sh\nfor a in \"$@\"; do printf '<%s>\\n' \"$a\" >> \"$RUNNER_TEMP/got\"; done\n"))
			r.write("releases/SHA256SUMS", []byte(sumOf(t, filepath.Join(r.releases, archiveName))+"  "+archiveName+"\n"))
			r.inputs[input] = text
			code, said := r.run()
			require.NoFileExists(t, filepath.Join(r.work, "RUN"), "%s: %q", input, text)
			for line := range strings.Lines(said) {
				require.Regexp(t, `^::(stop-commands::[0-9a-f]+|[0-9a-f]{32}::|error title=paperlight::[^:]+:? .*)$`, strings.TrimSuffix(line, "\n"), "no text of an input is a command")
			}
			if code != 0 {
				require.Contains(t, []string{"level", "annotations", "version", "sha256", "releases"}, input)
				continue
			}
			got := r.read("temp/got")
			if input == "path" {
				for line := range strings.SplitSeq(text, "\n") {
					require.Contains(t, got, "<"+line+">\n")
				}
				first, _, _ := strings.Cut(text, "\n")
				require.Less(t, strings.Index(got, "<-->\n"), strings.LastIndex(got, "<"+first+">\n"), "after the end of the flags")
			} else {
				require.Contains(t, got, "="+text+">\n", input)
			}
		}
	}
}

// What the action passes are flags that there are.
func TestTheActionsFlagsAreThoseOfCheck(t *testing.T) {
	check, _, err := newRoot(&console{}).Find([]string{"check"})
	require.NoError(t, err)
	var flags []string
	for _, s := range readAction(t).Runs.Steps {
		if s.ID != "check" {
			continue
		}
		for _, m := range regexp.MustCompile(`["( ]--([a-z-]+)[=) "]`).FindAllStringSubmatch(s.Run, -1) {
			flags = append(flags, m[1])
		}
	}
	require.Greater(t, len(flags), 8)
	for _, f := range slices.Compact(flags) {
		require.NotNil(t, check.Flag(f), f)
	}
}
