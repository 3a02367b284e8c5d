package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"paperlight/analyzer/evidence"
)

// signingKey is the file of an SSH key that signs.
func signingKey(t *testing.T) string {
	t.Helper()
	return keyFileOf(t, 1, "")
}

// keyFileOf is the file of a key made from a seed, locked where there is a passphrase, with
// its public key beside it.
func keyFileOf(t *testing.T, seed byte, passphrase string) string {
	t.Helper()
	from := [ed25519.SeedSize]byte{seed}
	key := ed25519.NewKeyFromSeed(from[:])
	block, err := ssh.MarshalPrivateKey(key, "")
	if passphrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(passphrase))
	}
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "signing")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(block), 0o600))
	public, err := ssh.NewPublicKey(key.Public())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path+".pub", ssh.MarshalAuthorizedKey(public), 0o600))
	return path
}

// signersOf is a file of signers that names the owner of a key.
func signersOf(t *testing.T, key, who string) string {
	t.Helper()
	public, err := os.ReadFile(key + ".pub")
	require.NoError(t, err)
	return written(t, who+" "+string(public))
}

// evidenceOf makes a bundle, as a folder where zipped does not say otherwise.
func evidenceOf(t *testing.T, extract, out string, more ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), out)
	r := paperlight(t, append([]string{"evidence", extract, "--allow-test-numbers", "--at", "2026-04-01T12:00:00Z", "--out", path}, more...)...)
	require.Zero(t, r.code, r.err)
	return path
}

// verifiedAs is what verify says of a bundle, which ends with a code.
func verifiedAs(t *testing.T, code int, bundle string, more ...string) *verified {
	t.Helper()
	r := paperlight(t, append([]string{"verify", bundle, "--format", "json"}, more...)...)
	require.Equal(t, code, r.code, r.out+r.err)
	out := &verified{Findings: &evidence.Findings{}}
	require.NoError(t, json.Unmarshal([]byte(r.out), out))
	return out
}

// A bundle holds all that the run went by, and stands up, whatever that was.
func TestEvidenceOfEveryKindOfRunStandsUp(t *testing.T) {
	extract, _ := made(t, "--patients", "150")
	ours := filepath.Join(t.TempDir(), "zqrules")
	require.Zero(t, paperlight(t, "rules", "new", "local/phone-recorded", "--dir", ours, "--table", "patients").code)
	require.NoError(t, os.WriteFile(filepath.Join(ours, "patients.csv"), []byte("zqcell\n"), 0o600)) // what a folder of rules may hold, and a bundle not
	require.NoError(t, os.WriteFile(filepath.Join(ours, "local", "README.md"), []byte("zqnotes\n"), 0o600))
	lists := filepath.Join(t.TempDir(), "zqlists")
	require.NoError(t, os.Mkdir(lists, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(lists, "mine.csv"), []byte("system,code,term\nsct,44054006,x\n"), 0o600))
	scheme := written(t, "id: ours\nversion: \"1\"\ntitle: Ours\nstatement: Ours.\nextends: england-2026\naccreditations:\n  - id: data-quality\n    criteria:\n      - rule: local/phone-recorded\n        severity: minor\n        weight: 2\n")
	prevalence, err := os.ReadFile(filepath.Join("..", "..", "rules", "prevalence.yaml"))
	require.NoError(t, err)
	answers := written(t, "- key: audit-trail-on\n  answer: yes\n  date: 2026-03-01\n  role: zqrole\n  evidence: zqevidence\n")
	catalogue := filepath.Join("..", "..", "rules")
	for name, args := range map[string][]string{
		"as usual":          nil,
		"at the practice":   {"--level", "practice"},
		"our rules":         {"--rules", ours, "--scheme", scheme},
		"our lists":         {"--codelists", lists, "--prevalence", written(t, string(prevalence))},
		"another catalogue": {"--catalogue", catalogue, "--scheme", "scr-2010"},
		"another mapping":   {"--mapping", filepath.Join("..", "..", "analyzer", "mapping", "omop.yaml")},
		"answers":           {"--declarations", answers, "--outgoing", "--as-of", "2026-02-28", "--practice", "P00001"},
	} {
		t.Run(name, func(t *testing.T) {
			bundle := evidenceOf(t, extract, "bundle", args...)
			again := []string{"--again", extract}
			if name == "answers" {
				again = append(again, "--declarations", answers)
			}
			found := verifiedAs(t, exitMet, bundle, again...)
			require.True(t, found.ScoredAgain)
			require.True(t, found.Again.Same)
			require.Equal(t, name == "as usual" || name == "at the practice" || name == "answers" || name == "another catalogue" || name == "another mapping", found.Published)
			said := everyByteBelow(t, bundle)
			if name != "at the practice" {
				requireMarkers(t, said, "the bundle")
			}
			zipped := evidenceOf(t, extract, "bundle.zip", args...)
			require.Equal(t, tree(t, bundle), unzipped(t, zipped), "a folder holds what a zip does")
			second := evidenceOf(t, extract, "other.zip", args...)
			require.Equal(t, everyByte(t, zipped), everyByte(t, second), "equal runs make equal bundles")
		})
	}
}

