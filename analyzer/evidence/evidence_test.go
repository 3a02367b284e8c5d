package evidence

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"paperlight/analyzer/report"
	"paperlight/analyzer/source"
)

// What stays where the extract is, is in no bundle for an assessor, and in that of the
// practice.
func TestABundleForAnAssessorWithholdsNamesAndWords(t *testing.T) {
	for _, level := range []report.Level{report.Assessor, report.Practice} {
		run, released := runOf(t, 4, level)
		b, err := Make(run, released)
		require.NoError(t, err)
		said := ""
		for _, name := range b.Names() {
			if !strings.HasPrefix(name, catalogueDir) {
				said += string(b.files[name])
			}
		}
		require.Equal(t, level == report.Practice, strings.Contains(said, "private"), level)
		require.Empty(t, b.Verify(Asking{Version: "v1.2.3", Now: now}).Faults)
	}
}

// A report that the run did not make is not kept.
func TestAReportThatDoesNotFollowIsNotKept(t *testing.T) {
	run, _ := runOf(t, 4, report.Assessor)
	_, of := runOf(t, 5, report.Assessor)
	_, err := Make(run, of)
	require.ErrorContains(t, err, "does not follow")
}

// Equal runs make equal bundles, and the time is in one file alone, and in the list of it.
func TestTheTimeIsInOneFile(t *testing.T) {
	run, released := runOf(t, 6, report.Assessor)
	first, err := Make(run, released)
	require.NoError(t, err)
	second, err := Make(run, released)
	require.NoError(t, err)
	require.Equal(t, first.files, second.files)
	run.At = run.At.Add(time.Hour)
	later, err := Make(run, released)
	require.NoError(t, err)
	for name, text := range first.files {
		require.Equal(t, name != infoName && name != tags256, bytes.Equal(text, later.files[name]), name)
	}
}

// The statement has the form of in-toto: every check that was judged stands in one list.
func TestTheStatementNamesEveryCheck(t *testing.T) {
	b := bundleOf(t, 1)
	var s struct {
		Type          string `json:"_type"`
		PredicateType string `json:"predicateType"`
		Subject       []struct {
			Name   string
			Digest map[string]string
		}
		Predicate struct {
			Result                                string
			PassedTests, WarnedTests, FailedTests []string
			Configuration                         []struct{ Digest map[string]string }
		}
	}
	require.NoError(t, json.Unmarshal(b.files[statementName], &s))
	require.Equal(t, "https://in-toto.io/Statement/v1", s.Type)
	require.Equal(t, "https://in-toto.io/attestation/test-result/v0.1", s.PredicateType)
	require.Contains(t, []string{"PASSED", "WARNED", "FAILED"}, s.Predicate.Result)
	names := map[string]string{}
	for _, one := range s.Subject {
		names[one.Name] = one.Digest["sha256"]
	}
	require.Len(t, names, len(b.inPayload())+2)
	require.Equal(t, sum256([]byte("A80001")), names["extract 1"])
	require.Equal(t, sum256(b.files[reportName]), names[reportName])
	r, err := report.ReadJSON(bytes.NewReader(b.files[reportName]))
	require.NoError(t, err)
	want := map[report.Status]int{}
	for _, p := range r.Practices {
		for _, a := range p.Accreditations {
			for _, c := range a.Criteria {
				want[c.Status]++
			}
		}
	}
	require.Len(t, s.Predicate.PassedTests, want[report.Passed])
	require.Len(t, s.Predicate.FailedTests, want[report.Failed])
	require.Len(t, s.Predicate.WarnedTests, want[report.NotAssessable]+want[report.TooFew])
	require.Equal(t, r.Rules.SHA256, s.Predicate.Configuration[0].Digest["sha256"])
}

// The root of the log is the one of RFC 6962, whose published examples these are.
func TestTheRootOfTheLog(t *testing.T) {
	leaves := [][]byte{{}, {0x00}, {0x10}, {0x20, 0x21}, {0x30, 0x31}, {0x40, 0x41, 0x42, 0x43}, {0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57}, {0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f}}
	for n, want := range map[int]string{
		0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	} {
		require.Equal(t, want, root(leaves[:n]), n)
	}
}

func TestAFolderInMemoryIsAFolder(t *testing.T) {
	require.NoError(t, fstest.TestFS(memory{"a.txt": []byte("x"), "b/c.txt": []byte("yy"), "b/d/e": nil}, "a.txt", "b/c.txt", "b/d/e"))
}

