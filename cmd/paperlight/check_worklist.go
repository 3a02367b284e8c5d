package main

import (
	"context"
	"slices"

	"paperlight/analyzer"
	"paperlight/analyzer/report"
	"paperlight/rules"
)

// claim finds and checks the target of every output, before anything is read.
func (k *checking) claim(extract []string) (err error) {
	var others []*target
	if k.worklist != "" {
		if k.lists, err = folderTarget("--worklist", k.worklist); err != nil {
			return err
		}
		others = append(others, k.lists)
	}
	if k.history != "" {
		if k.past, err = newPastRuns(k.console, k.history); err != nil {
			return err
		}
		others = append(others, k.past.targets()...)
	}
	inputs := k.inputs(extract)
	if k.past != nil {
		inputs = append(inputs, k.past.inputs()...)
	}
	if k.writing, err = claim(k.console, k.outputs, inputs, others...); err != nil || k.past == nil {
		return err
	}
	k.writing.amendment = k.past
	if err := k.past.open(k.writing); err != nil {
		k.writing.abandon()
		return err
	}
	return nil
}

// inputs are all that a run reads.
func (k *checking) inputs(extract []string) []inputPath {
	return append(k.read.inputs(extract), k.rules.inputs(k.declarations)...)
}

// runLists are the worklists of a run, extract after extract; there are none where
// nobody asked for them.
type runLists struct {
	k     *checking
	lists *worklists
	names map[string]string // the file of each rule
}

func (k *checking) newLists() *runLists { return &runLists{k: k} }

// listRecords finds the failing records of an extract, which is open, for the worklists
// and for the history, in one pass.
func (k *checking) listRecords(ctx context.Context, l *runLists, judged *analyzer.Judgement) error {
	listed, err := l.begin(ctx, judged)
	if err != nil {
		return err
	}
	kept := k.past.begin(judged)
	defer k.past.end()
	var ids, open []string
	for _, rule := range judged.Catalogue.Rules {
		if !listed[rule.ID] && !kept[rule.ID] {
			continue
		}
		ids = append(ids, rule.ID)
		if undeterminedOf(rule, judged.Exact) > 0 {
			open = append(open, rule.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	reported := map[string]bool{}
	for _, p := range judged.Exact.Practices {
		reported[p.PracticeID] = true
	}
	return analyzer.FailingRows(ctx, judged.Outcome.Run, ids, open, func(row analyzer.Row) error {
		if row.Practice == "" || !reported[row.Practice] {
			return nil
		}
		if kept[row.Rule] {
			k.past.keep(&row)
		}
		if listed[row.Rule] {
			return l.lists.add(&row)
		}
		return nil
	})
}

// begin opens the lists of the rules that need work in an extract, and returns which
// those are.
func (l *runLists) begin(ctx context.Context, judged *analyzer.Judgement) (listed map[string]bool, err error) {
	k, r := l.k, judged.Exact
	if k.worklist == "" {
		return nil, nil
	}
	if l.lists == nil {
		l.names = map[string]string{}
		if l.lists, err = newWorklists(k.writing, k.lists); err != nil {
			return nil, err
		}
		l.lists.book.NameExtracts(judged.Several)
	}
	if judged.Several {
		l.lists.extract = judged.Extract
	}
	l.lists.entries = map[faultAt]*faulty{}
	listed = map[string]bool{}
	var ids []string
	for _, rule := range judged.Catalogue.Rules {
		if !k.needsList(rule, r) {
			continue
		}
		if l.names[rule.ID] == "" {
			if err := l.lists.open(rule); err != nil {
				return nil, err
			}
		}
		ids, listed[rule.ID] = append(ids, rule.ID), true
		l.names[rule.ID] = worklistName(rule.ID)
	}
	return listed, l.lists.findEntries(ctx, judged.Outcome.Run, ids)
}

// close ends the lists, and returns the file of each rule.
func (l *runLists) close() (map[string]string, error) {
	if l.lists == nil {
		return nil, nil
	}
	return l.names, l.lists.close()
}

// abandon removes what the lists keep in files.
func (l *runLists) abandon(err *error) {
	if l.lists != nil {
		l.lists.abandon(err)
	}
}

// needsList reports whether a rule has records to put right: it failed
// somewhere, or is only shown and lists records, or tolerates hardly any that are
// undetermined; with --worklist-all, also where it is met and records fail, and where the scheme
// does not ask for it.
func (k *checking) needsList(rule *rules.Rule, r *report.Report) bool {
	if !rule.Lists() || !k.listAll && !judgedBy(rule, r) {
		return false
	}
	if undeterminedOf(rule, r) > 0 {
		return true
	}
	for _, p := range r.Practices {
		failing := failingCount(&p, rule)
		if failing == 0 || failing < int64(rule.ListedFrom) {
			continue
		}
		if k.listAll {
			return true
		}
		for _, a := range p.Accreditations {
			for _, c := range a.Criteria {
				if c.Rule == rule.ID && (c.Status == report.Failed || c.Status == report.TooFew || c.Status == report.Shown) {
					return true
				}
			}
		}
	}
	return false
}

// judgedBy reports whether the scheme asks for the rule.
func judgedBy(rule *rules.Rule, r *report.Report) bool {
	return slices.ContainsFunc(r.Practices, func(p report.PracticeReport) bool {
		return slices.ContainsFunc(p.Accreditations, func(a report.Accreditation) bool {
			return slices.ContainsFunc(a.Criteria, func(c report.Criterion) bool { return c.Rule == rule.ID })
		})
	})
}

// undeterminedOf counts the undetermined records of a rule whose threshold is all or
// none, so that not one may fail.
func undeterminedOf(rule *rules.Rule, r *report.Report) int64 {
	var n int64
	if !rule.Threshold.Set || rule.Threshold.Percent != 0 && rule.Threshold.Percent != 10000 {
		return 0
	}
	for i := range r.Practices {
		for j := range r.Practices[i].Results {
			if one := &r.Practices[i].Results[j]; one.Rule == rule.ID && one.Undetermined != nil {
				n += *one.Undetermined
			}
		}
	}
	return n
}

func failingCount(p *report.PracticeReport, rule *rules.Rule) int64 {
	for _, result := range p.Results {
		if result.Rule == rule.ID && result.Denominator != nil && result.Numerator != nil {
			return *result.Denominator - *result.Numerator
		}
	}
	return 0
}
