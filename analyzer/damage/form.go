package damage

import "os"

// A Form is how the tables of an extract are handed over. Another format, or a
// clinical system's own tables, joins by being listed in Forms.
type Form struct {
	Name string
	// Write writes a table into a folder and returns the path of its file.
	Write func(folder string, t *Table) (path string, err error)
}

// Forms are the forms that damaged extracts are read in.
func Forms() []Form { return []Form{{Name: "csv", Write: writeTable}} }

// kept are the files of a whole extract, so that a damaged one needs only what
// differs written.
type kept struct {
	form  Form
	paths map[*Table]string
}

// keep writes the tables of a whole extract.
func (f Form) keep(folder string, x *Extract) (*kept, error) {
	k := &kept{form: f, paths: map[*Table]string{}}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	for _, t := range x.Tables {
		path, err := f.Write(folder, t)
		if err != nil {
			return nil, err
		}
		k.paths[t] = path
	}
	return k, nil
}

// files returns the files of an extract; tables that are not kept are written
// into folder.
func (k *kept) files(folder string, x *Extract) ([]string, error) {
	var out []string
	for _, t := range x.Tables {
		path, ok := k.paths[t]
		if !ok {
			var err error
			if path, err = k.form.Write(folder, t); err != nil {
				return nil, err
			}
		}
		out = append(out, path)
	}
	return out, nil
}
