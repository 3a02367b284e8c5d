package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A bench over real columns takes longer than all else here.
var fewRounds = []string{"--rounds", "3", "--leave-out", "0", "--select", "allergy/coded", "--allow-test-numbers"}

// TestNothingIsDestroyed gives every verb that writes an output that is, lies
// in or leads to something of worth. Nothing at all may change.
func TestNothingIsDestroyed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("makes links")
	}
	t.Chdir(t.TempDir())
	require.Zero(t, paperlight(t, "generate", "ex", "--patients", "60", "--quiet").code)
	require.Zero(t, paperlight(t, "check", "ex", "--allow-test-numbers", "--fail-on", "never", "--worklist", "lists", "--format", "html=r.html").code)
	require.Zero(t, paperlight(t, append([]string{"bench", "ex", "--format", "json=base.json"}, fewRounds...)...).code)
	require.Zero(t, paperlight(t, "rules", "docs", "docs").code)
	require.Zero(t, paperlight(t, "rules", "new", "ours/phone", "--dir", "ours", "--table", "patients").code)
	for name, content := range map[string]string{"scheme.yaml": "id: x", "answers.yaml": "answers: []", "prevalence.yaml": "x: 1", "codes/mine.csv": "system,code,term\n",
		"mixed/mine.csv": "1", "edited/a": "", "plain.txt": "mine", "taken.zip": "x", "docs2/mine.md": "mine", "realcodes/mine.csv": "system,code,term\nlocal,1,mine\n"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(content), 0o600))
	}
	require.NoError(t, os.CopyFS("around/ex", os.DirFS("ex")))
	for _, folder := range []string{"withforeign", "withedit"} {
		require.NoError(t, os.CopyFS(folder, os.DirFS("lists")))
		require.NoError(t, os.CopyFS(folder+"-docs", os.DirFS("docs")))
	}
	lists, err := filepath.Glob("lists/*.csv")
	require.NoError(t, err)
	listed := filepath.Base(lists[0])
	require.NoError(t, os.WriteFile("withforeign/mine.csv", []byte("x"), 0o600))
	require.NoError(t, os.WriteFile("withforeign-docs/allergy/mine.md", []byte("x"), 0o600))
	require.NoError(t, os.WriteFile("withedit/"+listed, []byte("x"), 0o600))
	require.NoError(t, os.WriteFile("withedit-docs/allergy/coded.md", []byte("x"), 0o600))
	for link, to := range map[string]string{"link.csv": "ex/events.csv", "dangling.csv": "ex/new.csv", "linked": "ex", "loop": "loop", "lists/../exlink": "ex", "tolink": "link.csv", "leading/ours/phone.md": "../../ex/new.csv"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(link), 0o755))
		require.NoError(t, os.Symlink(to, link))
	}
	require.NoError(t, os.Link("ex/events.csv", "hard.csv"))
	require.NoError(t, os.Link("scheme.yaml", "hardscheme.yaml"))
	require.NoError(t, os.MkdirAll("piped/ours", 0o755))
	require.NoError(t, exec.Command("mkfifo", "pipe", "piped/ours/phone.md").Run())
	require.NoError(t, os.WriteFile("closed.html", []byte("closed"), 0o400))
	require.NoError(t, os.MkdirAll("ex/sub", 0o700))

	require.Zero(t, paperlight(t, "check", "ex", "--allow-test-numbers", "--fail-on", "never", "--history", "past.history").code)
	require.NoError(t, os.Link("past.history", "hardpast"))
	for _, name := range []string{"keyless.history", "cut.history"} {
		text, err := os.ReadFile("past.history")
		require.NoError(t, err)
		if name == "cut.history" {
			text = text[:len(text)-5000]
		}
		require.NoError(t, os.WriteFile(name, text, 0o600))
	}
	check := func(more ...string) []string {
		return append([]string{"check", "ex", "--allow-test-numbers", "--fail-on", "never"}, more...)
	}
	declare := func(out string, more ...string) []string {
		return append([]string{"declare", "new", "ex", "--allow-test-numbers", "--out", out}, more...)
	}
	bench := func(more ...string) []string { return append(append([]string{"bench", "ex"}, fewRounds...), more...) }
	tests := map[string]struct {
		args []string
		code int
		says string
	}{
		"report on a table":                {check("--format", "csv=ex/events.csv"), exitUsage, "--format csv events.csv: would be written over"},
		"report beside the tables":         {check("--format", "csv=ex/new.csv"), exitUsage, "new.csv"},
		"report in a folder of tables":     {check("--format", "csv=ex/sub/new.csv"), exitUsage, "new.csv"},
		"report by a roundabout way":       {check("--format", "csv=lists/../ex/./events.csv"), exitUsage, "events.csv"},
		"report through a link":            {check("--format", "csv=link.csv"), exitUsage, "link.csv"},
		"report through two links":         {check("--format", "csv=tolink"), exitUsage, "tolink"},
		"report through a link to no file": {check("--format", "csv=dangling.csv"), exitUsage, "dangling.csv"},
		"report through a linked folder":   {check("--format", "csv=linked/new.csv"), exitUsage, "new.csv"},
		"report on a hard link":            {check("--format", "csv=hard.csv"), exitUsage, "hard.csv"},
		"report on the extract's folder":   {check("--format", "csv=ex"), exitUsage, "ex"},
		"page on a table":                  {[]string{"inspect", "ex", "--format", "html=ex/events.csv"}, exitUsage, "--format html events.csv: would be written over"},
		"page beside the tables":           {[]string{"inspect", "ex", "--quick", "--format", "html=ex/new.html"}, exitUsage, "new.html"},
		"page on a scheme":                 {[]string{"inspect", "ex", "--scheme", "scheme.yaml", "--format", "html=hardscheme.yaml"}, exitUsage, "hardscheme.yaml"},
		"two pages to one file":            {[]string{"inspect", "ex", "--format", "html=twice", "--format", "json=twice"}, exitUsage, "twice"},
		"report in a loop":                 {check("--format", "csv=loop"), exitOutput, "loop"},
		"extract through a link":           {[]string{"check", "linked", "--format", "csv=ex/events.csv"}, exitUsage, "events.csv"},
		"extract is one file":              {[]string{"check", "ex/patients.csv", "--format", "csv=ex/patients.csv"}, exitUsage, "patients.csv"},
		"report on answers":                {check("--declarations", "answers.yaml", "--format", "csv=answers.yaml"), exitUsage, "--declarations answers.yaml"},
		"report among rules":               {check("--rules", "ours", "--format", "md=ours/ours/phone.md"), exitUsage, "--rules ours"},
		"report among code lists":          {check("--codelists", "codes", "--format", "csv=codes/new.csv"), exitUsage, "--codelists codes"},
		"report on the scheme":             {check("--scheme", "scheme.yaml", "--format", "md=hardscheme.yaml"), exitUsage, "--scheme scheme.yaml"},
		"report on the prevalence":         {check("--prevalence", "prevalence.yaml", "--format", "md=prevalence.yaml"), exitUsage, "--prevalence prevalence.yaml"},
		"lists in the extract":             {check("--worklist", "ex"), exitUsage, "--worklist ex"},
		"lists in a new folder of it":      {check("--worklist", "ex/lists/"), exitUsage, "--worklist lists"},
		"lists around the extract":         {[]string{"check", "around/ex", "--worklist", "around"}, exitUsage, "--worklist around"},
		"lists around it, by a link":       {[]string{"check", "around/../linked", "--worklist", "."}, exitUsage, "--worklist "},
		"two reports in one file":          {check("--format", "csv=n.csv", "--format", "md=lists/../n.csv"), exitUsage, "at one place"},
		"two reports in one linked file":   {check("--format", "csv=r.html", "--format", "html=./r.html"), exitUsage, "at one place"},
		"a report among the lists":         {check("--worklist", "newlists", "--format", "csv=newlists/r.csv"), exitUsage, "at one place"},
		"a report among lists there":       {check("--worklist", "lists", "--format", "csv=lists/r.csv"), exitUsage, "at one place"},
		"a report that is the lists":       {check("--worklist", "n", "--format", "csv=n"), exitUsage, "at one place"},
		"a missing folder":                 {check("--format", "csv=nowhere/r.csv"), exitOutput, "no such folder"},
		"lists in a missing folder":        {check("--worklist", "nowhere/lists"), exitOutput, "no such folder"},
		"a folder for a file":              {check("--format", "csv=lists"), exitOutput, "it is a folder"},
		"a folder by its slash":            {check("--format", "csv=new/"), exitOutput, "names a folder"},
		"a file for a folder":              {check("--worklist", "plain.txt"), exitOutput, "not a folder"},
		"a device for a folder":            {check("--worklist", "pipe"), exitOutput, "not a folder"},
		"a closed file":                    {check("--format", "html=closed.html"), exitOutput, "may not be written"},
		"a foreign list":                   {check("--worklist", "withforeign"), exitOutput, "holds mine.csv"},
		"a foreign folder":                 {check("--worklist", "mixed/"), exitOutput, "holds mine.csv"},
		"an edited list":                   {check("--worklist", "withedit"), exitOutput, "holds " + listed + ", which was changed"},
		"a swallowed flag":                 {check("--worklist", `lists" --quiet`), exitUsage, "leave that backslash out"},
		"a swallowed flag of the extract":  {[]string{"check", `C:\x" --quiet`}, exitInput, "leave that backslash out"},
		"a pattern":                        {[]string{"check", "ex/*.csvx"}, exitInput, "nothing fits this pattern"},

		"questions in the extract":     {declare("ex/declarations.yaml"), exitUsage, "declarations.yaml"},
		"questions through a link":     {declare("linked/declarations.yaml"), exitUsage, "declarations.yaml"},
		"questions on a table":         {declare("hard.csv"), exitUsage, "hard.csv"},
		"questions on answers":         {declare("answers.yaml", "--declarations", "answers.yaml"), exitUsage, "--declarations answers.yaml"},
		"questions on a file":          {declare("plain.txt"), exitOutput, "exists already"},
		"questions in a missing place": {declare("nowhere/q.yaml"), exitOutput, "no such folder"},
		"questions in a folder":        {declare("lists/"), exitOutput, "names a folder"},

		"an extract on an extract":  {[]string{"generate", "ex"}, exitUsage, "already there"},
		"an extract, with a slash":  {[]string{"generate", "ex/"}, exitUsage, "already there"},
		"an extract on a file":      {[]string{"generate", "plain.txt"}, exitUsage, "already there"},
		"an extract on a link":      {[]string{"generate", "linked"}, exitUsage, "already there"},
		"an extract among others":   {[]string{"generate", "mixed"}, exitUsage, "already there"},
		"an extract below a file":   {[]string{"generate", "plain.txt/x"}, exitOutput, "x"},
		"an extract that cannot be": {[]string{"generate", "deep/new", "--fault", "no/such=1"}, exitUsage, "no/such"},
		"costs on a table":          {bench("--format", "json=ex/patients.csv"), exitUsage, "patients.csv"},
		"costs through a link":      {bench("--format", "json=link.csv"), exitUsage, "link.csv"},
		"costs on the baseline":     {bench("--baseline", "base.json", "--format", "json=base.json"), exitUsage, "--baseline base.json"},
		"costs in a missing folder": {bench("--format", "json=nowhere/b.json"), exitOutput, "no such folder"},
		"pages in a foreign folder": {[]string{"rules", "docs", "mixed"}, exitOutput, "holds mine.csv"},
		"pages on the extract":      {[]string{"rules", "docs", "ex/"}, exitOutput, "holds "},
		"pages here":                {[]string{"rules", "docs", "."}, exitOutput, "holds "},
		"a foreign page":            {[]string{"rules", "docs", "withforeign-docs"}, exitOutput, "holds allergy/mine.md"},
		"an edited page":            {[]string{"rules", "docs", "withedit-docs"}, exitOutput, "holds allergy/coded.md, which was changed"},
		"pages among rules":         {[]string{"rules", "docs", "ours", "--rules", "ours"}, exitUsage, "--rules ours"},
		"pages on a file":           {[]string{"rules", "docs", "plain.txt"}, exitOutput, "not a folder"},
		"a report by a dot":         {check("--format", "csv=new/."), exitOutput, "names a folder"},
		"an extract on no file":     {[]string{"generate", "dangling.csv"}, exitUsage, "already there"},
		"an extract in an extract":  {[]string{"generate", "ex/new", "--patients", "60"}, exitUsage, "would lie in an extract"},
		"an extract in code lists":  {[]string{"generate", "realcodes/new", "--patients", "60", "--codelists", "realcodes"}, exitUsage, "--codelists realcodes"},
		"what moved on a report":    {[]string{"compare", "base.json", "base.json", "--format", "json=base.json"}, exitUsage, "the report base.json"},
		"what moved in no report":   {[]string{"compare", "base.json", "plain.txt"}, exitInput, "is not a report"},
		"evidence on the extract":   {[]string{"evidence", "ex", "--out", "ex"}, exitUsage, "among, what is read"},
		"evidence in the extract":   {[]string{"evidence", "ex", "--out", "ex/new"}, exitUsage, "would lie in an extract"},
		"evidence among others":     {[]string{"evidence", "ex", "--out", "mixed"}, exitUsage, "already there"},
		"evidence on a file":        {[]string{"evidence", "ex", "--out", "plain.txt"}, exitUsage, "already there"},
		"evidence nowhere":          {[]string{"evidence", "ex"}, exitUsage, "want --out"},
		"evidence to publish":       {[]string{"evidence", "ex", "--out", "new", "--level", "publish"}, exitPrivacy, "keeps exact counts"},
		"evidence at no time":       {[]string{"evidence", "ex", "--out", "new", "--at", "noon"}, exitUsage, "want a time"},
		"evidence by a lost key":    {[]string{"evidence", "ex", "--out", "new", "--sign", "lost"}, exitInput, "cannot be read"},
		"evidence by no key":        {[]string{"evidence", "ex", "--out", "new", "--sign", "closed.html"}, exitInput, "holds no key"},
		"sheets on the extract":     {[]string{"sample", "ex", "--seed", "one two three", "--out", "ex"}, exitUsage, "among, what is read"},
		"sheets among others":       {[]string{"sample", "ex", "--seed", "one two three", "--out", "mixed"}, exitOutput, "holds mine.csv"},
		"sheets that were answered": {[]string{"sample", "ex", "--seed", "one two three", "--out", "withedit"}, exitOutput, "which was changed"},
		"sheets nowhere":            {[]string{"sample", "ex", "--seed", "one two three"}, exitUsage, "want --out"},
		"sheets without a seed":     {[]string{"sample", "ex", "--out", "new"}, exitUsage, `--seed "blue horse seven"`},
		"a result on its sheet":     {[]string{"sample", "read", "plain.txt", "--draw", "answers.yaml", "--seed", "one two three", "--out", "plain.txt"}, exitUsage, "the tick sheet plain.txt"},
		"a result on its draw":      {[]string{"sample", "read", "plain.txt", "--draw", "answers.yaml", "--seed", "one two three", "--format", "json=answers.yaml"}, exitUsage, "--draw answers.yaml"},
		"a sheet of no draw":        {[]string{"sample", "read", "plain.txt", "--draw", "answers.yaml", "--seed", "one two three"}, exitInput, "is not the file of a draw"},
		"handles on the report":     {[]string{"challenge", "handles", "base.json", "lists", "--key", "new.key", "--out", "base.json"}, exitUsage, "the report base.json"},
		"handles among the lists":   {[]string{"challenge", "handles", "base.json", "lists", "--key", "new.key", "--out", "lists/new.csv"}, exitUsage, "the worklists lists"},
		"a challenge on a file":     {[]string{"challenge", "decide", "plain.txt", "--challenge", "1", "--outcome", "upheld", "--because", "seen"}, exitInput, "is not a file of challenges"},
		"a challenge in no file":    {[]string{"challenge", "decide", "new.json", "--challenge", "1", "--outcome", "upheld", "--because", "seen"}, exitInput, "cannot be read as a file of challenges"},
		"a list over challenges":    {[]string{"challenge", "list", "plain.txt", "--format", "json=plain.txt"}, exitUsage, "the challenges plain.txt"},
		"a zip on a file":           {[]string{"evidence", "ex", "--out", "taken.zip"}, exitUsage, "already there"},
		"findings on the bundle":    {[]string{"verify", "taken.zip", "--format", "json=taken.zip"}, exitUsage, "the bundle taken.zip"},
		"a bundle that is a text":   {[]string{"verify", "plain.txt"}, exitInput, "want a zip archive"},
		"signers that are a text":   {[]string{"verify", "ex", "--signers", "plain.txt"}, exitInput, "line 1"},
		"answers without a run":     {[]string{"verify", "ex", "--declarations", "answers.yaml"}, exitUsage, "goes with --again"},
		"a history on a table":      {check("--history", "ex/events.csv"), exitUsage, "--history events.csv: would be written over"},
		"a history in the extract":  {check("--history", "ex/new.history"), exitUsage, "among, what is read"},
		"a history on a text":       {check("--history", "plain.txt"), exitInput, "plain.txt: this file is not a history"},
		"a history on a report":     {check("--history", "r.html", "--format", "html=r.html"), exitUsage, "both would be written"},
		"a history without its key": {check("--history", "keyless.history"), exitInput, "keyless.history: the key of the history is missing"},
		"a history that is damaged": {check("--history", "cut.history"), exitInput, "cut.history: the history is damaged"},
		"a history in a pipe":       {check("--history", "pipe"), exitOutput, "it is no file"},
		"a history in a folder":     {check("--history", "lists"), exitOutput, "it is a folder"},
		"a history nowhere":         {check("--history", "nowhere/h"), exitOutput, "no such folder"},
		"a history to publish":      {check("--history", "past.history", "--level", "publish"), exitPrivacy, "keeps exact counts"},
		"a report on the history":   {check("--history", "past.history", "--format", "json=hardpast"), exitUsage, "both would be written"},
		"a report on its key":       {check("--history", "past.history", "--format", "json=past.history.key"), exitUsage, "past.history.key"},
		"a trend on the history":    {[]string{"trend", "--history", "past.history", "--format", "json=past.history"}, exitUsage, "the history past.history"},
		"a trend on the key":        {[]string{"trend", "--history", "past.history", "--format", "json=past.history.key"}, exitUsage, "past.history.key"},
		"a trend of nothing":        {[]string{"trend", "--history", "none"}, exitInput, "none: there is no history"},
		"a trend of no file":        {[]string{"trend"}, exitUsage, "want --history"},
		"runs on the history":       {[]string{"compare", "--history", "past.history", "--format", "text=past.history"}, exitUsage, "the history past.history"},
		"one run alone":             {[]string{"compare", "--history", "past.history"}, exitUsage, "holds one run"},
		"runs that are not there":   {[]string{"compare", "1", "7", "--history", "past.history"}, exitUsage, "no run 7"},
		"a run with itself":         {[]string{"compare", "1", "1", "--history", "past.history"}, exitUsage, "later than the first"},
		"runs that are reports":     {[]string{"compare", "a.json", "b.json", "--history", "past.history"}, exitUsage, "want the number of a run"},
		"reports of a practice":     {[]string{"compare", "base.json", "base.json", "--practice", "X"}, exitUsage, "goes with --history"},
		"nothing said to erase":     {[]string{"history", "erase", "past.history"}, exitUsage, "want one of --all, --practice and --before"},
		"too much said to erase":    {[]string{"history", "erase", "past.history", "--all", "--before", "2026-01-01"}, exitUsage, "want one of --all, --practice and --before"},
		"an unknown practice":       {[]string{"history", "erase", "past.history", "--practice", "X"}, exitUsage, "no run of it"},
		"no day":                    {[]string{"history", "erase", "past.history", "--before", "yesterday"}, exitUsage, "--before"},
		"a text that is erased":     {[]string{"history", "erase", "plain.txt", "--all"}, exitInput, "not a history"},
		"what is not there, erased": {[]string{"history", "erase", "none", "--all"}, exitInput, "no history of this name"},
		"tables on the extract":     {[]string{"convert", "ex", "--to", "ex"}, exitUsage, "among, what is read"},
		"tables in the extract":     {[]string{"convert", "ex", "--to", "ex/new"}, exitUsage, "would lie in an extract"},
		"tables among others":       {[]string{"convert", "ex", "--to", "mixed"}, exitUsage, "already there"},
		"tables on a link":          {[]string{"convert", "ex", "--to", "linked"}, exitUsage, "among, what is read"},
		"tables nowhere":            {[]string{"convert", "ex"}, exitUsage, "want --to"},
		"a plan on a table":         {[]string{"plan", "ex", "--out", "ex/patients.csv"}, exitUsage, "patients.csv: would be written over"},
		"a plan nowhere":            {[]string{"plan", "ex", "--out", "nowhere/plan.json"}, exitOutput, "no such folder"},
		"states on a plan":          {[]string{"shard", "plain.txt", "1", "--out", "states"}, exitUsage, "is no plan"},
		"practices among others":    {[]string{"merge", "lists", "--out", "mixed"}, exitOutput, "holds mine.csv"},
		"practices on the states":   {[]string{"merge", "lists", "--out", "lists"}, exitUsage, "among, what is read"},
		"practices of no state":     {[]string{"merge", "plain.txt", "--out", "new"}, exitInput, "is no saved state"},
		"practices in the extract":  {[]string{"assess", "ex", "--out", "ex/new"}, exitUsage, "among, what is read"},
		"areas on the file":         {[]string{"area", "plain.txt", "--format", "html=plain.txt"}, exitUsage, "the file of areas plain.txt"},
		"areas of a text":           {[]string{"area", "plain.txt"}, exitInput, "plain.txt: line 1"},
		"areas among others":        {[]string{"area", areasFile, "--as-of", "2012-03-31", "--out", "mixed"}, exitOutput, "holds mine.csv"},
		"areas of no day":           {[]string{"area", areasFile}, exitInput, "does not say of which day"},
		"areas for a practice":      {[]string{"area", areasFile, "--level", "practice"}, exitUsage, "want assessor or publish"},
		"practices on a text":       {[]string{"assess", "ex", "--out", "plain.txt"}, exitOutput, "not a folder"},
		"a copy on a file":          {[]string{"anonymise", "ex", "--to", "plain.txt"}, exitUsage, "already there"},
		"a key in the copy":         {[]string{"anonymise", "ex", "--to", "new", "--key", "new/key"}, exitUsage, "both would be written"},
		"a key in the extract":      {[]string{"anonymise", "ex", "--to", "new", "--key", "ex/key"}, exitUsage, "among, what is read"},
		"a key that is none":        {[]string{"anonymise", "ex", "--to", "new", "--key", "hard.csv"}, exitInput, "hard.csv"},
		"a column that is needed":   {[]string{"anonymise", "ex", "--to", "new", "--drop", "patients.patient_id"}, exitUsage, "cannot be read without"},
		"a column that is not":      {[]string{"anonymise", "ex", "--to", "new", "--drop", "patients.surname"}, exitUsage, "no such column"},
		"a rule through a link":     {[]string{"rules", "new", "ours/phone", "--dir", "leading", "--table", "patients"}, exitOutput, "exists already"},
		"a rule into a pipe":        {[]string{"rules", "new", "ours/phone", "--dir", "piped", "--table", "patients"}, exitOutput, "exists already"},
		"a rule on a rule":          {[]string{"rules", "new", "ours/phone", "--dir", "ours", "--table", "patients"}, exitOutput, "exists already"},
		"a rule below a file":       {[]string{"rules", "new", "ours/phone", "--dir", "plain.txt", "--table", "patients"}, exitOutput, "phone"},
	}
	before := everything(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := paperlight(t, test.args...)
			require.Equal(t, test.code, r.code, r.err)
			require.Contains(t, r.err, test.says)
			require.Contains(t, r.err, "hint: ")
			require.Empty(t, r.out)
			require.Equal(t, before, everything(t))
		})
	}
}

