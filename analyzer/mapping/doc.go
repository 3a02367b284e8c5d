// Package mapping turns the raw tables of a clinical system into canonical
// ones while they are read. It recognises the system by file names and headers,
// binds files to the system's tables, and converts only the columns that are
// asked for. A system is data: a YAML file over a closed set of conversions
// (see Conversions). Canonical files are read by the identity mapping.
package mapping