// everyByteBelow is all that lies below a folder, with the names.
func everyByteBelow(t *testing.T, folder string) string {
	t.Helper()
	var all strings.Builder
	for name, text := range tree(t, folder) {
		all.WriteString(name + "\n" + text + "\n")
	}
	return all.String()
}

// unzipped are the files of a bundle that is a zip, by their names.
func unzipped(t *testing.T, path string) map[string]string {
	t.Helper()
	b, err := evidence.Read(path)
	require.NoError(t, err)
	out := map[string]string{}
	for _, name := range b.Names() {
		out[name] = string(b.File(name))
	}
	return out
}

// Another extract, other answers: verify says that it is another, and what moved.
func TestARepeatedRunSaysWhatDiffers(t *testing.T) {
	extract, _ := made(t, "--patients", "150")
	bundle := evidenceOf(t, extract, "bundle.zip")
	edit(t, extract, "allergies.csv", func(lines []string) []string { return lines[:len(lines)/2] })
	found := verifiedAs(t, exitNotVerified, bundle, "--again", extract)
	require.Empty(t, found.Faults)
	require.False(t, found.Again.Same)
	require.False(t, found.Again.SameFiles)
	require.NotEmpty(t, found.Again.Comparison.Practices)
	r := paperlight(t, "verify", bundle, "--again", extract)
	require.Contains(t, r.out, "its files are not those of the bundle")
	require.Contains(t, r.out, "A80000, as of 2026-03-31: Data quality: ")
	require.Contains(t, r.out, "Asked for: ", "a reader of the findings alone knows what changed the result")
}

// tool is a program of the system, without which a test is left out, and says so.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("LEFT OUT: %s is not installed, so that nobody checked whether it and paperlight understand each other", name)
	}
	return path
}

// The page shows how to check a bundle without paperlight: its commands find what verify
// finds, but for a report that does not follow.
func TestABundleIsCheckedWithoutPaperlight(t *testing.T) {
	shell := tool(t, "sh")
	tool(t, "ssh-keygen")
	tool(t, "sha256sum")
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "evidence.md"))
	require.NoError(t, err)
	commands := regexp.MustCompile("(?s)```sh\n(.*?)```").FindSubmatch(page)
	require.NotNil(t, commands)
	steps := strings.Split(strings.TrimSpace(string(commands[1])), "\n")
	require.Len(t, steps, 4)
	key := signingKey(t)
	extract, _ := made(t, "--patients", "60")
	bundle := evidenceOf(t, extract, "bundle", "--sign", key)
	signers, err := os.ReadFile(signersOf(t, key, "assessor@icb.example"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(bundle), "allowed_signers"), signers, 0o600))
	passes := func() (passed []bool) {
		for _, step := range steps {
			cmd := exec.Command(shell, "-c", step)
			cmd.Dir = bundle
			said, err := cmd.CombinedOutput()
			t.Logf("%s: %s", step, said)
			passed = append(passed, err == nil)
		}
		return passed
	}
	require.Equal(t, []bool{true, true, true, true}, passes())
	for name, test := range map[string]struct {
		do   func()
		want []bool
	}{
		"a file is added":     {func() { put(t, bundle, "data/more.txt", "x") }, []bool{true, true, false, true}},
		"a report is changed": {func() { put(t, bundle, "data/report.html", "x") }, []bool{true, false, true, true}},
		"a list is changed": {func() {
			put(t, bundle, "manifest-sha256.txt", sumOfFile(t, bundle, "data/report.html")+"  data/report.html\n")
		}, []bool{false, true, false, true}},
		"both are changed": {func() {
			put(t, bundle, "tagmanifest-sha256.txt", sumOfFile(t, bundle, "manifest-sha256.txt")+"  manifest-sha256.txt\n")
		}, []bool{true, true, true, false}},
	} {
		t.Run(name, func(t *testing.T) {
			before := tree(t, bundle)
			test.do()
			require.Equal(t, test.want, passes())
			require.Equal(t, exitNotVerified, paperlight(t, "verify", bundle).code)
			for name := range tree(t, bundle) {
				if _, was := before[name]; !was {
					require.NoError(t, os.Remove(filepath.Join(bundle, name)))
				}
			}
			for name, text := range before {
				put(t, bundle, name, text)
			}
			require.Equal(t, exitMet, paperlight(t, "verify", bundle).code)
		})
	}
}