func TestFilesOfSigners(t *testing.T) {
	line := signersLine("a@b", assessor)
	for name, test := range map[string]struct{ text, who, wrong, err string }{
		"one":                {text: line, who: "a@b"},
		"with a comment":     {text: "# ours\n\n" + line, who: "a@b"},
		"a name in quotes":   {text: signersLine(`"a b"`, assessor), who: "a b"},
		"by Windows":         {text: strings.ReplaceAll(line, "\n", "\r\n"), who: "a@b"},
		"another":            {text: signersLine("c@d", other), wrong: "not in the list"},
		"both":               {text: signersLine("c@d", other) + line, who: "a@b"},
		"for this":           {text: `a@b namespaces="git,paperlight-*" ` + key(assessor), who: "a@b"},
		"for something else": {text: `a@b namespaces="git" ` + key(assessor), wrong: "may not sign"},
		"valid":              {text: `a@b valid-after="20260101",valid-before="20270101Z" ` + key(assessor), who: "a@b"},
		"not yet":            {text: `a@b valid-after="202612312359" ` + key(assessor), wrong: "not valid now"},
		"not any more":       {text: `a@b valid-before="20260101" ` + key(assessor), wrong: "not valid now"},
		"no time":            {text: `a@b valid-before="soon" ` + key(assessor), err: "line 1"},
		"an authority":       {text: `*@b cert-authority ` + key(assessor), err: "line 1: the option"},
		"a key alone":        {text: key(assessor), err: "line 1"},
		"a name alone":       {text: "a@b\n", err: "line 1"},
		"a text":             {text: line + "what is this\n", err: "line 2"},
		"an open quote":      {text: `"a@b ` + key(assessor), err: "line 1"},
		"nothing":            {text: "", err: "line 1: want at least one line"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := ParseSigners([]byte(test.text))
			if test.err != "" {
				require.ErrorContains(t, err, test.err)
				return
			}
			require.NoError(t, err)
			who, wrong := s.who(assessor.PublicKey(), now)
			require.Equal(t, test.who, who)
			require.Contains(t, wrong, test.wrong)
			require.Equal(t, test.wrong == "", wrong == "")
		})
	}
}

func key(of ssh.Signer) string { return string(ssh.MarshalAuthorizedKey(of.PublicKey())) }

// FuzzSignature: whatever is read is refused, or fits no other text.
func FuzzSignature(f *testing.F) {
	text, err := signedBy(assessor, Namespace, []byte("message"))
	require.NoError(f, err)
	f.Add(text)
	f.Add([]byte("-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := parseSignature(text)
		if err == nil && s.check([]byte("another message")) == nil {
			t.Fatal("it fits")
		}
	})
}

// zipOf is an archive with the files of a bundle, changed.
func zipOf(t *testing.T, change func(add func(name, text string, method uint16))) string {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	change(func(name, text string, method uint16) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		require.NoError(t, err)
		_, err = w.Write([]byte(text))
		require.NoError(t, err)
	})
	require.NoError(t, z.Close())
	path := filepath.Join(t.TempDir(), "b.zip")
	require.NoError(t, os.WriteFile(path, out.Bytes(), 0o600))
	return path
}

