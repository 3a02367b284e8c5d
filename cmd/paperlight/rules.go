package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"paperlight/analyzer/schema"
	"paperlight/analyzer/visible"
	"paperlight/rules"
)

func newRules(c *console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "rules", Short: "List, show, write, test and check rules", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newRulesList(c), newRulesShow(c), newRulesNew(c), newRulesTest(c), newRulesLint(c), newRulesDocs(c))
	return cmd
}

func newRulesList(c *console) *cobra.Command {
	var r ruleFlags
	var format string
	cmd := &cobra.Command{
		Use: "list [PATTERN...]", Short: "List rules with their thresholds",
		Example: "  paperlight rules list\n  paperlight rules list 'medication/*' --format json",
		RunE: func(_ *cobra.Command, args []string) error {
			if err := c.apart(r.inputs("")); err != nil {
				return err
			}
			catalogue, err := r.catalogue()
			if err != nil {
				return err
			}
			chosen, err := catalogue.Select(args, nil)
			if err != nil {
				return fail(exitUsage, err, "")
			}
			places, err := listed(chosen, catalogue)
			if err != nil {
				return err
			}
			switch format {
			case "json":
				return writeIndented(c.out, places)
			case "text":
				return writeListed(c.out, places)
			}
			return usage("--format %s: want text or json", format)
		},
	}
	r.add(cmd.Flags())
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

// A place is a rule with its criteria in the schemes of its catalogue.
type place struct {
	rules.Listing
	Criteria []standing `json:"criteria"`
}

// A standing is how one accreditation of one scheme judges a rule.
type standing struct {
	Scheme        string `json:"scheme"`
	Accreditation string `json:"accreditation"`
	Severity      string `json:"severity"`
	Weight        int    `json:"weight"`
	Threshold     string `json:"threshold"`
	ThresholdFrom string `json:"threshold_from"`
	Requirement   string `json:"requirement"`
}

func listed(chosen []*rules.Rule, catalogue *rules.Catalogue) ([]place, error) {
	places := make([]place, 0, len(chosen))
	at := map[string]int{}
	for i, l := range rules.List(chosen) {
		places = append(places, place{Listing: l, Criteria: []standing{}})
		at[l.ID] = i
	}
	for _, id := range catalogue.SchemeIDs() {
		scheme, err := rules.PublishedScheme(id, catalogue)
		if err != nil {
			return nil, err
		}
		for _, a := range scheme.Accreditations {
			for _, k := range a.Criteria {
				i, ok := at[k.Rule.ID]
				if !ok {
					continue
				}
				threshold := ""
				if k.Threshold.Set {
					threshold = k.Threshold.String()
				}
				places[i].Criteria = append(places[i].Criteria, standing{Scheme: id, Accreditation: a.ID, Severity: string(k.Severity),
					Weight: k.Weight, Threshold: threshold, ThresholdFrom: k.ThresholdFrom, Requirement: k.Requirement})
			}
		}
	}
	return places, nil
}

// writeListed writes a line a rule: id, code, accreditation and severity in
// england-2026 or, where that lacks the rule, in another scheme, and whether its
// threshold is published (P) or ours (O).
func writeListed(w io.Writer, places []place) error {
	var b strings.Builder
	id, code, threshold := 0, 0, 0
	for _, p := range places {
		id, code, threshold = max(id, len(p.ID)), max(code, len(p.Code)), max(threshold, len(p.Threshold))
	}
	for _, p := range places {
		severity, accreditation := "-", "-"
		for _, s := range p.Criteria {
			severity, accreditation = s.Severity, s.Accreditation
			if s.Scheme == "england-2026" {
				break
			}
		}
		origin := "O"
		if p.Published {
			origin = "P"
		}
		fmt.Fprintf(&b, "%-*s  %-*s  %-12s  %-8s  %-*s %s  %s\n", id, p.ID, code, p.Code, accreditation, severity, threshold, p.Threshold, origin, p.Title)
	}
	fmt.Fprintf(&b, "\n%s. P: the pass mark is a published requirement. O: it is our own default. paperlight rules show RULE says more.\n", ruleCount(len(places)))
	_, err := io.WriteString(w, visible.Text(b.String()))
	return err
}

func writeIndented(w io.Writer, v any) error {
	text, err := visible.JSON(v)
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

func newRulesShow(c *console) *cobra.Command {
	var r ruleFlags
	cmd := &cobra.Command{
		Use: "show RULE", Short: "Print the page of a rule", Args: exactly(1, "one rule id or code"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := c.apart(r.inputs("")); err != nil {
				return err
			}
			catalogue, err := r.catalogue()
			if err != nil {
				return err
			}
			rule, err := oneRule(catalogue, args[0])
			if err != nil {
				return err
			}
			_, err = io.WriteString(c.out, visible.Text(rule.Markdown()))
			return err
		},
	}
	r.add(cmd.Flags())
	return cmd
}

// oneRule finds the one rule that an id or code names.
func oneRule(catalogue *rules.Catalogue, name string) (*rules.Rule, error) {
	found, err := catalogue.Select([]string{name}, nil)
	if err != nil {
		return nil, fail(exitUsage, err, "")
	}
	if len(found) != 1 {
		var ids []string
		for _, r := range found {
			ids = append(ids, r.ID)
		}
		return nil, fail(exitUsage, fmt.Errorf("%s names %d rules: want one", name, len(found)), "write one of "+strings.Join(ids, ", "))
	}
	return found[0], nil
}

func newRulesNew(c *console) *cobra.Command {
	var dir, table string
	cmd := &cobra.Command{
		Use: "new SET/NAME", Short: "Write the draft of a rule and its cases", Annotations: readingArguments(), // the folder it goes to
		Example: "  paperlight rules new local/phone-recorded --table patients",
		Args:    exactly(1, "the id of the new rule, as set/name"),
		RunE: func(cmd *cobra.Command, args []string) error {
			t := schema.Lookup(table)
			if t == nil {
				return usage("--table %s: no such table; paperlight schema lists them", table)
			}
			drafts, err := rules.Scaffold(args[0], rules.FreeCode(args[0], rules.Published().FS, folderOf(dir)), t)
			if err != nil {
				return fail(exitUsage, err, "")
			}
			if err := writeDrafts(cmd.Context(), c.disk, dir, drafts); err != nil {
				return err
			}
			for _, d := range drafts {
				fmt.Fprintln(c.out, visible.Line(below(dir, d.Name)))
			}
			fmt.Fprintf(c.err, "Fill both in, then: paperlight rules test %s --select %s\n", below(dir, ""), args[0])
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "rules", "the folder of rules to write in")
	cmd.Flags().StringVar(&table, "table", "patients", "the table whose rows the rule counts")
	return cmd
}

// below names a file of a folder as the user named the folder, unless that would
// show an absolute path.
func below(dir, name string) string {
	if filepath.IsAbs(dir) {
		dir = baseName(dir)
	}
	return filepath.ToSlash(filepath.Join(dir, filepath.FromSlash(name)))
}

func newRulesDocs(c *console) *cobra.Command {
	var r ruleFlags
	cmd := &cobra.Command{
		Use: "docs FOLDER", Short: "Write the index and the page of every rule as Markdown", Args: exactly(1, "a folder"), Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return writeIndex(cmd.Context(), c.disk, args[0], &r)
		},
	}
	r.add(cmd.Flags())
	return cmd
}
