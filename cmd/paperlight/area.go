package main

import (
	"context"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"paperlight/analyzer/area"
	"paperlight/analyzer/report"
	"paperlight/analyzer/savedstate"
)

const areaText = `Look at practices by the area that they are in. The file has a line for each practice:
area, list size, invited, declined, go-live, uploads, spend. For each area it says how
far the upload of records has come, when that crosses the line at the pace of late, which
practices declined, and what a record costs.

With saved states (--states, or --run with the folder of assess) it also says how many
practices are ready, and which differ from the others by more than chance.

docs/area.md has the columns, and how each figure is made.`

func newArea(c *console) *cobra.Command {
	a := &areaLooking{merging: merging{console: c}}
	cmd := &cobra.Command{
		Use:         "area FILE.csv",
		Short:       "Look at areas: uptake, forecast, cost, how practices differ",
		Long:        areaText,
		Example:     "  paperlight area area.csv --as-of 2026-03-31\n  paperlight area area.csv --run march --out areas\n  paperlight area area.csv --level publish --format html=areas.html",
		Annotations: readingArguments(),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("want one file of areas")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			a.area.file = args[0]
			return a.look(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&a.formats, "format", []string{"text"}, "text, csv, json or html; name=path writes a file; repeatable")
	f.StringVar(&a.out, "out", "", "folder for the view in every form: areas.html, .csv, .json and funnels.csv")
	f.StringVar(&a.asOf, "as-of", "", `the day that the file is of, YYYY-MM-DD; else its column "as of", else the latest day of the extracts`)
	f.StringVar(&a.level, "level", "assessor", "who may see it: assessor (practices are named), publish (areas alone, small counts hidden)")
	f.IntVar(&a.area.line, "line", area.UsualLine, "the share of patients, in percent, that uptake is to be over")
	f.IntVar(&a.area.pace, "pace-months", area.UsualPace, "months of go-lives that a forecast takes its pace from")
	f.StringArrayVar(&a.states, "states", nil, "folder of saved states of the practices; repeatable")
	f.StringVar(&a.runIn, "run", "", "folder that assess wrote: the practices of that run")
	reading(f, "states", "run")
	f.BoolVar(&a.newer, "newer", false, "of two extracts of one practice, take the one of the later day")
	f.BoolVar(&a.replay, "replay", false, "judge states by other rules than they were made with, where that can be done without the extract")
	a.rules.add(f)
	a.rules.addScheme(f)
	return cmd
}

// areaLooking is one run of area. Its states are read and judged as merge does.
type areaLooking struct {
	merging
	formats, states []string
	asOf, runIn     string
	outputs         []output
	folder          *target // nil where no folder is asked for
}

func (a *areaLooking) look(ctx context.Context) error {
	if err := a.check(); err != nil {
		return err
	}
	folders := a.states
	if a.runIn != "" {
		a.of = filepath.Join(a.runIn, runFile)
		folders, a.more = []string{filepath.Join(a.runIn, statesIn)}, a.states
	}
	var targets []*target
	if a.folder != nil {
		targets = append(targets, a.folder)
	}
	w, err := claim(a.console, a.outputs, a.inputs(folders), targets...)
	if err != nil {
		return err
	}
	defer w.abandon()
	book, err := a.area.read()
	if err != nil {
		return err
	}
	var judged []area.Judged
	var by *savedstate.Judging
	if len(folders) > 0 {
		if judged, err = a.judgeAll(ctx, folders); err != nil {
			return err
		}
		by = &a.by
	}
	view, err := a.area.view(book, judged, by)
	if err != nil {
		return err
	}
	if a.folder != nil {
		if err := writeView(w, a.folder, view); err != nil {
			return err
		}
	}
	forms := map[string]func(io.Writer) error{"text": view.WriteText, "csv": view.WriteCSV, "json": view.WriteJSON, "html": view.WriteHTML}
	return render(ctx, w, a.outputs, func(o output, to io.Writer) error { return forms[o.form](to) }, a.console.out)
}

// check checks what is asked for before anything is read.
func (a *areaLooking) check() (err error) {
	if a.outputs, err = parseOutputs(a.formats, []string{"text", "csv", "json", "html"}); err != nil {
		return err
	}
	a.area.level = report.Level(a.level)
	if a.area.level != report.Assessor && a.area.level != report.Publish {
		return usage("--level %s: want assessor or publish", a.level)
	}
	if a.area.asOf, err = askedDay("--as-of", a.asOf); err != nil {
		return err
	}
	if a.area.line < 1 || a.area.line > 99 {
		return usage("--line %d: want a percentage from 1 to 99", a.area.line)
	}
	if a.area.pace < 1 || a.area.pace > 36 {
		return usage("--pace-months %d: want 1 to 36", a.area.pace)
	}
	a.jobs = 1
	if a.out == "" {
		return nil
	}
	if a.folder, err = folderTarget("--out", a.out); err == nil {
		a.folder.above = true
	}
	return err
}

// judgeAll judges the practices of saved states.
func (a *areaLooking) judgeAll(ctx context.Context, folders []string) ([]area.Judged, error) {
	a.level = string(report.Assessor) // exact: the view restricts what it shows
	if err := a.load(); err != nil {
		return nil, err
	}
	standings, _, err := a.standings(ctx, folders)
	if err != nil {
		return nil, err
	}
	one := &judge{merging: &a.merging}
	defer one.close()
	var out []area.Judged
	for i := range standings {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		a.console.moved.Add(1)
		counted, err := countedOf(&standings[i], &a.by, one.open)
		if err != nil {
			return nil, err
		}
		out = append(out, counted...)
	}
	return out, nil
}
