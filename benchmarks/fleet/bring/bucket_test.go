package main

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"
)

func bucketOf(t *testing.T, files map[string]string) *blob.Bucket {
	t.Helper()
	bucket := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = bucket.Close() })
	for key, text := range files {
		if err := bucket.WriteAll(t.Context(), key, []byte(text), nil); err != nil {
			t.Fatal(err)
		}
	}
	return bucket
}

func TestUnitsAreWhatLiesRightBelow(t *testing.T) {
	t.Parallel()
	bucket := bucketOf(t, map[string]string{"mill/": "", "mill/patients.csv": "abc", "mill/more/a.csv": "de", "mill-2.zip": "f", "elm/x.csv": ""})
	got, err := list(t.Context(), bucket)
	want := []unit{{"elm", 0}, {"mill", 5}, {"mill-2.zip", 1}}
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("got %v, %v; want %v", got, err, want)
	}
}

func TestAUnitIsBroughtWholeAndAlone(t *testing.T) {
	t.Parallel()
	bucket := bucketOf(t, map[string]string{"mill/": "", "mill/patients.csv": "abc", "mill/more/a.csv": "de", "mill-2.zip": "f"})
	for name, want := range map[string]map[string]string{
		"mill":       {"mill/patients.csv": "abc", "mill/more/a.csv": "de"},
		"mill-2.zip": {"mill-2.zip": "f"},
	} {
		folder := t.TempDir()
		if err := bring(t.Context(), bucket, name, folder, 5); err != nil {
			t.Fatal(err)
		}
		if got := filesIn(t, folder); !maps.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	for says, c := range map[string]struct {
		files map[string]string
		name  string
	}{
		"above the folder":   {map[string]string{"mill/../../a.csv": "a"}, "mill"},
		"the folder above":   {map[string]string{"../a.csv": "a"}, ".."},
		"a backslash":        {map[string]string{`mill/..\a.csv`: "a"}, "mill"},
		"no name":            {map[string]string{"mill//a.csv": "a"}, "mill"},
		"too many bytes":     {map[string]string{"mill/a.csv": "abc", "mill/b.csv": "def"}, "mill"},
		"nothing is there":   {map[string]string{"mill/a.csv": "a"}, "mil"},
		"only begins alike":  {map[string]string{"mill-2/a.csv": "a"}, "mill"},
		"a mark of a folder": {map[string]string{"mill/": ""}, "mill"},
	} {
		folder := filepath.Join(t.TempDir(), "in")
		err := bring(t.Context(), bucketOf(t, c.files), c.name, folder, 5)
		if !errors.Is(err, errRefused) {
			t.Errorf("%s: %v", says, err)
		}
		if got := filesIn(t, filepath.Dir(folder)); len(got) > 0 {
			t.Errorf("%s: wrote %v", says, got)
		}
	}
}

// A file and a folder of one name cannot both lie on a disk: neither takes the place of
// the other.
func TestAFileIsNeverWrittenTwice(t *testing.T) {
	t.Parallel()
	bucket := bucketOf(t, map[string]string{"mill": "a", "mill/a.csv": "b"})
	if err := bring(t.Context(), bucket, "mill", t.TempDir(), 5); err == nil {
		t.Error("both were written")
	}
}

func TestUsageIsTold(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"", "list", "copy file:///tmp mill in", "copy file:///tmp mill in -1", "list nothing://here"} {
		if err := run(context.Background(), strings.Fields(args)); !errors.Is(err, errUsage) {
			t.Errorf("%s: %v", args, err)
		}
	}
}

func filesIn(t *testing.T, folder string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(folder, path)
		out[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
