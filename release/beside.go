package main

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// What an archive has for one system alone: how to begin there.
var (
	//go:embed read-me-first.txt
	readMeFirst []byte
	//go:embed paperlight.command
	openPage []byte
	//go:embed Containerfile
	containerfile []byte
	//go:embed dockerignore
	dockerignore []byte
)

// beside are the files that go beside the program for t.
func beside(t target, version string) ([]file, error) {
	switch t.os {
	case "windows":
		// As Windows ends its lines: what opens the file there may know no other way.
		return []file{{name: "READ ME FIRST.txt", text: bytes.ReplaceAll(readMeFirst, []byte("\n"), []byte("\r\n"))}}, nil
	case "darwin":
		return []file{{name: "paperlight.command", text: openPage, program: true}}, nil
	}
	const unset = "\nARG VERSION=" + unreleased + "\n"
	if bytes.Count(containerfile, []byte(unset)) != 1 {
		return nil, errors.New("the Containerfile has no line of its own for the version")
	}
	return []file{
		{name: "Containerfile", text: bytes.Replace(containerfile, []byte(unset), []byte("\nARG VERSION="+version+"\n"), 1)},
		{name: ".dockerignore", text: dockerignore},
	}, nil
}

// sumsFile lists the digest of each file that it stands beside.
const sumsFile = "SHA256SUMS"

// entries are all files of the archive for t. The digests are among them, so that what
// was unpacked can be held against them: by sha256sum --check, or one at a time.
func entries(t target, version string, common []file, program file) ([]file, error) {
	own, err := beside(t, version)
	files := slices.Concat(common, own, []file{program})
	slices.SortFunc(files, func(x, y file) int { return strings.Compare(x.name, y.name) })
	var sums bytes.Buffer
	for _, f := range files {
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(f.text), f.name)
	}
	return append(files, file{name: sumsFile, text: sums.Bytes()}), err
}
