package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"paperlight/analyzer/visible"
)

// The exit codes, one meaning each. 2 is never chosen: a Go program that
// crashes exits with it.
const (
	exitMet         = 0   // every gate met
	exitNotMet      = 1   // a gate failed
	exitInput       = 3   // input refused
	exitPrivacy     = 4   // privacy stop
	exitLimit       = 5   // a limit reached
	exitNotVerified = 6   // evidence that does not stand up
	exitOutput      = 7   // output could not be written
	exitNotJudged   = 8   // nothing failed, but a gate could not be judged
	exitUsage       = 64  // wrong usage or rule set
	exitInternal    = 70  // internal error
	exitInterrupted = 130 // interrupted (SIGINT)
	exitPipe        = 141 // standard output was closed by its reader
	exitTerminated  = 143 // terminated (SIGTERM)
)

// An exitMeaning is a code and what the help says of it.
type exitMeaning struct {
	code    int
	meaning string
}

// exitMeanings are the codes in the order of the help.
var exitMeanings = []exitMeaning{
	{exitMet, "done"},
	{exitNotMet, "a gate failed"},
	{exitInput, "input refused"},
	{exitPrivacy, "privacy stop"},
	{exitLimit, "a limit reached"},
	{exitNotVerified, "the bundle does not stand up"},
	{exitOutput, "output could not be written"},
	{exitNotJudged, "nothing failed, but a gate could not be judged"},
	{exitUsage, "wrong usage or rule set"},
	{exitInternal, "internal error"},
	{exitInterrupted, "interrupted (143 when terminated)"},
	{exitPipe, "the reader of standard output closed it"},
}

// everyVerb are the codes that any verb can give, and readers those of verbs
// that read an extract.
var (
	everyVerb = []int{exitMet, exitOutput, exitUsage, exitInternal, exitInterrupted, exitPipe}
	readers   = []int{exitInput, exitLimit}
)

// givesAlso are, by verb, the codes beside those, and the meaning of a code
// where the verb gives it one of its own.
var givesAlso = map[string]map[int]string{
	"check":             {exitMet: "every gate met", exitNotMet: "a gate failed: a blocker is not met (see --fail-on)", exitNotJudged: "", exitPrivacy: ""},
	"inspect":           {exitPrivacy: ""},
	"evidence":          {exitPrivacy: ""},
	"sample read":       {exitMet: "every check is verified", exitNotMet: "a check is not verified, or lines have no answer", exitInput: "sheets refused"},
	"challenge handles": {exitInput: ""},
	"challenge open":    {exitInput: ""},
	"challenge list":    {exitInput: ""},
	"challenge decide":  {exitInput: ""},
	"verify":            {exitMet: "the bundle stands up", exitNotVerified: "", exitPrivacy: ""},
	"anonymise":         {exitPrivacy: ""},
	"assess":            {exitInput: "extracts were refused, or a practice could not be judged; the others were", exitPrivacy: "", exitLimit: ""},
	"shard":             {exitPrivacy: "", exitInput: "extracts were refused; the others have their states"},
	"merge":             {exitInput: "states refused", exitPrivacy: "an extract of the states was refused for privacy", exitLimit: ""},
	"area":              {exitInput: "the file, or states, refused", exitLimit: ""},
	"compare":           {exitNotMet: "something got worse (with --fail-on worse)", exitInput: ""},
	"trend":             {exitInput: ""},
	"history list":      {exitInput: ""},
	"history erase":     {exitInput: ""},
	"bench":             {exitNotMet: "a rule got slower than --baseline allows"},
	"rules test":        {exitMet: "every case gives what it wants", exitNotMet: "a case failed, or (with --mutate) a change was not noticed", exitUsage: "wrong usage, or rules that do not load"},
	"rules lint":        {exitMet: "nothing found", exitNotMet: "there are errors or warnings", exitUsage: "wrong usage, or rules that do not load"},
}

// exitHelp lists the exit codes that a verb can give.
func exitHelp(cmd *cobra.Command) string {
	var b strings.Builder
	b.WriteString("Exit codes:\n")
	for _, one := range exitsOf(cmd) {
		fmt.Fprintf(&b, "  %-4d %s\n", one.code, one.meaning)
	}
	if !cmd.HasParent() {
		b.WriteString("The help of each command lists those that it can give.\n")
	}
	return b.String()
}

// exitsOf are the exit codes that a verb can give, each with its meaning there.
func exitsOf(cmd *cobra.Command) []exitMeaning {
	verb := strings.TrimPrefix(strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()), " ")
	top := verbOf(cmd)
	own := givesAlso[verb]
	var out []exitMeaning
	for _, one := range exitMeanings {
		meaning, also := own[one.code]
		if !also && !slices.Contains(everyVerb, one.code) && !(top != nil && readsExtract(top) && slices.Contains(readers, one.code)) {
			continue
		}
		if meaning != "" {
			one.meaning = meaning
		}
		out = append(out, one)
	}
	return out
}

// A failure is an error with its exit code and, where there is a cure, a hint.
type failure struct {
	code int
	err  error
	hint string
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

func fail(code int, err error, hint string) error {
	if err == nil {
		return nil
	}
	return &failure{code, err, hint}
}

// usage says what was asked for wrongly. What was typed stays on its line.
func usage(format string, args ...any) error {
	for i, a := range args {
		if typed, ok := a.(string); ok {
			args[i] = visible.Line(typed)
		}
	}
	return &failure{exitUsage, fmt.Errorf(format, args...), "paperlight --help lists the commands and flags"}
}

// errNotMet and errNotJudged say that the run is complete, and that a gate was
// not met or could not be judged: there is nothing more to say about it.
var (
	errNotMet    = &failure{code: exitNotMet, err: errors.New("a gate was not met")}
	errNotJudged = &failure{code: exitNotJudged, err: errors.New("a gate could not be judged")}
)

// errSaid is of a run that another process was a part of, which has said what is wrong.
var errSaid = errors.New("said already")

// exitCode prints err, if it is one that needs saying, and returns its code.
func exitCode(ctx context.Context, c *console, err error) int {
	switch {
	case err == nil:
		return exitMet
	case errors.Is(err, errPipeClosed) && ctx.Err() == nil:
		return exitPipe
	case errors.Is(err, errNotVerified):
		return exitNotVerified
	case errors.Is(err, errNotMet):
		return exitNotMet
	case errors.Is(err, errNotJudged):
		return exitNotJudged
	case ctx.Err() != nil:
		return c.interruptedIn("no file was left half written")
	}
	code, hint := classify(err)
	if errors.Is(err, errSaid) {
		return code
	}
	return c.say(code, visible.Text(err.Error()), visible.Text(hint))
}

// say prints a message and, where there is one, a hint, and returns code.
func (c *console) say(code int, message, hint string) int {
	fmt.Fprintln(c.err, "paperlight: "+message)
	if hint != "" {
		fmt.Fprintln(c.err, "hint: "+hint)
	}
	return code
}
