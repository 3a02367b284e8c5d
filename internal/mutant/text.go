package mutant

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode/utf16"
)

var textWays = []way{cell, cell, cell, header, row, lineEnds, charset, delimiter}

// oddCells are what cells hold that were not meant to.
var oddCells = []string{
	"", " ", "\x00", "NULL", "NaN", "-1", "1e308", "99999999999999999999", "9999-12-31", "0000-00-00", "2026-02-30", "31/12/1899", "12/31/26",
	`"`, `""`, `"a"b`, `"a` + "\n" + `b"`, "\r", "\t", "=1+1", "@x", "\u202e\u200b\ufeff", "\xff\xfe", "\xc0\x80", "🩺", "943 476 5919", "true", "☃,☃",
	strings.Repeat("x", 70_000), strings.Repeat("x", 1<<20+1), strings.Repeat("9", 400),
}

func odd(r *rand.Rand) string { return oddCells[r.IntN(len(oddCells))] }

func named(text string) string {
	if len(text) > 20 {
		return fmt.Sprintf("%d bytes of %q", len(text), text[:1])
	}
	return fmt.Sprintf("%q", text)
}

// lineAt is one line of a text, and where it begins.
func lineAt(r *rand.Rand, content []byte) (line []byte, from int) {
	from = bytes.LastIndexByte(content[:at(r, content)], '\n') + 1
	if end := bytes.IndexByte(content[from:], '\n'); end >= 0 {
		return content[from : from+end], from
	}
	return content[from:], from
}

func cell(r *rand.Rand, content []byte) ([]byte, string) {
	line, from := lineAt(r, content)
	return over(r, content, line, from)
}

func header(r *rand.Rand, content []byte) ([]byte, string) {
	first, _, _ := bytes.Cut(content, []byte("\n"))
	out, how := over(r, content, first, 0)
	return out, "header: " + how
}

// over puts an odd text over one cell of a line, or another cell of it.
func over(r *rand.Rand, content, line []byte, from int) ([]byte, string) {
	sep := ","
	if bytes.Count(line, []byte("\t")) > bytes.Count(line, []byte(",")) {
		sep = "\t"
	}
	cells := strings.Split(string(line), sep)
	i, text := r.IntN(len(cells)), odd(r)
	if r.IntN(4) == 0 {
		text = cells[r.IntN(len(cells))]
	}
	cells[i] = text
	out := append(bytes.Clone(content[:from]), strings.Join(cells, sep)...)
	return append(out, content[from+len(line):]...), fmt.Sprintf("%s put over cell %d of the line at %d", named(text), i, from)
}

// most is about how many bytes a damage adds.
const most = 4 << 20

// row repeats a line, drops it, or joins it with the next.
func row(r *rand.Rand, content []byte) ([]byte, string) {
	line, from := lineAt(r, content)
	end := min(len(content), from+len(line)+1)
	switch r.IntN(3) {
	case 0:
		times := min(1+r.IntN(200), 1+most/(end-from+1))
		return insert(content, end, bytes.Repeat(content[from:end], times)), fmt.Sprintf("line at %d repeated", from)
	case 1:
		return append(bytes.Clone(content[:from]), content[end:]...), fmt.Sprintf("line at %d dropped", from)
	}
	return append(bytes.Clone(content[:max(from, end-1)]), content[end:]...), fmt.Sprintf("line at %d joined with the next", from)
}

func lineEnds(r *rand.Rand, content []byte) ([]byte, string) {
	to := []string{"\r", "\r\n", "\n\n", "\n\r", "\x00\n", "\v"}[r.IntN(6)]
	if r.IntN(2) == 0 {
		return bytes.ReplaceAll(content, []byte("\n"), []byte(to)), fmt.Sprintf("lines end in %q", to)
	}
	n := 1 + r.IntN(50)
	return bytes.Replace(content, []byte("\n"), []byte(to), n), fmt.Sprintf("%d lines end in %q", n, to)
}

func charset(r *rand.Rand, content []byte) ([]byte, string) {
	switch r.IntN(4) {
	case 0:
		return append([]byte("\xef\xbb\xbf"), content...), "a byte-order mark"
	case 1:
		return append([]byte("\xef\xbb\xbf\xef\xbb\xbf"), content...), "two byte-order marks"
	case 2:
		out := []byte{0xff, 0xfe}
		for _, u := range utf16.Encode([]rune(string(content))) {
			out = append(out, byte(u), byte(u>>8))
		}
		return out, "as UTF-16"
	}
	out := bytes.Clone(content)
	for range 1 + r.IntN(20) {
		if i := at(r, out); i < len(out) && out[i] >= 'a' && out[i] <= 'z' {
			out[i] = 0xe9
		}
	}
	return out, "letters of Latin-1"
}

func delimiter(r *rand.Rand, content []byte) ([]byte, string) {
	to := []string{";", "\t", "|", ",,", " , ", "\x01"}[r.IntN(6)]
	return bytes.ReplaceAll(content, []byte(","), []byte(to)), fmt.Sprintf("cells divided by %q", to)
}
