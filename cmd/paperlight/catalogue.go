package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"paperlight/rules"
)

// ruleFlags choose the rules, code lists and scheme of a run.
type ruleFlags struct {
	base             string   // folder of a whole catalogue in place of the embedded one
	digest           string   // of that folder, once it is loaded
	rules, codelists []string // folders
	scheme           string   // id or file
	prevalence       string   // file
	choose, ignore   []string
}

func (r *ruleFlags) add(f *pflag.FlagSet) {
	r.addBase(f)
	f.StringArrayVar(&r.rules, "rules", nil, "folder of further rules")
	f.StringVar(&r.prevalence, "prevalence", "", "file of expected shares of disease registers, in place of the built-in ones")
	f.StringArrayVar(&r.codelists, "codelists", nil, "folder of further code lists (name.csv: system,code,term)")
	reading(f, "rules", "prevalence", "codelists")
}

func (r *ruleFlags) addBase(f *pflag.FlagSet) {
	f.StringVar(&r.base, "catalogue", "", "folder of a whole catalogue, such as rules/ of the source, in place of the built-in rules, code lists and schemes")
	reading(f, "catalogue")
}

func (r *ruleFlags) addChoice(f *pflag.FlagSet) {
	f.StringSliceVar(&r.choose, "select", nil, "run only these rules: ids, codes, sets or patterns (medication/*)")
	f.StringSliceVar(&r.ignore, "ignore", nil, "leave these rules out")
}

func (r *ruleFlags) addScheme(f *pflag.FlagSet) {
	f.StringVar(&r.scheme, "scheme", "england-2026", "the scheme to judge by: "+strings.Join(rules.SchemeIDs(), ", ")+", or a file")
	reading(f, "scheme")
}

// inputs are the files and folders that the flags name, a file of answers, and
// what arguments name.
func (r *ruleFlags) inputs(declarations string, named ...string) (in []inputPath) {
	for _, path := range named {
		in = append(in, inputPath{baseName(path), path})
	}
	if r.base != "" {
		in = append(in, inputPath{"--catalogue " + baseName(r.base), r.base})
	}
	for _, dir := range r.rules {
		in = append(in, inputPath{"--rules " + baseName(dir), dir})
	}
	for _, dir := range r.codelists {
		in = append(in, inputPath{"--codelists " + baseName(dir), dir})
	}
	if r.scheme != "" && r.schemeFile() {
		in = append(in, inputPath{"--scheme " + baseName(r.scheme), r.scheme})
	}
	for _, file := range []struct{ flag, path string }{{"--prevalence ", r.prevalence}, {"--declarations ", declarations}} {
		if file.path != "" {
			in = append(in, inputPath{file.flag + baseName(file.path), file.path})
		}
	}
	return in
}

// catalogue loads the embedded rules, or those in place of them, and what the flags
// add.
func (r *ruleFlags) catalogue() (*rules.Catalogue, error) {
	more, err := r.further()
	if err != nil {
		return nil, err
	}
	var c *rules.Catalogue
	if r.base == "" {
		c, err = rules.Embedded(more...)
	} else {
		c, err = r.whole(more)
	}
	if err != nil || r.prevalence == "" {
		return c, err
	}
	text, err := readRegular(r.prevalence)
	if err != nil {
		return nil, usage("--prevalence %s: cannot be read", baseName(r.prevalence))
	}
	return c.WithPrevalence(baseName(r.prevalence), text)
}

// whole loads the folder that --catalogue names, and what is added to it.
func (r *ruleFlags) whole(more []rules.Folder) (*rules.Catalogue, error) {
	if err := isFolder("--catalogue", r.base); err != nil {
		return nil, err
	}
	if lacks := lacksOfWhole(r.base); len(lacks) > 0 {
		return nil, fail(exitUsage, fmt.Errorf("--catalogue %s: want a whole catalogue, and it lacks %s", baseName(r.base), strings.Join(lacks, ", ")),
			"--rules adds the rules of a folder to the built-in ones")
	}
	c, err := rules.LoadWhole(rules.Folder{FS: folderOf(r.base), Name: baseName(r.base)}, more...)
	if err == nil {
		r.digest = c.BaseSHA256
	}
	return c, err
}

