package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// newManual is for those who package a release: users have --help, which says the
// same.
func newManual(c *console) *cobra.Command {
	var list bool
	cmd := &cobra.Command{
		Use: "manual [COMMAND...]", Short: "Print the manual page of a command", Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			if list {
				return listManual(c.out, root)
			}
			about, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return usage("manual %s: no such command", strings.Join(args, " "))
			}
			return writeManual(c.out, about)
		},
	}
	cmd.Flags().BoolVar(&list, "list", false, "print the name of each page, and the command that it is about")
	return cmd
}

// listManual prints, a line each, the file of every page and its command.
func listManual(w io.Writer, cmd *cobra.Command) error {
	if _, err := fmt.Fprintf(w, "%s.1 %s\n", pageName(cmd), cmd.CommandPath()); err != nil {
		return err
	}
	for _, sub := range documented(cmd) {
		if err := listManual(w, sub); err != nil {
			return err
		}
	}
	return nil
}

// documented are the commands below cmd that are ours, and shown.
func documented(cmd *cobra.Command) []*cobra.Command {
	var out []*cobra.Command
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "completion" {
			out = append(out, sub)
		}
	}
	return out
}

func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// writeManual prints the page of cmd in the man macros of roff, from what its
// help says. It has no date, so that equal programs have equal pages.
func writeManual(w io.Writer, cmd *cobra.Command) error {
	m := &manual{}
	fmt.Fprintf(m, ".TH \"%s\" 1 \"\" \"paperlight %s\" \"User commands\"\n", strings.ToUpper(roff(pageName(cmd))), roff(version))
	m.section("NAME")
	m.line(pageName(cmd) + " - " + cmd.Short)
	m.section("SYNOPSIS")
	if cmd.Runnable() {
		m.line(cmd.UseLine())
	}
	subs := documented(cmd)
	if len(subs) > 0 {
		fmt.Fprintf(m, ".br\n")
		m.line(cmd.CommandPath() + " COMMAND [flags]")
	}
	m.section("DESCRIPTION")
	m.text(cmd.Long, cmd.Short+".")
	if len(subs) > 0 {
		m.section("COMMANDS")
		for _, sub := range subs {
			m.item(`\fB`+roff(sub.Name())+`\fR`, sub.Short)
		}
	}
	m.section("OPTIONS")
	cmd.InitDefaultHelpFlag()
	cmd.LocalFlags().VisitAll(m.flag)
	cmd.InheritedFlags().VisitAll(m.flag)
	if cmd.Example != "" {
		m.section("EXAMPLES")
		m.verbatim(cmd.Example)
	}
	m.section("EXIT STATUS")
	for _, one := range exitsOf(cmd) {
		m.item(fmt.Sprint(one.code), one.meaning)
	}
	m.seeAlso(cmd, subs)
	_, err := io.WriteString(w, m.String())
	return err
}

type manual struct{ strings.Builder }

func (m *manual) section(title string) { fmt.Fprintf(m, ".SH %s\n", title) }

func (m *manual) line(text string) { fmt.Fprintf(m, "%s\n", roff(text)) }

func (m *manual) item(marked, text string) {
	fmt.Fprintf(m, ".TP\n%s\n", marked)
	m.line(text)
}

// text writes paragraphs; one that is indented keeps its lines.
func (m *manual) text(text, otherwise string) {
	if text == "" {
		text = otherwise
	}
	for i, paragraph := range strings.Split(strings.Trim(text, "\n"), "\n\n") {
		if i > 0 {
			fmt.Fprintf(m, ".PP\n")
		}
		if strings.HasPrefix(paragraph, " ") || strings.Contains(paragraph, "\n ") {
			m.verbatim(paragraph)
			continue
		}
		for line := range strings.SplitSeq(paragraph, "\n") {
			m.line(line)
		}
	}
}

func (m *manual) verbatim(text string) {
	fmt.Fprintf(m, ".nf\n")
	for line := range strings.SplitSeq(text, "\n") {
		m.line(line)
	}
	fmt.Fprintf(m, ".fi\n")
}

func (m *manual) flag(f *pflag.Flag) {
	if f.Hidden {
		return
	}
	value, says := pflag.UnquoteUsage(f)
	name := `\fB` + roff("--"+f.Name) + `\fR`
	if f.Shorthand != "" {
		name = `\fB` + roff("-"+f.Shorthand) + `\fR, ` + name
	}
	if value != "" {
		name += ` \fI` + roff(value) + `\fR`
	}
	switch f.DefValue {
	case "", "0", "false", "[]":
	default:
		says += " (default " + f.DefValue + ")"
	}
	m.item(name, says)
}

func (m *manual) seeAlso(cmd *cobra.Command, subs []*cobra.Command) {
	var pages []string
	if cmd.HasParent() {
		pages = append(pages, pageName(cmd.Parent()))
	}
	for _, sub := range subs {
		pages = append(pages, pageName(sub))
	}
	if len(pages) == 0 {
		return
	}
	m.section("SEE ALSO")
	for i, page := range pages {
		comma := ","
		if i == len(pages)-1 {
			comma = ""
		}
		fmt.Fprintf(m, ".BR %s (1)%s\n", roff(page), comma)
	}
}

var roffMarks = strings.NewReplacer(`\`, `\e`, `-`, `\-`)

// roff escapes a line of text: what would be a mark is shown as it is.
func roff(line string) string {
	line = roffMarks.Replace(line)
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		return `\&` + line
	}
	return line
}