func put(t *testing.T, folder, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(folder, filepath.FromSlash(name)), []byte(text), 0o600))
}

func sumOfFile(t *testing.T, folder, name string) string {
	t.Helper()
	sum, err := fileSum(filepath.Join(folder, filepath.FromSlash(name)))
	require.NoError(t, err)
	return sum
}

// What paperlight signs ssh-keygen accepts, and the other way round: of each kind of key.
func TestSSHKeygenAndPaperlightUnderstandEachOther(t *testing.T) {
	keygen := tool(t, "ssh-keygen")
	extract, _ := made(t, "--patients", "60")
	for _, kind := range []string{"ed25519", "ecdsa", "rsa"} {
		t.Run(kind, func(t *testing.T) {
			key := filepath.Join(t.TempDir(), "key")
			said, err := exec.Command(keygen, "-q", "-t", kind, "-N", "", "-f", key).CombinedOutput()
			require.NoError(t, err, string(said))
			signers := signersOf(t, key, "assessor@icb.example")
			bundle := evidenceOf(t, extract, "bundle", "--sign", key)
			require.Equal(t, "assessor@icb.example", verifiedAs(t, exitMet, bundle, "--signers", signers).Signer)
			list := filepath.Join(bundle, evidence.SignedName)
			text, err := os.ReadFile(list)
			require.NoError(t, err)
			check := exec.Command(keygen, "-Y", "verify", "-f", signers, "-I", "assessor@icb.example", "-n", evidence.Namespace, "-s", list+".sig")
			check.Stdin = bytes.NewReader(text)
			said, err = check.CombinedOutput()
			require.NoError(t, err, string(said))
			for _, hash := range []string{"sha512", "sha256"} {
				require.NoError(t, os.Remove(list+".sig"))
				said, err = exec.Command(keygen, "-Y", "sign", "-O", "hashalg="+hash, "-f", key, "-n", evidence.Namespace, list).CombinedOutput()
				require.NoError(t, err, string(said))
				require.Equal(t, "assessor@icb.example", verifiedAs(t, exitMet, bundle, "--signers", signers).Signer)
			}
			require.Equal(t, evidence.SignedByOther, verifiedAs(t, exitNotVerified, bundle, "--signers", signersOf(t, keyFileOf(t, 9, ""), "assessor@icb.example")).Faults[0].Kind)
		})
	}
}

