package area

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/visible"
)

// MaxFile bounds the file, in bytes. The other bounds are of what is in it.
const MaxFile = 16 << 20

const (
	maxPractices = 50_000
	maxAreas     = 2_000
	maxCode      = 40
	maxName      = 60
	maxPeople    = 10_000_000
	maxPence     = 100_000_000_000
)

// A Practice is a line of the file. A figure that the file leaves empty is nil: it is not
// known, and never 0.
type Practice struct {
	Code    string // in capitals
	Area    string
	List    *int64 // registered patients
	Invited Answer
	Decline Answer
	// GoLive is nil where the practice is not live.
	GoLive  *calendar.Day
	Uploads *int64 // records uploaded
	Spend   *int64 // pence
}

// An Answer is yes, no or not known.
type Answer int

// The answers.
const (
	Unknown Answer = iota
	No
	Yes
)

// A Book is a file that was read: its practices by code, each once.
type Book struct {
	Practices []Practice
	// AsOf is the day that the file is of; nil where it does not say.
	AsOf *calendar.Day
}

// A Fault is what is wrong with the file, where it is and what puts it right. It never
// holds what a cell says.
type Fault struct{ Says, Cure string }

func (f *Fault) Error() string { return f.Says }

// column is one of the file. Every one of them must be there, but the last.
type column int

const (
	ofCode column = iota
	ofArea
	ofList
	ofInvited
	ofDeclined
	ofGoLive
	ofUploads
	ofSpend
	ofAsOf
)

// columnNames are the headings.
var columnNames = []string{"practice", "area", "list size", "invited", "declined", "go-live", "uploads", "spend", "as of"}

const headCure = `the first line is: practice,area,list size,invited,declined,go-live,uploads,spend`

// Read reads the file. An error is a *Fault.
func Read(text []byte) (*Book, error) {
	if len(text) > MaxFile {
		return nil, &Fault{"want at most 16 MB", "keep a line a practice, and the columns of the guide alone"}
	}
	if visible.UTF16(text) || !utf8.Valid(text) {
		return nil, &Fault{"want text in UTF-8", `in Excel, save as "CSV UTF-8"`}
	}
	in := csv.NewReader(bytes.NewReader(visible.Unmarked(text)))
	in.FieldsPerRecord, in.ReuseRecord = -1, true
	at, err := readHead(in)
	if err != nil {
		return nil, err
	}
	b, seen, areas := &Book{}, map[string]int{}, map[string]string{}
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, unreadable(err)
		}
		line, _ := in.FieldPos(0)
		if err := b.add(cells, at, line, seen, areas); err != nil {
			return nil, err
		}
	}
	if len(b.Practices) == 0 {
		return nil, &Fault{"there is no practice in it", "write a line for each practice below the headings"}
	}
	slices.SortFunc(b.Practices, func(x, y Practice) int { return strings.Compare(x.Code, y.Code) })
	return b, nil
}

// unreadable says where the file stops being CSV.
func unreadable(err error) error {
	var at *csv.ParseError
	if errors.As(err, &at) {
		return &Fault{fmt.Sprintf("line %d: the quotes do not match", at.StartLine), "put a quote before and after a cell, or none"}
	}
	return &Fault{"cannot be read as CSV", "save it as CSV UTF-8"}
}

// readHead finds which cell of a line is which column.
func readHead(in *csv.Reader) ([]int, error) {
	head, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, &Fault{"the file is empty", headCure}
	}
	if err != nil {
		return nil, unreadable(err)
	}
	at := make([]int, len(columnNames))
	for i := range at {
		at[i] = -1
	}
	for i, cell := range head {
		c := slices.Index(columnNames, heading(cell))
		if c < 0 {
			return nil, &Fault{fmt.Sprintf("line 1, column %d: the heading is none of this file", i+1), unknownHeading(head)}
		}
		if at[c] >= 0 {
			return nil, &Fault{fmt.Sprintf("line 1: there are two columns %q", columnNames[c]), "take one of them out"}
		}
		at[c] = i
	}
	var missing []string
	for c, name := range columnNames {
		if at[c] < 0 && column(c) != ofAsOf {
			missing = append(missing, strconv.Quote(name))
		}
	}
	if len(missing) > 0 {
		return nil, &Fault{"line 1: want " + figures.Plural(int64(len(missing)), "further column: ", "further columns: ") + strings.Join(missing, ", "), headCure + "; a column that you have no figures for stays empty"}
	}
	return at, nil
}

