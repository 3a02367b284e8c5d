package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var when = time.Unix(1_790_000_000, 0)

func contents() []file {
	return []file{{"README.md", []byte("read me"), false}, {"paperlight", []byte("\x7fELF"), true}, {"man/man1/paperlight.1", []byte(".TH"), false}}
}

func TestEqualFilesGiveEqualArchives(t *testing.T) {
	for _, zipped := range []bool{false, true} {
		first, err := packed(zipped, "top", contents(), when)
		require.NoError(t, err)
		turned := contents()
		slices.Reverse(turned)
		elsewhere := when.In(time.FixedZone("elsewhere", 9*3600))
		second, err := packed(zipped, "top", turned, elsewhere)
		require.NoError(t, err)
		require.Equal(t, first, second)
		later, err := packed(zipped, "top", contents(), when.Add(time.Hour))
		require.NoError(t, err)
		require.NotEqual(t, first, later, "the time is in the archive")
	}
}

func TestArchivesHoldWhatWasPutIn(t *testing.T) {
	want := map[string]string{"top/README.md": "-rw-r--r-- read me", "top/paperlight": "-rwxr-xr-x \x7fELF", "top/man/man1/paperlight.1": "-rw-r--r-- .TH"}

	text, err := packed(false, "top", contents(), when)
	require.NoError(t, err)
	z, err := gzip.NewReader(bytes.NewReader(text))
	require.NoError(t, err)
	found := map[string]string{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		require.True(t, when.Equal(h.ModTime))
		require.Zero(t, h.Uid+h.Gid)
		require.Empty(t, h.Uname+h.Gname)
		found[h.Name] = entry(t, h.FileInfo().Mode(), r)
	}
	require.Equal(t, want, found)

	text, err = packed(true, "top", contents(), when)
	require.NoError(t, err)
	archive, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	require.NoError(t, err)
	found = map[string]string{}
	for _, f := range archive.File {
		require.True(t, when.Equal(f.Modified), f.Modified)
		r, err := f.Open()
		require.NoError(t, err)
		found[f.Name] = entry(t, f.Mode(), r)
	}
	require.Equal(t, want, found)
}

func entry(t *testing.T, mode fs.FileMode, r io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	return mode.String() + " " + string(text)
}
