package synthetic

import (
	"slices"
	"strings"

	"paperlight/analyzer/canonical"
)

// An OptionError says which option cannot be met, and what would be.
type OptionError struct{ Message, Hint string }

func (e *OptionError) Error() string { return e.Message }

// check refuses options that make no extract.
func (o *Options) check() error {
	switch {
	case !slices.Contains(canonical.Formats, o.Format):
		return &OptionError{"format " + o.Format + ": want csv, parquet or arrow", ""}
	case o.Shape != "" && !slices.Contains(Shapes, o.Shape):
		return &OptionError{"no shape " + o.Shape, "want one of " + strings.Join(Shapes, ", ")}
	case o.Practices < 1 || o.Patients < o.Practices:
		return &OptionError{"want at least one practice, and a patient for each", ""}
	case o.Patients/o.Practices > 800_000:
		return &OptionError{"a practice can have at most 800,000 patients: there are no more test NHS numbers", "make more practices with --practices"}
	case o.GroupRows < 64:
		return &OptionError{"want at least 64 rows in a row group", ""}
	}
	if err := o.checkLayout(); err != nil {
		return err
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

// checkLayout refuses what a layout cannot be made with.
func (o *Options) checkLayout() error {
	if o.Like == "" {
		if o.Layout != "" || o.Deltas != 0 {
			return &OptionError{"versions of layouts and sets of changes are of the layouts of clinical systems", "say which with --like"}
		}
		return nil
	}
	_, known := emisVersions[o.Layout]
	switch {
	case !slices.Contains(Systems, o.Like):
		return &OptionError{"no layout of " + o.Like, "want one of " + strings.Join(Systems, ", ")}
	case o.Format != "csv":
		return &OptionError{"a clinical system exports CSV, not " + o.Format, "leave --format out"}
	case o.Shuffle:
		return &OptionError{"rows of a clinical system's layout cannot be put in random order", "leave --shuffle out"}
	case len(o.Answers) > 0:
		return &OptionError{"a clinical system's layout has no place for answers", "leave --answers out, and give them to check with --declarations"}
	case o.Like == "emis" && !known:
		return &OptionError{"no layout " + o.Layout + " of emis", "want 8.2, 8.0 or 5.4"}
	case o.Like == "systmone" && !slices.Contains(tppLayouts, o.Layout):
		return &OptionError{"no layout " + o.Layout + " of systmone", "want mapped or texts"}
	case o.Like == "vision" && !slices.Contains(visionLayouts, o.Layout):
		return &OptionError{"no layout " + o.Layout + " of vision", "want files or zips"}
	case slices.Contains([]string{"omop", "cprd", "fhir"}, o.Like) && o.Layout != "":
		return &OptionError{"no layout " + o.Layout + " of " + o.Like, "leave --layout out"}
	case o.Like != "emis" && o.Deltas != 0:
		return &OptionError{"sets of changes are made for emis alone", "leave --deltas out"}
	case o.Deltas < 0 || o.Deltas > 52:
		return &OptionError{"want at most 52 sets of changes", ""}
	}
	return nil
}
