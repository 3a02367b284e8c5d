package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"paperlight/analyzer"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/report"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/analyzer/visible"
)

func newInspect(c *console) *cobra.Command {
	k := &inspecting{console: c}
	cmd := &cobra.Command{
		Use:   "inspect EXTRACT...",
		Short: "Say what is in an extract, what is missing and what cannot be read",
		Long: `Say which system the files come from, which file fills which table, which
columns are absent (and so which rules cannot be assessed), and which rows and
cells cannot be read, with the first positions. No value is ever shown.

Several extracts, or a folder or zip of them, are inspected one after the other.`,
		Args: func(_ *cobra.Command, args []string) error { return atLeastOne("a folder, a zip or files")(args) },
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if err := k.read.check(); err != nil {
				return err
			}
			if k.format != "text" && k.format != "json" {
				return usage("--format %s: want text or json", k.format)
			}
			if k.quick && k.anonymised {
				return usage("--quick reads no row, and --require-anonymised every row: give one of them")
			}
			if err := c.apart(k.read.inputs(args)); err != nil {
				return err
			}
			return k.run(cmd.Context(), args)
		},
	}
	k.read.add(cmd.Flags())
	cmd.Flags().StringVar(&k.format, "format", "text", "text or json (of several extracts, a list)")
	cmd.Flags().BoolVar(&k.quick, "quick", false, "look at names and headers alone; read no row")
	cmd.Flags().BoolVar(&k.anonymised, "require-anonymised", false, anonymisedText)
	return cmd
}

// inspecting is one run of inspect.
type inspecting struct {
	console           *console
	read              readFlags
	format            string
	quick, anonymised bool
}

// run inspects the extracts at the paths. One of several that cannot be read does not
// stop the others.
func (k *inspecting) run(ctx context.Context, paths []string) error {
	all, o, err := k.read.find(k.console, paths)
	if err != nil {
		return err
	}
	found := []inspection{}
	var notRead []report.NotRead
	for _, one := range all.Extracts {
		i, err := k.one(ctx, one, o)
		switch {
		case err == nil:
			found = append(found, i)
		case len(all.Extracts) == 1 || ctx.Err() != nil:
			return err
		default:
			notRead = append(notRead, k.console.sayNotRead(one.Name, err))
		}
	}
	if len(found) > 0 {
		if err := k.write(found, len(all.Extracts) > 1); err != nil {
			return err
		}
	}
	for _, said := range all.Unused {
		fmt.Fprintln(k.console.err, "paperlight: "+visible.Line(said))
	}
	return notAllRead(nil, len(all.Extracts), notRead)
}

// one inspects one extract.
func (k *inspecting) one(ctx context.Context, of mapping.Found, o mapping.Options) (found inspection, err error) {
	x, err := analyzer.OpenFound(ctx, of, o)
	if err != nil {
		return found, err
	}
	defer closing(x.Close, &err)
	found = inspection{Extract: x.Name, System: x.System, Format: x.Format, Mapping: mapping.Describe(x), Notes: x.Notes}
	if !k.quick {
		if found.Identifying, err = identify(ctx, k.console, x, &k.read, k.anonymised); err != nil {
			return found, err
		}
		if found.Reading, err = readEverything(ctx, k.console, x, &k.read); err != nil {
			return found, err
		}
	}
	if x.Noticed != nil {
		found.Notes = append(found.Notes, x.Noticed()...)
	}
	return found, nil
}

// write writes what was found: of several extracts a list, or one below the other.
func (k *inspecting) write(all []inspection, several bool) error {
	switch {
	case k.format == "json" && several:
		return writeIndented(k.console.out, all)
	case k.format == "json":
		return writeIndented(k.console.out, all[0])
	}
	for i := range all {
		if i > 0 {
			if _, err := io.WriteString(k.console.out, "\n"); err != nil {
				return err
			}
		}
		if err := all[i].write(k.console.out); err != nil {
			return err
		}
	}
	return nil
}

// identify looks for what could identify people.
func identify(ctx context.Context, c *console, x *extract.Extract, r *readFlags, anonymised bool) (*report.Identifying, error) {
	o, finish, err := r.shown(c)
	if err != nil {
		return nil, err
	}
	defer finish()
	return analyzer.Identify(ctx, x, anonymised, o)
}

// An inspection is what inspect found.
type inspection struct {
	Extract string              `json:"extract"`
	System  string              `json:"system"`
	Format  string              `json:"format"`
	Mapping mapping.Description `json:"mapping"`
	Reading []tableReading      `json:"reading"`
	// Identifying is what could identify people; null where no row was read.
	Identifying *report.Identifying `json:"identifying"`
	Notes       []string            `json:"notes"`
}

