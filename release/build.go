package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// options are what a release is built from and for.
type options struct {
	root    string
	version string
	targets []target
	dirty   bool
	epoch   string // SOURCE_DATE_EPOCH; empty: the time of the commit
	say     io.Writer
}

// documents go into every archive, with the pages and completions.
var documents = []string{"README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md", "docs/install.md", "docs/for-it.md", "docs/history.md", "docs/evidence.md", "docs/sampling.md", licencesFile}

var versionForm = regexp.MustCompile(`^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`)

// build writes the archives of a version, and their sums, into the folder dist.
func build(o options) error {
	if err := o.check(); err != nil {
		return err
	}
	when, err := o.time()
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "paperlight-release-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	common, err := o.common(work)
	if err != nil {
		return err
	}
	dist := filepath.Join(o.root, "dist")
	if err := clearDist(dist); err != nil {
		return err
	}
	var sums bytes.Buffer
	for _, t := range o.targets {
		program, err := o.compile(t, work, true)
		if err != nil {
			return err
		}
		top := "paperlight-" + o.version + "-" + t.os + "-" + t.arch
		name := top + ".tar.gz"
		if t.os == "windows" {
			name = top + ".zip"
		}
		files, err := entries(t, o.version, common, program)
		if err != nil {
			return err
		}
		text, err := packed(t.os == "windows", top, files, when)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dist, name), text, 0o644); err != nil {
			return err
		}
		packages, err := linkedPackages(o.root, t)
		if err != nil {
			return err
		}
		materials, err := billOf(packages, o.version, program, when)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dist, top+billSuffix), materials, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n%x  %s\n", sha256.Sum256(text), name, sha256.Sum256(materials), top+billSuffix)
		fmt.Fprintf(o.say, "dist/%s  %.1f MB\n", name, float64(len(text))/1e6)
	}
	for _, lack := range o.unready() {
		fmt.Fprintln(o.say, "before it is published: "+lack)
	}
	return os.WriteFile(filepath.Join(dist, sumsFile), sums.Bytes(), 0o644)
}

// check refuses what no release may be built from.
func (o options) check() error {
	if !versionForm.MatchString(o.version) {
		return fmt.Errorf("%q is no version: want v1.2.3, or v1.2.3-name for one that is not for everybody", o.version)
	}
	if o.dirty {
		return nil
	}
	changed, err := output(o.root, os.Environ(), "git", "status", "--porcelain")
	if err != nil {
		return err
	}
	if len(changed) > 0 {
		return fmt.Errorf("the work tree differs from its commit; commit it, or build with -dirty for yourself:\n%s", changed)
	}
	tagged, err := output(o.root, os.Environ(), "git", "tag", "--list", o.version)
	if err != nil || len(tagged) == 0 {
		return err
	}
	here, err := output(o.root, os.Environ(), "git", "tag", "--points-at", "HEAD", "--list", o.version)
	if err == nil && len(here) == 0 {
		err = fmt.Errorf("%s is the tag of another commit", o.version)
	}
	return err
}

// time is the time of every entry of the archives.
func (o options) time() (time.Time, error) {
	text := []byte(o.epoch)
	if o.epoch == "" {
		var err error
		if text, err = output(o.root, os.Environ(), "git", "log", "-1", "--format=%ct"); err != nil {
			return time.Time{}, err
		}
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: want seconds since 1970: %w", err)
	}
	return time.Unix(seconds, 0), nil
}

// compile builds the program for t. A program that is shipped is built without
// the paths of this computer; one that only runs here may use what is built.
func (o options) compile(t target, work string, shipped bool) (file, error) {
	f := file{name: "paperlight", program: true}
	if t.os == "windows" {
		f.name += ".exe"
	}
	args := []string{"build", "-ldflags", "-s -w -X main.version=" + o.version}
	if shipped {
		args = append(args, "-trimpath")
	}
	built, err := filepath.Abs(filepath.Join(work, f.name))
	if err != nil {
		return f, err
	}
	if _, err = output(o.root, t.environment(), "go", append(args, "-o", built, "./cmd/paperlight")...); err != nil {
		return f, err
	}
	if f.text, err = os.ReadFile(built); err == nil && t.os == "windows" {
		f.text, err = withVersion(f.text, o.version)
	}
	return f, err
}

// completions are the files of shell completions, by shell.
var completions = map[string]string{"bash": "paperlight.bash", "zsh": "_paperlight", "fish": "paperlight.fish", "powershell": "paperlight.ps1"}

// common are the files that every archive has: documents, and what the program
// says of itself.
func (o options) common(work string) ([]file, error) {
	var out []file
	for _, name := range documents {
		text, err := os.ReadFile(filepath.Join(o.root, name))
		if err != nil {
			return nil, err
		}
		out = append(out, file{name: name, text: text})
	}
	host, err := o.compile(target{runtime.GOOS, runtime.GOARCH}, work, false)
	if err != nil {
		return nil, err
	}
	program := filepath.Join(work, host.name)
	ask := func(name string, args ...string) error {
		text, err := output(o.root, os.Environ(), program, args...)
		out = append(out, file{name: name, text: text})
		return err
	}
	for shell, name := range completions {
		if err := ask("completions/"+name, "completion", shell); err != nil {
			return nil, err
		}
	}
	pages, err := output(o.root, os.Environ(), program, "manual", "--list")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(pages)) {
		words := strings.Fields(line) // the page, paperlight, the verb
		if err := ask("man/man1/"+words[0], append([]string{"manual"}, words[2:]...)...); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// clearDist takes the archives of an earlier release, and nothing else, out of dist.
func clearDist(dist string) error {
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	for _, form := range []string{"paperlight-v*.tar.gz", "paperlight-v*.zip", "paperlight-v*" + billSuffix, sumsFile} {
		old, err := filepath.Glob(filepath.Join(dist, form))
		if err != nil {
			return err
		}
		for _, name := range old {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// unready says what people must still do before others see the release.
func (o options) unready() []string {
	var out []string
	if text, err := os.ReadFile(filepath.Join(o.root, "CHANGELOG.md")); err == nil && !bytes.Contains(text, []byte("\n## ["+o.version+"]")) {
		out = append(out, "CHANGELOG.md has no section ["+o.version+"]")
	}
	if text, err := os.ReadFile(filepath.Join(o.root, "SECURITY.md")); err == nil && bytes.Contains(text, []byte("SECURITY-CONTACT")) {
		out = append(out, "SECURITY.md still names SECURITY-CONTACT in place of a person")
	}
	return out
}
