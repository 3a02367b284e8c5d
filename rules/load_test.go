package rules

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

const goodPage = `---
id: medication/dose-recorded
title: Every course has a dose
code: MED-005
dimension: completeness
table: medications
where: patient.registered
exclude: is_appliance
expect: dosage_state == "stated"
threshold: 98%
threshold_from: Our own default
evidence: data
owner: clinician
fix: Write the dose.
---
## What it measures

Doses.

## Why it matters

Doses matter.

## How to put it right

Write them.

## History

First version.
`

const goodDefinitions = `- name: registered
  table: patients
  doc: On the list.
  is: registrations.exists(r, r.reg_type == "regular")
`

// folder returns a rule folder of one page, with further files as name, text.
func folder(page string, more ...string) Folder {
	m := fstest.MapFS{
		"definitions.yaml":             {Data: []byte(goodDefinitions)},
		"medication/dose-recorded.md":  {Data: []byte(page)},
		"medication/testdata/README":   {Data: []byte("not a case")},
		"medication/README.md":         {Data: []byte("about the set")},
		"codelists/review.csv":         {Data: []byte("system,code,term\nsct,322236009,Paracetamol 500 mg tablet\n")},
		"codelists/review.yaml":        {Data: []byte("title: Reviews\ncovers: [sct]\nsource: made up\nrelease: none\nlicence: none\n")},
		"medication/testdata/none.txt": {Data: []byte("")},
	}
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] == "" {
			delete(m, more[i])
			continue
		}
		m[more[i]] = &fstest.MapFile{Data: []byte(more[i+1])}
	}
	return Folder{FS: m, Name: "local"}
}

func TestLoadReadsARule(t *testing.T) {
	c, err := Load(folder(goodPage, "medication/testdata/dose-recorded.txtar", "-- a/want --\nnumerator: 1\n"))
	require.NoError(t, err)
	require.Len(t, c.Rules, 1)
	r := c.Rule("medication/dose-recorded")
	require.NotNil(t, r)
	require.Same(t, r, c.Rule("MED-005"))
	require.Equal(t, "Every course has a dose", r.Title)
	require.Equal(t, "medications", r.Table.Name)
	require.Equal(t, Threshold{Percent: 9800, Set: true}, r.Threshold)
	require.Equal(t, `dosage_state == "stated"`, r.Source.Expect)
	require.Equal(t, 9, r.Source.ExpectLine)
	require.Equal(t, 1, r.ListedFrom)
	require.False(t, r.EmptyMet)
	require.Equal(t, "Doses matter.", r.Page.Text("Why it matters"))
	require.Equal(t, "local/medication/testdata/dose-recorded.txtar", r.CasesFile)
	require.NotNil(t, r.Cases)
	require.NotNil(t, r.Checked)
	require.Equal(t, []string{"322236009"}, c.Lists["review"].Codes["sct"])
}

func TestLoadReadsHowMuchMustBeThere(t *testing.T) {
	c, err := Load(folder(strings.Replace(goodPage, "owner: c", "empty: met\nfloor: 30\nexclude_at_most: 62.5%\nowner: c", 1)))
	require.NoError(t, err)
	r := c.Rules[0]
	require.True(t, r.EmptyMet)
	require.Equal(t, int64(30), r.Floor)
	require.Equal(t, int64(6250), r.ExcludeAtMost)
	require.Contains(t, r.Markdown(), "none found, where there are at least 30 rows for 1,000 registered patients")
	require.Contains(t, r.Markdown(), "- **Left out at most**: 62.5%, or the rest is no evidence")

	c, err = Load(folder(strings.Replace(goodPage, "owner: c", "empty: met\nfloor: 0\nfloor_reason: Few have one.\nowner: c", 1)))
	require.NoError(t, err)
	require.Zero(t, c.Rules[0].Floor)
	require.Equal(t, "Few have one.", c.Rules[0].FloorReason)
	require.Contains(t, c.Rules[0].Markdown(), "none found, however few rows there are. Few have one.")

	for _, r := range embedded(t).Rules {
		require.Equal(t, r.EmptyMet, r.Floor > 0 || r.FloorReason != "", r.ID)
	}
}

