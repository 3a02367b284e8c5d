package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"paperlight/rules"
)

// An output is one form of the report and where it goes: "html=report.html"
// is a file, "html" standard output.
type output struct{ form, path string }

func parseOutputs(flags, known []string) ([]output, error) {
	var outs []output
	toStdout := 0
	for _, f := range flags {
		form, path, _ := strings.Cut(f, "=")
		ok := false
		for _, k := range known {
			ok = ok || k == form
		}
		if !ok {
			return nil, usage("--format %s: want one of %s, each alone or as name=path", form, strings.Join(known, ", "))
		}
		if path == "" {
			if toStdout++; toStdout > 1 {
				return nil, usage("--format: only one form can go to standard output; write the others as name=path")
			}
		}
		outs = append(outs, output{form, path})
	}
	return outs, nil
}

// writeFile writes a file as a whole or not at all: beside its target, synced,
// then renamed. Only the owner may read it.
func writeFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return outputError(path, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
			err = outputError(path, err)
		}
	}()
	w := bufio.NewWriterSize(f, 1<<16)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// outputError names the file by its base name: a path may hold a person's.
func outputError(path string, err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		err = le.Err
	}
	var f *failure
	if errors.As(err, &f) {
		return err
	}
	return fail(exitOutput, errors.New("could not write "+filepath.Base(path)+": "+err.Error()), "")
}

// writeTree replaces the content of folder dir by the files.
func writeTree(dir string, files []rules.Draft) error {
	if err := os.RemoveAll(dir); err != nil {
		return outputError(dir, err)
	}
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return outputError(path, err)
		}
		if err := os.WriteFile(path, []byte(f.Text), 0o644); err != nil {
			return outputError(path, err)
		}
	}
	return nil
}
