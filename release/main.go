// Release builds what users download: archives of the program for each
// system, and the licences of all that is linked into it.
//
//	go run ./release licences
//	go run ./release resources
//	go run ./release build [-dirty] [-target os/arch]... v1.2.3
//
// It is run from the root of the module; CONTRIBUTING.md says when.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// A target is a system that releases are built for.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "/" + t.arch }

var targets = []target{{"linux", "amd64"}, {"linux", "arm64"}, {"windows", "amd64"}, {"darwin", "amd64"}, {"darwin", "arm64"}}

// environment is what the toolchain is run with for t. Whatever else may change
// its output is set, so that the settings of a computer do not.
func (t target) environment() []string {
	return append(os.Environ(),
		"GOOS="+t.os, "GOARCH="+t.arch, "GOAMD64=v1", "GOARM64=v8.0", "CGO_ENABLED=0",
		"GOFLAGS=-buildvcs=false", "GOWORK=off", "GOEXPERIMENT=", "GOFIPS140=off", "GOTOOLCHAIN=local")
}

var errUsage = errors.New("want: licences, resources, or build [-dirty] [-target os/arch]... VERSION")

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release: "+err.Error())
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "licences":
		text, err := licences(".")
		if err != nil {
			return err
		}
		return os.WriteFile(licencesFile, text, 0o644)
	case len(args) == 1 && args[0] == "resources":
		return writeResources(".")
	case len(args) > 0 && args[0] == "build":
		o, err := parseBuild(args[1:])
		if err != nil {
			return err
		}
		return build(o)
	}
	return errUsage
}

func parseBuild(args []string) (options, error) {
	o := options{root: ".", say: os.Stdout, epoch: os.Getenv("SOURCE_DATE_EPOCH")}
	f := flag.NewFlagSet("build", flag.ContinueOnError)
	f.BoolVar(&o.dirty, "dirty", false, "build from a work tree with changes that are not committed")
	f.Func("target", "build for this system alone, as os/arch; repeatable", func(name string) error {
		for _, t := range targets {
			if t.String() == name {
				o.targets = append(o.targets, t)
				return nil
			}
		}
		return fmt.Errorf("want one of %v", targets)
	})
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() != 1 {
		return o, errUsage
	}
	o.version = f.Arg(0)
	if o.targets == nil {
		o.targets = targets
	}
	return o, nil
}

// output runs a program in dir and returns what it prints. Its messages become
// part of the error.
func output(dir string, env []string, name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	var out, messages bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, &out, &messages
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, messages.Bytes())
	}
	return out.Bytes(), nil
}