// heading is a heading as it is known, however it is spelt: "Go_Live" is "go-live".
func heading(cell string) string {
	cell = strings.Join(strings.FieldsFunc(strings.ToLower(cell), func(r rune) bool { return r == ' ' || r == '_' || r == '-' }), " ")
	if cell == "go live" {
		return columnNames[ofGoLive]
	}
	return cell
}

// unknownHeading is the cure of a heading that is not known.
func unknownHeading(head []string) string {
	if len(head) == 1 && strings.ContainsAny(head[0], ";\t") {
		return "put commas between the columns, not semicolons or tabs"
	}
	return headCure + "; take other columns out"
}

// A row is a line of the file, with where it stands.
type row struct {
	cells []string
	at    []int
	line  int
}

// cell is one of the row, without blanks around it; empty where the column is not there.
func (r *row) cell(c column) string {
	if r.at[c] < 0 {
		return ""
	}
	return strings.TrimSpace(r.cells[r.at[c]])
}

func (r *row) fault(c column, want, cure string) error {
	return &Fault{fmt.Sprintf("line %d, %s: want %s", r.line, columnNames[c], want), cure}
}

// add adds the practice of a line. seen has the line of each code, areas the spelling of
// each area.
func (b *Book) add(cells []string, at []int, line int, seen map[string]int, areas map[string]string) error {
	r := &row{cells, at, line}
	columns := 0
	for _, i := range at {
		if i >= 0 {
			columns++
		}
	}
	if len(cells) != columns {
		return &Fault{fmt.Sprintf("line %d: want %d cells, as in the first line", line, columns), "a comma within a cell ends it: write 1234 for 1,234 and 12.50 for 12,50"}
	}
	p, err := r.practice()
	if err != nil {
		return err
	}
	if first := seen[p.Code]; first > 0 {
		return &Fault{fmt.Sprintf("line %d, practice: it stands in line %d too", line, first), "keep one line of each practice"}
	}
	seen[p.Code] = line
	known := strings.ToLower(strings.Join(strings.Fields(p.Area), " "))
	if areas[known] == "" {
		areas[known] = p.Area
	}
	p.Area = areas[known]
	if len(b.Practices) >= maxPractices || len(areas) > maxAreas {
		return &Fault{fmt.Sprintf("line %d: want at most %s practices in %s areas", line, figures.Count(maxPractices), figures.Count(maxAreas)), "cut the file into several"}
	}
	day, err := r.day(ofAsOf)
	if err != nil {
		return err
	}
	switch {
	case len(b.Practices) == 0:
		b.AsOf = day
	case (day == nil) != (b.AsOf == nil) || day != nil && *day != *b.AsOf:
		return r.fault(ofAsOf, "the same day in every line", "a file is of one day; cut it, or leave the column out and give --as-of")
	}
	b.Practices = append(b.Practices, p)
	return nil
}

func (r *row) practice() (p Practice, err error) {
	if p.Code, err = r.code(); err != nil {
		return p, err
	}
	if p.Area, err = r.name(); err != nil {
		return p, err
	}
	for _, one := range []struct {
		into *Answer
		of   column
	}{{&p.Invited, ofInvited}, {&p.Decline, ofDeclined}} {
		if *one.into, err = r.answer(one.of); err != nil {
			return p, err
		}
	}
	for _, one := range []struct {
		into **int64
		of   column
	}{{&p.List, ofList}, {&p.Uploads, ofUploads}} {
		if *one.into, err = r.count(one.of); err != nil {
			return p, err
		}
	}
	if p.GoLive, err = r.day(ofGoLive); err != nil {
		return p, err
	}
	p.Spend, err = r.pence(ofSpend)
	return p, err
}

