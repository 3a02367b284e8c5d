package main

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"unicode/utf16"
)

// The program for Windows has an icon, a version and a manifest. The linker takes them
// from an object file beside the program's source, which is kept there so that go build
// alone makes a whole program.
const resourceFile = "cmd/paperlight/paperlight_windows_amd64.syso"

//go:embed windows.manifest
var manifest []byte

// The kinds of a resource, and the language of all: English, as in Britain.
const (
	kindIcon      = 3
	kindIconGroup = 14
	kindVersion   = 16
	kindManifest  = 24
	language      = 0x0809
)

type resource struct {
	kind, id uint32
	data     []byte
}

// resources are those of the program, by kind and id.
func resources(version string) ([]resource, error) {
	pictures, group, err := icons()
	if err != nil {
		return nil, err
	}
	var out []resource
	for i, picture := range pictures {
		out = append(out, resource{kindIcon, uint32(i + 1), picture})
	}
	info, err := versionInfo(version)
	return append(out, resource{kindIconGroup, 1, group}, resource{kindVersion, 1, info}, resource{kindManifest, 1, manifest}), err
}

// unreleased is the version of a program that no release made.
const unreleased = "dev"

// writeResources writes the object file of the resources below root.
func writeResources(root string) error {
	all, err := resources(unreleased)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, filepath.FromSlash(resourceFile)), object(all), 0o644)
}

// withVersion is a program for Windows with its version in the place of that in the
// object file: a release changes no file of the source, and the linker takes the object
// from nowhere else.
func withVersion(program []byte, version string) ([]byte, error) {
	before, err := versionInfo(unreleased)
	if err != nil {
		return nil, err
	}
	after, err := versionInfo(version)
	if err != nil {
		return nil, err
	}
	if n := bytes.Count(program, before); n != 1 {
		return nil, fmt.Errorf("the program for Windows has its version %d times: want once; go run ./release resources writes %s anew", n, resourceFile)
	}
	return bytes.Replace(program, before, after, 1), nil
}

// A node of version information: its key, its value, and the nodes below.
type node struct {
	key   string
	text  bool
	value []byte
	size  int // of the value, in the units that the format counts it in
	below []node
}

func (n node) bytes() []byte {
	out := make([]byte, 6)
	out = aligned(append(out, utf16Text(n.key)...), 4)
	out = append(out, n.value...)
	for _, below := range n.below {
		out = append(aligned(out, 4), below.bytes()...)
	}
	little := binary.LittleEndian
	little.PutUint16(out, uint16(len(out)))
	little.PutUint16(out[2:], uint16(n.size))
	if n.text {
		little.PutUint16(out[4:], 1)
	}
	return out
}

func textNode(key, text string) node {
	value := utf16Text(text)
	return node{key: key, text: true, value: value, size: len(value) / 2}
}

// versionWidth bounds a version, in characters, and infoSize has room for any such: all
// are of one size, so that one takes the place of another.
const (
	versionWidth = 40
	infoSize     = 1024
)

// versionInfo says what Windows shows of a program under Properties, Details.
func versionInfo(version string) ([]byte, error) {
	if len(version) > versionWidth {
		return nil, fmt.Errorf("a version has at most %d characters", versionWidth)
	}
	var numbers [4]uint16
	for i, text := range regexp.MustCompile(`\d+`).FindAllString(versionNumbers.FindString(version), -1) {
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil {
			return nil, errors.New("the numbers of a version end at 65535")
		}
		numbers[i] = uint16(n)
	}
	little := binary.LittleEndian
	fixed := little.AppendUint32(nil, 0xFEEF04BD) // the signature of this part
	fixed = little.AppendUint32(fixed, 0x00010000)
	for range 2 { // of the file, and of the product
		for _, i := range []int{1, 0, 3, 2} { // two words each, the lower one first
			fixed = little.AppendUint16(fixed, numbers[i])
		}
	}
	fixed = little.AppendUint32(fixed, 0x3F) // which flags are used
	fixed = little.AppendUint32(fixed, 0)
	fixed = little.AppendUint32(fixed, 0x00040004) // Windows NT
	fixed = little.AppendUint32(fixed, 1)          // a program
	fixed = append(fixed, make([]byte, 12)...)     // no subtype, no date
	info := node{key: "VS_VERSION_INFO", value: fixed, size: len(fixed), below: []node{
		{key: "StringFileInfo", text: true, below: []node{{key: "080904B0", text: true, below: []node{
			textNode("FileDescription", "paperlight"),
			textNode("FileVersion", version),
			textNode("InternalName", "paperlight"),
			textNode("LegalCopyright", "Apache License 2.0"),
			textNode("OriginalFilename", "paperlight.exe"),
			textNode("ProductName", "paperlight"),
			textNode("ProductVersion", version),
		}}}},
		{key: "VarFileInfo", text: true, below: []node{{key: "Translation", value: []byte{0x09, 0x08, 0xB0, 0x04}, size: 4}}},
	}}.bytes()
	return append(info, make([]byte, infoSize-len(info))...), nil
}

var versionNumbers = regexp.MustCompile(`^v\d+\.\d+\.\d+`)

// utf16Text is text as Windows has it, with the zero at its end.
func utf16Text(text string) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text + "\x00")) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return out
}

func aligned(b []byte, to int) []byte { return append(b, make([]byte, (to-len(b)%to)%to)...) }