// everything is each entry below the working folder: kind, mode, time and text.
func everything(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(".", func(path string, e fs.DirEntry, err error) error {
		require.NoError(t, err)
		st, err := os.Lstat(path)
		require.NoError(t, err)
		out[path] = st.Mode().String()
		if e.Type().IsRegular() {
			sum, err := fileSum(path)
			require.NoError(t, err)
			out[path] += " " + stamp(st) + " " + sum
		}
		return nil
	}))
	return out
}

// Outputs as people type them, through links and to devices.
func TestOutputsGoWhereTheyAreLed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("makes links and pipes")
	}
	t.Chdir(t.TempDir())
	require.Zero(t, paperlight(t, "generate", "deep/ex/", "--patients", "60", "--quiet").code)
	check := func(more ...string) ran {
		t.Helper()
		r := paperlight(t, append([]string{"check", "deep/ex/", "--allow-test-numbers", "--fail-on", "never"}, more...)...)
		require.Zero(t, r.code, r.err)
		return r
	}
	plain := check("--format", "json=r.json").out
	require.Empty(t, plain)
	want, err := os.ReadFile("r.json")
	require.NoError(t, err)
	st, err := os.Stat("r.json")
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), st.Mode().Perm())

	require.Equal(t, string(want), check("--format", "json=/dev/stdout").out)
	r := paperlight(t, "check", "deep/ex", "--format", "text", "--format", "json=/dev/fd/1")
	require.Equal(t, exitUsage, r.code)

	require.NoError(t, os.Mkdir("far", 0o700))
	for link, to := range map[string]string{"link.json": "far/real.json", "dangling.json": "far/none.json", "lists": "far/lists"} {
		require.NoError(t, os.Symlink(to, link))
	}
	require.NoError(t, os.WriteFile("far/real.json", []byte("old"), 0o200))
	check("--format", "json=link.json", "--format", "html=dangling.json", "--worklist", "lists/")
	st, err = os.Lstat("link.json")
	require.NoError(t, err)
	require.NotZero(t, st.Mode()&fs.ModeSymlink, "the link stays")
	st, err = os.Stat("far/real.json")
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o200), st.Mode().Perm(), "as closed as it was")
	require.NoError(t, os.Chmod("far/real.json", 0o600))
	got, err := os.ReadFile("link.json")
	require.NoError(t, err)
	require.Contains(t, string(got), `"schema_version"`)
	require.FileExists(t, "far/none.json")
	require.FileExists(t, "far/lists/README.txt")
	check("--worklist", "lists/")
	check("--worklist", "far/lists")
	require.NoError(t, os.Remove("far/lists/README.txt"))
	strewn := []string{".DS_Store", "desktop.ini", "Thumbs.db", "~$worklist.xlsx", ".~lock.worklist.xlsx#"}
	for _, name := range strewn {
		require.NoError(t, os.WriteFile("far/lists/"+name, []byte("x"), 0o600))
	}
	check("--worklist", "./far//lists/.")
	require.FileExists(t, "far/lists/README.txt")
	for _, name := range strewn {
		require.FileExists(t, "far/lists/"+name)
	}
	require.Equal(t, []string{"lists", "none.json", "real.json"}, names(t, "far"))

	require.NoError(t, exec.Command("mkfifo", "pipe").Run())
	read := make(chan []byte)
	go func() {
		text, _ := os.ReadFile("pipe")
		read <- text
	}()
	check("--format", "json=pipe")
	require.Equal(t, string(want), string(<-read))
	st, err = os.Lstat("pipe")
	require.NoError(t, err)
	require.NotZero(t, st.Mode()&fs.ModeNamedPipe)
	r = paperlight(t, "check", "deep/ex", "--format", "json=pipe", "--format", "html=./pipe")
	require.Equal(t, exitUsage, r.code, "two forms would mix")
	go func() {
		text, _ := os.ReadFile("pipe")
		read <- text
	}()
	r = paperlight(t, "declare", "new", "deep/ex", "--allow-test-numbers", "--out", "pipe")
	require.Zero(t, r.code, r.err)
	require.Contains(t, string(<-read), "# Asked of practice")

	require.NoError(t, os.Mkdir("here", 0o700))
	t.Chdir("here")
	r = paperlight(t, "check", "../deep/ex", "--allow-test-numbers", "--fail-on", "never", "--worklist", ".")
	require.Zero(t, r.code, r.err)
	require.FileExists(t, "README.txt")
}

