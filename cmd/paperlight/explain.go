package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"paperlight/analyzer"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
	"paperlight/rules"
)

func newExplain(c *console) *cobra.Command {
	k := &checking{console: c, failOn: "never", level: "practice"}
	var plan bool
	var patient string
	cmd := &cobra.Command{
		Use:   "explain RULE [EXTRACT...]",
		Short: "Explain a rule, and what it finds in an extract",
		Example: `  paperlight explain medication/repeat-reviewed
  paperlight explain MED-009 extract.zip
  paperlight explain scr/core-content-coded extract.zip --patient 9f3a01`,
		Args: func(_ *cobra.Command, args []string) error {
			return atLeastOne("a rule id or code, and perhaps an extract")(args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			given := cmd.Flags().Changed("patient")
			switch {
			case k.level != "practice":
				return fail(exitPrivacy, fmt.Errorf("explain shows exact counts and records, and the level is %s", k.level), "it works at --level practice only, and stays where the extract is")
			case given && (patient == "" || len(args) == 1):
				return usage("--patient: want the key of a patient, and the extract")
			case len(args) == 1:
				return explainRule(&k.rules, c, args[0])
			}
			return k.explain(cmd.Context(), args[0], args[1:], plan, patient)
		},
	}
	f := cmd.Flags()
	k.read.add(f)
	k.rules.add(f)
	k.rules.addScheme(f)
	f.StringVar(&k.asOf, "as-of", "", "judge as of this day, YYYY-MM-DD (default: the extract's own date)")
	f.StringVar(&k.declarations, "declarations", "", "file of the practice's answers to what an extract cannot show")
	reading(f, "declarations")
	k.addOthersAnswered(f)
	f.StringVar(&k.level, "level", "practice", "practice: explain works at no other")
	f.StringVar(&patient, "patient", "", "key of one patient: say, condition by condition, why the rule counts the patient or not, and which records decide")
	f.BoolVar(&plan, "plan", false, "say in which order the tables are read for this rule, and why")
	return cmd
}

func explainRule(flags *ruleFlags, c *console, name string) error {
	if err := c.apart(flags.inputs("")); err != nil {
		return err
	}
	catalogue, err := flags.catalogue()
	if err != nil {
		return err
	}
	rule, err := oneRule(catalogue, name)
	if err != nil {
		return err
	}
	_, err = io.WriteString(c.out, visible.Text(rule.Markdown()))
	return err
}

// explain runs one rule over an extract and puts its arithmetic in words.
func (k *checking) explain(ctx context.Context, name string, paths []string, plan bool, patient string) (err error) {
	if err := k.prepare(); err != nil {
		return err
	}
	defer k.line.finish()
	if err := k.console.apart(k.inputs(paths)); err != nil {
		return err
	}
	catalogue, scheme, err := k.rules.chosen()
	if err != nil {
		return err
	}
	rule, err := oneRule(catalogue, name)
	if err != nil {
		return err
	}
	if patient != "" {
		if err := traceable(rule); err != nil {
			return err
		}
		k.options.Reasons, k.options.Steps = true, true
	}
	judged, err := k.examine(ctx, paths, analyzer.Options{Catalogue: catalogue, Scheme: scheme, Only: rule}, false)
	if err != nil {
		return err
	}
	defer closing(judged.Close, &err)
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n%s\n", rule.Title, rule.ID, strings.Repeat("-", len(rule.Title)+len(rule.ID)+3))
	if err := explainFound(ctx, &b, rule, judged, patient); err != nil {
		return err
	}
	if rule.Fix != "" {
		fmt.Fprintf(&b, "\nWhat to do: %s\n", report.WithoutList(rule.Fix))
	}
	fmt.Fprintf(&b, "The page of the rule: paperlight rules show %s\n", rule.ID)
	if plan {
		b.WriteString("\nHow it is read:\n")
		for _, line := range judged.Outcome.Run.Explain() {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	_, err = io.WriteString(k.console.out, visible.Text(b.String()))
	return err
}

// explainFound says what the rule found: of one patient, or else of each practice.
func explainFound(ctx context.Context, b *strings.Builder, rule *rules.Rule, judged *analyzer.Judgement, patient string) error {
	missing, lacks := judged.Outcome.Missing[rule.ID]
	switch {
	case patient == "":
		for i := range judged.Exact.Practices {
			explainPractice(b, rule, &judged.Exact.Practices[i])
		}
		return nil
	case lacks:
		fmt.Fprintf(b, "\nThis extract cannot show it. %s\n", report.Lacks(missing))
		return nil
	}
	t, err := trace(ctx, judged, rule, patient)
	if err == nil {
		t.write(b)
	}
	return err
}

// explainPractice puts one practice's numbers in words.
func explainPractice(b *strings.Builder, rule *rules.Rule, p *report.PracticeReport) {
	name := p.PracticeID
	if p.Name != "" {
		name = p.Name + " (" + p.PracticeID + ")"
	}
	fmt.Fprintf(b, "\n%s, as of %s (%s)\n", visible.Line(name), p.AsOf, report.AsOfWords(p.AsOfFrom))
	var result report.Result
	for _, one := range p.Results {
		if one.Rule == rule.ID {
			result = one
		}
	}
	if result.Denominator == nil {
		fmt.Fprintf(b, "  This extract cannot show it. %s\n", report.Lacks(result.Missing))
	} else {
		explainCounts(b, rule, &result)
	}
	for _, a := range p.Accreditations {
		for _, c := range a.Criteria {
			if c.Rule != rule.ID {
				continue
			}
			if c.Why != "" {
				fmt.Fprintf(b, "  Why it could not be checked: %s.\n", c.Why)
			}
			fmt.Fprintf(b, "  %s: %s (pass mark: %s).", a.Title, c.Status.Words(), orNothing(c.Threshold))
			if c.ToFix != nil && *c.ToFix > 0 {
				fmt.Fprintf(b, " The fewest records to put right: %s.", figures.Count(*c.ToFix))
			}
			b.WriteString("\n")
		}
	}
	for _, remark := range result.Remarks() {
		fmt.Fprintf(b, "  Note: %s\n", visible.Line(remark))
	}
}

func explainCounts(b *strings.Builder, rule *rules.Rule, r *report.Result) {
	fmt.Fprintf(b, "  Counted: %s.\n", report.Records(*r.Denominator, rule.Table.Name))
	if r.Excluded != nil && *r.Excluded > 0 {
		fmt.Fprintf(b, "  Left out, as the rule says: %s.\n", figures.Count(*r.Excluded))
	}
	if r.Undetermined != nil && *r.Undetermined > 0 {
		fmt.Fprintf(b, "  The extract does not say whether they count: %s.\n", figures.Count(*r.Undetermined))
	}
	if r.Numerator == nil {
		return
	}
	failing := *r.Denominator - *r.Numerator
	fmt.Fprintf(b, "  Good: %s. Not good: %s", figures.Count(*r.Numerator), figures.Count(failing))
	if r.Unknown != nil && *r.Unknown > 0 {
		fmt.Fprintf(b, " (%s of these because something is not recorded)", figures.Count(*r.Unknown))
	}
	b.WriteString(".")
	if r.Rate != nil && *r.Denominator > 0 {
		fmt.Fprintf(b, " %s / %s = %s.", figures.Count(*r.Numerator), figures.Count(*r.Denominator), figures.Share(*r.Rate))
	}
	b.WriteString("\n")
	if r.Value != nil {
		fmt.Fprintf(b, "  Figure: %s.\n", figures.Decimal(*r.Value))
	}
}

func orNothing(s string) string {
	if s == "" {
		return "none, it is only shown"
	}
	return s
}
