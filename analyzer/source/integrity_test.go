package source

import (
	"archive/zip"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
)

func sum256(text string) string {
	s := sha256.Sum256([]byte(text))
	return hex.EncodeToString(s[:])
}

func sum512(text string) string {
	s := sha512.Sum512([]byte(text))
	return hex.EncodeToString(s[:])
}

// laid is a folder with these files.
func laid(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "x")
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return dir
}

func TestListsOfChecksums(t *testing.T) {
	a, b := sum256(small), sum256("x,y\n1,2\n")
	files := func(more ...string) map[string]string {
		out := map[string]string{"a.csv": small, "t/b.csv": "x,y\n1,2\n"}
		for i := 0; i < len(more); i += 2 {
			out[more[i]] = more[i+1]
		}
		return out
	}
	both := a + "  a.csv\n" + b + " *t/b.csv\n"
	for name, c := range map[string]struct {
		files map[string]string
		lists []string
		fails string
	}{
		"none":                      {files: files()},
		"sha256sum":                 {files: files("SHA256SUMS", both), lists: []string{"SHA256SUMS"}},
		"by another name":           {files: files("sha256sums.txt", both), lists: []string{"sha256sums.txt"}},
		"of Windows":                {files: files("SHA256SUMS.txt", "\xef\xbb\xbf# made today\r\n"+strings.ToUpper(a)+" *.\\a.csv\r\n\r\n"+b+"  t\\b.csv\r\n"), lists: []string{"SHA256SUMS.txt"}},
		"sha512sum":                 {files: files("SHA512SUMS", sum512(small)+"  a.csv\n"+sum512("x,y\n1,2\n")+"  t/b.csv"), lists: []string{"SHA512SUMS"}},
		"two lists":                 {files: files("SHA256SUMS", both, "SHA512SUMS", sum512(small)+"  a.csv\n"+sum512("x,y\n1,2\n")+"  t/b.csv"), lists: []string{"SHA256SUMS", "SHA512SUMS"}},
		"in the folder of a table":  {files: files("t/SHA256SUMS", b+"  b.csv\n"), lists: []string{"t/SHA256SUMS"}},
		"of one file":               {files: files("a.csv.sha256", a+"  a.csv\n"), lists: []string{"a.csv.sha256"}},
		"with what is no table":     {files: files("SHA256SUMS", both+sum256("hello")+"  README.md\n", "README.md", "hello"), lists: []string{"SHA256SUMS"}},
		"in a deeper folder":        {files: files("SHA256SUMS", both+sum256("hello")+"  t/u/v.txt\n", "t/u/v.txt", "hello"), lists: []string{"SHA256SUMS"}},
		"a name with an odd letter": {files: files("SHA256SUMS", both+`\`+sum256("hello")+"  back\\\\slash.md\n", "back/slash.md", "hello"), lists: []string{"SHA256SUMS"}},
		"a bag": {files: map[string]string{"bagit.txt": "BagIt-Version: 1.0\n", "bag-info.txt": "x: y\n", "data/a.csv": small, "data/100%.csv": small,
			"manifest-sha256.txt": a + " data/a.csv\n" + a + " data/100%25.csv\n", "tagmanifest-sha256.txt": sum256("BagIt-Version: 1.0\n") + " bagit.txt\n"},
			lists: []string{"manifest-sha256.txt", "tagmanifest-sha256.txt"}},

		"that lists itself":  {files: files("SHA256SUMS", sum256("half")+"  SHA256SUMS\n"+both), lists: []string{"SHA256SUMS"}},
		"with its tags":      {files: files("SHA256SUMS", "SHA256 (a.csv) = "+a+"\nSHA2-256(t/b.csv)= "+b+"\n"), lists: []string{"SHA256SUMS"}},
		"of PowerShell":      {files: files("SHA256SUMS", utf16Text(both)), lists: []string{"SHA256SUMS"}},
		"a checksum alone":   {files: files("a.csv.sha256", a+"\n"), lists: []string{"a.csv.sha256"}},
		"made from outside":  {files: files("SHA256SUMS", a+"  x/a.csv\n"+b+"  x/t/b.csv\n"), lists: []string{"SHA256SUMS"}},
		"of another file":    {files: files("a.csv.sha256", b+"  t/b.csv\n"), fails: "a.csv.sha256: lists another file than the one that it is named after"},
		"changed":            {files: files("SHA256SUMS", both, "a.csv", small+"3,2020-01-03\n"), fails: "a.csv is not the file that SHA256SUMS lists: it was changed, or not copied whole"},
		"cut":                {files: files("SHA256SUMS", both, "t/b.csv", "x,y\n1,2"), fails: "t/b.csv is not the file that SHA256SUMS lists"},
		"dropped":            {files: map[string]string{"a.csv": small, "SHA256SUMS": both}, fails: "t/b.csv is listed in SHA256SUMS and is not there"},
		"added":              {files: files("SHA256SUMS", both, "c.csv", small), fails: "c.csv is not in SHA256SUMS, which lists the files of the extract"},
		"added to a bag":     {files: map[string]string{"bagit.txt": "", "data/a.csv": small, "data/c.csv": small, "manifest-sha256.txt": a + " data/a.csv\n"}, fails: "data/c.csv is not in manifest-sha256.txt"},
		"swapped":            {files: files("SHA256SUMS", b+"  a.csv\n"+a+"  t/b.csv\n"), fails: "a.csv is not the file"},
		"a tag changed":      {files: map[string]string{"bagit.txt": "2", "data/a.csv": small, "manifest-sha256.txt": a + " data/a.csv\n", "tagmanifest-sha256.txt": a + " bagit.txt\n"}, fails: "bagit.txt is not the file that tagmanifest-sha256.txt lists"},
		"twice":              {files: files("SHA256SUMS", both+b+"  a.csv\n"), fails: "SHA256SUMS record 3: lists one file twice, with two checksums"},
		"short":              {files: files("SHA256SUMS", a[:63]+"  a.csv\n"), fails: "SHA256SUMS record 1: want a checksum of 64 hex digits"},
		"no hex":             {files: files("SHA256SUMS", "g"+a[1:]+"  a.csv\n"), fails: "SHA256SUMS record 1: want a checksum of 64 hex digits"},
		"no name":            {files: files("SHA256SUMS", a+"\n"), fails: "SHA256SUMS record 1: want a checksum of 64 hex digits"},
		"elsewhere":          {files: files("SHA256SUMS", a+"  ../a.csv\n"), fails: "SHA256SUMS record 1: names a file outside the folder"},
		"absolute":           {files: files("SHA256SUMS", a+"  /etc/passwd\n"), fails: "SHA256SUMS record 1: names a file outside the folder"},
		"a folder":           {files: files("SHA256SUMS", both+a+"  t\n"), fails: "t: want a regular file"},
		"a very long line":   {files: files("SHA256SUMS", strings.Repeat("a", 1<<17)), fails: "SHA256SUMS: a line is too long"},
		"a list too large":   {files: files("SHA256SUMS", strings.Repeat("\n", maxListBytes+1)), fails: "SHA256SUMS: over 4 MiB"},
		"too many are named": {files: files("SHA256SUMS", manyNames(a)), fails: "SHA256SUMS: more than 20000 files are listed"},
	} {
		for _, form := range []string{"folder", "zip"} {
			if form == "zip" && name == "a folder" {
				continue // is not there
			}
			path := laid(t, c.files)
			if form == "zip" && name == "made from outside" {
				continue // the folder would be called x.zip
			}
			if form == "zip" {
				path = zipOf(t, path, c.files)
			}
			bundle, err := Open([]string{path}, Options{})
			if c.fails != "" {
				require.ErrorContains(t, err, c.fails, "%s as %s", name, form)
				continue
			}
			require.NoError(t, err, "%s as %s", name, form)
			require.Equal(t, c.lists, bundle.Integrity.Lists, "%s as %s", name, form)
			require.NoError(t, bundle.Close())
		}
	}
}

func utf16Text(text string) string {
	out := "\xff\xfe"
	for _, c := range []byte(text) {
		out += string([]byte{c, 0})
	}
	return out
}

func manyNames(sum string) string {
	var b strings.Builder
	for i := range maxListed + 1 {
		fmt.Fprintf(&b, "%s  %d\n", sum, i)
	}
	return b.String()
}

func zipOf(t testing.TB, dir string, files map[string]string) string {
	t.Helper()
	var entries []entry
	for name, text := range files {
		entries = append(entries, entry{name, text, func(h *zip.FileHeader) { h.Method = zip.Store }})
	}
	path := filepath.Join(filepath.Dir(dir), "x.zip")
	require.NoError(t, os.WriteFile(path, makeZip(t, entries...), 0o600))
	return path
}

func TestAListOfChecksumsBesideTheExtract(t *testing.T) {
	dir := laid(t, map[string]string{"a.csv": small, "b.csv": small})
	home := filepath.Dir(dir)
	archive := zipOf(t, dir, map[string]string{"a.csv": small})
	packed, err := os.ReadFile(archive)
	require.NoError(t, err)
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(home, name), []byte(text), 0o600))
	}
	open := func(path string) (Integrity, error) {
		b, err := Open([]string{path}, Options{})
		if err != nil {
			return Integrity{}, err
		}
		defer b.Close()
		return b.Integrity, nil
	}
	other := sum256("other") + "  other.csv\n"
	write("SHA256SUMS", other)
	for _, path := range []string{dir, archive, filepath.Join(dir, "a.csv")} {
		got, err := open(path)
		require.NoError(t, err)
		require.Empty(t, got.Lists, "what it says of others says nothing of this")
	}

	write("SHA256SUMS", other+sum256(small)+"  x/a.csv\n"+sum256(small)+"  x/b.csv\n"+sum256(string(packed))+"  x.zip\n")
	for _, path := range []string{dir, archive} {
		got, err := open(path)
		require.NoError(t, err)
		require.Equal(t, Integrity{Lists: []string{"SHA256SUMS"}}, got)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "c.csv"), []byte(small), 0o600))
	_, err = open(dir)
	require.ErrorContains(t, err, "c.csv is not in SHA256SUMS")

	require.NoError(t, os.Remove(filepath.Join(dir, "c.csv")))
	write("SHA256SUMS", "Ubuntu images\nSHA256 (other.iso) = 12\n"+strings.Repeat("x", 1<<17))
	for _, path := range []string{dir, archive} {
		got, err := open(path)
		require.NoError(t, err, "a list of something else stops nothing")
		require.Empty(t, got.Lists)
	}
	write("SHA256SUMS", other)
	for _, text := range []string{sum256(string(packed)), sum256(string(packed)) + "  x.zip"} {
		write("x.sha256", text)
		got, err := open(archive)
		require.NoError(t, err)
		require.Equal(t, []string{"x.sha256"}, got.Lists)
	}
	require.NoError(t, os.Remove(filepath.Join(home, "x.sha256")))

	bag := laid(t, map[string]string{"manifest-sha256.txt": sum256(small) + "  data/a.csv\n", "data/a.csv": small})
	got, err := open(filepath.Join(bag, "data"))
	require.NoError(t, err)
	require.Equal(t, []string{"manifest-sha256.txt"}, got.Lists, "the payload of a bag")
	link := filepath.Join(t.TempDir(), "link")
	if fixture.Link(t, bag+"/data", link) {
		require.NoError(t, os.WriteFile(filepath.Join(bag, "data", "a.csv"), []byte(small+"3,2020-01-03\n"), 0o600))
		_, err = open(link)
		require.ErrorContains(t, err, "a.csv is not the file that manifest-sha256.txt lists")
	}

	write("x.zip.sha256", sum256("other")+"  x.zip\n")
	_, err = open(archive)
	require.EqualError(t, err, "x.zip is not the file that x.zip.sha256 lists: it was changed, or not copied whole")
}

// Any one byte that is changed, in any file of an extract with a list, is noticed.
func TestEveryChangedByteIsNoticed(t *testing.T) {
	files := map[string]string{"a.csv": small, "b.parquet": "PAR1 whatever", "c.csv.gz": string(gz(t, []byte(small))), "README": "hello"}
	list := ""
	for name, text := range files {
		list += sum256(text) + "  " + name + "\n"
	}
	dir := laid(t, files)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(list), 0o600))
	random := rand.New(rand.NewPCG(4, 4))
	names := []string{"a.csv", "b.parquet", "c.csv.gz", "README"}
	for range 1000 {
		name := names[random.IntN(len(names))]
		text := []byte(files[name])
		text[random.IntN(len(text))] ^= byte(1 + random.IntN(255))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
		_, err := Open([]string{dir}, Options{})
		require.EqualError(t, err, name+" is not the file that SHA256SUMS lists: it was changed, or not copied whole")
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(files[name]), 0o600))
	}
}

func TestFilesThatNothingVouchesFor(t *testing.T) {
	bare := func(paths ...string) []string {
		b, err := Open(paths, Options{})
		require.NoError(t, err)
		defer b.Close()
		return b.Integrity.Bare
	}
	dir := laid(t, map[string]string{"a.csv": small, "b.csv.gz": string(gz(t, []byte(small))), "c.csv.zst": string(zst(t, []byte(small))), "t/d.tsv": "x\ty\n1\t2\n"})
	require.Equal(t, []string{"a.csv", "t/d.tsv"}, bare(dir))
	require.Empty(t, bare(zipOf(t, dir, map[string]string{"a.csv": small})), "an archive has a checksum of each file")
	require.Equal(t, []string{"a.csv"}, bare(filepath.Join(dir, "a.csv")))
	b, err := Open([]string{zipOf(t, dir, map[string]string{"a.csv": small, "b.csv": small, "b.csv.sha256": sum256(small)})}, Options{})
	require.NoError(t, err)
	require.Equal(t, Integrity{Lists: []string{"b.csv.sha256"}, Own: 1}, b.Integrity, "one of the two was compared")
	require.NoError(t, b.Close())
}
