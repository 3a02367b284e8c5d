package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
)

// A report says of every table how many rows there are, how many have no patient
// and how many repeat a record id: most of what paperlight reads for ten rules, and
// no peer is asked. The race "intake" asks DuckDB the same.

// intake reads that from paperlight's report, of the tables that the SQL asks of.
func intake(out []byte) (answers, error) {
	var r struct {
		Extract struct {
			Tables []struct {
				Table        string
				Rows         int64
				Orphans      int64
				DuplicateIDs *int64 `json:"duplicate_ids"`
			}
		}
	}
	if err := json.Unmarshal(out, &r); err != nil {
		return nil, err
	}
	a := answers{}
	for _, t := range r.Extract.Tables {
		if rule := "intake/" + t.Table + "-orphans"; asks(rule) {
			a.set(rule, "all", tally{t.Rows, t.Orphans})
		}
		if rule := "intake/" + t.Table + "-repeated"; asks(rule) && t.DuplicateIDs != nil {
			a.set(rule, "all", tally{t.Rows, *t.DuplicateIDs})
		}
	}
	return a, nil
}

// asks says whether the SQL asks that. It asks for no repeated ids of entries: in
// tables of over four million rows paperlight does not count them.
func asks(rule string) bool {
	text, err := hand.ReadFile("hand/intake-grouped.sql")
	return err == nil && strings.Contains(string(text), rule)
}

// sound is paperlight, which also compares what it says of the tables.
func sound(e entrant) entrant {
	return entrant{name: e.name, make: func(ctx context.Context, h *heat) (*process, error) {
		p, err := e.make(ctx, h)
		if err == nil {
			p.answers = both(p.answers, intake)
		}
		return p, err
	}}
}

// soundDuckDB is the quickest of the forms written by hand of the rules, followed by
// the quickest form of what is asked of the tables.
func soundDuckDB(name string) entrant {
	return entrant{name: name, make: func(ctx context.Context, h *heat) (*process, error) {
		e, err := h.engine(name)
		if err != nil {
			return nil, err
		}
		named := map[string]*process{}
		for _, rules := range []string{"records-facts", "records-patient"} {
			for _, tables := range handForms("intake") {
				s, err := handScript(rules, h.folder, h.dataset.format, "")
				if err != nil {
					return nil, err
				}
				more, err := handScript(tables, h.folder, h.dataset.format, "")
				if err != nil {
					return nil, err
				}
				s.Steps = append(s.Steps, more.Steps[len(macroSteps()):]...)
				s.Results = append(s.Results, more.Results...)
				form := rules + "+" + tables
				if named[form], err = e(s, filepath.Join(h.work, fmt.Sprintf("%s-%s", form, h.dataset.name))); err != nil {
					return nil, err
				}
				named[form].name = name
			}
		}
		names, err := h.quickest(ctx, named, h.trials)
		if err != nil {
			return nil, err
		}
		return named[names[0]], nil
	}}
}
