package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"paperlight/rules"
)

const licencesFile = "THIRD_PARTY_LICENCES.txt"

const licencesHead = `THIRD-PARTY LICENCES

paperlight itself is under the licence in the file LICENSE. The program also holds the works below, each under its
own terms. A text that several works share stands once. Written by "make licences"; not to be edited by hand.
`

// licences lists all that is linked into the program on any target, with the
// full texts. Deterministic; an error where a module comes without a licence.
func licences(root string) ([]byte, error) {
	owners := map[string][]string{} // by text: the works under it
	for _, t := range targets {
		linked, err := linkedPackages(root, t)
		if err != nil {
			return nil, err
		}
		for _, p := range linked {
			if err := p.collect(owners); err != nil {
				return nil, err
			}
		}
	}
	if err := standardLibrary(root, owners); err != nil {
		return nil, err
	}
	lists, err := codelistLicences()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString(licencesHead)
	writeTexts(&b, owners)
	b.WriteString(rule + "\nCODE LISTS\n\nThe rules read lists of clinical codes, which are part of the program.\n\n")
	writeTexts(&b, lists)
	return b.Bytes(), nil
}

// A linkedPackage is what the toolchain says of a package in the program.
type linkedPackage struct {
	Dir    string
	Module *linkedModule
}

type linkedModule struct {
	Path, Version, Dir string
	Main               bool
}

// linkedPackages are the packages of other modules in the program for t.
func linkedPackages(root string, t target) ([]linkedPackage, error) {
	text, err := output(root, t.environment(), "go", "list", "-deps", "-json=Dir,Module", "./cmd/paperlight")
	if err != nil {
		return nil, err
	}
	var out []linkedPackage
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		var p linkedPackage
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		}
		if p.Module != nil && !p.Module.Main {
			out = append(out, p)
		}
	}
}

var licenceName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([.-].*)?$`)

// collect adds the texts that bear on p: those beside it and in each folder
// above, as parts of a module may be under terms of their own.
func (p linkedPackage) collect(owners map[string][]string) error {
	m := p.Module
	licensed := false
	for dir := p.Dir; ; dir = filepath.Dir(dir) {
		below, err := filepath.Rel(m.Dir, dir)
		if err != nil || strings.HasPrefix(below, "..") {
			return fmt.Errorf("%s lies outside of its module %s", p.Dir, m.Path)
		}
		work := m.Path + " " + m.Version
		if below != "." {
			work += ", " + filepath.ToSlash(below)
		}
		found, err := addTexts(dir, work, owners)
		if err != nil {
			return err
		}
		if below == "." {
			if !found && !licensed {
				return fmt.Errorf("%s %s has no file of its licence: find out on what terms it may be passed on", m.Path, m.Version)
			}
			return nil
		}
		licensed = licensed || found
	}
}

// addTexts adds the licence files of dir to the texts of work, and reports
// whether one of them is more than a notice.
func addTexts(dir, work string, owners map[string][]string) (licensed bool, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !licenceName.MatchString(e.Name()) || strings.HasSuffix(e.Name(), ".go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return false, err
		}
		add(owners, string(text), work)
		first := strings.ToLower(e.Name())
		licensed = licensed || strings.HasPrefix(first, "l") || strings.HasPrefix(first, "c")
	}
	return licensed, nil
}

func add(owners map[string][]string, text, work string) {
	text = strings.Trim(strings.ReplaceAll(text, "\r\n", "\n"), "\n") + "\n"
	if !slices.Contains(owners[text], work) {
		owners[text] = append(owners[text], work)
	}
}

// standardLibrary adds the terms of Go's own packages and runtime.
func standardLibrary(root string, owners map[string][]string) error {
	text, err := output(root, os.Environ(), "go", "env", "GOROOT")
	if err != nil {
		return err
	}
	goroot := strings.TrimSpace(string(text))
	switch licensed, err := addTexts(goroot, "The Go standard library and runtime", owners); {
	case err != nil:
		return err
	case !licensed:
		return errors.New("the folder of the toolchain has no LICENSE: install Go as its makers pack it")
	}
	return nil
}

// codelistLicences are the terms of the published code lists. Each list stands
// with its sources, whom some of the terms ask to be named.
func codelistLicences() (map[string][]string, error) {
	catalogue, err := rules.Embedded()
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for _, list := range catalogue.Codelists {
		if list.Licence == "" {
			return nil, fmt.Errorf("the code list %s has no licence", list.Name)
		}
		add(out, wrapped(list.Licence), wrapped(list.Name+". "+list.Source))
	}
	return out, nil
}

const rule = "================================================================================\n"

// writeTexts prints each text under the works that it is about, in the order of
// the first of these.
func writeTexts(b *bytes.Buffer, owners map[string][]string) {
	type block struct{ works, text string }
	var blocks []block
	for text, works := range owners {
		slices.Sort(works)
		blocks = append(blocks, block{strings.Join(works, "\n"), text})
	}
	slices.SortFunc(blocks, func(x, y block) int {
		if c := strings.Compare(x.works, y.works); c != 0 {
			return c
		}
		return strings.Compare(x.text, y.text)
	})
	for _, one := range blocks {
		fmt.Fprintf(b, "%s%s\n\n%s", rule, one.works, one.text)
	}
}

// wrapped breaks text into lines of at most 100 characters.
func wrapped(text string) string {
	var b strings.Builder
	width := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case width == 0:
		case width+1+len(word) > 100:
			b.WriteByte('\n')
			width = 0
		default:
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += len(word)
	}
	return b.String()
}
