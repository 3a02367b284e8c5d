package main

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Whatever a user names may be damaged, or made to harm: rules and answers as
// much as extracts. So a command reads nothing of a user's but what a flag or an
// argument marked here names, and then runs in a worker.
const (
	// namesFile marks a flag whose value names a file or folder to read.
	namesFile = "names what is read"
	// readsArguments marks a command whose arguments do.
	readsArguments = "reads what its arguments name"
)

// reading marks flags that name what is read.
func reading(f *pflag.FlagSet, names ...string) {
	for _, name := range names {
		flag := f.Lookup(name)
		if flag.Annotations == nil {
			flag.Annotations = map[string][]string{}
		}
		flag.Annotations[namesFile] = nil
	}
}

// readingArguments are the annotations of a command whose arguments name what is
// read.
func readingArguments() map[string]string { return map[string]string{readsArguments: ""} }

func marked(f *pflag.Flag) bool {
	_, ok := f.Annotations[namesFile]
	return ok
}

// mayRead reports whether a command, or one below it, may read a file of a user's.
func mayRead(cmd *cobra.Command) bool {
	_, reads := cmd.Annotations[readsArguments]
	cmd.Flags().VisitAll(func(f *pflag.Flag) { reads = reads || marked(f) })
	return reads || readsExtract(cmd) || slices.ContainsFunc(cmd.Commands(), mayRead)
}

// willRead reports whether a command reads a file of a user's with the flags and
// arguments that it was given.
func willRead(cmd *cobra.Command) bool {
	if _, others := cmd.Annotations[startsWorkers]; others {
		return false
	}
	_, reads := cmd.Annotations[readsArguments]
	reads = reads && cmd.Flags().NArg() > 0
	cmd.Flags().Visit(func(f *pflag.Flag) { reads = reads || marked(f) })
	return reads || readsExtract(verbOf(cmd))
}
