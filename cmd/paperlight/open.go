package main

import (
	"context"
	"errors"
	"os"
	"runtime"

	"github.com/spf13/pflag"

	"paperlight/analyzer"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/mapping"
)

// readFlags say how an extract is read. A verb can open one only with those that
// it added to its flags, which is what has it run in a worker (readsExtract).
type readFlags struct {
	declared        bool // by opens
	jobs            int
	memory          string
	allowTest       bool
	own             mappingFlags
	progress        string
	quiet, noColour bool
}

func (r *readFlags) add(f *pflag.FlagSet) {
	f.IntVar(&r.jobs, "jobs", runtime.NumCPU(), "parts of the extract read at the same time")
	f.Lookup("jobs").DefValue = "one a processor" // help and manual are the same on every computer
	r.opens(f)
	r.own.add(f)
	f.BoolVar(&r.allowTest, "allow-test-numbers", false, "accept test NHS numbers (999…), for demonstrations and tests")
	f.StringVar(&r.progress, "progress", "auto", "auto, plain or none")
	f.BoolVar(&r.quiet, "quiet", false, "say nothing but the report and errors")
	f.BoolVar(&r.noColour, "no-color", false, "no colour (NO_COLOR does the same)")
}

// opens adds the flag that bounds a worker, and with it the mark of a verb that
// needs one.
func (r *readFlags) opens(f *pflag.FlagSet) {
	f.StringVar(&r.memory, "memory", "4GiB", "stop rather than use more memory than this")
	f.Lookup("memory").Annotations = map[string][]string{opensExtract: nil}
	r.declared = true
}

// anonymisedText is the help of --require-anonymised.
const anonymisedText = "stop with 4 where the extract can identify people: looks at every row, and tries whether pseudonyms can be turned back, which may take minutes"

func (r *readFlags) check() error {
	if r.jobs < 1 || r.jobs > 1024 {
		return usage("--jobs %d: want 1 to 1024", r.jobs)
	}
	_, err := parseSize(r.memory)
	return err
}

// found refuses a path at which there is no file, with what was probably meant.
func found(paths []string) error {
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			if hint := pathHint(path, true); hint != "" {
				return fail(exitInput, errors.New(baseName(path)+": no such file or folder"), hint)
			}
		}
	}
	return nil
}

// find finds the extracts at paths, and says how they are to be opened.
func (r *readFlags) find(c *console, paths []string) (*mapping.Discovery, mapping.Options, error) {
	if err := found(paths); err != nil {
		return nil, mapping.Options{}, err
	}
	o, err := r.mapping(c, false)
	if err != nil {
		return nil, o, err
	}
	all, err := analyzer.Find(paths, o)
	return all, o, err
}

// open opens the one extract at paths.
func (r *readFlags) open(ctx context.Context, c *console, paths []string) (*extract.Extract, error) {
	if err := found(paths); err != nil {
		return nil, err
	}
	o, err := r.mapping(c, false)
	if err != nil {
		return nil, err
	}
	return analyzer.Open(ctx, paths, o)
}

// inputs are the extract's paths and what says how it is read.
func (r *readFlags) inputs(paths []string) (in []inputPath) {
	in = mappingInputs(r.own.files)
	for _, path := range paths {
		in = append(in, inputPath{"the extract " + baseName(path), path})
	}
	return in
}

// closing joins the error of releasing an extract to err.
func closing(release func() error, err *error) {
	if release == nil {
		return
	}
	if e := release(); e != nil {
		*err = errors.Join(*err, e)
	}
}

func atLeastOne(want string) func([]string) error {
	return func(args []string) error {
		if len(args) == 0 {
			return usage("want %s", want)
		}
		return nil
	}
}

// shown are the engine's options, with progress on a line of its own, which finish
// takes away.
func (r *readFlags) shown(c *console) (o analyzer.RunOptions, finish func(), err error) {
	line, err := newProgress(c, r.progress, r.quiet)
	if err != nil {
		return o, nil, err
	}
	o, err = r.options(c, line)
	return o, line.finish, err
}

// options are the engine's, with progress shown on line.
func (r *readFlags) options(c *console, line *progressLine) (analyzer.RunOptions, error) {
	memory, err := parseSize(r.memory)
	if err != nil {
		return analyzer.RunOptions{}, err
	}
	return analyzer.RunOptions{Jobs: r.jobs, MemoryLimit: memory, Progress: func(p analyzer.Progress) {
		c.moved.Add(1)
		line.show(step{what: p.Table, rows: p.Rows, done: p.Bytes, total: p.All})
	}}, nil
}
