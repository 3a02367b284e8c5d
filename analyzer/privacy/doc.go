// Package privacy looks for what could identify people in the files of an extract:
// in all their columns, since those that no rule reads are handed on too. It never
// keeps or returns a value.
//
//	files -> cells -> shapes -> tally of each column -> column rules -> findings
//
// A shape is what one cell looks like: ten digits that pass the NHS number's check, a
// postcode, a name of the list. One cell says little (of random ten digits every
// eleventh passes the check), so a tally counts the shapes of a column, and a rule for
// each of the 14 kinds decides by rates, by the column's name, and by what the mapping
// reads from it (rule.go). The kinds are named in kind.go, the columns' names in
// header.go.
//
// A cell is made bare before it is looked at: without the quotes, labels and blanks of
// the program it came through (bare.go), and in pieces where it holds more than one value
// (phrase.go). What stands in names of columns, files and folders is looked at too, one
// by one, and such a name is never shown (label.go).
//
// A sample looks at some rows of each file: at most 1,000, fewer where it has many
// columns, from up to four places that the file's own parts decide (in Parquet and
// Arrow one). So it is the same whatever the number of workers, and depends on the order of rows only so far as
// others then lie in those places. Where all rows are looked at, counts are exact and
// only shares of different values are taken from the first 1,024 of them.
//
// Two proofs are slow, and made only in full: whether hex digits are hashes of NHS
// numbers that anybody can turn back (search.go), and how many people share the same
// traits, and which codes few people have (classes.go).
//
// What a finding is worth depends on who asks. In the practice's own run a column
// that is meant to hold an identifier is said to do so, and no more. Where the
// extract must be anonymised it stops. That nothing was found means that none of the
// kinds was, and never that the extract is anonymous.
package privacy