func TestConditionsKeepTheirLines(t *testing.T) {
	for _, form := range []struct{ name, yaml, text string }{
		{"one line", "expect: dosage_state == \"stated\"  # a note", `dosage_state == "stated"`},
		{"quoted", `expect: "dosage_state == 'stated'"`, "dosage_state == 'stated'"},
		{"folded", "expect: >-\n  dosage_state == \"stated\"\n    && has(status)\n", "dosage_state == \"stated\"\n  && has(status)"},
		{"literal", "expect: |\n\n  has(status)\n", "has(status)"},
		{"plain over lines", "expect: has(status)\n  && has(term)", "has(status)\n  && has(term)"},
		{"escaped", `expect: "dosage_state == \"stated\""`, `dosage_state == "stated"`},
	} {
		t.Run(form.name, func(t *testing.T) {
			page := strings.Replace(goodPage, `expect: dosage_state == "stated"`, form.yaml, 1)
			c, err := Load(folder(page))
			require.NoError(t, err)
			s := c.Rules[0].Source
			require.Equal(t, form.text, s.Expect)
			first := strings.Split(page, "\n")[s.ExpectLine-1]
			if form.name != "escaped" {
				require.Contains(t, first, strings.Split(form.text, "\n")[0])
			}
		})
	}
}

func TestBadConditionIsShownWhereItStands(t *testing.T) {
	page := strings.Replace(goodPage, `expect: dosage_state == "stated"`, "expect: >-\n  has(status)\n    && dosage_stat == \"stated\"", 1)
	_, err := Load(folder(page))
	require.ErrorContains(t, err, "local/medication/dose-recorded.md:11:8: ")
	require.ErrorContains(t, err, "\n        && dosage_stat == \"stated\"\n           ^\n")
	require.ErrorContains(t, err, "dosage_state")
}