func (r *row) code() (string, error) {
	code := strings.ToUpper(r.cell(ofCode))
	ok := code != "" && len(code) <= maxCode && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == ""
	if !ok {
		return "", r.fault(ofCode, "the code of a practice, of letters and digits", "write its ODS code, such as A81001, and not its name")
	}
	return code, nil
}

func (r *row) name() (string, error) {
	name := strings.Join(strings.Fields(r.cell(ofArea)), " ")
	if name == "" || utf8.RuneCountInString(name) > maxName || visible.Line(name) != name || !strings.ContainsFunc(name, isLetterOrDigit) {
		return "", r.fault(ofArea, fmt.Sprintf("the name of an area, of at most %d characters", maxName), "write the same name in each line of an area")
	}
	return name, nil
}

func isLetterOrDigit(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0xc0
}

func (r *row) answer(c column) (Answer, error) {
	switch strings.ToLower(r.cell(c)) {
	case "":
		return Unknown, nil
	case "yes":
		return Yes, nil
	case "no":
		return No, nil
	}
	if _, ok := calendar.Parse(r.cell(c)); ok { // the day on which it was
		return Yes, nil
	}
	return Unknown, r.fault(c, "yes or no", "leave the cell empty where it is not known")
}

func (r *row) day(c column) (*calendar.Day, error) {
	if r.cell(c) == "" {
		return nil, nil
	}
	day, ok := calendar.Parse(r.cell(c))
	if !ok {
		return nil, r.fault(c, "a date YYYY-MM-DD", "write 2012-03-31 for 31 March 2012")
	}
	return &day, nil
}

func (r *row) count(c column) (*int64, error) {
	cell := r.cell(c)
	if cell == "" {
		return nil, nil
	}
	if strings.Trim(cell, "0123456789") != "" || len(cell) > 12 {
		return nil, r.fault(c, "a whole number of 0 or more", numberCure(cell))
	}
	n, err := strconv.ParseInt(cell, 10, 64)
	if err != nil || n > maxPeople {
		return nil, r.fault(c, "at most "+figures.Count(maxPeople), "a line is of one practice")
	}
	return &n, nil
}

// pence reads pounds, with or without pence after a full stop.
func (r *row) pence(c column) (*int64, error) {
	cell := r.cell(c)
	if cell == "" {
		return nil, nil
	}
	pounds, fraction, point := strings.Cut(cell, ".")
	switch {
	case strings.Trim(pounds+fraction, "0123456789") != "" || pounds == "" || len(pounds) > 12:
		return nil, r.fault(c, "pounds of 0 or more, such as 1250 or 1250.50", numberCure(cell))
	case point && len(fraction) != 2:
		return nil, r.fault(c, "two digits of pence after the point", "write 1250.50 for 1,250 pounds and 50 pence")
	case !point:
		fraction = "00"
	}
	n, err := strconv.ParseInt(pounds+fraction, 10, 64)
	if err != nil || n > maxPence {
		return nil, r.fault(c, "at most "+figures.Count(maxPence/100)+" pounds", "a line is of one practice")
	}
	return &n, nil
}

// numberCure says what is wrong with what should be a number.
func numberCure(cell string) string {
	switch {
	case strings.HasPrefix(cell, "-") || strings.HasPrefix(cell, "\u2212"):
		return "nothing here is below 0; leave the cell empty where it is not known"
	case strings.ContainsAny(cell, "£$€"):
		return "leave the sign of the currency out"
	case strings.Contains(cell, ","):
		return "write 1234 for 1,234 and 12.50 for 12,50"
	}
	return "write digits alone; leave the cell empty where it is not known"
}
