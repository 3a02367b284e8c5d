package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"paperlight/analyzer"
	"paperlight/analyzer/fleet"
	"paperlight/analyzer/report"
	"paperlight/analyzer/savedstate"
	"paperlight/analyzer/source"
	"paperlight/rules"
)

const shardText = `Read the extracts of one shard of a plan, one after the other, and write a saved state
for each into a folder. A state that is there already, of the same files, rules, options
and version, is kept. Each is written whole or not at all, so that a run which was
stopped can be started again.

For each extract a line says what became of it: its number, read, kept or refused, and
the name of its state or the exit code of the refusal.`

func newShard(c *console) *cobra.Command {
	s := &sharding{checking: checking{console: c, level: string(report.Assessor)}}
	cmd := &cobra.Command{
		Use:         "shard PLAN NUMBER --out FOLDER",
		Short:       "Read one shard of a plan: a saved state for each extract",
		Long:        shardText,
		Example:     "  paperlight shard plan.json 7 --out states\n  seq 1 40 | xargs -P 4 -I {} paperlight shard plan.json {} --out states",
		Annotations: readingArguments(),
		Args:        exactly(2, "a plan and the number of a shard"),
		RunE:        func(cmd *cobra.Command, args []string) error { return s.run(cmd.Context(), args[0], args[1]) },
	}
	f := cmd.Flags()
	s.read.add(f)
	s.rules.add(f)
	f.StringVar(&s.out, "out", "", "the folder for the saved states; made where there is none")
	s.add(f)
	return cmd
}

// add adds the flags that assess has too.
func (s *sharding) add(f *pflag.FlagSet) {
	f.StringVar(&s.asOf, "as-of", "", "judge as of this day, YYYY-MM-DD (default: the extract's own date)")
	f.BoolVar(&s.outgoing, "outgoing", false, "judge the extracts as ones that leave their practices")
	f.StringVar(&s.declarations, "declarations", "", "file of the practices' answers to what an extract cannot show; an answer without a practice is one of every practice")
	reading(f, "declarations")
	f.BoolVar(&s.anonymised, "require-anonymised", false, anonymisedText)
}

// sharding is one run of shard.
type sharding struct {
	checking
	out   string
	plan  *fleet.Plan
	shard *fleet.Shard
	// catalogue are the rules, and counted says what they count.
	catalogue *rules.Catalogue
	counted   map[string]string
	how       []string
	answers   []analyzer.AnswerFile
	refused   []report.NotRead
}

func (s *sharding) run(ctx context.Context, plan, number string) (err error) {
	if s.out == "" {
		return usage("want --out with the folder for the saved states")
	}
	if err := s.read.check(); err != nil {
		return err
	}
	if s.line, err = newProgress(s.console, s.read.progress, s.read.quiet); err != nil {
		return err
	}
	defer s.line.finish()
	if s.options, err = s.read.options(s.console, s.line); err != nil {
		return err
	}
	s.options.Outgoing = s.outgoing
	if s.options.AsOf, err = askedDay("--as-of", s.asOf); err != nil {
		return err
	}
	if err := s.load(plan, number); err != nil {
		return err
	}
	reader, err := savedstate.NewReader()
	if err != nil {
		return err
	}
	defer reader.Close()
	for _, at := range s.shard.Extracts {
		if err := s.extract(ctx, reader, &s.plan.Extracts[at-1]); err != nil {
			return err
		}
	}
	if len(s.refused) > 0 {
		return &failure{code: worstOf(s.refused), err: errSaid}
	}
	return nil
}

