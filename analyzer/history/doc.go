// Package history keeps the past runs of practices in one SQLite file: their states and
// reports, and of each record that a rule listed an opaque handle, so that it can be
// said which records were put right, and what was said of a record stands with it in
// the next extract. It holds no record: a handle is a hash under a key that lies in a
// file of its own beside the history, and names nobody without that key.
//
// The file has a rollback journal, since it may lie on a shared drive, where SQLite's
// write-ahead log does not work.
package history