func TestBadPages(t *testing.T) {
	const file = "local/medication/dose-recorded.md"
	for _, c := range []struct{ name, old, new, want string }{
		{"no front matter", "---\nid", "id", ":1:1: want the front matter of the rule first\n    hint: begin the page with a line \"---\""},
		{"front matter without end", "Write the dose.\n---\n", "Write the dose.\n", ":1:1: the front matter has no end\n    hint: close it with a line \"---\""},
		{"unknown key", "owner: ", "ownr: clinician\nowner: ", ":13:1: a rule has no key \"ownr\"\n    hint: did you mean owner?"},
		{"key twice", "owner: clinician", "owner: clinician\nowner: practice", ":14:1: not YAML: mapping key \"owner\" already defined at [13:1]"},
		{"key absent", "owner: clinician\n", "", ":2:1: a rule needs the key \"owner\""},
		{"key empty", "owner: clinician", "owner:", ":13:1: want one of practice, clinician, supplier, pcse, file"},
		{"anchor", "fix: Write", "fix: &a Write", ":14:6: a YAML anchor\n    hint: text that begins with \"&\" must be quoted"},
		{"alias", "fix: Write the dose.", "fix: *a", ":14:6: a YAML alias\n    hint: text that begins with \"*\" must be quoted"},
		{"tag", `expect: dosage`, `expect: !dosage`, ":9:9: a YAML tag\n    hint: text that begins with \"!\" must be quoted, or stand in a block: key: >-"},
		{"block sign", "threshold: 98%", "threshold: > 50%", ":10:12: not YAML: invalid header option: \" 50%\"\n    hint: text that begins with \">\" or \"|\" must be quoted: \"> 50%\""},
		{"colon in text", "fix: Write the dose.", "fix: Write: the dose.", ":14:6: not YAML: mapping value is not allowed in this context\n    hint: text that holds \": \" must be quoted, or stand in a block: key: >-"},
		{"other id", "dose-recorded\n", "dose-record\n", ":2:5: want the id medication/dose-recorded, as the file is named\n    hint: the id is the set and the file name"},
		{"bad code", "MED-005", "MED5", ":4:7: want a code such as MED-008"},
		{"title with a stop", "has a dose", "has a dose.", ":3:8: want a title without a full stop"},
		{"dimension", "completeness", "completness", ":5:12: want one of conformance, completeness, plausibility, timeliness\n    hint: did you mean completeness?"},
		{"table", "table: medications", "table: medication", ":6:8: want a table\n    hint: did you mean medications?"},
		{"no condition", "expect: dosage_state == \"stated\"\n", "", ":2:1: a rule needs the key \"expect\"\n    hint: say what a good record has; a rule that only lists or counts is info: true"},
		{"no where", "where: patient.registered\n", "", ":2:1: a rule needs the key \"where\"\n    hint: where: \"true\" counts every row"},
		{"threshold without sign", "98%", "98", ":10:12: want a percentage such as 80% or 99.95%, with at most two decimals"},
		{"threshold too exact", "98%", "99.999%", ":10:12: want a percentage such as 80% or 99.95%, with at most two decimals"},
		{"threshold too high", "98%", "101%", ":10:12: want a percentage from 0% to 100%"},
		{"threshold never met", "98%", "\"> 100%\"", ":10:12: no rate can be above 100% or below 0%\n    hint: quote it: \"> 50%\""},
		{"tiers not ascending", "98%", "{tiers: [70%, 60%]}", ":10:13: want two or more tiers in ascending order\n    hint: tiers: [60%, 70%, 80%]"},
		{"no threshold", "threshold: 98%\n", "", ":2:1: a rule needs the key \"threshold\"\n    hint: threshold: 80%"},
		{"no origin", "threshold_from: Our own default\n", "", ":10:12: a threshold needs the key \"threshold_from\"\n    hint: name the published requirement, or write \"Our own default\""},
		{"info with threshold", "evidence: data", "evidence: data\ninfo: true", ":10:12: an info rule is not judged, so it has no threshold\n    hint: remove it, or remove info: true"},
		{"declares without need", "evidence: data", "evidence: data\ndeclares: dose", ":13:11: a rule whose evidence is data takes no declaration\n    hint: add evidence: data_or_declared"},
		{"declaration without key", "evidence: data", "evidence: data_or_declared", ":12:11: a rule that can be declared needs the key \"declares\"\n    hint: add declares: and the key of the declaration"},
		{"declared with a condition", "evidence: data", "evidence: declared\ndeclares: dose\nanswers: [yes]", ":12:11: a declared rule reads no data, so it has no where, exclude, expect or value\n    hint: use evidence: data_or_declared where data can show it"},
		{"optional column", "owner: c", "optional: [dose]\nowner: c", ":13:12: medications has no column \"dose\"\n    hint: for a column of another table write table.column"},
		{"optional column of another table", "owner: c", "optional: [issues.isue_date]\nowner: c", ":13:12: issues has no column \"isue_date\"\n    hint: did you mean issue_date?"},
		{"optional of no table", "owner: c", "optional: [issue.date]\nowner: c", ":13:12: there is no table \"issue\"\n    hint: write table.column"},
		{"one of one", "owner: c", "one_of: [[status]]\nowner: c", ":13:10: want two or more columns or tables to choose from"},
		{"open end of no list", "owner: c", "open_ended: start_date\nowner: c", ":13:13: want a list of date columns with the reason why each may lie open at one end\n    hint: [{column: review_due_date, reason: \"a review that is due lies ahead\"}]"},
		{"open end without a reason", "owner: c", "open_ended: [{column: start_date, reason: \"\"}]\nowner: c", ":13:43: want a text"},
		{"open end of no date", "owner: c", "open_ended: [{column: status, reason: a}]\nowner: c", ":13:23: medications.status is no date"},
		{"open end of no column", "owner: c", "open_ended: [{column: stat_date, reason: a}]\nowner: c", ":13:23: medications has no column \"stat_date\"\n    hint: did you mean start_date?"},
		{"open end twice", "owner: c", "open_ended: [{column: start_date, reason: a}, {column: medications.start_date, reason: a}]\nowner: c", ":13:56: the column appears twice"},
		{"listed from", "owner: c", "listed_from: 010\nowner: c", ":13:14: want a whole number from 1 to 1000"},
		{"answer stands", "evidence: data", "evidence: data_or_declared\ndeclares: dose\nanswers: [yes]\nanswer_stands: 3", ":15:16: want a time such as \"3 months\", or \"until withdrawn\""},
		{"declaration without answers", "evidence: data", "evidence: data_or_declared\ndeclares: dose", ":13:11: a rule that can be declared needs the key \"answers\"\n    hint: answers: [yes, no]"},
		{"unknown answer", "evidence: data", "evidence: data_or_declared\ndeclares: dose\nanswers: [yes, supplier-hosted]", ":14:16: want one of yes, no, not_applicable, supplier_hosted\n    hint: did you mean supplier_hosted?"},
		{"answer twice", "evidence: data", "evidence: data_or_declared\ndeclares: dose\nanswers: [yes, yes]", ":14:16: the answer yes appears twice"},
		{"no answer", "evidence: data", "evidence: data_or_declared\ndeclares: dose\nanswers: []", ":14:10: want an answer\n    hint: answers: [yes, no]"},
		{"answers of data", "evidence: data", "evidence: data\nanswers: [yes]", ":12:11: a rule whose evidence is data takes no declaration\n    hint: add evidence: data_or_declared"},
		{"floor of nothing", "owner: c", "floor: 30\nowner: c", ":2:1: only where nothing eligible meets the rule is there a floor\n    hint: add empty: met, or remove it"},
		{"floor of 0 without reason", "owner: c", "empty: met\nfloor: 0\nowner: c", ":14:8: a floor of 0 needs the key \"floor_reason\"\n    hint: add floor_reason: and why none can be expected"},
		{"reason for a floor", "owner: c", "empty: met\nfloor: 30\nfloor_reason: Few.\nowner: c", ":15:15: a reason is given for a floor of 0 only\n    hint: floor: 0"},
		{"floor below zero", "owner: c", "empty: met\nfloor: -1\nfloor_reason: a\nowner: c", ":14:8: want a whole number from 0 to 100000"},
		{"share without sign", "owner: c", "exclude_at_most: 60\nowner: c", ":13:18: want a percentage such as 60%"},
		{"share of nothing", "exclude: is_appliance\n", "exclude_at_most: 60%\n", ":8:18: the rule excludes nothing\n    hint: remove it"},
		{"count of nothing", "evidence: data", "evidence: data\ncount_of: letters", ":13:11: the rule asks for no answer that could have a count"},
		{"empty", "owner: c", "empty: passed\nowner: c", ":13:8: want one of not_applicable, met"},
		{"boolean", "owner: c", "published: yes\nowner: c", ":13:12: want true or false"},
		{"text before a heading", "## What", "Doses.\n\n## What", ":16:1: text before the first heading\n    hint: write \"## What it measures\" first"},
		{"heading twice", "## History", "## Why it matters", ":28:1: the heading \"Why it matters\" appears twice"},
		{"heading of the first level", "Doses.\n", "# Doses\n", ":18:1: a heading of the first level\n    hint: use \"## \"; the title is in the front matter"},
	} {
		t.Run(c.name, func(t *testing.T) {
			page := strings.Replace(goodPage, c.old, c.new, 1)
			require.NotEqual(t, goodPage, page)
			_, err := Load(folder(page))
			require.EqualError(t, err, file+c.want)
			require.ErrorAs(t, err, new(*Error))
		})
	}
}

