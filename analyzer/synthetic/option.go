package synthetic

import "slices"

// An OptionError says which option cannot be met, and what would be.
type OptionError struct{ Message, Hint string }

func (e *OptionError) Error() string { return e.Message }

// check refuses options that make no extract.
func (o *Options) check() error {
	switch {
	case !slices.Contains(Formats, o.Format):
		return &OptionError{"format " + o.Format + ": want csv, parquet or arrow", ""}
	case o.Practices < 1 || o.Patients < o.Practices:
		return &OptionError{"want at least one practice, and a patient for each", ""}
	case o.Patients/o.Practices > 800_000:
		return &OptionError{"a practice can have at most 800,000 patients: there are no more test NHS numbers", "make more practices with --practices"}
	case o.GroupRows < 64:
		return &OptionError{"want at least 64 rows in a row group", ""}
	}
	for name, mean := range o.PerPatient {
		if !slices.ContainsFunc(emitters, func(e emitter) bool { return e.table == name }) {
			return &OptionError{"no rows of table " + name + " can be made", "paperlight schema lists the tables"}
		}
		if mean > 1000 {
			return &OptionError{"want at most 1,000 rows of " + name + " a patient", ""}
		}
	}
	return nil
}
