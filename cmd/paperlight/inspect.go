package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"paperlight/analyzer"
	"paperlight/analyzer/inspection"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/visible"
)

func newInspect(c *console) *cobra.Command {
	k := &inspecting{console: c}
	cmd := &cobra.Command{
		Use:   "inspect EXTRACT...",
		Short: "Say what is in an extract, what is missing and what cannot be read",
		Long: `Say which system the files come from, which file fills which table, which
columns are absent and which checks that costs, as of when each practice would be
judged, and which rows and cells cannot be read, with the first positions. No value
of a record is ever shown.

Several extracts, or a folder or zip of them, are inspected one after the other.`,
		Example: `  paperlight inspect extract.zip
  paperlight inspect extract --format text --format html=extract.html
  paperlight inspect practices/* --quick --format json`,
		Args: func(_ *cobra.Command, args []string) error { return atLeastOne("a folder, a zip or files")(args) },
		RunE: func(cmd *cobra.Command, args []string) error { return k.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	k.read.add(f)
	k.rules.add(f)
	k.rules.addScheme(f)
	f.StringArrayVar(&k.formats, "format", []string{"text"}, "text, json (of several extracts, a list) or html; name=path writes a file; repeatable")
	f.StringVar(&k.asOf, "as-of", "", "judge as of this day, YYYY-MM-DD (default: the extract's own date)")
	f.BoolVar(&k.quick, "quick", false, "look at names and headers alone; read no row")
	f.BoolVar(&k.anonymised, "require-anonymised", false, anonymisedText)
	return cmd
}

// inspecting is one run of inspect.
type inspecting struct {
	console           *console
	read              readFlags
	rules             ruleFlags
	formats           []string
	asOf              string
	quick, anonymised bool
}

// inspections are the forms of what inspect finds.
var inspections = map[string]func(io.Writer, *inspection.All) error{
	"text": inspection.WriteText, "json": inspection.WriteJSON, "html": inspection.WriteHTML,
}

// run inspects the extracts at the paths. One of several that cannot be read does not
// stop the others.
func (k *inspecting) run(ctx context.Context, paths []string) error {
	if err := k.read.check(); err != nil {
		return err
	}
	if k.quick && k.anonymised {
		return usage("--quick reads no row, and --require-anonymised every row: give one of them")
	}
	outputs, err := parseOutputs(k.formats, slices.Sorted(maps.Keys(inspections)))
	if err != nil {
		return err
	}
	w, err := claim(k.console, outputs, append(k.read.inputs(paths), k.rules.inputs("")...))
	if err != nil {
		return err
	}
	defer w.abandon()
	o := inspection.Options{Quick: k.quick, Anonymised: k.anonymised}
	if o.Catalogue, o.Scheme, err = k.rules.chosen(); err != nil {
		return err
	}
	all, err := k.all(ctx, paths, o)
	if err != nil {
		return err
	}
	if len(all.Found) > 0 {
		err := render(ctx, w, outputs, func(out output, to io.Writer) error { return inspections[out.form](to, all) }, k.console.out)
		if err != nil {
			return err
		}
	}
	for _, said := range all.Beside {
		fmt.Fprintln(k.console.err, "paperlight: "+visible.Line(said))
	}
	return notAllRead(nil, len(all.Found)+len(all.NotRead), all.NotRead)
}

// all inspects the extracts at the paths.
func (k *inspecting) all(ctx context.Context, paths []string, o inspection.Options) (*inspection.All, error) {
	found, reading, err := k.read.find(k.console, paths)
	if err != nil {
		return nil, err
	}
	all := &inspection.All{Several: len(found.Extracts) > 1, Beside: found.Unused, ToolVersion: version}
	for _, one := range found.Extracts {
		n, err := k.one(ctx, one, reading, o)
		switch {
		case err == nil:
			all.Found = append(all.Found, n)
		case !all.Several || ctx.Err() != nil:
			return nil, err
		default:
			all.NotRead = append(all.NotRead, k.console.sayNotRead(one.Name, err))
		}
	}
	return all, nil
}

// one inspects one extract.
func (k *inspecting) one(ctx context.Context, of mapping.Found, reading mapping.Options, o inspection.Options) (found *inspection.Inspection, err error) {
	x, err := analyzer.OpenFound(ctx, of, reading)
	if err != nil {
		return nil, err
	}
	defer closing(x.Close, &err)
	var finish func()
	if o.Run, finish, err = k.read.shown(k.console); err != nil {
		return nil, err
	}
	defer finish()
	if o.Run.AsOf, err = askedDay("--as-of", k.asOf); err != nil {
		return nil, err
	}
	return inspection.Of(ctx, x, o)
}
