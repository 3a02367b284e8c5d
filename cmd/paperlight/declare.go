package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"paperlight/analyzer"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
	"paperlight/rules"
)

func newDeclare(c *console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "declare", Short: "Ask the practice what its extract cannot show", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newDeclareNew(c))
	return cmd
}

const declareNewText = `Read an extract and write the questions that it leaves open for the practice, as
a file to fill in: where to look, what you may answer, how long it is valid. A
question that you leave empty counts as not answered.`

func newDeclareNew(c *console) *cobra.Command {
	k := &checking{console: c, failOn: "never", level: "practice"}
	var out string
	cmd := &cobra.Command{
		Use:   "new EXTRACT...",
		Short: "Write the open questions as a file to fill in",
		Long:  declareNewText,
		Example: `  paperlight declare new extract.zip
  paperlight check extract.zip --declarations declarations.yaml`,
		Args: func(_ *cobra.Command, args []string) error { return atLeastOne("a folder, a zip or files")(args) },
		RunE: func(cmd *cobra.Command, args []string) error { return k.declare(cmd.Context(), args, out) },
	}
	f := cmd.Flags()
	k.read.add(f)
	k.rules.add(f)
	k.rules.addScheme(f)
	f.StringVar(&k.asOf, "as-of", "", "judge as of this day, YYYY-MM-DD (default: the extract's own date)")
	f.StringVar(&k.declarations, "declarations", "", "file of answers given already: only what they leave open is asked")
	reading(f, "declarations")
	f.StringVar(&out, "out", analyzer.AnswersName, "the file to write, or - for standard output; a file that exists is left alone")
	return cmd
}

// declare writes the questions that the extract leaves open.
func (k *checking) declare(ctx context.Context, paths []string, out string) (err error) {
	if err := k.prepare(); err != nil {
		return err
	}
	defer k.line.finish()
	t, err := k.claimQuestions(paths, out)
	if err != nil {
		return err
	}
	defer k.writing.abandon()
	catalogue, scheme, err := k.rules.chosen()
	if err != nil {
		return err
	}
	judged, err := k.examine(ctx, paths, analyzer.Options{Catalogue: catalogue, Scheme: scheme}, false)
	if err != nil {
		return err
	}
	defer closing(judged.Close, &err)
	made := judged.Exact
	questions := openQuestions(made, catalogue, judged.Outcome.Declarations)
	if len(questions) == 0 {
		fmt.Fprintln(k.console.err, "Nothing is left to ask, so no file was written.")
		return nil
	}
	asked := questionsText(made, scheme, questions)
	if t == nil {
		_, err = io.WriteString(k.console.out, asked)
		return outputErrorOrNil("standard output", err)
	}
	if err := k.writing.write(t, "", text(asked)); err != nil {
		return err
	}
	if err := k.writing.commit(ctx); err != nil {
		return err
	}
	fmt.Fprintf(k.console.err, "%s: %s. Fill it in, then: paperlight check EXTRACT --declarations %[1]s\n", baseName(out), figures.Plural(int64(len(questions)), "question", "questions"))
	return nil
}

// claimQuestions makes ready for the file of questions, which must not be there;
// none is standard output.
func (k *checking) claimQuestions(extract []string, out string) (t *target, err error) {
	if out == "-" || isStdout(out) {
		k.writing, err = claim(k.console, nil, k.inputs(extract))
		return nil, err
	}
	if t, err = fileTarget("--out", out); err != nil {
		return nil, err
	}
	if st, err := os.Lstat(out); err == nil && (st.Mode().IsRegular() || st.Mode()&fs.ModeSymlink != 0 && !t.through) || t.info != nil {
		t.exists = fail(exitOutput, fmt.Errorf("%s exists already", t.name), "choose another name with --out, or give it with --declarations to be asked only what it leaves open")
	}
	k.writing, err = claim(k.console, nil, k.inputs(extract), t)
	return t, err
}

// openQuestions words what the report holds open. Only where there are several
// practices does a question name its own.
func openQuestions(made *report.Report, catalogue *rules.Catalogue, given []rules.Declaration) []rules.Question {
	var out []rules.Question
	terms := catalogue.AnswerTerms()
	for i := range made.Practices {
		p := &made.Practices[i]
		for _, open := range p.Questions {
			q := rules.Question{Ask: rules.Ask{Key: open.Key}}
			for _, id := range open.Rules {
				rule := catalogue.Rule(id)
				for _, ask := range rule.Asks() {
					if ask.Key == open.Key && len(q.Rules) == 0 {
						q.Ask, q.Why = ask, whyOpen(ask, rule, p, flaws(terms, ask, p, given))
					}
					q.Count = q.Count || ask.Key == open.Key && ask.Count
				}
				q.Rules = append(q.Rules, rule)
			}
			if len(made.Practices) > 1 {
				q.Practice = p.PracticeID
			}
			out = append(out, q)
		}
	}
	return out
}

// flaws says what is wrong with the answers given to a question. A no that lacks its
// date or its evidence counts, and is asked for again.
func flaws(terms map[string]rules.AnswerTerms, ask rules.Ask, p *report.PracticeReport, given []rules.Declaration) (out []string) {
	t := terms[ask.Key]
	asOf, ok := calendar.Parse(p.AsOf)
	if !ok {
		return nil // written by the report itself, so it can be read
	}
	stands := t.Stand(ask.Key, p.PracticeID, given, asOf)
	for _, f := range stands.Flaws() {
		out = append(out, f.Text(true))
	}
	return out
}

// whyOpen says what the extract lacks and why an earlier answer does not count.
func whyOpen(ask rules.Ask, rule *rules.Rule, p *report.PracticeReport, flaws []string) []string {
	if ask.Read {
		return flaws
	}
	i := slices.IndexFunc(p.Results, func(r report.Result) bool { return r.Rule == rule.ID })
	if i < 0 {
		return nil
	}
	var why []string
	if rule.Evidence != rules.EvidenceDeclared && len(p.Results[i].Missing) > 0 {
		why = append(why, report.Lacks(p.Results[i].Missing))
	}
	return append(why, p.Results[i].Notes...)
}

// questionsText is the file to fill in.
func questionsText(made *report.Report, scheme *rules.Scheme, questions []rules.Question) string {
	var b strings.Builder
	b.WriteString(`# Questions that the extract cannot answer. Please answer them for your practice.
#
# Look first. Then write after each colon:
#   answer    one of the answers named; leave it empty if nobody has looked
#   date      the day you looked, such as 2026-03-31 or 31/3/2026
#   evidence  what you saw, and where it is kept
#   role      your job, such as practice manager; never a name
# An answer counts only with a date, evidence and a role. Write nothing about patients here.
#
`)
	fmt.Fprintf(&b, "# Scheme: %s. When you are done: paperlight check EXTRACT --scheme %s --declarations THIS-FILE\n", scheme.ID, scheme.ID)
	for _, p := range made.Practices {
		fmt.Fprintf(&b, "# Asked of practice %s as of %s\n", singleLine(p.PracticeID), p.AsOf)
	}
	rules.WriteQuestions(&b, questions)
	return b.String()
}

// singleLine keeps a cell of the extract within its comment.
func singleLine(s string) string { return strings.Join(strings.Fields(visible.Text(s)), " ") }