// A tableReading is how the rows of one table read.
type tableReading struct {
	Table            string        `json:"table"`
	Rows             int64         `json:"rows"`
	Rejected         int64         `json:"rejected"`
	Malformed        int64         `json:"malformed"`
	Orphans          int64         `json:"orphans"`
	DuplicateIDs     *int64        `json:"duplicate_ids"`
	PracticeMismatch int64         `json:"practice_mismatch"`
	LeftOut          int64         `json:"left_out,omitempty"`
	DerivedIDs       bool          `json:"derived_ids"`
	Faults           []cellReading `json:"faults"`
}

// A cellReading is one kind of fault, with the first positions.
type cellReading struct {
	Column string           `json:"column"`
	Want   string           `json:"want"`
	Count  int64            `json:"count"`
	First  []state.Position `json:"first"`
}

// readEverything reads every column of every table, with no rule.
func readEverything(ctx context.Context, c *console, x *extract.Extract, r *readFlags) ([]tableReading, error) {
	o, finish, err := r.shown(c)
	if err != nil {
		return nil, err
	}
	defer finish()
	o.CountDuplicateIDs = true
	s, err := analyzer.Read(ctx, x, o)
	if err != nil {
		return nil, err
	}
	out := []tableReading{}
	for _, t := range s.Tables {
		one := tableReading{Table: t.Table.Name, Rows: t.Rows, Rejected: t.Rejected, Malformed: t.Malformed, Orphans: t.Orphans,
			PracticeMismatch: t.PracticeMismatch, LeftOut: t.LeftOut, DerivedIDs: t.DerivedKey, Faults: []cellReading{}}
		if t.DuplicateIDs >= 0 {
			one.DuplicateIDs = &t.DuplicateIDs
		}
		for _, f := range t.Faults {
			cell := cellReading{Want: f.Want, Count: f.Count, First: f.First}
			if f.Column != nil {
				cell.Column = f.Column.Name
			}
			one.Faults = append(one.Faults, cell)
		}
		out = append(out, one)
	}
	return out, nil
}

func (n inspection) write(w io.Writer) error {
	var b strings.Builder
	title := n.Mapping.Title
	if title == "" {
		title = n.System
	}
	fmt.Fprintf(&b, "%s: %s (%s)\n", visible.Line(n.Extract), title, n.Format)
	for _, why := range n.Mapping.Chosen {
		b.WriteString(visible.Line(why) + "\n")
	}
	b.WriteString("\nFiles\n")
	for _, f := range n.Mapping.Files {
		writeFileUse(&b, f)
	}
	b.WriteString("\nTables\n")
	n.writeTables(&b)
	if said := n.Identifying.Words(); len(said) > 0 {
		fmt.Fprintf(&b, "\n%s\n", report.IdentifyingHeading)
		for _, line := range said {
			b.WriteString("  " + line + "\n")
		}
	}
	for _, note := range n.Notes {
		fmt.Fprintf(&b, "\nNote: %s", visible.Line(note))
	}
	if len(n.Notes) > 0 {
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, visible.Text(b.String()))
	return err
}

// writeFileUse writes what becomes of a file and of its columns, one line for
// each kind.
func writeFileUse(b *strings.Builder, f mapping.FileUse) {
	use := "not used"
	switch {
	case len(f.Tables) > 0:
		use = strings.Join(f.Tables, ", ")
	case f.Source != "":
		use = f.Source + " (looked up)"
	case f.Ignored && strings.HasSuffix(f.Name, "/"):
		use = "not looked into"
	case f.Ignored:
		use = "not read: not a table, or not a kind of file that can be read"
	}
	if f.Nearest != "" {
		use += "; " + schema.Meant(f.Nearest)
	}
	fmt.Fprintf(b, "  %-40s -> %s\n", extract.Shown(f.Name), use)
	kinds := []struct {
		title string
		of    []string
	}{{"read", nil}, {"derived", nil}, {"looked up", nil}, {"not used", nil}, {"type not read", nil}}
	for _, c := range f.Columns {
		name, as := extract.Shown(c.Column), readAs(f, c)
		kind := &kinds[0]
		switch c.Use {
		case "derived":
			kind = &kinds[1]
		case "looked_up":
			kind = &kinds[2]
		case "unused":
			kind = &kinds[3]
		case "type_not_read":
			kind = &kinds[4]
		}
		switch {
		case c.Use == "unused" && c.Nearest != "":
			name += " (" + schema.Meant(c.Nearest) + ")"
		case as != "":
			name += " (" + as + ")"
		}
		kind.of = append(kind.of, name)
	}
	for _, k := range kinds {
		writeWrapped(b, fmt.Sprintf("      %-14s", k.title+":"), k.of)
	}
	if f.Charset != "" && f.Charset != "utf-8" {
		fmt.Fprintf(b, "      %-14s%s\n", "charset:", f.Charset)
	}
}

