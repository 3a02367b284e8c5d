package source

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// readJSON passes over all values of a text, with a buffer of size bytes.
func readJSON(text []byte, size int) error {
	j := newJSONReader(&cursor{in: held("f", text)}, size)
	err := j.begin()
	for err == nil {
		var c byte
		if c, err = j.peek(); err == nil && c == 0 {
			return nil
		}
		if err == nil {
			err = j.skip()
		}
	}
	return err
}

// TestFaultyJSONIsRefusedWithItsPlace: the place and the cure, and never a value.
func TestFaultyJSONIsRefusedWithItsPlace(t *testing.T) {
	in := func(text string) string { return `{"resourceType": "Patient",` + "\n" + text }
	for _, c := range []struct{ what, text, want string }{
		{"cut short", in(`"id": "secret`), "at byte 42 (line 2): the file ends inside a value"},
		{"cut short after a member", in(`"id": "secret"`), "at byte 43 (line 2): the file ends inside a value"},
		{"a member twice", in(`"id": "secret", "id": "other"}`), "at byte 49 (line 2): two members of one object have the same name"},
		{"a member twice, once escaped", in(`"id": "secret", "\u0069d": "other"}`), "at byte 54 (line 2): two members of one object have the same name"},
		{"not UTF-8", in("\"id\": \"secret\xe9\"}"), "at byte 42 (line 2): want text in UTF-8"},
		{"a NUL in a text", in("\"id\": \"secret\x00\"}"), "at byte 42 (line 2): a NUL byte: want text"},
		{"a NUL between values", in("\x00"), "at byte 29 (line 2): a NUL byte: want text"},
		{"a NUL, escaped", in(`"id": "secret\u0000"}`), "at byte 42 (line 2): a NUL character: want text"},
		{"half a pair of surrogates", in(`"id": "secret\ud83d"}`), "at byte 42 (line 2): half of a pair of surrogates: want both"},
		{"the other half", in(`"id": "\ude00secret"}`), "at byte 36 (line 2): half of a pair of surrogates: want both"},
		{"a line end in a text", in("\"id\": \"secret\n\"}"), "at byte 42 (line 2): a line end or control character inside a text: want it escaped"},
		{"an escape that is none", in(`"id": "secret\x41"}`), "at byte 42 (line 2): a backslash that begins no escape of JSON"},
		{"no comma", in(`"id": "secret" "b": 1}`), `at byte 44 (line 2): want a comma or "}"`},
		{"a comma too many", in(`"id": "secret",}`), "at byte 44 (line 2): want the name of a member in quotes"},
		{"a comma too many in an array", in(`"id": [1,]}`), "at byte 38 (line 2): want a value of JSON"},
		{"no colon", in(`"id" "secret"}`), "at byte 34 (line 2): want a colon behind the name of a member"},
		{"no value", in(`"id": }`), "at byte 35 (line 2): want a value of JSON"},
		{"a number that is none", in(`"id": 012}`), "at byte 35 (line 2): want a number as JSON writes it"},
		{"another", in(`"id": 1.}`), "at byte 35 (line 2): want a number as JSON writes it"},
		{"a word that is none", in(`"id": nul}`), "at byte 35 (line 2): want true, false or null in full"},
		{"no resource", `"resourceType"`, "at byte 1 (line 1): want a resource, in braces"},
		{"too deep", in(`"id": ` + strings.Repeat("[", 64)), "at byte 98 (line 2): values are nested deeper than 64"},
		{"too many members", in(members(300)), "an object with more than 256 members"},
		{"a name too long", in(`"` + strings.Repeat("n", 1025) + `": 1}`), "a name of over 1024 bytes"},
		{"a number too long", in(`"id": ` + strings.Repeat("1", 401) + `}`), "a number of over 400 digits"},
		{"a text too long", in(`"id": "` + strings.Repeat("secret ", 160_000) + `"}`), "a text longer than 1 MiB"},
	} {
		dir := written(t, map[string]string{"p.json": c.text})
		b, err := Open([]string{filepath.Join(dir, "p.json")}, Options{})
		if c.what == "no resource" {
			require.Error(t, err) // by its first byte it is no FHIR
			continue
		}
		require.NoError(t, err, c.what)
		err = b.Documents.Index(context.Background())
		var e *DecodeError
		require.ErrorAs(t, err, &e, c.what)
		require.Equal(t, "p.json", e.File)
		require.Contains(t, e.Message, c.want, c.what)
		require.True(t, strings.HasPrefix(e.Message, "at byte "), c.what)
		require.NotContains(t, e.Error()+e.Hint, "secret", c.what)
		require.Equal(t, strings.Contains(c.what, "too ") && !strings.Contains(c.what, "comma"), e.Limit, c.what)
		require.NoError(t, b.Close())
	}
}

