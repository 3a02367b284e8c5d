package convert

import (
	"slices"
	"strings"

	"paperlight/analyzer"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
)

// rules works out which columns change, and which rules judge otherwise for it.
func (j *job) rules() error {
	a := j.summary.Anonymised
	a.Dropped, a.Pseudonyms, a.Coarser, a.Lost, a.Changed, a.CoarserDates = []string{}, []string{}, []string{}, []string{}, []string{}, []string{}
	before, missing, err := analyzer.Programs(j.x, j.Anonymise.Catalogue, j.practices)
	if err != nil {
		return err
	}
	after := *j.x
	after.Tables = nil
	changed := &changes{rows: j.excluded, unknown: j.unknown, columns: map[*schema.Column]bool{}, pseudonyms: map[*schema.Column]bool{}}
	for _, t := range j.x.Tables {
		after.Tables = append(after.Tables, j.afterwards(t, changed))
	}
	changed.faults = changed.faults || j.summary.Anonymised.UnknownRows > 0
	for c := range j.withheld {
		changed.columns[c] = true
	}
	answers := slices.ContainsFunc(j.Anonymise.Drop, func(c *schema.Column) bool { return c.Table == schema.Declarations })
	_, missingAfter, err := analyzer.Programs(&after, j.Anonymise.Catalogue, j.practices)
	if err != nil {
		return err
	}
	roots := map[string][]*expr.Node{}
	for i := range before {
		id, _, _ := strings.Cut(before[i].ID, "#")
		roots[id] = append(roots[id], before[i].Roots()...)
		if v := before[i].Value; v != nil {
			roots[id] = append(roots[id], v)
		}
	}
	for _, r := range j.Anonymise.Catalogue.Rules {
		switch of := roots[r.ID]; {
		case len(missing[r.ID]) > 0 || of == nil && r.Declares == "":
		case len(missingAfter[r.ID]) > 0:
			a.Lost = append(a.Lost, r.ID)
		case changed.seenBy(r.Table, of), answers && r.Declares != "":
			a.Changed = append(a.Changed, r.ID)
		case slices.Contains(expr.Columns(of...), birthDate):
			a.CoarserDates = append(a.CoarserDates, r.ID)
		}
	}
	return nil
}

// changes are what a rule may notice.
type changes struct {
	// rows: some are left out, of patients who stay; unknown: some, of nobody known.
	rows, unknown map[*schema.Table]bool
	columns       map[*schema.Column]bool // dropped
	pseudonyms    map[*schema.Column]bool
	// faults: cells that could not be read are dropped, which the virtual columns of a
	// practice count.
	faults bool
}

// afterwards is the table as it will be, and notes what changes.
func (j *job) afterwards(t *extract.Table, changed *changes) *extract.Table {
	a := j.summary.Anonymised
	out := *t
	out.Supplied = slices.Clone(t.Supplied)
	for _, c := range t.Schema.Columns {
		if c.Virtual || c.Privacy == schema.Direct {
			continue
		}
		how := j.treatment(t, c)
		out.Supplied[c.Index] = how.does != drop && (t.Supplied[c.Index] || how.does == toYear || t.Schema == schema.Practice)
		if !t.Supplied[c.Index] {
			continue
		}
		switch how.does {
		case drop:
			if c == t.Schema.Key { // derived when it is read
				out.Supplied[c.Index] = true
			}
			if t.DerivedKey && c == t.Schema.Key {
				continue
			}
			a.Dropped = append(a.Dropped, c.String())
			changed.columns[c] = true
			changed.faults = changed.faults || j.unreadable[c]
		case toPseudonym:
			a.Pseudonyms = append(a.Pseudonyms, c.String())
			changed.pseudonyms[c] = true
		case toMonth, toDistrict, toGiven:
			if c.Beside == "" {
				a.Coarser = append(a.Coarser, c.String())
			}
		}
	}
	return &out
}

// seenBy reports whether a rule may notice a change, but for a coarser date.
func (ch *changes) seenBy(table *schema.Table, roots []*expr.Node) bool {
	if ch.unknown[table] || ch.rows[table] {
		return true
	}
	for _, c := range expr.Columns(roots...) {
		if ch.columns[c] && c != birthDate || ch.rows[c.Table] || c.Virtual && ch.faults {
			return true
		}
	}
	seen := false
	expr.Walk(func(n *expr.Node) {
		switch n.Op {
		case expr.OpTest, expr.OpIn, expr.OpEq, expr.OpLt:
			if formOf(n, ch.pseudonyms) {
				seen = true
			}
		}
		// Rows of nobody known are reached from their practice alone.
		if r := n.Relation; r != nil && (ch.rows[r.To] || ch.unknown[r.To] && (r.From == schema.Practice || r.OfPractice)) {
			seen = true
		}
	}, roots...)
	return seen
}

// formOf reports whether a node asks of a pseudonym what it looks like, and not
// whether two are equal.
func formOf(n *expr.Node, pseudonyms map[*schema.Column]bool) bool {
	id, constant := false, n.Op == expr.OpTest || n.Op == expr.OpIn || n.Op == expr.OpLt
	for _, arg := range n.Args {
		id = id || arg.Op == expr.OpColumn && pseudonyms[arg.Column]
		constant = constant || arg.Op == expr.OpConst
	}
	return id && constant
}
