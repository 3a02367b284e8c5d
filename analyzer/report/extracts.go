package report

import (
	"cmp"
	"fmt"
	"strings"

	"paperlight/analyzer/figures"
)

// several reports whether more than one extract was read, or should have been: then
// what is said of one names it.
func (r *Report) several() bool { return len(r.Extracts)+len(r.NotRead) > 1 }

// extractName names an extract; by its place where the level hides its name.
func (r *Report) extractName(i int) string {
	name := fmt.Sprintf("extract %d", i+1)
	if i < len(r.Extracts) {
		name = cmp.Or(r.Extracts[i].Name, name)
	}
	return name
}

// severalName is extractName where there are several extracts; else empty.
func (r *Report) severalName(i int) string {
	if !r.several() {
		return ""
	}
	return r.extractName(i)
}

// extractWords name an extract, with what identifies it.
func (r *Report) extractWords(i int) string {
	x := &r.Extracts[i]
	var says []string
	if x.System != "" {
		says = append(says, "system "+x.System)
	}
	if x.Format != "" {
		says = append(says, x.Format)
	}
	if x.SHA256 != "" {
		says = append(says, "SHA-256 "+x.SHA256)
	}
	if len(says) == 0 {
		return r.extractName(i)
	}
	return r.extractName(i) + " (" + strings.Join(says, ", ") + ")"
}

// identified is what could identify people in the extracts; nil where nobody looked.
func (r *Report) identified() *identified {
	out := r.Extract.Identifying.identified()
	if out == nil || !r.several() {
		return out
	}
	out.Lines = nil
	for i := range r.Extracts {
		if said := r.Extracts[i].Identifying.identified(); said != nil {
			for _, line := range said.Lines {
				out.Lines = append(out.Lines, r.extractName(i)+": "+line)
			}
		}
	}
	return out
}

// A notRead is an extract that could not be read, in words.
type notRead struct{ Name, Says, Hint string }

// whole is what is said of it, for a cell.
func (n notRead) whole() string { return strings.TrimSpace(n.Says + " " + n.Hint) }

func notReadWords(r *Report) []notRead {
	var out []notRead
	for i := range r.NotRead {
		n := &r.NotRead[i]
		out = append(out, notRead{
			Name: cmp.Or(n.Name, "an extract"),
			Says: sentence("Not read: " + cmp.Or(n.Says, notReadKinds[n.ExitCode], "it was refused")),
			Hint: sentence(capital(n.Hint)),
		})
	}
	return out
}

// notReadKinds are the reasons by exit code, where the level shows no more.
var notReadKinds = map[int]string{
	3: "its files were refused", 4: "it can identify people", 5: "a limit was reached", 70: "paperlight itself failed",
}

func notReadHeading(r *Report) string {
	return figures.Plural(int64(len(r.NotRead)), "extract", "extracts") + " could not be read"
}

// notReadLead says what follows.
const notReadLead = "Nothing below is about the practices in them."

func (t *terminal) notRead(r *Report) {
	if len(r.NotRead) == 0 {
		return
	}
	t.heading(notReadHeading(r))
	t.wrap(2, notReadLead)
	for _, n := range notReadWords(r) {
		t.item("!", n.Name)
		t.wrap(4, n.Says)
		t.wrap(4, n.Hint)
	}
}

func (m *markdownPage) notRead(r *Report) {
	if len(r.NotRead) == 0 {
		return
	}
	m.block("## %s", notReadHeading(r))
	m.block("%s", notReadLead)
	for _, n := range notReadWords(r) {
		m.item("**%s.** %s", n.Name, n.whole())
	}
	m.end()
}
