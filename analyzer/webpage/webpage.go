// Package webpage is what all pages have in common that the program writes: one file
// that needs nothing else, its look, and a policy by which a browser loads and runs
// nothing. Packages report and inspection write theirs with it.
package webpage

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"regexp"
)

//go:embed page.tmpl
var shared string

//go:embed page.css
var look string

// A Head is what a page begins with, for the template "head". Style alone is not
// escaped: it is ours.
type Head struct {
	Policy, Title string
	Style         template.CSS
}

// Look is the look that all pages share, for those that load it.
func Look() string { return look }

// NewHead is the head of a page. foot stands on every sheet of paper, and own is what the
// page adds to the look; no text of an extract may be in either.
func NewHead(title, foot, own string) Head {
	style := look + own + onPaper(foot)
	sum := sha256.Sum256([]byte(style))
	return Head{
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; img-src data:; base-uri 'none'; form-action 'none'",
		Title: title, Style: template.CSS(style),
	}
}

// onPaper prints the foot and the number of the page on every sheet.
func onPaper(foot string) string {
	return fmt.Sprintf("@page{size:A4;margin:11mm 13mm 15mm;"+
		"@bottom-left{content:%q;font:8pt sans-serif;color:#4b5862;width:80%%;vertical-align:top;padding-top:2mm}"+
		"@bottom-right{content:counter(page) \" / \" counter(pages);font:8pt sans-serif;color:#4b5862;vertical-align:top;padding-top:2mm}}\n",
		foot)
}

// Template reads the template of a page, which may use "head", "said" (a text whose
// flags stay whole) and "list" (a heading and its items). A fault in one is ours and
// stops every program that would use it.
func Template(name, text string, words template.FuncMap) *template.Template {
	t := template.New(name).Funcs(template.FuncMap{
		"pieces": pieces,
		"list":   func(heading string, items []string) list { return list{heading, items} },
	}).Funcs(words)
	return template.Must(template.Must(t.Parse(shared)).Parse(text))
}

type list struct {
	Heading string
	Items   []string
}

// Write writes the page, or nothing of it.
func Write(w io.Writer, t *template.Template, page any) error {
	var out bytes.Buffer
	if err := t.Execute(&out, page); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	_, err := w.Write(out.Bytes())
	return err
}

// A piece is a part of a sentence. A flag is kept whole: a line that ends between its
// hyphens cannot be typed as it stands.
type piece struct {
	Text string
	Flag bool
}

var flagForm = regexp.MustCompile(`--[a-z][a-z-]*`)

func pieces(said string) (out []piece) {
	from := 0
	for _, at := range flagForm.FindAllStringIndex(said, -1) {
		out = append(out, piece{Text: said[from:at[0]]}, piece{said[at[0]:at[1]], true})
		from = at[1]
	}
	return append(out, piece{Text: said[from:]})
}
