package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"paperlight/analyzer/area"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/fleet"
	"paperlight/analyzer/report"
	"paperlight/analyzer/savedstate"
	"paperlight/analyzer/score"
	"paperlight/rules"
)

const mergeText = `Join saved states (shard, assess) into one table of practices, with the report of each
beside it. The order of the states does not matter, and one that is there twice counts
once. Two extracts of one practice are refused, unless --newer takes the later.

States are judged by the rules and the scheme given. Those that were made with other
rules are refused. --replay judges those that can be, and says which practices would
need their extract again.`

func newMerge(c *console) *cobra.Command {
	m := &merging{console: c}
	cmd := &cobra.Command{
		Use:         "merge STATES... --out FOLDER",
		Short:       "Join saved states: a table of practices, and their reports",
		Long:        mergeText,
		Example:     "  paperlight merge states --out march\n  paperlight merge states --scheme scr-2010 --out summary-care\n  paperlight merge states --replay --catalogue new-rules --out replayed",
		Annotations: readingArguments(),
		Args:        func(_ *cobra.Command, args []string) error { return atLeastOne("folders of saved states")(args) },
		RunE:        func(cmd *cobra.Command, args []string) error { return m.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	m.add(f)
	m.rules.add(f)
	m.rules.addScheme(f)
	f.StringVar(&m.out, "out", "", "the folder for the table and the reports")
	f.StringVar(&m.declarations, "declarations", "", "file of answers that shard was given, to say which of them are of no practice")
	reading(f, "declarations")
	f.StringVar(&m.of, "run", "", "file of a run of assess: only its extracts have a row, and the others tell of earlier days")
	reading(f, "run")
	f.IntVar(&m.jobs, "jobs", runtime.NumCPU(), "practices judged at the same time")
	f.Lookup("jobs").DefValue = "one a processor"
	f.BoolVar(&m.quiet, "quiet", false, "say nothing but errors")
	return cmd
}

// add adds the flags that assess has too.
func (m *merging) add(f *pflag.FlagSet) {
	f.StringVar(&m.level, "level", "assessor", "who may see it: assessor (no keys), publish (small counts hidden)")
	f.StringSliceVar(&m.reports, "reports", []string{"html", "json"}, "forms of the report of each practice: html, json, none")
	f.StringArrayVar(&m.more, "states", nil, "folder of further saved states, whose practices have a row too")
	reading(f, "states")
	f.StringVar(&m.area.file, "area", "", "file of areas, a line a practice: writes areas.html, .csv, .json and funnels.csv too (docs/area.md)")
	reading(f, "area")
	f.BoolVar(&m.newer, "newer", false, "of two extracts of one practice, take the one of the later day")
	f.BoolVar(&m.replay, "replay", false, "judge states by other rules than they were made with, where that can be done without the extract")
}

// merging is one run of merge.
type merging struct {
	console       *console
	rules         ruleFlags
	out, of       string
	declarations  string
	answers       []rules.Declaration
	level         string
	more, reports []string
	newer, replay bool
	area          areaFile
	jobs          int
	quiet         bool
	by            savedstate.Judging
	ran           *fleet.Run // what became of the plan; nil where --run is not given
}

func (m *merging) run(ctx context.Context, folders []string) error {
	t, err := m.check()
	if err != nil {
		return err
	}
	w, err := claim(m.console, nil, m.inputs(folders), t)
	if err != nil {
		return err
	}
	defer w.abandon()
	if err := m.load(); err != nil {
		return err
	}
	book, err := m.area.read()
	if err != nil {
		return err
	}
	standings, notRead, err := m.standings(ctx, folders)
	if err != nil {
		return err
	}
	table, judged, err := m.write(ctx, w, t, standings, notRead)
	if err != nil {
		return err
	}
	if book != nil {
		view, err := m.area.view(book, judged, &m.by)
		if err == nil {
			err = writeView(w, t, view)
		}
		if err != nil {
			return err
		}
	}
	if err := w.commit(ctx); err != nil {
		return err
	}
	return m.end(table, fleet.OfNobody(m.answers, standings))
}

// inputs are what is read.
func (m *merging) inputs(folders []string) []inputPath {
	inputs := m.rules.inputs(m.declarations, slices.Concat(folders, m.more)...)
	if m.of != "" {
		inputs = append(inputs, inputPath{"--run " + baseName(m.of), m.of})
	}
	if m.area.file != "" {
		inputs = append(inputs, inputPath{"the file of areas " + baseName(m.area.file), m.area.file})
	}
	return inputs
}

func (m *merging) check() (*target, error) {
	if m.out == "" {
		return nil, usage("want --out with the folder for the table and the reports")
	}
	if m.level != string(report.Assessor) && m.level != string(report.Publish) {
		return nil, usage("--level %s: want assessor or publish; a saved state has no names of files, so a report for the practice is made by check, of its extract", m.level)
	}
	for _, form := range m.reports {
		if form != "html" && form != "json" && (form != "none" || len(m.reports) > 1) {
			return nil, usage("--reports %s: want html, json or both, or none", strings.Join(m.reports, ","))
		}
	}
	if m.jobs < 1 || m.jobs > 1024 {
		return nil, usage("--jobs %d: want 1 to 1024", m.jobs)
	}
	m.area.level, m.area.line, m.area.pace = report.Level(m.level), area.UsualLine, area.UsualPace
	t, err := folderTarget("--out", m.out)
	if err == nil {
		t.above = true
	}
	return t, err
}

// load loads what the states are judged by.
func (m *merging) load() (err error) {
	if m.by.Catalogue, m.by.Scheme, err = m.rules.chosen(); err != nil {
		return err
	}
	files, err := answersAt(m.declarations)
	if err != nil {
		return err
	}
	if m.answers, err = soundAnswers(files, m.by.Catalogue); err != nil {
		return err
	}
	m.by.Counted, m.by.Level, m.by.ToolVersion = m.by.Catalogue.Counted(), report.Level(m.level), version
	m.by.Reads = score.ReadsOf(m.by.Catalogue)
	m.by.Options = (&checking{console: m.console, rules: m.rules}).asked(nil)
	return nil
}

// write writes the table and the reports. A state is read again when its practice is judged,
// and what is kept of it is the row: so few practices are in memory at a time.
func (m *merging) write(ctx context.Context, w *writing, t *target, standings []fleet.Standing, notRead []fleet.NotRead) (*fleet.Table, []area.Judged, error) {
	table := fleet.NewTable(&m.by, m.forms())
	table.NotRead = append(table.NotRead, notRead...)
	var counted []area.Judged
	judges := make([]*judge, m.jobs)
	for i := range judges {
		judges[i] = &judge{merging: m}
		defer judges[i].close()
	}
	for first := 0; first < len(standings); first += m.jobs * atATime {
		all, err := m.judgeSome(ctx, judges, standings[first:min(first+m.jobs*atATime, len(standings))])
		if err != nil {
			return nil, nil, err
		}
		for _, one := range all {
			m.console.moved.Add(1)
			table.Practices = append(table.Practices, one.row)
			counted = append(counted, one.counted...)
			for _, form := range m.forms() {
				if one.forms[form] == nil {
					continue
				}
				if err := w.write(t, "reports/"+one.row.Report+"."+form, text(string(one.forms[form]))); err != nil {
					return nil, nil, err
				}
			}
		}
	}
	for _, form := range []struct {
		name  string
		write func(io.Writer) error
	}{{"practices.csv", table.WriteCSV}, {"practices.json", table.WriteJSON}, {"practices.html", table.WriteHTML}} {
		if err := w.write(t, form.name, form.write); err != nil {
			return nil, nil, err
		}
	}
	return table, counted, nil
}

// forms are the forms of reports, in one order.
func (m *merging) forms() []string {
	out := []string{}
	for _, form := range []string{"html", "json"} {
		if slices.Contains(m.reports, form) {
			out = append(out, form)
		}
	}
	return out
}

// end says how many practices there are, and ends with the code of what was not judged.
// nobodys are answers of practices that have no row.
func (m *merging) end(t *fleet.Table, nobodys []rules.Declaration) error {
	notJudged := 0
	for i := range t.Practices {
		if t.Practices[i].NotJudged != "" {
			notJudged++
		}
	}
	if !m.quiet {
		says := figures.Plural(int64(len(t.Practices)-notJudged), "practice judged", "practices judged")
		if notJudged > 0 {
			says += ", " + figures.Count(int64(notJudged)) + " not judged: the table says why"
		}
		fmt.Fprintf(m.console.err, "%s: %s\n", baseName(m.out), says)
	}
	var all []report.NotRead
	for _, n := range t.NotRead {
		all = append(all, report.NotRead{ExitCode: n.ExitCode})
	}
	switch {
	case len(all) > 0:
		return fail(worstOf(all), fmt.Errorf("%s could not be read", figures.Plural(int64(len(all)), "extract", "extracts")), "what is said is of the others")
	case notJudged > 0 && !m.replay:
		return fail(exitInput, fmt.Errorf("%s could not be judged", figures.Plural(int64(notJudged), "practice", "practices")), "the table says why")
	case len(nobodys) > 0: // where an extract could not be read, they may be of its practices
		return fail(exitInput, fmt.Errorf("%s, practice: no extract has a practice of this id. All is written, and these answers count for nothing", rules.Places(nobodys)),
			"write practice as the extract has its practice_id")
	}
	return nil
}
