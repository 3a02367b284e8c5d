// Package damage asks whether a bad extract can ever look better than a good
// one. It takes practices whose outcome is known, damages their tables in every
// way of a closed list, and holds each outcome against that of the whole
// extract: no damage may raise the assured score, or move a practice into ready.
// Tests and `make damage` call it.
package damage

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// A Table is one canonical table as a file holds it: text cells, empty where
// absent. Rows may be shared with other tables and are not changed in place.
type Table struct {
	Name    string
	Columns []string
	Rows    [][]string
}

// Column returns the place of a column, or -1.
func (t *Table) Column(name string) int { return slices.Index(t.Columns, name) }

// An Extract is the tables of one practice, by name. It is not changed once
// made: damage makes another that shares what stays whole.
type Extract struct{ Tables []*Table }

// Table returns the table called name, or nil.
func (x *Extract) Table(name string) *Table {
	for _, t := range x.Tables {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// with returns the extract with t in place of the table of its name.
func (x *Extract) with(t *Table) *Extract {
	out := &Extract{Tables: slices.Clone(x.Tables)}
	at := slices.IndexFunc(out.Tables, func(have *Table) bool { return have.Name == t.Name })
	if at < 0 {
		out.Tables = append(out.Tables, t)
	} else {
		out.Tables[at] = t
	}
	return out
}

// without returns the extract without a table.
func (x *Extract) without(name string) *Extract {
	return &Extract{Tables: slices.DeleteFunc(slices.Clone(x.Tables), func(t *Table) bool { return t.Name == name })}
}

// readTables reads the CSV files of a folder.
func readTables(folder string) (*Extract, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.csv"))
	if err != nil {
		return nil, err
	}
	x := &Extract{}
	for _, name := range names {
		text, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		records, err := csv.NewReader(text).ReadAll()
		text.Close()
		base := filepath.Base(name)
		if err == nil && len(records) == 0 {
			err = fmt.Errorf("no header")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", base, err)
		}
		x.Tables = append(x.Tables, &Table{Name: base[:len(base)-len(".csv")], Columns: records[0], Rows: records[1:]})
	}
	return x, nil
}

// writeTable writes a table as CSV into a folder.
func writeTable(folder string, t *Table) (path string, err error) {
	path = filepath.Join(folder, t.Name+".csv")
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	w := csv.NewWriter(f)
	err = w.Write(t.Columns)
	if err == nil {
		err = w.WriteAll(t.Rows)
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return path, err
}
