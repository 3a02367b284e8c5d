package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"paperlight/analyzer/comparison"
	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
)

const compareText = `Hold two reports (check --format json=FILE) of a practice against each other: which
verdicts moved, which checks were put right, and where fewer or more records are
left. Where the two were not judged by the same rules and scheme, it says so.

Of two runs of a history (check --history) it also says which records are fixed, new
or still open: the last two of a practice, or those of the numbers given.`

// reports bounds the file of a report.
const maxReport = 256 << 20

func newCompare(c *console) *cobra.Command {
	var formats []string
	var failOn string
	var past pastPair
	cmd := &cobra.Command{
		Use:         "compare BEFORE.json AFTER.json",
		Short:       "Say what changed between two reports, or two runs of a history",
		Long:        compareText,
		Example:     "  paperlight check extract --format json=march.json\n  paperlight compare february.json march.json\n  paperlight compare --history runs.history\n  paperlight compare 3 5 --history runs.history",
		Args:        past.args,
		Annotations: readingArguments(),
		RunE: func(cmd *cobra.Command, args []string) error {
			outputs, err := parseOutputs(formats, []string{"text", "json"})
			if err != nil {
				return err
			}
			if failOn != "never" && failOn != "worse" {
				return usage("--fail-on %s: want never or worse", failOn)
			}
			if past.file != "" {
				return past.compare(cmd.Context(), c, outputs, failOn == "worse")
			}
			return compareReports(cmd.Context(), c, args, outputs, failOn == "worse")
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&formats, "format", []string{"text"}, "text or json; name=path writes a file; repeatable")
	f.StringVar(&failOn, "fail-on", "never", "end with 1 where something got worse: never, or worse (a verdict, or a check that can stop the practice)")
	f.StringVar(&past.file, "history", "", "compare two runs of this history, given by their numbers; without numbers the last two")
	reading(f, "history")
	f.StringVar(&past.practice, "practice", "", "with --history: of this practice")
	return cmd
}

// compareReports writes what changed from the first report to the second.
func compareReports(ctx context.Context, c *console, paths []string, outputs []output, failOnWorse bool) error {
	var inputs []inputPath
	for _, path := range paths {
		inputs = append(inputs, inputPath{"the report " + baseName(path), path})
	}
	w, err := claim(c, outputs, inputs)
	if err != nil {
		return err
	}
	defer w.abandon()
	var read [2]*report.Report
	for i, path := range paths {
		if read[i], err = readReport(path); err != nil {
			return err
		}
	}
	return writeComparison(ctx, c, w, outputs, comparison.Of(read[0], read[1]), failOnWorse)
}

// writeComparison writes what changed, and ends with 1 where that is asked for.
func writeComparison(ctx context.Context, c *console, w *writing, outputs []output, found *comparison.Comparison, failOnWorse bool) error {
	err := render(ctx, w, outputs, func(o output, to io.Writer) error {
		if o.form == "json" {
			text, err := visible.JSON(found)
			if err == nil {
				_, err = to.Write(text)
			}
			return err
		}
		return found.Text(to)
	}, c.out)
	if err == nil && failOnWorse && found.GotWorse() {
		return errNotMet
	}
	return err
}

// readReport reads the JSON form of a report.
func readReport(path string) (*report.Report, error) {
	text, err := readRegularTo(path, maxReport)
	if err != nil {
		return nil, fail(exitInput, fmt.Errorf("%s: cannot be read as a file", baseName(path)), "give the file that check --format json=FILE wrote")
	}
	r, err := report.ReadJSON(bytes.NewReader(text))
	if err == nil && (r.SchemaVersion == "" || r.Practices == nil) {
		err = errors.New("not a report")
	}
	if err != nil {
		return nil, fail(exitInput, fmt.Errorf("%s: is not a report of paperlight", baseName(path)), "give the file that check --format json=FILE wrote")
	}
	return r, nil
}
