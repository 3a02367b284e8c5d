package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/fleet"
)

const planText = `List the extracts in folders and put them into shards, which can be read apart, on
other machines too (docs/fleet.md). The same folders give the same plan. Paths stand
in it as they are given here.

The rules, the scheme and the answers are read, so that a fault in them is found before
any extract is read. shard reads with just these rules.`

func newPlan(c *console) *cobra.Command {
	p := &planning{console: c}
	cmd := &cobra.Command{
		Use:     "plan EXTRACT... --out FILE",
		Short:   "List the extracts of many practices, in shards",
		Long:    planText,
		Example: "  paperlight plan extracts --out plan.json\n  paperlight plan extracts --size 1GiB --out plan.json",
		Args:    func(_ *cobra.Command, args []string) error { return atLeastOne("folders of extracts")(args) },
		RunE:    func(cmd *cobra.Command, args []string) error { return p.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	p.read.add(f)
	p.rules.add(f)
	p.rules.addScheme(f)
	f.StringVar(&p.declarations, "declarations", "", "file of answers that shard will be given, to look for faults in it")
	reading(f, "declarations")
	f.StringVar(&p.out, "out", "-", "the file of the plan; - is standard output")
	f.StringVar(&p.size, "size", "256MiB", "begin a new shard rather than have more bytes in one")
	return cmd
}

// planning is one run of plan.
type planning struct {
	console   *console
	read      readFlags
	rules     ruleFlags
	out, size string
	// declarations is the file of answers, which the plan holds nothing of.
	declarations string
}

func (p *planning) run(ctx context.Context, paths []string) error {
	if err := p.read.check(); err != nil {
		return err
	}
	size, err := planSize(p.size)
	if err != nil {
		return err
	}
	outputs := []output{{form: "json", path: p.out}}
	if isStdout(p.out) {
		outputs[0].path = ""
	}
	w, err := claim(p.console, outputs, append(p.read.inputs(paths), p.rules.inputs(p.declarations)...))
	if err != nil {
		return err
	}
	defer w.abandon()
	catalogue, _, err := p.rules.chosen()
	if err != nil {
		return err
	}
	answers, err := answersAt(p.declarations)
	if err != nil {
		return err
	}
	if _, err := soundAnswers(answers, catalogue); err != nil {
		return err
	}
	all, _, err := p.read.find(p.console, paths)
	if err != nil {
		return err
	}
	plan := fleet.PlanOf(all, catalogue.SHA256, size)
	text, err := plan.Marshal()
	if err != nil {
		return err
	}
	err = render(ctx, w, outputs, func(_ output, to io.Writer) error {
		_, err := to.Write(text)
		return err
	}, p.console.out)
	if err == nil && !p.read.quiet {
		fmt.Fprintf(p.console.err, "%s in %s\n", figures.Plural(int64(len(plan.Extracts)), "extract", "extracts"), figures.Plural(int64(len(plan.Shards)), "shard", "shards"))
	}
	return err
}

// planSize reads a size of bytes; 0 puts each extract into a shard of its own.
func planSize(s string) (int64, error) {
	for suffix, unit := range map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30} {
		if text, ok := strings.CutSuffix(s, suffix); ok {
			if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= 0 && n <= (1<<60)/unit {
				return n * unit, nil
			}
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= 0 {
		return n, nil
	}
	return 0, usage("--size %s: want a size such as 512MiB or 2GiB, or 0 for a shard of each extract", s)
}
