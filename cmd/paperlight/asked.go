package main

import (
	"slices"
	"strings"

	"paperlight/analyzer/report"
	"paperlight/rules"
)

// asked lists the options given that change a result, in a fixed order, for the
// report. answers are the files of answers, which are among them.
func (k *checking) asked(answers []report.Option) []report.Option {
	var out []report.Option
	add := func(reads bool, name, value, says string) {
		out = append(out, report.Option{Name: name, Value: value, Says: says, Reads: reads})
	}
	file := func(name, path, says string) {
		out = append(out, report.Option{Name: name, Value: baseName(path), Says: says, File: true})
	}
	if k.read.allowTest {
		add(true, "--allow-test-numbers", "", "test NHS numbers (999…) were accepted")
	}
	if k.asOf != "" {
		add(true, "--as-of", k.asOf, "the as-of date was given, and not taken from the extract")
	}
	if k.rules.base != "" {
		file("--catalogue", k.rules.base, "another catalogue took the place of the built-in one")
		out[len(out)-1].SHA256 = k.rules.digest
	}
	for _, dir := range k.rules.codelists {
		file("--codelists", dir, "code lists of another folder were added, or took the place of ours")
	}
	out = append(out, answers...)
	if len(k.rules.ignore) > 0 {
		add(false, "--ignore", strings.Join(k.rules.ignore, ", "), "checks were left out")
	}
	for _, path := range k.read.own.files {
		file("--mapping", path, "the extract was read by a mapping that is not one of ours")
		out[len(out)-1].Reads = true
	}
	if k.outgoing {
		add(true, "--outgoing", "", "the extract was judged as one that leaves the practice")
	}
	if k.rules.prevalence != "" {
		file("--prevalence", k.rules.prevalence, "expected shares of registers were taken from another file")
	}
	for _, dir := range k.rules.rules {
		file("--rules", dir, "rules of another folder were added")
	}
	if k.rules.schemeFile() {
		file("--scheme", k.rules.scheme, "the scheme is not one of the published ones")
	}
	if len(k.rules.choose) > 0 {
		add(false, "--select", strings.Join(k.rules.choose, ", "), "only some checks were made")
	}
	return out
}

// selection reports whether rules were chosen or left out.
func (r *ruleFlags) selection() bool { return len(r.choose)+len(r.ignore) > 0 }

// schemeFile reports whether the scheme is a file, and not one of the catalogue.
func (r *ruleFlags) schemeFile() bool {
	return !slices.Contains(r.schemeIDs(), r.scheme)
}

// schemeIDs are the schemes that come with the catalogue.
func (r *ruleFlags) schemeIDs() []string {
	if r.base == "" {
		return rules.SchemeIDs()
	}
	return rules.SchemesIn(folderOf(r.base))
}
