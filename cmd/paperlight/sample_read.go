package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"paperlight/analyzer/report"
	"paperlight/analyzer/sampling"
)

const sampleReadText = `Read tick sheets back: the workbook or the CSV that "sample" wrote, answered. Several
people may share the lines, each in a copy. Says for each check how far they and the
program agree, with kappa, and whether the check is verified.

The file of --out holds counts and no record: evidence --sample takes it into a bundle.`

func newSampleRead(c *console) *cobra.Command {
	s := &sheetReading{console: c}
	cmd := &cobra.Command{
		Use:         "read SHEETS... --draw FILE --seed WORDS",
		Short:       "Read tick sheets back, and say how far people and the program agree",
		Long:        sampleReadText,
		Example:     "  paperlight sample read tick-sheets.xlsx --draw draw.json --seed \"blue horse seven\" --out result.json",
		Args:        func(_ *cobra.Command, args []string) error { return atLeastOne("the tick sheets")(args) },
		Annotations: readingArguments(),
		RunE:        func(cmd *cobra.Command, args []string) error { return s.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	f.StringVar(&s.draw, "draw", "", "the file draw.json, which was made with the sheets")
	f.StringVar(&s.seed, "seed", "", "the words that the records were drawn with, in quotes")
	f.StringVar(&s.out, "out", "", "file for the result, which may leave the practice: counts, and no record")
	f.StringVar(&s.level, "level", "practice", "who reads what is printed: practice (with the numbers of lines that differ), assessor (counts alone)")
	f.StringArrayVar(&s.formats, "format", []string{"text"}, "text or json; name=path writes a file; repeatable")
	reading(f, "draw")
	return cmd
}

// sheetReading is one run of sample read.
type sheetReading struct {
	console                *console
	draw, seed, out, level string
	formats                []string
}

// errNotVerifiedByHand says that not every check is verified; what is wrong was said.
var errNotVerifiedByHand = &failure{code: exitNotMet, err: errors.New("not every check is verified")}

func (s *sheetReading) run(ctx context.Context, paths []string) error {
	outputs, err := parseOutputs(s.formats, []string{"text", "json"})
	if err != nil {
		return err
	}
	seed, err := sampling.NewSeed(s.seed)
	if err != nil {
		return fail(exitUsage, fmt.Errorf("--seed: %w", err), seedHint)
	}
	if s.draw == "" {
		return usage("want --draw with the file %s, which was made with the sheets", drawName)
	}
	if !slices.Contains([]string{string(report.Practice), string(report.Assessor)}, s.level) {
		return usage("--level %s: want practice or assessor", s.level)
	}
	inputs := []inputPath{{"--draw " + baseName(s.draw), s.draw}}
	for _, path := range paths {
		inputs = append(inputs, inputPath{"the tick sheet " + baseName(path), path})
	}
	var others []*target
	if s.out != "" {
		t, err := fileTarget("--out", s.out)
		if err != nil {
			return err
		}
		others = append(others, t)
	}
	w, err := claim(s.console, outputs, inputs, others...)
	if err != nil {
		return err
	}
	defer w.abandon()
	found, err := s.read(paths, seed)
	if err != nil {
		return err
	}
	if len(others) > 0 {
		text, err := found.File()
		if err != nil {
			return err
		}
		if err := w.write(others[0], "", func(to io.Writer) error { _, err := to.Write(text); return err }); err != nil {
			return err
		}
	}
	if s.level != string(report.Practice) {
		found.Differences = nil
	}
	err = render(ctx, w, outputs, func(o output, to io.Writer) error {
		if o.form == "json" {
			text, err := found.JSON()
			if err == nil {
				_, err = to.Write(text)
			}
			return err
		}
		return found.Text(to)
	}, s.console.out)
	if err == nil && !found.AllVerified() {
		return errNotVerifiedByHand
	}
	return err
}

// read reads the sheets with the file of their draw.
func (s *sheetReading) read(paths []string, seed sampling.Seed) (*sampling.Result, error) {
	text, err := readRegularTo(s.draw, sampling.MaxSealed)
	if err != nil {
		return nil, fail(exitInput, fmt.Errorf("--draw %s: cannot be read as a file", baseName(s.draw)), "give the file "+drawName+" that sample wrote")
	}
	sealed, err := sampling.Open(text, seed)
	if err != nil {
		hint := "give the file " + drawName + " that was made with the sheets, as it was made"
		if errors.Is(err, sampling.ErrSeed) {
			hint = "give the words of the seed as they were given to sample; capitals make no difference"
		}
		return nil, fail(exitInput, fmt.Errorf("--draw %s: %w", baseName(s.draw), err), hint)
	}
	sheets := sampling.NewReading(sealed)
	for _, path := range paths {
		text, err := readRegularTo(path, sampling.MaxSheet)
		if err != nil {
			return nil, fail(exitInput, fmt.Errorf("%s: cannot be read as a file of at most %d MiB", baseName(path), sampling.MaxSheet>>20), "give the tick sheets that sample wrote")
		}
		sheets.Add(baseName(path), text)
	}
	found, err := sheets.Result()
	var told *sampling.SheetError
	if errors.As(err, &told) {
		return nil, fail(exitInput, errors.New(strings.ReplaceAll(told.Error(), "\n", "\n  ")), "put these right in the sheet, and read it again; nothing was written")
	}
	return found, err
}
