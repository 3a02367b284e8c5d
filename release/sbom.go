package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"runtime"
	"slices"
	"strings"
	"time"
)

// billSuffix ends the name of a bill, as CycloneDX has it.
const billSuffix = ".cdx.json"

// A bill is a software bill of materials in the JSON of CycloneDX 1.6: what one
// program of a release is made of. Equal programs have equal bills.
type bill struct {
	Format      string      `json:"bomFormat"`
	SpecVersion string      `json:"specVersion"`
	Version     int         `json:"version"`
	Metadata    metadata    `json:"metadata"`
	Components  []component `json:"components"`
}

type metadata struct {
	Timestamp string    `json:"timestamp"`
	Component component `json:"component"`
}

type component struct {
	Ref     string       `json:"bom-ref"`
	Type    string       `json:"type"`
	Name    string       `json:"name"`
	Version string       `json:"version"`
	PURL    string       `json:"purl,omitempty"`
	Hashes  []billedHash `json:"hashes,omitempty"`
}

type billedHash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

// billOf lists the modules that are linked into a program, and the standard
// library of the toolchain.
func billOf(packages []linkedPackage, version string, program file, when time.Time) ([]byte, error) {
	sum := sha256.Sum256(program.text)
	b := bill{Format: "CycloneDX", SpecVersion: "1.6", Version: 1, Metadata: metadata{
		Timestamp: when.UTC().Format(time.RFC3339),
		Component: component{Ref: "paperlight@" + version, Type: "application", Name: "paperlight", Version: version,
			Hashes: []billedHash{{"SHA-256", hex.EncodeToString(sum[:])}}},
	}}
	b.Components = []component{library("std", strings.TrimPrefix(runtime.Version(), "go"))}
	for _, p := range packages {
		if one := library(p.Module.Path, p.Module.Version); !slices.Contains(refs(b.Components), one.Ref) {
			b.Components = append(b.Components, one)
		}
	}
	slices.SortFunc(b.Components, func(a, b component) int { return strings.Compare(a.Ref, b.Ref) })
	text, err := json.MarshalIndent(b, "", "  ")
	return append(text, '\n'), err
}

func library(path, version string) component {
	purl := "pkg:golang/" + path + "@" + version
	return component{Ref: purl, Type: "library", Name: path, Version: version, PURL: purl}
}

func refs(all []component) (out []string) {
	for _, c := range all {
		out = append(out, c.Ref)
	}
	return out
}