func TestStrictFoldersNeedMore(t *testing.T) {
	const file = "local/medication/dose-recorded.md"
	cases := []string{"medication/testdata/dose-recorded.txtar", "-- a/want --\nnumerator: 1\n"}
	for _, c := range []struct {
		name, old, new string
		more           []string
		want           string
	}{
		{"no cases", "", "", nil, file + ": the rule has no cases\n    hint: write them in local/medication/testdata/dose-recorded.txtar"},
		{"no heading", "## History\n\nFirst version.\n", "", cases, file + ": the page lacks the heading \"## History\""},
		{"nothing below a heading", "Doses.\n", "", cases, file + ": nothing stands under the heading \"## What it measures\""},
		{"another heading", "## History", "## Sources\n\nNone.\n\n## History", cases, file + ": the heading \"## Sources\" is not one of a rule's page\n    hint: the headings are: What it measures; Why it matters; How to put it right; History; In the clinical system; Exceptions; References"},
		{"nothing found in nothing", "evidence: data\n", "evidence: data\nempty: met\n", cases, file + ": nothing eligible meets the rule, and the page does not say how much must be there to find none in\n    hint: write floor: and how many rows of its table 1,000 patients have, or floor: 0 with floor_reason:"},
		{"a list without origin", "", "", append([]string{"codelists/review.yaml", ""}, cases...), "local/codelists/review.csv: does not say where it comes from\n    hint: write title, source, release and licence in local/codelists/review.yaml"},
		{"an origin that lacks the licence", "", "", append([]string{"codelists/review.yaml", "title: a\ncovers: [sct]\nsource: b\nrelease: c\n"}, cases...), "local/codelists/review.yaml:1:1: a code list needs the key \"licence\""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := folder(strings.Replace(goodPage, c.old, c.new, 1), c.more...)
			_, err := Load(f)
			require.NoError(t, err, "a folder of a user may lack it")
			f.Strict = true
			_, err = Load(f)
			require.EqualError(t, err, c.want)
		})
	}
}

