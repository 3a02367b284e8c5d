package main

import (
	"bytes"
	"debug/pe"
	"encoding/binary"
	"encoding/xml"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What go build links is what is drawn and written here.
func TestTheObjectFileIsCurrent(t *testing.T) {
	kept, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(resourceFile)))
	require.NoError(t, err)
	all, err := resources(unreleased)
	require.NoError(t, err)
	require.True(t, bytes.Equal(object(all), kept), "%s is not current: go run ./release resources", resourceFile)
	require.Less(t, len(kept), 64<<10)
}

// read reads the resources of an object file as a program that knows nothing of how it
// was made: by the tree of folders, and by the marks for the linker.
func read(t *testing.T, text []byte) []resource {
	t.Helper()
	f, err := pe.NewFile(bytes.NewReader(text))
	require.NoError(t, err)
	require.EqualValues(t, pe.IMAGE_FILE_MACHINE_AMD64, f.Machine)
	require.Zero(t, f.TimeDateStamp)
	require.Len(t, f.Sections, 1)
	require.Len(t, f.Symbols, 1)
	require.Equal(t, ".rsrc", f.Sections[0].Name)
	require.Equal(t, ".rsrc", f.Symbols[0].Name)
	data, err := f.Sections[0].Data()
	require.NoError(t, err)
	moved := map[uint32]bool{}
	for _, r := range f.Sections[0].Relocs {
		require.EqualValues(t, 3, r.Type)
		require.Zero(t, r.SymbolTableIndex)
		moved[r.VirtualAddress] = true
	}
	word := func(at uint32) uint32 { return binary.LittleEndian.Uint32(data[at:]) }
	const below = 1 << 31
	entries := func(at uint32) (ids, to []uint32) {
		require.Less(t, at, uint32(len(data)))
		for i := range uint32(binary.LittleEndian.Uint16(data[at+14:])) {
			ids, to = append(ids, word(at+16+8*i)), append(to, word(at+20+8*i))
		}
		require.IsIncreasing(t, append([]uint32{0}, ids...), "Windows looks an id up by halves")
		return ids, to
	}
	var out []resource
	kinds, ofKinds := entries(0)
	for i, kind := range kinds {
		require.NotZero(t, ofKinds[i]&below)
		ids, ofIDs := entries(ofKinds[i] &^ below)
		for j, id := range ids {
			require.NotZero(t, ofIDs[j]&below)
			languages, leaf := entries(ofIDs[j] &^ below)
			require.Equal(t, []uint32{0x0809}, languages)
			require.True(t, moved[leaf[0]], "the linker moves it")
			delete(moved, leaf[0])
			at, size := word(leaf[0]), word(leaf[0]+4)
			require.Zero(t, at%8)
			out = append(out, resource{kind, id, data[at : at+size]})
		}
	}
	require.Empty(t, moved)
	return out
}

func TestTheObjectFileHoldsTheResources(t *testing.T) {
	want, err := resources("v1.2.3")
	require.NoError(t, err)
	found := read(t, object(want))
	require.Equal(t, want, found)

	var group []byte
	pictures := map[uint16][]byte{}
	for _, r := range found {
		switch r.kind {
		case 3:
			pictures[uint16(r.id)] = r.data
		case 14:
			group = r.data
		}
	}
	little := binary.LittleEndian
	require.EqualValues(t, 6, little.Uint16(group[4:]))
	require.Len(t, group, 6+14*6)
	for i, size := range []int{16, 24, 32, 48, 64, 256} {
		entry := group[6+14*i:]
		picture := pictures[little.Uint16(entry[12:])]
		require.Equal(t, byte(size), entry[0])
		require.EqualValues(t, len(picture), little.Uint32(entry[8:]))
		if size == 256 {
			decoded, err := png.Decode(bytes.NewReader(picture))
			require.NoError(t, err)
			require.Equal(t, drawn(size).Pix, pixels(decoded))
			continue
		}
		require.EqualValues(t, size, little.Uint32(picture[4:]))
		require.EqualValues(t, 2*size, little.Uint32(picture[8:]))
		require.Len(t, picture, 40+size*size*4+size*((size+31)/32*4))
		last := picture[40+(size-1)*size*4+size/2*4:] // the middle of the first row of the picture
		require.Equal(t, drawn(size).NRGBAAt(size/2, 0).B, last[0])
	}
}