// A device stays one. An administrator's tests have their own: a fault must not
// take away the machine's.
func TestADeviceIsWrittenThrough(t *testing.T) {
	t.Chdir(t.TempDir())
	require.Zero(t, paperlight(t, "generate", "ex", "--patients", "60", "--quiet").code)
	device := os.DevNull
	if os.Geteuid() == 0 {
		device = "null"
		if exec.Command("mknod", device, "c", "1", "3").Run() != nil || os.WriteFile(device, []byte("x"), 0) != nil {
			t.Skip("cannot make a device here")
		}
	}
	r := paperlight(t, "check", "ex", "--allow-test-numbers", "--fail-on", "never", "--format", "json="+device, "--format", "html="+device)
	require.Zero(t, r.code, r.err)
	st, err := os.Lstat(device)
	require.NoError(t, err)
	require.NotZero(t, st.Mode()&fs.ModeCharDevice)
}

// The pages of rules that are gone go, and folders with them.
func TestPagesOfRulesThatAreGoneAreRemoved(t *testing.T) {
	t.Chdir(t.TempDir())
	require.Zero(t, paperlight(t, "rules", "docs", "docs").code)
	want := tree(t, "docs")
	require.NoError(t, os.MkdirAll("docs/gone", 0o755))
	require.NoError(t, os.WriteFile("docs/gone/rule.md", []byte("old"), 0o644))
	require.NoError(t, os.WriteFile("docs/allergy/coded.md", []byte("of before"), 0o644))
	sums, err := readManifest("docs")
	require.NoError(t, err)
	sums["gone/rule.md"], sums["allergy/coded.md"] = textSum("old"), textSum("of before")
	require.NoError(t, os.WriteFile("docs/"+manifestName, []byte(manifestText(sums)), 0o644))
	r := paperlight(t, "rules", "docs", "docs/")
	require.Zero(t, r.code, r.err)
	require.Equal(t, want, tree(t, "docs"))
	require.NoDirExists(t, "docs/gone")

	// Without its manifest, what would be written again is no loss.
	require.NoError(t, os.Remove("docs/"+manifestName))
	require.Zero(t, paperlight(t, "rules", "docs", "docs").code)
	require.Equal(t, want, tree(t, "docs"))
}