func TestFaultsOfAllFilesComeTogether(t *testing.T) {
	_, err := Load(folder(strings.Replace(goodPage, "98%", "98", 1),
		"allergy/coded.md", "nothing",
		"allergy/testdata/code.txtar", "-- a/want --",
		"codelists/review.csv", "system,code,term\nsnomed,1,\n",
		"codelists/lost.yaml", "title: lost\n",
	))
	require.EqualError(t, err, `local/allergy/coded.md:1:1: want the front matter of the rule first
    hint: begin the page with a line "---"
local/allergy/testdata/code.txtar: cases without a rule
    hint: name the archive as the rule's page is named
local/codelists/lost.yaml: there is no code list of this name
    hint: an empty list is a file with the line system,code,term
local/codelists/review.csv:2:1: want one of sct, dmd, read2, ctv3, bnf, local as system
local/medication/dose-recorded.md:10:12: want a percentage such as 80% or 99.95%, with at most two decimals`)
}

func TestDefinitionFaults(t *testing.T) {
	const file = "local/definitions.yaml"
	for _, c := range []struct{ name, text, want string }{
		{"not a list", "name: a\n", ":1:1: want a list of definitions\n    hint: - name: registered"},
		{"no text", "- {name: registered, table: patients, doc: d}\n", ":1:4: a definition needs either is: or any_of:"},
		{"both", goodDefinitions + "  any_of: [{is: a}]\n", ":1:3: a definition needs either is: or any_of:"},
		{"bad name", strings.Replace(goodDefinitions, "registered", "Registered", 1), ":1:9: want a name of small letters, digits and underscores"},
		{"optional beside any_of", "- name: registered\n  table: patients\n  doc: d\n  optional: [sex]\n  any_of:\n    - is: has(sex)\n", ":4:13: optional: stands beside is:\n    hint: move it into the alternatives"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(folder(strings.Replace(goodPage, "patient.registered", "\"true\"", 1), "definitions.yaml", c.text))
			require.EqualError(t, err, file+c.want)
		})
	}
}

func TestBadDefinitionIsShownWhereItStands(t *testing.T) {
	_, err := Load(folder(goodPage, "definitions.yaml", "- name: registered\n  table: patients\n  doc: d\n  any_of:\n    - is: >-\n        has(sex)\n        && sexx == \"F\"\n"))
	require.ErrorContains(t, err, "local/definitions.yaml:7:12: ")
	require.ErrorContains(t, err, "\n            && sexx == \"F\"\n               ^")
}

