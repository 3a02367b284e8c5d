package convert

import (
	"context"
	"errors"

	"paperlight/analyzer"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/privacy"
)

// verify reads what was written as whoever gets it would, and looks at every cell for
// what could identify people.
func (j *job) verify(ctx context.Context) (err error) {
	x, err := analyzer.Open(ctx, []string{j.folder}, mapping.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	found, err := privacy.Look(ctx, x, privacy.Options{Full: true, Keyed: true, Jobs: j.Run.Jobs})
	if err != nil {
		return err
	}
	var stops []privacy.Finding
	for _, f := range found.Found {
		switch {
		case f.Other && f.File == "" && f.Column == "": // of all patients: said, and for people to judge
			j.summary.Anonymised.Exposed = f.Says + ": " + f.Why
		case f.Weight == privacy.Stops:
			stops = append(stops, f)
		}
	}
	if len(stops) > 0 {
		return &PrivacyError{Message: (&analyzer.IdentifiableError{Found: stops}).Error(),
			Cure: "leave these columns out with --drop TABLE.COLUMN, or put them right in the clinical system"}
	}
	return nil
}
