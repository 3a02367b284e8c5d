package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"paperlight/analyzer"
	"paperlight/analyzer/canonical"
	"paperlight/analyzer/convert"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/visible"
)

const convertText = `Write an extract of any system that is read as paperlight's own tables
(docs/schema.md), as Parquet, CSV or Arrow. A check of them finds what a check of the
extract finds. NHS numbers are never written: a state, a range and a keyed hash stand
in for each. Free text is written as a mask of the same length.

The tables are the patients' records. They stay where the extract is. To hand a copy
on, use anonymise.`

func newConvert(c *console) *cobra.Command {
	k := &converting{console: c}
	cmd := &cobra.Command{
		Use:     "convert EXTRACT... --to FOLDER",
		Short:   "Write an extract as paperlight's own tables",
		Long:    convertText,
		Example: "  paperlight convert emis-export --to tables\n  paperlight convert export.zip --to tables --format csv",
		Args:    func(_ *cobra.Command, args []string) error { return atLeastOne("a folder, a zip or files")(args) },
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := k.check(); err != nil {
				return err
			}
			return k.run(cmd.Context(), args, nil)
		},
	}
	k.add(cmd.Flags())
	return cmd
}

// converting is one run of convert or anonymise.
type converting struct {
	console    *console
	read       readFlags
	to, format string
	groupRows  int
	asOf       string
	json       bool
	inputs     []inputPath // beside the extract
}

func (k *converting) add(f *pflag.FlagSet) {
	k.read.add(f)
	f.StringVar(&k.to, "to", "", "the folder to make; it must not be there yet")
	f.StringVar(&k.format, "format", "parquet", "parquet, csv or arrow")
	f.IntVar(&k.groupRows, "group-rows", 122_880, "rows of a Parquet row group or Arrow record batch")
	f.BoolVar(&k.json, "json", false, "say what was done as JSON")
}

func (k *converting) check() error {
	switch {
	case k.to == "":
		return usage("want --to with the folder to make")
	case !slices.Contains(canonical.Formats, k.format):
		return usage("--format %s: want one of %s", k.format, strings.Join(canonical.Formats, ", "))
	case k.groupRows < 1 || k.groupRows > 1<<24:
		return usage("--group-rows %d: want 1 to %d", k.groupRows, 1<<24)
	}
	return k.read.check()
}

// run writes the extract at the paths, as it is or anonymised.
func (k *converting) run(ctx context.Context, paths []string, hide *anonymising) (err error) {
	t, err := newFolder("--to", k.to)
	if err != nil {
		return err
	}
	targets := []*target{t}
	if hide != nil && hide.key.target != nil {
		targets = append(targets, hide.key.target)
	}
	inputs := append(k.read.inputs(paths), k.inputs...)
	w, err := claim(k.console, nil, inputs, targets...)
	if err != nil {
		return err
	}
	defer w.abandon()
	into, err := w.placeFolder(t)
	if err != nil {
		return err
	}
	summary, err := k.write(ctx, paths, into, hide)
	if err != nil {
		return err
	}
	if hide != nil && hide.key.target != nil {
		if err := w.write(hide.key.target, "", text(hide.key.text())); err != nil {
			return err
		}
	}
	if err := w.commit(ctx); err != nil {
		return err
	}
	return k.say(summary, hide)
}

// write writes the tables into a folder.
func (k *converting) write(ctx context.Context, paths []string, into string, hide *anonymising) (_ *convert.Summary, err error) {
	if err := found(paths); err != nil {
		return nil, err
	}
	o, err := k.read.mapping(k.console, false)
	if err != nil {
		return nil, err
	}
	how := convert.Options{Format: k.format, GroupRows: k.groupRows}
	if hide != nil {
		how.Anonymise = &hide.Anonymise
		key := hide.Key.For("the reading of NHS numbers")
		copy(o.Key[:], key[:])
	}
	x, err := analyzer.Open(ctx, paths, o)
	if err != nil {
		return nil, err
	}
	defer closing(x.Close, &err)
	var finish func()
	if how.Run, finish, err = k.read.shown(k.console); err != nil {
		return nil, err
	}
	defer finish()
	if how.Run.AsOf, err = askedDay("--as-of", k.asOf); err != nil {
		return nil, err
	}
	summary, err := convert.Write(ctx, x, into, how)
	if err != nil {
		return nil, writingError(err)
	}
	return summary, nil
}

// writingError is an error of writing tables: what the system says of a file that is
// written is about the output.
func writingError(err error) error {
	var path *fs.PathError
	if code, _ := classify(err); code == exitInternal && errors.As(err, &path) {
		return outputError("the tables", err)
	}
	return err
}

// say prints what was done.
func (k *converting) say(s *convert.Summary, hide *anonymising) error {
	if k.json {
		return outputErrorOrNil("standard output", writeIndented(k.console.out, s))
	}
	var b strings.Builder
	var rows, left int64
	for _, t := range s.Tables {
		rows, left = rows+t.Rows, left+t.LeftOut
	}
	fmt.Fprintf(&b, "%s: %s in %s, %s\n", baseName(k.to), figures.Plural(rows, "row", "rows"), figures.Plural(int64(len(s.Tables)), "table", "tables"), figures.Plural(s.Patients, "patient", "patients"))
	if s.RepeatedPractices > 0 {
		fmt.Fprintf(&b, "Left out: %s of the practice table that name a practice again.\n", figures.Plural(s.RepeatedPractices, "row", "rows"))
	}
	if hide != nil {
		hide.say(&b, s.Anonymised, left)
	} else {
		b.WriteString("These are the patients' records, with ids as they were. Keep them where the extract is.\n")
	}
	_, err := io.WriteString(k.console.out, visible.Text(b.String()))
	return outputErrorOrNil("standard output", err)
}