// readAs says which columns of the tables come from a column of the file; ""
// where it is the one of its name.
func readAs(f mapping.FileUse, c mapping.HeaderUse) string {
	switch c.Use {
	case "selects_rows":
		return "which rows count"
	case "release_date":
		return "date of the extract"
	}
	var as []string
	for _, name := range c.As {
		table, column, _ := strings.Cut(name, ".")
		switch {
		case len(f.Tables) > 1:
			as = append(as, name)
		case len(c.As) > 1 || table == "" || !strings.EqualFold(column, strings.TrimSpace(c.Column)):
			as = append(as, column)
		}
	}
	return strings.Join(as, ", ")
}

// inspectWidth is where lists of names are broken.
const inspectWidth = 100

// writeWrapped writes a list after its title, on further lines below where it
// is long; nothing where it is empty.
func writeWrapped(b *strings.Builder, title string, names []string) {
	if len(names) == 0 {
		return
	}
	b.WriteString(title)
	at := utf8.RuneCountInString(title)
	indent := at
	for i, name := range names {
		if i < len(names)-1 {
			name += ","
		}
		if n := utf8.RuneCountInString(name); i > 0 && at+1+n > inspectWidth {
			fmt.Fprintf(b, "\n%*s", indent, "")
			at = indent + n
		} else {
			if i > 0 {
				name = " " + name
			}
			at += utf8.RuneCountInString(name)
		}
		b.WriteString(name)
	}
	b.WriteString("\n")
}

func (n inspection) writeTables(b *strings.Builder) {
	reading := map[string]tableReading{}
	for _, t := range n.Reading {
		reading[t.Table] = t
	}
	have := map[string]bool{}
	for _, t := range n.Mapping.Tables {
		have[t.Table] = true
		fmt.Fprintf(b, "  %s", t.Table)
		if r, ok := reading[t.Table]; ok {
			fmt.Fprintf(b, ": %s", figures.Plural(r.Rows, "row", "rows"))
			r.writeFaults(b)
		}
		b.WriteString("\n")
		writeWrapped(b, fmt.Sprintf("      %-14s", "derived:"), derivedColumns(t))
		writeWrapped(b, fmt.Sprintf("      %-14s", "absent:"), t.Absent)
		for _, f := range reading[t.Table].Faults {
			said := report.Fault{Column: f.Column, Want: f.Want, Count: f.Count}
			fmt.Fprintf(b, "      %s; first at", said.Words(f.Column))
			for i, p := range f.First {
				if i > 0 {
					b.WriteString(",")
				}
				fmt.Fprintf(b, " %s record %d", visible.Line(p.File), p.Record)
			}
			b.WriteString("\n")
		}
	}
	var lacks []string
	for _, t := range schema.Tables {
		if !have[t.Name] {
			lacks = append(lacks, t.Name)
		}
	}
	if len(lacks) > 0 {
		fmt.Fprintf(b, "\nTables that this extract does not have: %s\n", strings.Join(lacks, ", "))
	}
}

// derivedColumns names the columns that are worked out from others, with those.
func derivedColumns(t mapping.TableUse) []string {
	var out []string
	for _, c := range t.Columns {
		if c.DerivedFrom != "" {
			out = append(out, c.Column+" (from "+c.DerivedFrom+")")
		}
	}
	return out
}

func (t tableReading) writeFaults(b *strings.Builder) {
	for _, one := range []struct {
		n         int64
		one, many string
	}{
		{t.Rejected, "left out", "left out"},
		{t.Malformed, "cell that could not be read", "cells that could not be read"},
		{t.Orphans, "of a patient not in the extract", "of patients not in the extract"},
		{t.PracticeMismatch, "of another practice than the patient's", "of another practice than the patient's"},
		{t.LeftOut, "more that is deleted, replaced or another organisation's", "more that are deleted, replaced or another organisation's"},
	} {
		if one.n > 0 {
			b.WriteString(", " + figures.Plural(one.n, one.one, one.many))
		}
	}
	if t.DuplicateIDs != nil && *t.DuplicateIDs > 0 {
		b.WriteString(", " + figures.Plural(*t.DuplicateIDs, "record id used twice", "record ids used twice"))
	}
	if t.DerivedIDs {
		b.WriteString(", no ids: file and record number stand in")
	}
}