func TestFoldersAddUp(t *testing.T) {
	second := fstest.MapFS{
		"codelists/review.csv":        {Data: []byte("system,code,term\nlocal,X1,ours\n")},
		"local/coded.md":              {Data: []byte(strings.NewReplacer("medication/dose-recorded", "local/coded", "code: MED-005\n", "", "patient.registered", `"true"`).Replace(goodPage))},
		"medication/dose-recorded.md": {Data: []byte(goodPage)},
	}
	_, err := Load(folder(goodPage), Folder{FS: second, Name: "ours"})
	require.EqualError(t, err, "ours/medication/dose-recorded.md:2:1: medication/dose-recorded stands in local/medication/dose-recorded.md already\n    hint: choose another name: reports and schemes quote ids for years")

	delete(second, "medication/dose-recorded.md")
	c, err := Load(folder(goodPage), Folder{FS: second, Name: "ours"})
	require.NoError(t, err)
	require.Equal(t, Version+"+local", c.Version)
	require.Len(t, c.Rules, 2)
	require.Equal(t, map[string][]string{"local": {"X1"}}, c.Lists["review"].Codes, "a later list stands in for an earlier one")

	_, err = Load(folder(goodPage), Folder{FS: fstest.MapFS{"definitions.yaml": {Data: []byte(goodDefinitions)}}, Name: "ours"})
	require.EqualError(t, err, "ours/definitions.yaml:4:1: registered of patients is defined already\n    hint: choose another name; what published rules mean cannot be changed")

	lists := fstest.MapFS{"review.csv": {Data: []byte("system,code,term\n")}}
	c, err = Load(folder(goodPage), Folder{FS: lists, Name: "lists", ListsOnly: true})
	require.NoError(t, err)
	require.True(t, c.Lists["review"].Empty())
}

func TestDigestFollowsWhatBearsOnResults(t *testing.T) {
	load := func(f Folder) string {
		c, err := Load(f)
		require.NoError(t, err)
		return c.SHA256
	}
	base := load(folder(goodPage))
	require.Len(t, base, 64)
	require.Equal(t, base, load(folder(goodPage)))
	require.Equal(t, base, load(folder(goodPage, "medication/testdata/dose-recorded.txtar", "-- a/want --\nnumerator: 1\n")))
	require.NotEqual(t, base, load(folder(strings.Replace(goodPage, "98%", "97%", 1))))
	require.NotEqual(t, base, load(folder(goodPage, "codelists/review.csv", "system,code,term\n")))
	require.NotEqual(t, base, load(folder(goodPage, "definitions.yaml", goodDefinitions+"\n# changed\n")))
}

func TestUnreadableFilesAreFaults(t *testing.T) {
	f := folder(goodPage, "codelists/review.csv", "system,code,term\n\"open")
	_, err := Load(f)
	require.EqualError(t, err, "local/codelists/review.csv:2:6: not CSV\n    hint: write quotes within a term twice, and the term in quotes")
	require.NotErrorIs(t, err, fs.ErrNotExist)

	_, err = Load(folder(goodPage, "medication/testdata/dose-recorded.txtar", strings.Repeat("x", maxPage+1)))
	require.EqualError(t, err, "local/medication/testdata/dose-recorded.txtar: is larger than 256 KiB")
}

func TestFoldersWithoutRulesAreFaults(t *testing.T) {
	empty := fstest.MapFS{"README.md": {Data: []byte("nothing here")}}
	_, err := Load(Folder{FS: empty, Name: "mine"})
	require.EqualError(t, err, "mine: the folder holds no rule\n    hint: a rule is a page set/name.md; paperlight rules new set/name writes one")
	_, err = Load(Folder{FS: empty, Name: "mine", ListsOnly: true})
	require.EqualError(t, err, "mine: the folder holds no code list\n    hint: a code list is a file name.csv with the columns system, code and term")
	_, err = Load(Folder{FS: os.DirFS(filepath.Join(t.TempDir(), "absent")), Name: "mine"})
	require.EqualError(t, err, "mine: the folder cannot be read")
	_, err = Load(Folder{FS: fstest.MapFS{"dose-recorded.md": {Data: []byte(goodPage)}}, Name: "medication"})
	require.EqualError(t, err, "medication/dose-recorded.md: a rule page outside a set\n    hint: rule pages lie one folder down: set/dose-recorded.md")
}
