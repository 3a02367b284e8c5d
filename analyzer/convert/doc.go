// Package convert writes an extract of any system as canonical tables, as it is or
// anonymised, so that what is checked afterwards gives the same result.
//
//	extract -> people (who stays) -> layout (what becomes of each column) -> blocks -> files
//
// Nothing that a check would notice is lost: a cell that could not be read is written
// as a word that cannot be read either, a row without its fields as an empty one, and
// the day and the tables of the system that a mapping knows are in the practice table.
// An NHS number is its state, range and keyed hash already when it comes from the
// reader, and free text a mask of the same length.
//
// To anonymise is to leave out the patients whose type 1 opt-out stands, and rows of
// nobody known; to drop what names people or is free text; to put keyed pseudonyms in
// the place of ids; and to make days of birth and postcodes coarser. treatment.go has
// what becomes of each column: one that it does not know is dropped.
package convert
