package convert

import (
	"context"
	"slices"

	"paperlight/analyzer"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// Anonymise says how an extract is made anonymous.
type Anonymise struct {
	Key Key
	// BirthYear leaves the year of birth alone; else the month is left.
	BirthYear bool
	// Sharing leaves out the entries of the code list sharingExclusions.
	Sharing bool
	// OptOutsRemoved: whoever opted out was left out before, so that it does not
	// matter that the extract could not show it. Who opted out for all to see is left
	// out nevertheless.
	OptOutsRemoved bool
	// Drop are further columns to drop.
	Drop []*schema.Column
	// Catalogue has the definitions and code lists that say who opted out, and the
	// rules that Anonymised is about.
	Catalogue *rules.Catalogue
}

// Anonymised says what was done to the tables, and what that means for the rules.
type Anonymised struct {
	// OptedOut are the patients who were left out since their type 1 opt-out stands, or
	// may, with further records of the same NHS number; of these, UnreadDecisions have a decision that nobody can read.
	OptedOut        int64 `json:"opted_out"`
	UnreadDecisions int64 `json:"unread_decisions,omitempty"`
	// NobodysOptOuts are opt-outs that name no patient of the extract, and UnreadRows
	// rows that may have been one: they could not be read at all.
	NobodysOptOuts int64 `json:"nobodys_opt_outs,omitempty"`
	UnreadRows     int64 `json:"unread_rows,omitempty"`
	// UnknownRows are rows left out since nobody can tell whose they are, and so
	// whether that person opted out.
	UnknownRows int64 `json:"unknown_rows"`
	// ExcludedRows are the entries kept out of shared records.
	ExcludedRows int64 `json:"excluded_rows"`
	// Dropped, Pseudonyms and Coarser are columns, in schema order.
	Dropped    []string `json:"dropped"`
	Pseudonyms []string `json:"pseudonyms"`
	Coarser    []string `json:"coarser"`
	// Withheld are the cells that were not what their column is for, by column: a name
	// where a code should stand, a unit that few people have.
	Withheld []WithheldCells `json:"withheld,omitempty"`
	// Lost are the rules that could be judged before and cannot be now; Changed those
	// that still can be, and read something that was dropped, left out or replaced;
	// CoarserDates the others that read a day of birth of which less is known now.
	// All other rules give the same result for the patients who stayed.
	Lost         []string `json:"lost"`
	Changed      []string `json:"changed"`
	CoarserDates []string `json:"coarser_dates"`
	// Exposed says how many patients share what others may know of them with few;
	// empty where none do.
	Exposed string `json:"exposed,omitempty"`
}

// WithheldCells are cells of a column that a word stands for.
type WithheldCells struct {
	Column string `json:"column"`
	Cells  int64  `json:"cells"`
}

// A PrivacyError says why an extract was not anonymised.
type PrivacyError struct{ Message, Cure string }

func (e *PrivacyError) Error() string { return e.Message }

// Hint says what to do.
func (e *PrivacyError) Hint() string { return e.Cure }

// What says whether opt-outs could be seen, and which entries do not leave.
const (
	optOutsWouldShow  = "opt_outs_would_show && events.size() > 0"
	sharingExclusions = "sharing-exclusions"
)

// anonymise finds out who and what is left out.
func (j *job) anonymise(ctx context.Context) error {
	a := j.Anonymise
	var asked []analyzer.Asked
	if !a.OptOutsRemoved {
		asked = append(asked, analyzer.Asked{Table: schema.Practice, Condition: optOutsWouldShow})
	}
	if a.Sharing {
		for _, t := range j.x.Tables {
			if code, _ := t.Schema.Coded(); code != nil && t.Supplied[code.Index] {
				asked = append(asked, analyzer.Asked{Table: t.Schema, Condition: `!is_true(coded("` + sharingExclusions + `"))`})
			}
		}
	}
	var err error
	if j.people, err = j.findPeople(ctx); err != nil {
		return err
	}
	unseen := false
	if len(asked) > 0 {
		untold, err := analyzer.Unmet(ctx, j.x, a.Catalogue, asked, j.Run, func(r analyzer.Row) error {
			if r.Table == schema.Practice {
				unseen = true
			} else {
				j.people.exclude(&r)
			}
			return nil
		})
		if err != nil {
			return err
		}
		unseen = unseen || !a.OptOutsRemoved && slices.Contains(untold, 0)
	}
	if unseen {
		return &PrivacyError{
			Message: "nobody can tell who opted out: this extract does not show the type 1 opt-outs of its patients",
			Cure:    "export again with decisions about sharing and with codes, or, if whoever opted out was left out of this extract, say so with --opt-outs-removed",
		}
	}
	found, err := j.findOptOuts(ctx)
	if err != nil {
		return err
	}
	out := &Anonymised{NobodysOptOuts: found.nobodys, UnreadRows: found.unread}
	out.OptedOut, out.UnreadDecisions = found.leave(j.people)
	out.OptedOut += j.people.leaveAll()
	j.summary.Anonymised = out
	return j.findWords(ctx)
}

// findWords works out which words of each column may stand.
func (j *job) findWords(ctx context.Context) error {
	practices, keys := map[string]bool{}, map[string]bool{}
	for _, p := range j.practices.List {
		practices[p.ID] = true
		if organisation.MatchString(p.ODSCode) {
			practices[p.ODSCode] = true
		}
	}
	for _, key := range j.Anonymise.Catalogue.AnswerKeys() {
		keys[key] = true
	}
	j.words = map[*schema.Column]map[string]bool{}
	for _, t := range j.x.Tables {
		for _, c := range t.Schema.Columns {
			if !t.Supplied[c.Index] || c.Type != schema.Text {
				continue
			}
			switch d := byClass(c); {
			case d.form == commonWord:
				var err error
				if j.words[c], err = commonWords(ctx, t, c); err != nil {
					return err
				}
			case d.form == knownWord && c.Name == "practice_id":
				j.words[c] = practices
			case d.form == knownWord:
				j.words[c] = keys
			}
		}
	}
	return nil
}

// exclude notes an entry that is kept out of shared records.
func (p *people) exclude(r *analyzer.Row) {
	if p.excluded[r.Table] == nil {
		p.excluded[r.Table] = map[state.Position]bool{}
	}
	p.excluded[r.Table][r.Position] = true
	if kind := r.Table.Name; r.Record != "" {
		if p.gone[kind] == nil {
			p.gone[kind] = map[string]bool{}
		}
		p.gone[kind][link(r.Patient, r.Record)] = true
	}
}

// link is the id of a record with that of its patient.
func link(patient, record string) string { return patient + "\x00" + record }
