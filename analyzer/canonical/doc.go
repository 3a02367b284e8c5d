// Package canonical writes the tables of the schema as files that paperlight reads:
// CSV, Parquet and Arrow. Rows come in blocks of columns, and each file is written
// from front to back.
package canonical
