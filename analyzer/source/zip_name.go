package source

import (
	"archive/zip"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"
)

// safeName accepts relative slash-separated names that every system reads
// alike.
func safeName(name string) bool {
	if len(name) > 1024 || strings.ContainsAny(name, "\\:") || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return false
	}
	name = strings.TrimSuffix(name, "/")
	if !fs.ValidPath(name) || name == "." {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.TrimRight(part, " .") != part || deviceName(part) {
			return false
		}
	}
	return true
}

// deviceName reports whether Windows takes the name for a device.
func deviceName(part string) bool {
	base, _, _ := strings.Cut(strings.ToUpper(part), ".")
	switch base {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(base) == 4 && (strings.HasPrefix(base, "COM") || strings.HasPrefix(base, "LPT")) && base[3] >= '0' && base[3] <= '9'
}

// oddness says in what way a name is not read alike by every system.
func oddness(name string) string {
	switch {
	case strings.Contains(name, "\\"):
		return "it has a backslash"
	case strings.Contains(name, ":"):
		return "it has a colon"
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "it has a sign that does not print"
	case strings.HasPrefix(name, "/"), name == "..", strings.HasPrefix(name, "../"), strings.Contains(name, "/../"), strings.HasSuffix(name, "/.."):
		return "it leads out of the archive"
	case !utf8.ValidString(name):
		return "it is not UTF-8"
	case len(name) > 1024:
		return "it is too long"
	}
	return "a part of it is empty, a word that Windows keeps for itself, or ends in a blank or dot"
}

// harmless reports whether an entry holds no table, whatever its name: what a Mac calls
// Icon and a return stops nobody. A name that leads elsewhere is not harmless.
func harmless(name string) bool {
	base := path.Base(name)
	_, list := listForm(base)
	_, k, _ := classify(base)
	odd := func(r rune) rune {
		if r < ' ' || r == 0x7f || r == ':' {
			return '-'
		}
		return r
	}
	return !safeName(name) && !list && k == kindNone && !strings.HasSuffix(name, "/") && base[0] != ' ' && safeName(strings.Map(odd, name))
}

// cp437 are the upper half of the signs of the first PC, in which old programs write
// the names in archives.
const cp437 = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0"

// namesInUTF8 writes the names that are not UTF-8 in it.
func namesInUTF8(files []*zip.File) {
	signs := []rune(cp437)
	for _, f := range files {
		if utf8.ValidString(f.Name) {
			continue
		}
		var out []rune
		for _, c := range []byte(f.Name) {
			if c < 0x80 {
				out = append(out, rune(c))
			} else {
				out = append(out, signs[c-0x80])
			}
		}
		f.Name = string(out)
	}
}