// The program as people run it, killed and interrupted.
func TestWhatDeadRunsLeaveIsRemoved(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("signals are sent")
	}
	program := filepath.Join(t.TempDir(), "paperlight")
	said, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput()
	require.NoError(t, err, string(said))
	dir := t.TempDir()
	end := func(signal os.Signal) int {
		cmd := exec.Command(program, "generate", "big", "--patients", "700000", "--quiet")
		cmd.Dir = dir
		require.NoError(t, cmd.Start())
		require.Eventually(t, func() bool {
			found, _ := filepath.Glob(filepath.Join(dir, stagePrefix+"*", ".0.partial"))
			return len(found) > 0
		}, time.Minute, 5*time.Millisecond)
		require.NoError(t, cmd.Process.Signal(signal))
		var ended *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &ended) {
			require.NoError(t, err)
		}
		return cmd.ProcessState.ExitCode()
	}
	require.Equal(t, exitInterrupted, end(os.Interrupt))
	require.Empty(t, names(t, dir))
	end(os.Kill)
	require.Len(t, names(t, dir), 1)
	run := func(args ...string) string {
		cmd := exec.Command(program, args...)
		cmd.Dir = dir
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		require.NoError(t, cmd.Run(), out.String())
		return out.String()
	}
	run("generate", "ex", "--patients", "60", "--quiet")
	require.Equal(t, []string{"ex"}, names(t, dir))
	text := run("check", "ex", "--allow-test-numbers", "--fail-on", "never", "--format", "json=/dev/stdout", "--worklist", "lists/")
	require.True(t, strings.HasPrefix(text, "{"), text)
	require.Equal(t, []string{"ex", "lists"}, names(t, dir))

	// What the shell leads standard output to is an output too.
	both, err := os.Create(filepath.Join(dir, "both"))
	require.NoError(t, err)
	defer both.Close()
	cmd := exec.Command(program, "check", "ex", "--format", "text", "--format", "json=both")
	cmd.Dir, cmd.Stdout = dir, both
	require.Error(t, cmd.Run())
	require.Equal(t, exitUsage, cmd.ProcessState.ExitCode())
}

