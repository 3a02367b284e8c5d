// Package identifier knows the form and check digits of the identifiers that
// records carry: NHS number, SNOMED CT and dm+d ids, Read and CTV3 codes, BNF
// codes, organisation and prescriber codes, booking references. Pure functions
// over bytes: they allocate nothing and keep nothing.
package identifier
