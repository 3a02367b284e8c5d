package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"paperlight/analyzer/challenge"
	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
)

const challengeText = `Contest what a check found, without handing over a record. The practice names records
of its worklists by handles; the assessor sees the check, a reason from a list and how
many records, and decides. All of it is kept in one file, step by step, which evidence
--challenge takes into a bundle. docs/sampling.md has the whole way.`

func newChallenge(c *console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "challenge", Short: "Contest findings, and decide on what was contested", Long: challengeText, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newChallengeHandles(c), newChallengeOpen(c), newChallengeList(c), newChallengeDecide(c))
	return cmd
}

// challengeDay is the day of a step.
func challengeDay(on string) (string, error) {
	if on == "" {
		return time.Now().Format(time.DateOnly), nil
	}
	day, err := parseDay("--on", on)
	return day.Time().Format(time.DateOnly), err
}

// refusedStep is a step that may not follow, or a file that is not one of ours, by the
// name of the file.
func refusedStep(name string, code int, err error) error {
	var told *challenge.Error
	if errors.As(err, &told) {
		return fail(code, errors.New(name+": "+told.Message), told.Hint)
	}
	return err
}

// readChallenges reads a file of challenges.
func readChallenges(path string) (*challenge.File, error) {
	text, err := readRegularTo(path, challenge.MaxBytes)
	if err != nil {
		return nil, fail(exitInput, fmt.Errorf("%s: cannot be read as a file of challenges", baseName(path)), "give the file that challenge open wrote")
	}
	f, err := challenge.Read(text)
	return f, refusedStep(baseName(path), exitInput, err)
}

// writeChallenges puts the file in the place of the one that was there.
func writeChallenges(ctx context.Context, w *writing, t *target, f *challenge.File) error {
	text, err := f.Text()
	if err != nil {
		return err
	}
	if err := w.write(t, "", func(to io.Writer) error { _, err := to.Write(text); return err }); err != nil {
		return err
	}
	return w.commit(ctx)
}

func newChallengeList(c *console) *cobra.Command {
	var formats []string
	cmd := &cobra.Command{
		Use: "list FILE...", Short: "List challenges: check, reason, count and what was decided", Annotations: readingArguments(),
		Example: "  paperlight challenge list challenges.json",
		Args:    func(_ *cobra.Command, args []string) error { return atLeastOne("a file of challenges")(args) },
		RunE: func(cmd *cobra.Command, args []string) error {
			return listChallenges(cmd.Context(), c, args, formats)
		},
	}
	cmd.Flags().StringArrayVar(&formats, "format", []string{"text"}, "text or json; name=path writes a file; repeatable")
	return cmd
}

func listChallenges(ctx context.Context, c *console, paths, formats []string) error {
	outputs, err := parseOutputs(formats, []string{"text", "json"})
	if err != nil {
		return err
	}
	var inputs []inputPath
	for _, path := range paths {
		inputs = append(inputs, inputPath{"the challenges " + baseName(path), path})
	}
	w, err := claim(c, outputs, inputs)
	if err != nil {
		return err
	}
	defer w.abandon()
	var files []*challenge.File
	for _, path := range paths {
		f, err := readChallenges(path)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	listing := challenge.List(files)
	return render(ctx, w, outputs, func(o output, to io.Writer) error {
		if o.form == "json" {
			text, err := visible.JSON(listing)
			if err == nil {
				_, err = to.Write(text)
			}
			return err
		}
		return listing.Text(to)
	}, c.out)
}

// deciding is one run of challenge decide.
type deciding struct {
	console              *console
	number               int
	outcome, because, on string
}

func newChallengeDecide(c *console) *cobra.Command {
	d := &deciding{console: c}
	cmd := &cobra.Command{
		Use: "decide FILE --challenge NUMBER --outcome OUTCOME --because GROUND", Short: "Decide on a challenge", Annotations: readingArguments(),
		Long: "Add to a file of challenges what was decided of one. It changes no count, status or\nverdict. What was decided stands.\n\n" +
			"Outcomes, and the grounds of each:\n" + outcomeHelp(),
		Example: "  paperlight challenge decide challenges.json --challenge 1 --outcome upheld --because seen",
		Args:    exactly(1, "the file of challenges"),
		RunE:    func(cmd *cobra.Command, args []string) error { return d.run(cmd.Context(), args[0]) },
	}
	f := cmd.Flags()
	f.IntVar(&d.number, "challenge", 0, "the number of the challenge in the file")
	f.StringVar(&d.outcome, "outcome", "", strings.Join(challenge.IDs(challenge.Outcomes), ", "))
	f.StringVar(&d.because, "because", "", "the ground of the outcome: "+groundsHelp())
	f.StringVar(&d.on, "on", "", "the day of the decision, YYYY-MM-DD (default: today)")
	return cmd
}

// groundsHelp is "for upheld seen, evidence; for dismissed ...".
func groundsHelp() string {
	var out []string
	for _, o := range challenge.Outcomes {
		out = append(out, "for "+o.ID+" "+strings.Join(challenge.IDs(challenge.Because[challenge.Outcome(o.ID)]), ", "))
	}
	return strings.Join(out, "; ")
}

func outcomeHelp() string {
	var b strings.Builder
	for _, o := range challenge.Outcomes {
		fmt.Fprintf(&b, "  %-10s %s\n", o.ID, o.Says)
		for _, why := range challenge.Because[challenge.Outcome(o.ID)] {
			fmt.Fprintf(&b, "    %-13s %s\n", why.ID, why.Says)
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (d *deciding) run(ctx context.Context, path string) error {
	on, err := challengeDay(d.on)
	if err != nil {
		return err
	}
	if d.number < 1 {
		return usage("want --challenge with the number of the challenge in the file")
	}
	t, err := fileTarget("challenge decide", path)
	if err != nil {
		return err
	}
	if err := found([]string{path}); err != nil {
		return err
	}
	w, err := begin(d.console.disk, nil, t)
	if err != nil {
		return err
	}
	defer w.abandon()
	f, err := readChallenges(t.path)
	if err != nil {
		return err
	}
	if err := f.Decide(on, d.number, challenge.Outcome(d.outcome), d.because); err != nil {
		return refusedStep(t.name, exitUsage, err)
	}
	if err := writeChallenges(ctx, w, t, f); err != nil {
		return err
	}
	fmt.Fprintf(d.console.out, "%s: challenge %d is %s. %s\n", t.name, d.number, d.outcome, challenge.Says(challenge.Outcomes, d.outcome))
	return nil
}

// aboutReport is what a file of challenges says of the report it is of.
func aboutReport(r *report.Report, p *report.PracticeReport) challenge.About {
	sum := r.Extract.SHA256
	if p.Extract >= 0 && p.Extract < len(r.Extracts) {
		sum = r.Extracts[p.Extract].SHA256
	}
	return challenge.About{Practice: p.PracticeID, AsOf: p.AsOf, Extract: sum, Rules: r.Rules.SHA256, Scheme: r.Scheme.SHA256}
}

// contestable says why a check of a practice cannot be contested; empty where it can.
func contestable(p *report.PracticeReport, rule string) string {
	asked, unmet := false, false
	for _, a := range p.Accreditations {
		for _, c := range a.Criteria {
			if c.Rule == rule {
				asked = true
				unmet = unmet || slices.Contains([]report.Status{report.Failed, report.TooFew, report.Shown}, c.Status)
			}
		}
	}
	switch {
	case !asked:
		return "the scheme does not ask for it"
	case !unmet:
		return "it is met, or was not judged, so there is nothing to contest"
	}
	return ""
}