func TestWhereFormsGo(t *testing.T) {
	known := []string{"html", "json", "text"}
	for _, c := range []struct {
		flags []string
		paths []string // empty is standard output
		says  string
	}{
		{[]string{"text"}, []string{""}, ""},
		{[]string{"html=-", "json=a.json"}, []string{"", "a.json"}, ""},
		{[]string{"json=/dev/stdout"}, []string{""}, ""},
		{[]string{"html=a=b,c.html"}, []string{"a=b,c.html"}, ""},
		{[]string{"html="}, nil, "--format html=: want the name of a file after it, or html alone for standard output"},
		{[]string{"html=a.html,json=b.json"}, nil, "--format html=a.html,json=b.json: want one form each time"},
		{[]string{"text", "html=-"}, nil, "only one form can go to standard output"},
		{[]string{"pdf=a.pdf"}, nil, "want one of html, json, text"},
	} {
		outs, err := parseOutputs(c.flags, known)
		if c.says != "" {
			require.ErrorContains(t, err, c.says, "%v", c.flags)
			continue
		}
		require.NoError(t, err, "%v", c.flags)
		var paths []string
		for _, o := range outs {
			paths = append(paths, o.path)
		}
		require.Equal(t, c.paths, paths, "%v", c.flags)
	}
}
