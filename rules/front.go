package rules

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer/schema"
)

// maxPage bounds the bytes of a page, a definitions file or a scheme.
const maxPage = 256 << 10

var (
	idForm   = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$`)
	codeForm = regexp.MustCompile(`^[A-Z]{2,4}-[0-9]{3}[a-z]?$`)
	keyForm  = regexp.MustCompile(`^[a-z0-9]+([-_][a-z0-9]+)*$`)
)

// parseRule reads a page: its front matter and its sections. The conditions
// are not checked yet. name is its path within the folder.
func parseRule(name string, t *textFile, faults *faults) *Rule {
	if len(t.text) > maxPage {
		faults.add(&Error{File: t.name, Message: fmt.Sprintf("is larger than %d KiB", maxPage>>10)})
		return nil
	}
	front, markdown, first, err := splitPage(t.name, t.lines())
	if err != nil {
		faults.add(err)
		return nil
	}
	v, err := t.yaml(front)
	if err != nil {
		faults.add(err)
		return nil
	}
	d := t.document(faults)
	before := len(faults.list)
	r := d.frontMatter(v)
	if want := strings.TrimSuffix(name, ".md"); r.ID != "" && r.ID != want {
		d.fault(v.at("id"), "the id is the set and the file name", "want the id %s, as the file is named", want)
	}
	r.Page = d.readPage(markdown, first)
	if len(faults.list) > before {
		return nil
	}
	return r
}

// at returns the value of a key, for the position of a fault; v itself where
// the key is absent.
func (v *value) at(name string) *value {
	for _, f := range v.fields {
		if f.key == name {
			return f.value
		}
	}
	return v
}

func (d *document) frontMatter(v *value) *Rule {
	r := &Rule{File: d.file, Evidence: EvidenceData, ListedFrom: 1}
	r.Source.File = d.file
	empty := "not_applicable"
	s := &r.Source
	d.object(v, "a rule", []key{
		{"id", true, d.text(&r.ID)},
		{"title", true, d.text(&r.Title)},
		{"code", false, d.text(&r.Code)},
		{"dimension", true, choice(d, &r.Dimension, dimensions...)},
		{"table", v.at("evidence").text != string(EvidenceDeclared), d.table(&r.Table)},
		{"where", false, d.expression(&s.Where, &s.WhereLine)},
		{"exclude", false, d.expression(&s.Exclude, &s.ExcludeLine)},
		{"expect", false, d.expression(&s.Expect, &s.ExpectLine)},
		{"reasons", false, d.reasons(&r.Reasons)},
		{"value", false, d.expression(&s.Value, &s.ValueLine)},
		{"threshold", false, d.threshold(&r.Threshold)},
		{"threshold_from", false, d.text(&r.ThresholdFrom)},
		{"published", false, d.boolean(&r.Published)},
		{"evidence", false, choice(d, &r.Evidence, evidences...)},
		{"declares", false, d.text(&r.Declares)},
		{"owner", true, choice(d, &r.Owner, owners...)},
		{"empty", false, choice(d, &empty, "not_applicable", "met")},
		{"floor", false, d.floor(&r.Floor)},
		{"floor_reason", false, d.text(&r.FloorReason)},
		{"exclude_at_most", false, d.share(&r.ExcludeAtMost)},
		{"info", false, d.boolean(&r.Info)},
		{"fix", true, d.text(&r.Fix)},
		{"optional", false, d.columns(v, &s.Optional)},
		{"one_of", false, d.groups(v, &s.OneOf)},
		{"open_ended", false, d.openEnded(v, &r.OpenEnded)},
		{"listed_from", false, d.integer(&r.ListedFrom, 1, 1000)},
		{"unlisted", false, d.boolean(&r.Unlisted)},
		{"where_to_look", false, d.text(&r.WhereToLook)},
		{"answer_stands", false, d.standing(&r.AnswerStands)},
		{"answers", false, d.answersTaken(&r.Answers)},
		{"count_of", false, d.text(&r.CountOf)},
		{"minutes", false, d.integer(&r.MinutesEach, 1, 240)},
		{"value_of", false, d.texts(&r.ValueOf)},
		{"batch", false, d.batch(&r.Parts)},
		{"beside", false, d.beside(&r.Parts)},
	})
	r.EmptyMet = empty == "met"
	if r.Evidence == EvidenceDeclared && !v.has("table") {
		r.Table = schema.Practice // it is the practice that answers
	}
	s.Table = r.Table
	d.judge(v, r)
	d.ownParts(v, r)
	return r
}

// judge checks what the keys of a rule say together.
func (d *document) judge(v *value, r *Rule) {
	if r.ID != "" && !idForm.MatchString(r.ID) {
		d.fault(v.at("id"), "such as medication/four-repeats-reviewed", "want an id of small letters, digits and hyphens: set/name")
	}
	if r.Code != "" && !codeForm.MatchString(r.Code) {
		d.fault(v.at("code"), "", "want a code such as MED-008")
	}
	if strings.HasSuffix(r.Title, ".") {
		d.fault(v.at("title"), "", "want a title without a full stop")
	}
	declared := r.Evidence == EvidenceDeclared
	switch {
	case declared && (r.Source.Where != "" || r.Source.Exclude != "" || r.Source.Expect != "" || r.Source.Value != ""):
		d.fault(v.at("evidence"), "use evidence: data_or_declared where data can show it", "a declared rule reads no data, so it has no where, exclude, expect or value")
	case declared:
	case r.Source.Where == "":
		d.fault(v, `where: "true" counts every row`, "a rule needs the key %q", "where")
	case !r.Info && r.Source.Expect == "":
		d.fault(v, "say what a good record has; a rule that only lists or counts is info: true", "a rule needs the key %q", "expect")
	}
	switch {
	case r.Evidence == EvidenceData && r.Declares != "":
		d.fault(v.at("declares"), "add evidence: data_or_declared", "a rule whose evidence is data takes no declaration")
	case r.Evidence != EvidenceData && r.Declares == "" && v.has("evidence"):
		d.fault(v.at("evidence"), "add declares: and the key of the declaration", "a rule that can be declared needs the key %q", "declares")
	case len(r.answersFor()) == 0 && (v.has("answer_stands") || v.has("answers")):
		d.fault(v.at("evidence"), "add evidence: data_or_declared", "a rule whose evidence is data takes no declaration")
	case r.Declares != "" && !v.has("answers"):
		d.fault(v.at("declares"), "answers: [yes, no]", "a rule that can be declared needs the key %q", "answers")
	case r.Declares != "" && !keyForm.MatchString(r.Declares):
		d.fault(v.at("declares"), "", "want a key of small letters, digits and hyphens")
	case r.CountOf != "" && !slices.ContainsFunc(r.Asks(), func(a Ask) bool { return a.Count }):
		d.fault(v.at("count_of"), "", "the rule asks for no answer that could have a count")
	}
	d.judgeThreshold(v, r)
	d.judgeFloor(v, r)
	d.judgeFigures(v, r)
	d.judgeReasons(v, r)
}

// judgeFloor checks what is said of how much must be there.
func (d *document) judgeFloor(v *value, r *Rule) {
	switch {
	case !r.EmptyMet && (v.has("floor") || v.has("floor_reason")):
		d.fault(v, "add empty: met, or remove it", "only where nothing eligible meets the rule is there a floor")
	case v.has("floor") && r.Floor == 0 && r.FloorReason == "":
		d.fault(v.at("floor"), "add floor_reason: and why none can be expected", "a floor of 0 needs the key %q", "floor_reason")
	case v.has("floor_reason") && (!v.has("floor") || r.Floor > 0):
		d.fault(v.at("floor_reason"), "floor: 0", "a reason is given for a floor of 0 only")
	}
	if v.has("exclude_at_most") && r.Source.Exclude == "" {
		d.fault(v.at("exclude_at_most"), "remove it", "the rule excludes nothing")
	}
}

// lacksFloor says that nothing found would be evidence whatever the extract
// lacks.
func (r *Rule) lacksFloor() bool { return r.EmptyMet && r.Floor == 0 && r.FloorReason == "" }

const (
	noFloor     = "nothing eligible meets the rule, and the page does not say how much must be there to find none in"
	noFloorHint = "write floor: and how many rows of its table 1,000 patients have, or floor: 0 with floor_reason:"
)

// floor reads a number of rows for 1,000 patients.
func (d *document) floor(into *int64) func(*value) {
	return func(v *value) {
		n := 0
		d.integer(&n, 0, 100_000)(v)
		*into = int64(n)
	}
}

// share reads a percentage above 0, in hundredths.
func (d *document) share(into *int64) func(*value) {
	return func(v *value) {
		percent, err := parsePercent(v.text)
		if v.kind != scalar || err != nil || percent <= 0 {
			d.fault(v, "", "want a percentage such as 60%%")
			return
		}
		*into = percent
	}
}

// answersTaken reads the answers that a declaration may give.
func (d *document) answersTaken(into *[]string) func(*value) {
	return func(v *value) {
		var words []string
		if d.texts(&words)(v); v.kind != list {
			return
		}
		if len(v.items) == 0 {
			d.fault(v, "answers: [yes, no]", "want an answer")
		}
		for i, item := range v.items {
			switch {
			case item.kind != scalar:
			case !slices.Contains(answers, item.text):
				d.fault(item, schema.DidYouMean(item.text, answers), "want one of %s", strings.Join(answers, ", "))
			case slices.ContainsFunc(v.items[:i], func(have *value) bool { return have.text == item.text }):
				d.fault(item, "", "the answer %s appears twice", item.text)
			}
		}
		*into = words
	}
}

func (d *document) judgeThreshold(v *value, r *Rule) {
	switch {
	case r.Info && v.has("threshold"):
		d.fault(v.at("threshold"), "remove it, or remove info: true", "an info rule is not judged, so it has no threshold")
	case !r.Info && !v.has("threshold") && r.Evidence != EvidenceDeclared:
		d.fault(v, "threshold: 80%", "a rule needs the key %q", "threshold")
	case r.Threshold.Set && r.ThresholdFrom == "":
		d.fault(v.at("threshold"), `name the published requirement, or write "Our own default"`, "a threshold needs the key %q", "threshold_from")
	case r.ThresholdFrom == "" && !r.Info && v.has("threshold_from"):
		// The fault of an empty threshold_from is noted already.
	case r.Published && r.ThresholdFrom == "":
		d.fault(v.at("published"), "add threshold_from: and the requirement", "what is published must be named")
	}
}

// standing reads how long a declaration stands: "3 months" or "until withdrawn".
func (d *document) standing(into *int) func(*value) {
	return func(v *value) {
		if v.kind == scalar && v.text == "until withdrawn" {
			*into = UntilWithdrawn
			return
		}
		months, ok := strings.CutSuffix(v.text, " months")
		n, err := strconv.Atoi(months)
		if v.kind != scalar || !ok || err != nil || n < 1 || n > 120 {
			d.fault(v, "", `want a time such as "3 months", or "until withdrawn"`)
			return
		}
		*into = n
	}
}

func (d *document) table(into **schema.Table) func(*value) {
	return func(v *value) {
		if *into = schema.Lookup(v.text); v.kind == scalar && *into != nil {
			return
		}
		names := make([]string, len(schema.Tables))
		for i, t := range schema.Tables {
			names[i] = t.Name
		}
		hint := schema.DidYouMean(v.text, names)
		if hint == "" {
			hint = "one of " + strings.Join(names, ", ")
		}
		d.fault(v, hint, "want a table")
	}
}

// columns reads a list of tables and of columns, of the rule's table or as
// table.column.
func (d *document) columns(rule *value, into *[]string) func(*value) {
	return func(v *value) {
		if d.texts(into)(v); v.kind != list {
			return
		}
		for _, item := range v.items {
			d.checkColumn(rule, item, true)
		}
	}
}

// openEnded reads which date columns may lie open at one end, and why.
func (d *document) openEnded(rule *value, into *[]OpenEnd) func(*value) {
	return func(v *value) {
		if v.kind != list || len(v.items) == 0 {
			d.fault(v, `[{column: review_due_date, reason: "a review that is due lies ahead"}]`, "want a list of date columns with the reason why each may lie open at one end")
			return
		}
		for _, item := range v.items {
			var column, reason string
			d.object(item, "an open end", []key{{"column", true, d.text(&column)}, {"reason", true, d.text(&reason)}})
			at := item.at("column")
			d.checkColumn(rule, at, false)
			table, name, dotted := strings.Cut(column, ".")
			if !dotted {
				table, name = rule.at("table").text, column
			}
			t := schema.Lookup(table)
			if t == nil || t.Column(name) == nil {
				continue // noted already
			}
			c := t.Column(name)
			switch {
			case c.Type != schema.Date:
				d.fault(at, "", "%s is no date", c)
			case slices.ContainsFunc(*into, func(o OpenEnd) bool { return o.Column == c }):
				d.fault(at, "", "the column appears twice")
			}
			*into = append(*into, OpenEnd{Column: c, Reason: reason})
		}
	}
}

// groups reads a list of lists of columns or tables.
func (d *document) groups(rule *value, into *[][]string) func(*value) {
	return func(v *value) {
		if v.kind != list {
			d.fault(v, "write [[birth_date, birth_year]]", "want a list of lists")
			return
		}
		for _, item := range v.items {
			var group []string
			if d.texts(&group)(item); item.kind != list {
				continue
			}
			if len(group) < 2 {
				d.fault(item, "", "want two or more columns or tables to choose from")
			}
			for _, name := range item.items {
				d.checkColumn(rule, name, true)
			}
			*into = append(*into, group)
		}
	}
}

// checkColumn notes a fault where item names no column of the schema (nor, if
// tables are allowed, a table).
func (d *document) checkColumn(rule, item *value, tables bool) {
	if item.kind != scalar {
		return
	}
	own := schema.Lookup(rule.at("table").text)
	table, column, dotted := strings.Cut(item.text, ".")
	t := own
	if dotted {
		if t = schema.Lookup(table); t == nil {
			d.fault(item, "write table.column", "there is no table %q", table)
			return
		}
	} else {
		column = item.text
		if schema.Lookup(column) != nil && tables {
			return
		}
	}
	if t == nil || t.Column(column) != nil {
		return
	}
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	hint := schema.DidYouMean(column, names)
	if hint == "" && !dotted {
		hint = "for a column of another table write table.column"
	}
	d.fault(item, hint, "%s has no column %q", t.Name, column)
}

// casesName is where the cases of a page lie, or those of a part of it.
func casesName(page, part string) string {
	set, name := path.Split(page)
	if name = strings.TrimSuffix(name, ".md"); part != "" {
		name += "." + part
	}
	return set + "testdata/" + name + ".txtar"
}
