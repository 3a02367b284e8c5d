package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"paperlight/analyzer/history"
	"paperlight/analyzer/visible"
)

const trendText = `Say run by run how a practice stands: its verdicts and scores, how many records are
to put right, and how many were fixed, new or back again since the run before. The
runs are those that check --history FILE added.`

func newTrend(c *console) *cobra.Command {
	var formats []string
	var file, practice string
	cmd := &cobra.Command{
		Use:     "trend --history FILE",
		Short:   "Say how a practice stands from run to run",
		Long:    trendText,
		Example: "  paperlight check extract --history runs.history\n  paperlight trend --history runs.history\n  paperlight trend --history runs.history --format csv=trend.csv",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			outputs, err := parseOutputs(formats, []string{"text", "json", "csv"})
			if err != nil {
				return err
			}
			if file == "" {
				return usage("want --history FILE, the file that check --history added runs to")
			}
			return writeTrend(cmd.Context(), c, file, practice, outputs)
		},
	}
	f := cmd.Flags()
	f.StringVar(&file, "history", "", "the file of past runs")
	reading(f, "history")
	f.StringVar(&practice, "practice", "", "of this practice alone")
	f.StringArrayVar(&formats, "format", []string{"text"}, "text, json or csv; name=path writes a file; repeatable")
	return cmd
}

func writeTrend(ctx context.Context, c *console, file, practice string, outputs []output) error {
	w, err := claim(c, outputs, historyInputs(file))
	if err != nil {
		return err
	}
	defer w.abandon()
	return withTrends(file, practice, func(_ *history.History, trends *history.Trends) error {
		return render(ctx, w, outputs, func(o output, to io.Writer) error {
			switch o.form {
			case "json":
				text, err := visible.JSON(trends)
				if err == nil {
					_, err = to.Write(text)
				}
				return err
			case "csv":
				return trends.CSV(to)
			}
			return trends.Text(to)
		}, c.out)
	})
}

// withTrends does something with the trends of a history, which is open meanwhile.
func withTrends(file, practice string, do func(*history.History, *history.Trends) error) (err error) {
	h, err := openHistory(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	trends, err := trendsOf(h, practice)
	if err != nil {
		return namedHistory(baseName(file), err)
	}
	return do(h, trends)
}

// trendsOf are the trends of all practices, or of one.
func trendsOf(h *history.History, practice string) (*history.Trends, error) {
	if practice != "" {
		id, err := onePractice(h, practice)
		if err != nil {
			return nil, err
		}
		practice = id
	}
	all, err := h.Practices()
	if err != nil {
		return nil, err
	}
	out := &history.Trends{Practices: []history.PracticeTrend{}}
	for _, p := range all {
		if practice != "" && p.ID != practice {
			continue
		}
		points, err := h.Trend(p.ID)
		if err != nil {
			return nil, err
		}
		out.Practices = append(out.Practices, history.PracticeTrend{ID: p.ID, Name: p.Name, Runs: points})
	}
	return out, nil
}
