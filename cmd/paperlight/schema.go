package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"paperlight/analyzer/datacontract"
	"paperlight/analyzer/report"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

func newSchema(c *console) *cobra.Command {
	var chosen ruleFlags
	var format string
	cmd := &cobra.Command{
		Use:   "schema [report]",
		Short: "Print the canonical tables and columns, or the JSON Schema of the report",
		Long: `Print the canonical tables and columns, the steps between them and the shared
definitions, as Markdown. --format odcs prints the tables and the rules that judge
them as a data contract (Open Data Contract Standard, YAML); schema report the JSON
Schema of the report.`,
		Example: "  paperlight schema\n  paperlight schema --format odcs > records.odcs.yaml\n  paperlight schema report",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				if args[0] != "report" {
					return usage("schema %s: want nothing, or report", args[0])
				}
				if format != "md" {
					return usage("schema report --format %s: the schema of the report has one form", format)
				}
				_, err := c.out.Write(report.Schema())
				return err
			}
			if format != "md" && format != "odcs" {
				return usage("--format %s: want md or odcs", format)
			}
			if err := c.apart(chosen.inputs("")); err != nil {
				return err
			}
			catalogue, err := chosen.catalogue()
			if err != nil {
				return err
			}
			if format == "odcs" {
				return datacontract.Write(c.out, catalogue)
			}
			return writeDictionary(c.out, catalogue)
		},
	}
	chosen.add(cmd.Flags())
	cmd.Flags().StringVar(&format, "format", "md", "md, or odcs: a data contract with the rules")
	return cmd
}

const dictionaryHead = `# Canonical schema

Every reader maps its source to these tables; every rule reads nothing else. This page is written by ` + "`paperlight schema`" + `.

Ids are text. Dates are YYYY-MM-DD. Empty means not known. R: required. D: identifies directly, turned into a state while
reading and never kept. Q: quasi-identifier. S: staff. F: free text, only its presence or length is read.
`

// writeDictionary prints the tables, the steps between them and the shared
// definitions as Markdown.
func writeDictionary(w io.Writer, catalogue *rules.Catalogue) error {
	var b strings.Builder
	b.WriteString(dictionaryHead)
	for _, t := range schema.Tables {
		fmt.Fprintf(&b, "\n## %s\n\nOne row is %s.\n\n| column | type | | meaning |\n|---|---|---|---|\n", t.Name, t.Row)
		for _, c := range t.Columns {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", c.Name, c.Type, marks(c), meaning(c))
		}
	}
	b.WriteString("\n## Steps between tables\n\n| from | step | to | |\n|---|---|---|---|\n")
	for _, r := range schema.Relations {
		to := r.To.Name
		if r.Many {
			to += " (a list)"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.From.Name, r.Name, to, r.Doc)
	}
	b.WriteString("\n## Definitions\n\n| name | on | meaning |\n|---|---|---|\n")
	for _, d := range catalogue.Definitions {
		fmt.Fprintf(&b, "| %s | %s | %s `%s` |\n", d.Name, d.Table.Name, d.Doc, strings.ReplaceAll(strings.Join(strings.Fields(d.Alternatives[0].Text), " "), "|", `\|`))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func marks(c *schema.Column) string {
	var m []string
	if c.Required {
		m = append(m, "R")
	}
	if p := c.Privacy.String(); p != "" {
		m = append(m, p)
	}
	if c.Virtual {
		m = append(m, "virtual")
	}
	return strings.Join(m, " ")
}

func meaning(c *schema.Column) string {
	text := c.Doc
	if len(c.Values) > 0 {
		text += " One of " + strings.Join(c.Values, ", ") + "."
	}
	if c.Derived != "" {
		text += " Worked out from " + c.Derived + " where the source gives that."
	}
	return text
}