// Archives that lead out of themselves, or are more than they look, are refused before
// anything is believed.
func TestHostileArchivesAreRefused(t *testing.T) {
	type add = func(name, text string, method uint16)
	for name, test := range map[string]struct {
		make func(add)
		want string
	}{
		"a way out":       {func(a add) { a("evidence/../../etc/passwd", "x", zip.Store) }, "leads out of the archive"},
		"from the root":   {func(a add) { a("/etc/passwd", "x", zip.Store) }, "leads out of the archive"},
		"a drive":         {func(a add) { a("evidence/C:x", "x", zip.Store) }, "colon"},
		"a device":        {func(a add) { a("evidence/NUL", "x", zip.Store) }, "unsafe name"},
		"two of one name": {func(a add) { a("evidence/a", "x", zip.Store); a("evidence/A", "y", zip.Store) }, "two entries of one name"},
		"no folder":       {func(a add) { a("bagit.txt", "x", zip.Store) }, "one folder"},
		"two folders":     {func(a add) { a("evidence/a", "x", zip.Store); a("other/b", "x", zip.Store) }, "one folder"},
		"a bomb":          {func(a add) { a("evidence/a", strings.Repeat("\x00", 8<<20), zip.Deflate) }, "expands more than 200 times"},
		"too many":        {func(a add) { many(a, 1001) }, "more than 1000 entries"},
		"more than it says": {func(a add) {
			a("evidence/a", strings.Repeat("ab", 400), zip.Store)
			a("evidence/b", strings.Repeat("ab", 400), zip.Store)
		}, "more than a bundle"},
		"more than it can be": {func(a add) { a("evidence/a", strings.Repeat("ab", 600), zip.Store) }, "more than a bundle"},
	} {
		t.Run(name, func(t *testing.T) {
			path := zipOf(t, test.make)
			most := int64(MaxBytes)
			if strings.HasPrefix(name, "more") {
				most = 1000
			}
			_, _, err := source.Contents(path, most)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func many(add func(name, text string, method uint16), n int) {
	for i := range n {
		add(fmt.Sprintf("evidence/%d", i), "", zip.Store)
	}
}

// A folder is read without following where a link in it leads.
func TestLinksInAFolderAreRefused(t *testing.T) {
	folder, secret := t.TempDir(), filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("secret"), 0o600))
	if os.Symlink(secret, filepath.Join(folder, "bagit.txt")) != nil {
		t.Skip("LEFT OUT: links cannot be made here")
	}
	_, err := Read(folder)
	require.ErrorContains(t, err, "holds a link")
}

// What is read of a bundle that is written is what was written.
func TestABundleIsReadAsItWasWritten(t *testing.T) {
	b := bundleOf(t, 1)
	var text bytes.Buffer
	require.NoError(t, b.WriteZip(&text))
	path := filepath.Join(t.TempDir(), "b.zip")
	require.NoError(t, os.WriteFile(path, text.Bytes(), 0o600))
	read, err := Read(path)
	require.NoError(t, err)
	require.True(t, maps.EqualFunc(b.files, read.files, bytes.Equal))
	require.Empty(t, read.Verify(asking(t)).Faults)
}

// A bundle of nothing, or of something else, is told by what it lacks.
func TestWhatIsNoBundle(t *testing.T) {
	nothing := (&Bundle{files: map[string][]byte{}}).Verify(asking(t))
	require.Contains(t, told(nothing), "dropped "+bagName)
	require.Contains(t, told(nothing), "not_signed "+SignatureName)
	for _, text := range []string{"", "{}", "null", `{"version":2}`, `{"version":1,"level":"publish"}`, `{"version":1,"level":"assessor","mappings":-1,"extracts":[{}]}`, `{"version":1,"level":"assessor","extracts":[]}`} {
		b := bundleOf(t, 1)
		b.files[runName] = []byte(text)
		cover(b, nobodyAsked)
		found := b.Verify(Asking{Version: "v1.2.3"})
		require.Equal(t, []string{"not_a_bundle " + runName}, told(found), text)
		require.True(t, slices.Contains([]string{"", string(report.Assessor)}, string(found.Level)))
	}
	for _, state := range []string{"", "null", "{}", `{"version":1,"practices":[{"Tallies":[{}]}]}`, `{"version":1,"practices":[null],"tables":[{"table":"nothing"}]}`} {
		b := bundleOf(t, 1)
		b.files[stateName(0)] = []byte(state)
		cover(b, nobodyAsked)
		require.NotEmpty(t, b.Verify(Asking{Version: "v1.2.3"}).Faults, state)
	}
}

// A bundle of another version whose report is not what this version makes of it is named
// for that.
func TestABundleOfAnotherVersion(t *testing.T) {
	b := bundleOf(t, 1)
	ask := asking(t)
	ask.Version = "v2.0.0"
	require.Empty(t, b.Verify(ask).Faults, "this version makes the same of it")
	b.files[pageName] = append(b.files[pageName], '\n')
	cover(b, nobodyAsked)
	ask.Signers = nil
	require.Equal(t, []string{"other_version " + pageName}, told(b.Verify(ask)))
}

// What a Mac or Windows leaves in a folder where somebody looked is no fault; an entry of
// a zip that is not what the zip says of it is one, though its content is right.
func TestWhatSystemsLeaveAndWhatArchivesSay(t *testing.T) {
	b, folder := bundleOf(t, 1), t.TempDir()
	for _, name := range b.Names() {
		path := filepath.Join(folder, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, b.File(name), 0o600))
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "data", ".DS_Store"), []byte("x"), 0o600))
	read, err := Read(folder)
	require.NoError(t, err)
	require.Empty(t, read.Verify(asking(t)).Faults)

	path := zipOf(t, func(add func(name, text string, method uint16)) {
		for _, name := range b.Names() {
			add(zipFolder+name, string(b.File(name)), zip.Store)
		}
	})
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	at := bytes.LastIndex(text, []byte(zipFolder+reportName)) // in the directory, 30 bytes after the checksum
	text[at-46+16] ^= 1
	require.NoError(t, os.WriteFile(path, text, 0o600))
	read, err = Read(path)
	require.NoError(t, err)
	require.Equal(t, []string{"changed " + reportName}, told(read.Verify(asking(t))))
}

// A folder that holds nothing is in no list of files, and its name could say anything.
func TestAnEmptyFolderIsAdded(t *testing.T) {
	b := bundleOf(t, 1)
	path := filepath.Join(t.TempDir(), "bag")
	for _, name := range b.Names() {
		file := filepath.Join(path, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, b.files[name], 0o600))
	}
	require.NoError(t, os.MkdirAll(filepath.Join(path, "data", "anybody", "in"), 0o700))
	folder, err := Read(path)
	require.NoError(t, err)
	zipped, err := Read(zipOf(t, func(add func(string, string, uint16)) {
		for _, name := range b.Names() {
			add(zipFolder+name, string(b.files[name]), zip.Deflate)
		}
		add(zipFolder+"data/anybody/in/", "", zip.Store)
	}))
	require.NoError(t, err)
	for _, read := range []*Bundle{folder, zipped} {
		faults := read.Verify(asking(t)).Faults
		require.Len(t, faults, 1)
		require.Equal(t, Extra, faults[0].Kind)
	}
}