func members(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"m%d": 1,`, i)
	}
	return b.String() + `"last": 1}`
}

// TestAttachmentsMayBeLong: a file in base64 is passed over, in memory for none of it.
func TestAttachmentsMayBeLong(t *testing.T) {
	text := `{"resourceType":"Binary","id":"b","data":"` + strings.Repeat("QUJD", 1<<19) + `"}`
	require.NoError(t, readJSON([]byte(text), jsonBytes))
	_, err := resources(t, written(t, map[string]string{"b.json": text}), Options{}, Resource{Type: "Binary", Columns: []ResourceColumn{column("data", the("data"))}})
	require.ErrorContains(t, err, "a text longer than 1 MiB", "as a value it would be held")
	require.ErrorContains(t, readJSON([]byte(`{"data":"`+strings.Repeat("QUJD", 17<<20)+`"}`), jsonBytes), "a text longer")
}

// TestTextsReadAsWritten reads texts with a buffer that ends inside of each.
func TestTextsReadAsWritten(t *testing.T) {
	for _, want := range []string{"", "plain", "é€😀", "a\"b\\c/d\b\f\n\r\t", "\u007f\u2028 end", strings.Repeat("long é ", 3000)} {
		for _, ascii := range []bool{true, false} {
			quoted, err := json.Marshal(want)
			require.NoError(t, err)
			if ascii {
				quoted = escaped(want)
			}
			for _, size := range []int{512, 513, 64 << 10} {
				j := newJSONReader(&cursor{in: held("f", append([]byte(strings.Repeat(" ", 505)), quoted...))}, size)
				require.NoError(t, j.begin())
				got, err := j.scalar(true)
				require.NoError(t, err)
				require.Equal(t, want, string(got))
			}
		}
	}
}

// escaped writes each character as an escape.
func escaped(text string) []byte {
	b := []byte{'"'}
	for _, r := range text {
		if r > 0xffff {
			b = fmt.Appendf(b, `\u%04x\u%04X`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		} else {
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return append(b, '"')
}

// ours is what encoding/json lets pass; 01 it takes for two numbers.
var ours = regexp.MustCompile("NUL|same name|surrogates|want a number as JSON writes it")

// FuzzJSON holds the reader to encoding/json: it takes nothing that is no JSON, with any
// size of buffer, and refuses of JSON only what is over a limit or ambiguous.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{twoPatients, `[1, -2.5e+3, true, null, "\ud83d\ude00\n"]`, `{"a": {"a": [[], {}]}}`, `{"a":1,"a":2}`, "\xef\xbb\xbf{}\n{}", `"\u0000"`,
		"\"\xe9\"", `{"resourceType":"A","contained":[{"resourceType":"B","id":"c"}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		err := readJSON(text, 1<<10)
		again := readJSON(text, 512)
		require.Equal(t, fmt.Sprint(err), fmt.Sprint(again), "whatever the size of the buffer")
		var e *DecodeError
		if err != nil {
			require.ErrorAs(t, err, &e)
		}
		standard := valid(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
		if err == nil {
			require.True(t, standard)
		} else if standard && utf8.Valid(text) && !e.Limit && !ours.MatchString(e.Message) {
			t.Fatalf("refused: %v", err)
		}
		doc := &document{in: held("f", text), stored: held("f", text)}
		d := &Documents{docs: []*document{doc}, options: Options{Jobs: 1, part: 64}}
		if d.Index(context.Background()) != nil {
			return
		}
		for _, kind := range d.Types() {
			table, err := d.Table(context.Background(), Resource{Type: kind, Columns: []ResourceColumn{column("id", the("id")), column("a", the("a", "a").where("b", "*c"))}})
			if err != nil {
				require.ErrorAs(t, err, &e)
				return
			}
			for _, p := range table.Parts {
				for _, err := range p.Scan(context.Background(), []int{0, 1, 0}) {
					require.NoError(t, err)
				}
			}
		}
	})
}

// valid reports whether encoding/json reads the values of the text, each whole.
func valid(text []byte) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	for {
		var v json.RawMessage
		if err := d.Decode(&v); errors.Is(err, io.EOF) {
			return true
		} else if err != nil {
			return false
		}
	}
}

var filling = strings.Repeat("x", 900)

// generated is a bundle of n patients, made as it is read.
type generated struct {
	n, next int
	rest    []byte
}

func (g *generated) Read(p []byte) (int, error) {
	if len(g.rest) == 0 {
		switch {
		case g.next == 0:
			g.rest = append(g.rest, `{"resourceType":"Bundle","entry":[`...)
		case g.next > 1 && g.next <= g.n:
			g.rest = append(g.rest, ',')
		case g.next == g.n+1:
			g.rest = append(g.rest, `]}`...)
		case g.next > g.n+1:
			return 0, io.EOF
		}
		if 1 <= g.next && g.next <= g.n {
			g.rest = fmt.Appendf(g.rest, `{"fullUrl":"urn:uuid:%d","resource":{"resourceType":"Patient","id":"%d","text":{"div":"%s"}}}`, g.next, g.next, filling)
		}
		g.next++
	}
	n := copy(p, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}

// TestHugeBundlesStream reads a bundle of 200 MB in a few.
func TestHugeBundlesStream(t *testing.T) {
	if testing.Short() {
		t.Skip("200 MB")
	}
	const patients = 200_000
	in := &input{name: "huge.json", size: -1}
	in.stream = func() (*stream, error) {
		return &stream{Reader: &generated{n: patients}, taken: func() int64 { return 0 }, close: func() {}}, nil
	}
	d := &Documents{docs: []*document{{label: "huge.json", in: in, stored: in}}, options: Options{Jobs: 1, part: partBytes}}
	var before, most runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	require.NoError(t, d.Index(context.Background()))
	f, err := d.Table(context.Background(), patientColumns)
	require.NoError(t, err)
	rows := 0
	for _, p := range f.Parts {
		for raw, err := range p.Scan(context.Background(), []int{0}) {
			require.NoError(t, err)
			rows += raw.Rows
			if rows%(1<<16) == 0 {
				runtime.ReadMemStats(&most)
				require.Less(t, int64(most.HeapAlloc)-int64(before.HeapAlloc), int64(32<<20))
			}
		}
	}
	require.Equal(t, patients, rows)
}
