package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"paperlight/analyzer/challenge"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/synthetic"
	"paperlight/rules"
)

// What a shell offers when a user presses Tab: names of ours, where a flag or an
// argument takes one. Where it offers none, the shell offers files.

// words are what the flags of a verb take, by flag.
func words(verb string) map[string][]string {
	out := map[string][]string{
		"level":    {"practice", "assessor", "publish"},
		"progress": {"auto", "plain", "none"},
		"birth":    {"month", "year"},
		"like":     synthetic.Systems,
		"shape":    synthetic.Shapes,
		"scheme":   rules.SchemeIDs(),
		"format":   {"text", "json"},
	}
	switch verb {
	case "check":
		out["format"] = []string{"text", "json", "html", "csv", "xlsx", "junit", "md", "fhir"}
		out["fail-on"] = []string{"unmet", "verdict", "blocker", "major", "never"}
	case "assess", "merge":
		out["level"] = []string{"assessor", "publish"}
		out["reports"] = []string{"html", "json", "none"}
	case "area":
		out["level"], out["format"] = []string{"assessor", "publish"}, []string{"text", "csv", "json", "html"}
	case "compare":
		out["fail-on"] = []string{"never", "worse"}
	case "inspect":
		out["format"] = []string{"text", "json", "html"}
	case "trend":
		out["format"] = []string{"text", "json", "csv"}
	case "evidence":
		out["level"] = []string{"assessor", "practice"}
	case "sample read":
		out["level"] = []string{"practice", "assessor"}
	case "challenge open":
		out["reason"] = challenge.IDs(challenge.Reasons)
	case "challenge decide":
		out["outcome"] = challenge.IDs(challenge.Outcomes)
		for _, grounds := range challenge.Because {
			out["because"] = append(out["because"], challenge.IDs(grounds)...)
		}
		slices.Sort(out["because"])
		out["because"] = slices.Compact(out["because"])
	case "explain":
		out["level"] = []string{"practice"}
	case "convert", "anonymise", "generate":
		out["format"] = []string{"parquet", "csv", "arrow"}
	case "bench":
		out["format"] = []string{"text", "json", "md"}
	case "schema":
		out["format"] = []string{"md", "odcs"}
	case "mapping lint":
		out["format"] = []string{"text", "sarif", "github"}
	case "rules test":
		out["format"] = []string{"text", "json", "junit", "sarif", "github"}
	case "rules lint":
		out["format"] = []string{"text", "json", "junit", "sarif", "github"}
		delete(out, "scheme") // a file
	}
	return out
}

// offer has a verb, and those below it, offer what they take.
func offer(verb *cobra.Command) {
	path := strings.TrimPrefix(verb.CommandPath(), verb.Root().Name()+" ")
	for flag, words := range words(path) {
		if verb.Flags().Lookup(flag) != nil {
			_ = verb.RegisterFlagCompletionFunc(flag, offerWords(words))
		}
	}
	for _, flag := range []string{"select", "ignore"} {
		if verb.Flags().Lookup(flag) != nil {
			_ = verb.RegisterFlagCompletionFunc(flag, offerRules)
		}
	}
	switch path {
	case "explain", "rules show":
		verb.ValidArgsFunction = offerRule
	case "mapping show":
		verb.ValidArgsFunction = offerSystem
	}
	for _, below := range verb.Commands() {
		offer(below)
	}
}

// offerWords offers those of the words that go on as begun; where none does, it is a file.
func offerWords(words []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, begun string) (out []cobra.Completion, _ cobra.ShellCompDirective) {
		for _, word := range words {
			if strings.HasPrefix(word, begun) {
				out = append(out, word)
			}
		}
		return out, cobra.ShellCompDirectiveDefault
	}
}

// offerRule offers the published rules as the first argument, and files after it.
func offerRule(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return offerRules(cmd, args, begun)
}

// offerRules offers the published rules, also behind others and a comma.
func offerRules(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	catalogue, err := rules.Embedded()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	before := begun[:strings.LastIndex(begun, ",")+1]
	var out []cobra.Completion
	for _, r := range catalogue.Rules {
		if name := before + r.ID; strings.HasPrefix(name, begun) {
			out = append(out, cobra.CompletionWithDesc(name, r.Title))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// offerSystem offers the systems that are read.
func offerSystem(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	systems, err := mapping.Systems()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []cobra.Completion
	for _, s := range systems {
		out = append(out, cobra.CompletionWithDesc(s.ID, s.Title))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