// The version of a release takes the place of another, and moves nothing.
func TestAReleaseHasItsVersion(t *testing.T) {
	dev, err := versionInfo(unreleased)
	require.NoError(t, err)
	program := []byte("MZ before" + string(dev) + "after")
	released, err := withVersion(program, "v12.3.65535-rc.1")
	require.NoError(t, err)
	require.Len(t, released, len(program))
	require.True(t, bytes.HasPrefix(released, []byte("MZ before")) && bytes.HasSuffix(released, []byte("after")))
	info := bytes.TrimSuffix(bytes.TrimPrefix(released, []byte("MZ before")), []byte("after"))
	require.Equal(t, 2, bytes.Count(info, utf16Text("v12.3.65535-rc.1")))
	require.NotContains(t, string(info), string(utf16Text(unreleased)))
	fixed := bytes.Index(info, []byte{0xBD, 0x04, 0xEF, 0xFE})
	require.Equal(t, []byte{3, 0, 12, 0, 0, 0, 0xFF, 0xFF}, info[fixed+8:fixed+16], "12.3.65535.0, two words each")
	require.Equal(t, info[fixed+8:fixed+16], info[fixed+16:fixed+24])

	longest, err := versionInfo("v1.2.3-" + strings.Repeat("x", versionWidth-7))
	require.NoError(t, err)
	require.Len(t, longest, len(dev))
	for name, program := range map[string][]byte{"no resources": []byte("MZ"), "two versions": append(program, dev...)} {
		_, err = withVersion(program, "v1.2.3")
		require.ErrorContains(t, err, "want once", name)
	}
	_, err = withVersion(program, "v1.2.65536")
	require.ErrorContains(t, err, "65535")
	_, err = withVersion(program, "v1.2.3-"+strings.Repeat("x", 40))
	require.ErrorContains(t, err, "at most 40 characters")
}

// The program asks for no more than its user may, and takes long paths.
func TestTheManifest(t *testing.T) {
	d := xml.NewDecoder(bytes.NewReader(manifest))
	said := map[string]string{}
	var in string
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			in = token.Name.Local
			for _, a := range token.Attr {
				said[in+" "+a.Name.Local] = a.Value
			}
		case xml.CharData:
			if text := strings.TrimSpace(string(token)); text != "" {
				said[in] = text
			}
		}
	}
	require.Equal(t, "asInvoker", said["requestedExecutionLevel level"])
	require.Equal(t, "false", said["requestedExecutionLevel uiAccess"])
	require.Equal(t, "true", said["longPathAware"])
	require.Equal(t, "UTF-8", said["activeCodePage"])
}

// pixels are those of a picture without premultiplied colours.
func pixels(picture image.Image) []byte {
	out := image.NewNRGBA(picture.Bounds())
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.Set(x, y, picture.At(x, y))
		}
	}
	return out.Pix
}

// The mark covers its square but the corners, and can be told at every size.
func TestTheMarkCanBeSeen(t *testing.T) {
	for _, size := range iconSizes {
		picture := drawn(size)
		require.Zero(t, picture.NRGBAAt(0, 0).A, "a corner")
		colours := map[string]bool{}
		for y := range size {
			for x := range size {
				switch c := picture.NRGBAAt(x, y); {
				case c.A == 255 && c.R > 230 && c.G > 230 && c.B > 230:
					colours["paper"] = true
				case c.A == 255 && c.R > 2*c.B && c.R > 150:
					colours["tick"] = true
				case c.A == 255 && c.R < 60:
					colours["ground"] = true
				}
			}
		}
		require.Len(t, colours, 3, "%d pixels: %v", size, colours)
	}
}