// A key that is locked, or that only an agent has, signs by way of ssh-keygen.
func TestAKeyOfAnAgentSigns(t *testing.T) {
	keygen := tool(t, "ssh-keygen")
	agent, add := tool(t, "ssh-agent"), tool(t, "ssh-add")
	extract, _ := made(t, "--patients", "60")
	locked := keyFileOf(t, 3, "a passphrase")
	refused := paperlight(t, "evidence", extract, "--allow-test-numbers", "--out", filepath.Join(t.TempDir(), "bundle"), "--sign", locked)
	require.Equal(t, exitInput, refused.code)
	require.Contains(t, refused.err, "ssh-add")
	socket := filepath.Join(t.TempDir(), "agent")
	running := exec.Command(agent, "-D", "-a", socket)
	require.NoError(t, running.Start())
	t.Cleanup(func() { _ = running.Process.Kill(); _ = running.Wait() })
	t.Setenv("SSH_AUTH_SOCK", socket)
	key := filepath.Join(t.TempDir(), "key")
	said, err := exec.Command(keygen, "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput()
	require.NoError(t, err, string(said))
	require.Eventually(t, func() bool { return exec.Command(add, "-q", key).Run() == nil }, 10e9, 50e6)
	signers := signersOf(t, key, "assessor")
	require.NoError(t, os.Remove(key)) // the agent has it
	bundle := evidenceOf(t, extract, "bundle.zip", "--sign", key+".pub")
	require.Equal(t, "assessor", verifiedAs(t, exitMet, bundle, "--signers", signers).Signer)
}

// Bundles come from strangers. Whatever is damaged, verify says so or refuses, and never
// says that it stands up.
func TestDamagedBundlesNeverStandUp(t *testing.T) {
	extract, _ := made(t, "--patients", "60")
	whole, err := os.ReadFile(evidenceOf(t, extract, "bundle.zip", "--sign", signingKey(t)))
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "bundle.zip")
	random := rand.New(rand.NewPCG(5, 6))
	codes := map[int]int{}
	require.NoError(t, os.WriteFile(path, whole, 0o600))
	sound := maps.Clone(unzipped(t, path))
	for range 60 {
		damaged := bytes.Clone(whole)
		switch random.IntN(3) {
		case 0:
			damaged[random.IntN(len(damaged))] ^= byte(1 + random.IntN(255))
		case 1:
			damaged = damaged[:random.IntN(len(damaged))]
		case 2:
			at := random.IntN(len(damaged) - 100)
			copy(damaged[at:], whole[random.IntN(len(whole)-100):][:100])
		}
		require.NoError(t, os.WriteFile(path, damaged, 0o600))
		r := paperlight(t, "verify", path)
		codes[r.code]++
		if r.code == exitMet { // what no reader looks at, such as the times of files
			require.Equal(t, sound, unzipped(t, path))
			continue
		}
		require.Contains(t, []int{exitNotVerified, exitInput, exitLimit}, r.code, r.err)
	}
	t.Logf("%v", codes)
	require.Greater(t, codes[exitNotVerified]+codes[exitInput], 40)
}

// sampleFolder is where it lies, until the tests are over.
func sampleFolder() string {
	return filepath.Join(os.TempDir(), fmt.Sprintf("paperlight-sample-%d", os.Getpid()))
}

// sampleBundle is a bundle to repeat runs of.
var sampleBundle = sync.OnceValue(func() string {
	folder := sampleFolder()
	extract, bundle := filepath.Join(folder, "extract"), filepath.Join(folder, "bundle.zip")
	for _, args := range [][]string{{"generate", extract, "--patients", "20"}, {"evidence", extract, "--allow-test-numbers", "--as-of", "2026-03-31", "--out", bundle}} {
		c := &console{in: strings.NewReader(""), out: io.Discard, err: io.Discard, width: 80}
		if code := run(context.Background(), args, c); code != exitMet {
			panic(args[0])
		}
	}
	return bundle
})

// A bundle that is a folder has many files: it is there with all of them, or not at all.
func TestAFolderOfEvidenceIsWholeOrNotThere(t *testing.T) {
	t.Parallel()
	extract, _ := made(t, "--patients", "20")
	steps := 0
	args := func(dir string) []string {
		return []string{"evidence", extract, "--at", "2026-04-01T12:00:00Z", "--as-of", "2026-03-31", "--out", filepath.Join(dir, "bundle")}
	}
	whole := outputsOf(t)
	r := onDisk(disk{before: func(string) error { steps++; return nil }}, args(whole))
	require.Zero(t, r.code, r.err)
	require.Greater(t, steps, 500)
	for i, how := range sortedNames(brokenDisks) {
		for _, at := range someSteps(steps, i) {
			n := 0
			dir := outputsOf(t)
			r := onDisk(disk{before: func(step string) error { n++; return brokenDisks[how](step, n, at) }}, args(dir))
			clearLeftovers(disk{}, dir)
			if _, err := os.Stat(filepath.Join(dir, "bundle")); err == nil {
				require.Equal(t, tree(t, whole), tree(t, dir), "%s at step %d of %d", how, at, steps)
				continue
			}
			require.Equal(t, exitOutput, r.code, "%s at step %d of %d: %s", how, at, steps, r.err)
			require.Empty(t, tree(t, dir), "%s at step %d of %d", how, at, steps)
		}
	}
}
