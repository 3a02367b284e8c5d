package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/rulereport"
	"paperlight/rules"
)

const rulesLintText = `Look over the rules in the folders, or the embedded ones where none is given: what
is wrong, what is likely to be, and what is left of a draft. A folder that is a
whole catalogue, such as rules/ of the source, is looked over on its own.`

func newRulesLint(c *console) *cobra.Command {
	var r ruleFlags
	var own, formats []string
	cmd := &cobra.Command{
		Use: "lint [FOLDER...]", Short: "Say what is wrong, or likely to be, with rules that load",
		Long: rulesLintText, Annotations: readingArguments(),
		Example: "  paperlight rules lint rules\n  paperlight rules lint our-rules --scheme ours.yaml --format text --format junit=lint.xml",
		RunE: func(cmd *cobra.Command, args []string) error {
			results, err := claimResults(c, formats, &r, args, own...)
			if err != nil {
				return err
			}
			defer results.abandon()
			catalogue, err := r.catalogueWith(args)
			if err != nil {
				return err
			}
			schemes, err := r.schemesFor(catalogue, own)
			if err != nil {
				return err
			}
			warnings := rules.Lint(catalogue, schemes)
			if err := results.write(cmd.Context(), rulereport.OfLint(catalogue, warnings)); err != nil {
				return err
			}
			faults := 0
			for _, w := range warnings {
				if w.Fault {
					faults++
				}
			}
			fmt.Fprintf(c.err, "%s, %s, %s\n", ruleCount(len(catalogue.Rules)), figures.Plural(int64(faults), "error", "errors"), figures.Plural(int64(len(warnings)-faults), "warning", "warnings"))
			if len(warnings) > 0 {
				return errNotMet
			}
			return nil
		},
	}
	cmd.Flags().StringSliceVar(&own, "scheme", nil, "a scheme file of your own that may have the rules")
	reading(cmd.Flags(), "scheme")
	r.add(cmd.Flags())
	addResultFormats(cmd.Flags(), &formats)
	return cmd
}

// schemesFor are the schemes of the catalogue and those in files of one's own.
func (r *ruleFlags) schemesFor(catalogue *rules.Catalogue, own []string) (schemes []*rules.Scheme, err error) {
	for _, id := range catalogue.SchemeIDs() {
		s, err := rules.PublishedScheme(id, catalogue)
		if err != nil {
			return nil, err
		}
		schemes = append(schemes, s)
	}
	for _, r.scheme = range own {
		s, err := r.chosenScheme(catalogue)
		if err != nil {
			return nil, err
		}
		schemes = append(schemes, s)
	}
	return schemes, nil
}

// resultForms can be written in the forms that --format of rules test and lint names.
type resultForms interface {
	Write(w io.Writer, form string, from rulereport.Origin) error
}

// results is where the findings about rules go.
type results struct {
	*writing
	console *console
	outputs []output
	from    rulereport.Origin
}

func addResultFormats(f *pflag.FlagSet, formats *[]string) {
	f.StringArrayVar(formats, "format", []string{"text"}, "text, json, junit, sarif or github (annotations of the files); name=path writes a file; repeatable")
}

func claimResults(c *console, formats []string, r *ruleFlags, folders []string, others ...string) (*results, error) {
	outputs, err := parseOutputs(formats, []string{"github", "json", "junit", "sarif", "text"})
	if err != nil {
		return nil, err
	}
	w, err := claim(c, outputs, r.inputs("", slices.Concat(folders, others)...))
	if err != nil {
		return nil, err
	}
	return &results{w, c, outputs, rulereport.Origin{Version: version, Place: r.place(folders)}}, nil
}

// sayFirst prints the text that goes to standard output before long work begins, which
// ends where nobody reads any more. rest is the form of what is left to print.
func (r *results) sayFirst(found resultForms, rest string) error {
	for i, o := range r.outputs {
		if o.path != "" || o.form != "text" {
			continue
		}
		r.outputs[i].form = rest
		if err := found.Write(r.console.out, o.form, r.from); err != nil {
			return err
		}
	}
	return nil
}

// write writes findings in every form that was asked for.
func (r *results) write(ctx context.Context, found resultForms) error {
	return render(ctx, r.writing, r.outputs, func(o output, w io.Writer) error { return found.Write(w, o.form, r.from) }, r.console.out)
}
