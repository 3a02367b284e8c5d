package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// An output is one form of the report and where it goes: "html=report.html"
// is a file, "html" standard output.
type output struct {
	form, path string
	target     *target // where path leads
}

func parseOutputs(flags, known []string) ([]output, error) {
	var outs []output
	toStdout := 0
	for _, f := range flags {
		form, path, named := strings.Cut(f, "=")
		ok := false
		for _, k := range known {
			ok = ok || k == form
		}
		if !ok {
			return nil, usage("--format %s: want one of %s, each alone or as name=path", form, strings.Join(known, ", "))
		}
		for _, other := range known {
			if strings.Contains(path, ","+other+"=") {
				return nil, usage("--format %s: want one form each time; give --format again for the next", f)
			}
		}
		switch {
		case named && path == "":
			return nil, usage("--format %s: want the name of a file after it, or %s alone for standard output", f, form)
		case isStdout(path):
			path = ""
		}
		if path == "" {
			if toStdout++; toStdout > 1 {
				return nil, usage("--format: only one form can go to standard output; write the others as name=path")
			}
		}
		outs = append(outs, output{form: form, path: path})
	}
	return outs, nil
}

// claim finds the targets of the forms that go to files, checks them with the other
// targets, and prepares to write: no input may be overwritten.
func claim(c *console, outputs []output, inputs []inputPath, others ...*target) (*writing, error) {
	var targets []*target
	for i, o := range outputs {
		if o.path == "" {
			continue
		}
		t, err := fileTarget("--format "+o.form, o.path)
		if err != nil {
			return nil, err
		}
		outputs[i].target = t
		targets = append(targets, t)
	}
	targets = append(targets, others...) // last: reports may name them
	if err := c.apart(inputs, targets...); err != nil {
		return nil, err
	}
	return begin(c.disk, inputs, targets...)
}

// apart refuses to print into a file that is read, or written as a target: standard
// output may have been redirected to one.
func (c *console) apart(inputs []inputPath, targets ...*target) error {
	f := c.outFile()
	if f == nil {
		return nil
	}
	st, err := f.Stat()
	if regular := err == nil && st.Mode().IsRegular(); !regular {
		return nil // a terminal, a pipe or nothing that can be looked at
	}
	stdout := &target{flag: "standard output", name: baseName(f.Name()), info: st, path: string(filepath.Separator)}
	return apart(inputs, append([]*target{stdout}, targets...))
}

// render writes the forms that go to files, as one set with what else w holds,
// then the one that goes to standard output: no error follows it.
func render(ctx context.Context, w *writing, outputs []output, form func(o output, w io.Writer) error, stdout io.Writer) error {
	for _, o := range outputs {
		if o.target == nil {
			continue
		}
		if err := w.write(o.target, "", func(out io.Writer) error { return form(o, out) }); err != nil {
			return err
		}
	}
	if err := w.commit(ctx); err != nil {
		return err
	}
	for _, o := range outputs {
		if o.target == nil {
			if err := form(o, stdout); err != nil {
				return outputError("standard output", err)
			}
		}
	}
	return nil
}

// isStdout reports whether a path is the system's name for standard output.
func isStdout(path string) bool {
	switch filepath.ToSlash(filepath.Clean(path)) {
	case "-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1":
		return true
	}
	return false
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
	if errors.As(err, &f) || errors.Is(err, context.Canceled) {
		return err
	}
	return fail(exitOutput, errors.New("could not write "+baseName(path)+": "+err.Error()), "")
}

func outputErrorOrNil(path string, err error) error {
	if err == nil {
		return nil
	}
	return outputError(path, err)
}