// further are the folders that are added to a catalogue.
func (r *ruleFlags) further() ([]rules.Folder, error) {
	var more []rules.Folder
	for _, dir := range r.rules {
		if err := isFolder("--rules", dir); err != nil {
			return nil, err
		}
		if len(lacksOfWhole(dir)) == 0 {
			return nil, fail(exitUsage, fmt.Errorf("--rules %s: is a whole catalogue, and adds nothing to another", baseName(dir)),
				"--catalogue "+baseName(dir)+" takes it in place of the built-in one")
		}
		more = append(more, rules.Folder{FS: folderOf(dir), Name: baseName(dir)})
	}
	for _, dir := range r.codelists {
		if err := isFolder("--codelists", dir); err != nil {
			return nil, err
		}
		more = append(more, rules.Folder{FS: folderOf(dir), Name: baseName(dir), ListsOnly: true})
	}
	return more, nil
}

// place finds where a file of a folder lies, from the working folder, so that a build
// server finds it: messages name it from the folder on. What lies elsewhere, or is built
// in, keeps that name.
func (r *ruleFlags) place(folders []string) func(file string) string {
	folders = slices.Concat(folders, []string{r.base}, r.rules, r.codelists)
	return func(file string) string {
		name, below, _ := strings.Cut(file, "/")
		for _, dir := range folders {
			full := filepath.Join(dir, filepath.FromSlash(below))
			if dir == "" || baseName(dir) != name {
				continue
			}
			if _, err := os.Stat(full); err == nil {
				if local, ok := belowHere(full); ok {
					return local
				}
			}
		}
		return file
	}
}

// fromHere is the path of a file from the working folder; of one that lies elsewhere its
// name alone.
func fromHere(path string) string {
	if local, ok := belowHere(path); ok {
		return local
	}
	return baseName(path)
}

func belowHere(path string) (local string, ok bool) {
	if filepath.IsAbs(path) {
		here, err := os.Getwd()
		if err != nil {
			return "", false
		}
		if path, err = filepath.Rel(here, path); err != nil {
			return "", false
		}
	}
	path = filepath.Clean(path)
	return filepath.ToSlash(path), filepath.IsLocal(path)
}

// catalogueWith adds the folders to the rules that the flags name. One that is a
// whole catalogue, as the rules folder of the source tree is, takes the place of the
// embedded one.
func (r *ruleFlags) catalogueWith(dirs []string) (*rules.Catalogue, error) {
	for _, dir := range dirs {
		switch {
		case r.base == "" && len(lacksOfWhole(dir)) == 0:
			r.base = dir
		case r.base == "" || filepath.Clean(dir) != filepath.Clean(r.base):
			r.rules = append(r.rules, dir)
		}
	}
	return r.catalogue()
}

// lacksOfWhole are the parts that a folder lacks to be a whole catalogue.
func lacksOfWhole(dir string) (lacks []string) {
	for _, part := range []string{"definitions.yaml", "codelists", "schemes"} {
		if _, err := os.Stat(filepath.Join(dir, part)); err != nil {
			lacks = append(lacks, part)
		}
	}
	return lacks
}

// chosen loads the catalogue and the scheme to judge by.
func (r *ruleFlags) chosen() (*rules.Catalogue, *rules.Scheme, error) {
	catalogue, err := r.catalogue()
	if err != nil {
		return nil, nil, err
	}
	scheme, err := r.chosenScheme(catalogue)
	return catalogue, scheme, err
}

// chosenScheme loads the scheme by id, or from a file.
func (r *ruleFlags) chosenScheme(c *rules.Catalogue) (*rules.Scheme, error) {
	if !r.schemeFile() {
		return rules.PublishedScheme(r.scheme, c)
	}
	text, err := readRegular(r.scheme)
	if err != nil {
		return nil, usage("--scheme %s: want %s, or a file that can be read", baseName(r.scheme), strings.Join(r.schemeIDs(), ", "))
	}
	return rules.LoadScheme(baseName(r.scheme), text, c)
}

func isFolder(flag, dir string) error {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return usage("%s %s: want a folder", flag, baseName(dir))
	}
	return nil
}
