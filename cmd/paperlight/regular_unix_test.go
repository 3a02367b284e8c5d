//go:build unix

package main

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A named pipe that nobody writes to, given as any file that is read, would be
// waited for until the run is given up.
func TestOnlyRegularFilesAreRead(t *testing.T) {
	t.Chdir(t.TempDir())
	require.Zero(t, paperlight(t, "generate", "ex", "--patients", "60", "--quiet").code)
	require.Zero(t, paperlight(t, "rules", "new", "ours/phone", "--dir", "cases", "--table", "patients").code)
	require.NoError(t, os.Remove("cases/ours/testdata/phone.txtar"))
	for _, folder := range []string{"lists", "page", "deep/set", "shared"} {
		require.NoError(t, os.MkdirAll(folder, 0o755))
	}
	for _, pipe := range []string{"pipe", "lists/a.csv", "page/a.md", "deep/set/a.md", "shared/definitions.yaml", "cases/ours/testdata/phone.txtar", "ex/SHA256SUMS"} {
		require.NoError(t, exec.Command("mkfifo", pipe).Run())
	}
	require.NoError(t, os.Truncate(touch(t, "large"), maxText+1))
	check := func(more ...string) []string {
		return append([]string{"check", "ex", "--allow-test-numbers", "--fail-on", "never"}, more...)
	}
	for name, test := range map[string]struct {
		args []string
		code int
	}{
		"answers":       {check("--declarations", "pipe"), exitUsage},
		"too large":     {check("--declarations", "large"), exitUsage},
		"scheme":        {check("--scheme", "pipe"), exitUsage},
		"prevalence":    {check("--prevalence", "pipe"), exitUsage},
		"code lists":    {check("--codelists", "lists"), exitUsage},
		"rules":         {check("--rules", "deep"), exitUsage},
		"page":          {[]string{"rules", "lint", "page"}, exitUsage},
		"rule":          {[]string{"rules", "lint", "deep"}, exitUsage},
		"definitions":   {[]string{"rules", "test", "shared"}, exitUsage},
		"cases":         {[]string{"rules", "test", "cases"}, exitUsage},
		"baseline":      {append([]string{"bench", "ex", "--baseline", "pipe"}, fewRounds...), exitUsage},
		"in an extract": {check("--format", "json=r.json"), exitInput},
	} {
		t.Run(name, func(t *testing.T) {
			ended := make(chan ran, 1)
			go func() { ended <- paperlight(t, test.args...) }()
			select {
			case r := <-ended:
				require.Equal(t, test.code, r.code, r.err)
			case <-time.After(20 * time.Second):
				require.Fail(t, "waits for the pipe")
			}
		})
	}
}

func touch(t *testing.T, name string) string {
	t.Helper()
	require.NoError(t, os.WriteFile(name, nil, 0o600))
	return name
}

// Nobody reads the pipe: the run waits, and a signal ends it as any other.
func TestAPipeThatNobodyReadsIsLeftAtASignal(t *testing.T) {
	folder, _ := made(t, "--patients", "60")
	work := t.TempDir()
	t.Chdir(work)
	require.NoError(t, exec.Command("mkfifo", "pipe").Run())
	for _, sent := range []syscall.Signal{syscall.SIGTERM, syscall.SIGQUIT} {
		cmd := program(t, "check", folder, "--format", "json=pipe", "--format", "html=r.html")
		cmd.Dir = work
		require.NoError(t, cmd.Start())
		time.Sleep(2 * time.Second)
		start := time.Now()
		require.NoError(t, cmd.Process.Signal(sent))
		require.Equal(t, exitTerminated, shellCode(t, cmd.Wait()))
		require.Less(t, time.Since(start), stopTimeout)
		require.Equal(t, []string{"pipe"}, names(t, work))
	}
}

// What is printed goes behind nothing that is read.
func TestNothingIsPrintedIntoWhatIsRead(t *testing.T) {
	t.Chdir(t.TempDir())
	require.Zero(t, paperlight(t, "generate", "ex", "--patients", "60", "--quiet").code)
	require.Zero(t, paperlight(t, "rules", "new", "ours/phone", "--dir", "ours", "--table", "patients").code)
	for _, args := range [][]string{
		{"inspect", "ex"}, {"explain", "allergy/coded", "ex"}, {"explain", "allergy/coded", "--rules", "ours"}, {"rules", "list", "--rules", "ours"},
		{"rules", "show", "allergy/coded", "--rules", "ours"}, {"rules", "lint", "ours"}, {"rules", "test", "ours"},
	} {
		file := "ours/ours/phone.md"
		if args[len(args)-1] == "ex" {
			file = "ex/patients.csv"
		}
		before, err := fileSum(file)
		require.NoError(t, err)
		out, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
		require.NoError(t, err)
		cmd := program(t, args...)
		cmd.Dir, cmd.Stdout = "", out
		require.Equal(t, exitUsage, shellCode(t, cmd.Run()), args)
		require.NoError(t, out.Close())
		after, err := fileSum(file)
		require.NoError(t, err)
		require.Equal(t, before, after, args)
	}
}