// load reads the plan, finds the shard, and loads the rules.
func (s *sharding) load(plan, number string) (err error) {
	if s.plan, err = readPlan(plan); err != nil {
		return err
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(s.plan.Shards) {
		return usage("the number of the shard: want 1 to %d", len(s.plan.Shards))
	}
	s.shard = &s.plan.Shards[n-1]
	if s.catalogue, err = s.rules.catalogue(); err != nil {
		return err
	}
	if s.catalogue.SHA256 != s.plan.Rules {
		return fail(exitUsage, errors.New("the plan was made with other rules"), "give the rules that plan was given, by the same version of paperlight, or plan anew")
	}
	if s.answers, err = answersAt(s.declarations); err != nil {
		return err
	}
	if _, err := soundAnswers(s.answers, s.catalogue); err != nil {
		return err
	}
	s.counted = s.catalogue.Counted()
	s.how, err = s.hows()
	return err
}

// readPlan reads the file of a plan.
func readPlan(path string) (*fleet.Plan, error) {
	text, err := readRegularTo(path, fleet.MaxPlan)
	if err != nil {
		return nil, fail(exitUsage, fmt.Errorf("%s: cannot be read as a file", baseName(path)), "give the file that plan --out wrote")
	}
	plan, err := fleet.ReadPlan(text)
	if err != nil {
		return nil, fail(exitUsage, fmt.Errorf("%s: %w", baseName(path), err), "give the file that plan --out wrote")
	}
	return plan, nil
}

// hows are the options that change how an extract is read, for the key of its state.
func (s *sharding) hows() ([]string, error) {
	var out []string
	for _, o := range s.asked(nil) {
		if o.Reads && !o.File {
			out = append(out, o.Name+" "+o.Value)
		}
	}
	if s.anonymised {
		out = append(out, "--require-anonymised")
	}
	for _, path := range s.read.own.files {
		text, err := readRegular(path)
		if err != nil {
			return nil, usage("--mapping %s: cannot be read", baseName(path))
		}
		out = append(out, "--mapping "+textSum(string(text)))
	}
	for _, f := range s.answers {
		out = append(out, f.Option+" "+textSum(string(f.Text)))
	}
	return out, nil
}

// extract reads one extract, unless its state is there. What is wrong with it alone is
// kept, and said.
func (s *sharding) extract(ctx context.Context, reader *savedstate.Reader, x *fleet.Extract) error {
	key := savedstate.Key{Tool: version, Rules: s.catalogue.SHA256, How: s.how}
	found := x.Found()
	print, err := source.FingerprintOf(ctx, found.Places, func() { s.console.moved.Add(1) })
	if err != nil {
		return s.notRead(ctx, x, key, err)
	}
	key.Input = print.SHA256
	if s.there(reader, key) {
		return s.say(x, "kept", key.Name())
	}
	saved, err := s.judge(ctx, x, key)
	if err == nil && !print.Unchanged() {
		err = fail(exitLimit, errors.New("its files were changed while they were read"), "run again")
	}
	if err != nil {
		return s.notRead(ctx, x, key, err)
	}
	if err := s.keep(ctx, x, saved); err != nil {
		return err
	}
	return s.say(x, "read", key.Name())
}

// there reports whether the state of the key is in the folder, and whole.
func (s *sharding) there(reader *savedstate.Reader, key savedstate.Key) bool {
	packed, err := readRegularTo(filepath.Join(s.out, key.Name()+savedstate.Ending), savedstate.MaxFile)
	if err != nil {
		return false
	}
	saved, err := reader.Read(packed)
	return err == nil && saved.Refused == 0 && saved.Key.Name() == key.Name()
}

// judge reads the extract.
func (s *sharding) judge(ctx context.Context, x *fleet.Extract, key savedstate.Key) (_ *savedstate.Saved, err error) {
	o, err := s.judging(nil, analyzer.Options{Catalogue: s.catalogue, Anonymised: s.anonymised, Answers: s.answers, Apart: true}, true)
	if err != nil {
		return nil, err
	}
	judged, err := analyzer.ExamineFound(ctx, x.Found(), o)
	if err != nil {
		return nil, err
	}
	defer closing(judged.Close, &err)
	return savedstate.Of(key, &judged.Input, s.counted), nil
}

// notRead keeps and says what is wrong with one extract. What is wrong with the run
// ends it.
func (s *sharding) notRead(ctx context.Context, x *fleet.Extract, key savedstate.Key, err error) error {
	var ofRules *rules.Error
	if code, _ := classify(err); ctx.Err() != nil || errors.As(err, &ofRules) || code == exitOutput {
		return err
	}
	s.line.finish()
	told := s.console.sayNotRead(x.Name, err)
	s.refused = append(s.refused, told)
	if key.Input != "" && (told.ExitCode == exitInput || told.ExitCode == exitPrivacy) {
		if err := s.keep(ctx, x, &savedstate.Saved{Head: savedstate.Head{Key: key, Refused: told.ExitCode}}); err != nil {
			return err
		}
	}
	return s.say(x, "refused", strconv.Itoa(told.ExitCode))
}

// keep writes a state into the folder.
func (s *sharding) keep(ctx context.Context, x *fleet.Extract, saved *savedstate.Saved) error {
	packed, err := saved.Marshal()
	if err != nil {
		return err
	}
	t, err := fileTarget("--out", filepath.Join(s.out, saved.Key.Name()+savedstate.Ending))
	if err != nil {
		return err
	}
	t.above = true
	var inputs []inputPath
	for _, f := range s.answers {
		inputs = append(inputs, inputPath{f.Option + " " + f.Name, f.Path})
	}
	for _, p := range x.Places {
		inputs = append(inputs, inputPath{"an extract", p.Path})
	}
	w, err := begin(s.console.disk, inputs, t)
	if err != nil {
		return err
	}
	defer w.abandon()
	if err := w.write(t, "", text(string(packed))); err != nil {
		return err
	}
	return w.commit(ctx)
}

func (s *sharding) say(x *fleet.Extract, became, what string) error {
	_, err := fmt.Fprintf(s.console.out, "%d %s %s\n", x.Number, became, what)
	return outputErrorOrNil("standard output", err)
}
