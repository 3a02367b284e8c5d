package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"paperlight/analyzer"
	"paperlight/analyzer/declaration"
	"paperlight/analyzer/figures"
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
	questions := declaration.Open(made, catalogue, judged.Outcome.Declarations)
	if len(questions) == 0 {
		fmt.Fprintln(k.console.err, "Nothing is left to ask, so no file was written.")
		return nil
	}
	asked := declaration.Form(made, scheme, questions)
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
