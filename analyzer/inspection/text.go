package inspection

import (
	"fmt"
	"io"
	"strings"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
)

// WriteText writes what was found in extracts, one below the other.
func WriteText(w io.Writer, all *All) error {
	var b strings.Builder
	for i, n := range all.Found {
		if i > 0 {
			b.WriteString("\n")
		}
		n.write(&b)
	}
	_, err := io.WriteString(w, visible.Text(b.String()))
	return err
}

func (n *Inspection) write(b *strings.Builder) {
	fmt.Fprintf(b, "%s: %s (%s)\n", visible.Line(n.Extract), n.title(), n.Format)
	for _, why := range n.Mapping.Recognised {
		b.WriteString(visible.Line(why) + "\n")
	}
	for _, why := range n.Mapping.Chosen {
		b.WriteString(visible.Line(why) + "\n")
	}
	fmt.Fprintf(b, "\n%s\n%s\n", visible.Line(n.headline()), judgingLead)
	if said := n.Judging.asked(); said != "" {
		b.WriteString(said + "\n")
	}
	if todo := n.toDo(); len(todo) > 0 {
		fmt.Fprintf(b, "\n%s\n", doHeading)
		for _, said := range todo {
			b.WriteString("  - " + visible.Line(said) + "\n")
		}
	}
	fmt.Fprintf(b, "\n%s\n", filesHeading)
	for i := range n.Mapping.Files {
		writeFileUse(b, &n.Mapping.Files[i])
	}
	n.writeForms(b)
	fmt.Fprintf(b, "\n%s\n", tablesHeading)
	n.writeTables(b)
	n.writeLost(b)
	n.writePractices(b)
	if said := n.Identifying.Words(); len(said) > 0 {
		fmt.Fprintf(b, "\n%s\n", report.IdentifyingHeading)
		for _, line := range said {
			b.WriteString("  " + line + "\n")
		}
	}
	for _, note := range n.Notes {
		fmt.Fprintf(b, "\nNote: %s", visible.Line(note))
	}
	if len(n.Notes) > 0 {
		b.WriteString("\n")
	}
}

// writeFileUse writes what becomes of a file and of its columns, one line for
// each kind.
func writeFileUse(b *strings.Builder, f *mapping.FileUse) {
	fmt.Fprintf(b, "  %-40s -> %s\n", extract.Shown(f.Name), becomes(f))
	for _, u := range usesOf(f) {
		visible.WriteList(b, fmt.Sprintf("      %-14s", u.Title+":"), u.Columns)
	}
	if f.Charset != "" && f.Charset != "utf-8" {
		fmt.Fprintf(b, "      %-14s%s\n", "charset:", f.Charset)
	}
}

// writeForms writes how values are written, the columns of one file and form together.
func (n *Inspection) writeForms(b *strings.Builder) {
	if len(n.Mapping.Forms) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n  %s\n", formsHeading, formsLead)
	for _, file := range formsByFile(n.Mapping.Forms) {
		b.WriteString("  " + file.Name + "\n")
		for _, f := range file.Forms {
			if len(f.Columns) == 0 {
				b.WriteString("      " + visible.Line(f.Form) + "\n")
				continue
			}
			visible.WriteList(b, "      "+visible.Line(f.Form)+": ", f.Columns)
		}
	}
}

func (n *Inspection) writeTables(b *strings.Builder) {
	reading := n.readings()
	for i := range n.Mapping.Tables {
		t := &n.Mapping.Tables[i]
		fmt.Fprintf(b, "  %s", t.Table)
		r, read := reading[t.Table]
		if read {
			b.WriteString(": " + strings.Join(append([]string{figures.Plural(r.Rows, "row", "rows")}, r.faults()...), ", "))
		}
		b.WriteString("\n")
		visible.WriteList(b, fmt.Sprintf("      %-14s", "given:"), givenColumns(t))
		visible.WriteList(b, fmt.Sprintf("      %-14s", "derived:"), derivedColumns(t))
		visible.WriteList(b, fmt.Sprintf("      %-14s", "absent:"), t.Absent)
		if read {
			for j := range r.Faults {
				b.WriteString("      " + visible.Line(r.Faults[j].words()) + "\n")
			}
		}
	}
	lacks, never := n.lacking()
	if len(lacks) > 0 {
		fmt.Fprintf(b, "\nTables that this extract does not have: %s\n", strings.Join(lacks, ", "))
	}
	if len(never) > 0 {
		fmt.Fprintf(b, "\nTables that no extract of %s has: %s\n", n.title(), strings.Join(never, ", "))
	}
}

// readings are how the tables were read, by name.
func (n *Inspection) readings() map[string]*Reading {
	out := map[string]*Reading{}
	for i := range n.Reading {
		out[n.Reading[i].Table] = &n.Reading[i]
	}
	return out
}

// writeLost writes which checks each absence costs: those by their titles that can stop
// a practice, and the others by their codes.
func (n *Inspection) writeLost(b *strings.Builder) {
	if len(n.Judging.Lost) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s (%s)\n  %s\n", lostHeading, visible.Line(n.Judging.Scheme), lostLead)
	for i := range n.Judging.Lost {
		loss := &n.Judging.Lost[i]
		lacks := visible.Line(loss.words())
		if note := loss.note(); note != "" {
			lacks += " (" + note + ")"
		}
		visible.WriteList(b, "  ", strings.Split(lacks, ", "))
		var codes []string
		for _, check := range loss.checks {
			if check.stops() {
				b.WriteString("      " + visible.Line(check.words()) + "\n")
			} else {
				codes = append(codes, visible.Line(check.Code))
			}
		}
		visible.WriteList(b, "      ", codes)
	}
}

// writePractices writes as of when each practice would be judged.
func (n *Inspection) writePractices(b *strings.Builder) {
	if n.Practices == nil {
		return
	}
	fmt.Fprintf(b, "\n%s\n", judgedHeading)
	for i := range n.Practices {
		p := &n.Practices[i]
		fmt.Fprintf(b, "  %s: %s", visible.Line(p.label()), p.day())
		if how := p.how(); how != "" {
			b.WriteString(" (" + how + ")")
		}
		b.WriteString("\n")
	}
}
