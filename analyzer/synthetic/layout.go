package synthetic

import (
	"context"
	"fmt"
)

// A form is how made practices are written: as canonical tables, or in the
// layout that a clinical system exports. What is made does not depend on it.
type form interface {
	// practice writes what belongs to a practice, before its patients.
	practice(pr *practice) error
	patient(p *patient) error
	close(ctx context.Context) error
	// written is how many rows were.
	written() int64
	// abandon releases what close has not.
	abandon()
}

// Systems are the clinical systems whose layouts can be written.
var Systems = []string{"emis", "systmone", "vision", "omop", "cprd", "fhir"}

// newForm opens the files of the form that is asked for.
func newForm(folder string, m *model) (form, error) {
	switch m.Like {
	case "":
		return newCanonical(folder, m)
	case "emis":
		return newEMIS(folder, m)
	case "systmone":
		return newTPP(folder, m)
	case "vision":
		return newVision(folder, m)
	case "omop":
		return newOMOP(folder, m)
	case "cprd":
		return newCPRD(folder, m)
	case "fhir":
		return newFHIR(folder, m), nil
	}
	return nil, fmt.Errorf("no layout of %q", m.Like)
}

// sheets are the files of a layout.
type sheets []*sheet

func (all sheets) close() error {
	for _, s := range all {
		if s == nil {
			continue
		}
		if err := s.close(); err != nil {
			return err
		}
	}
	return nil
}

func (all sheets) abandon() {
	for _, s := range all {
		if s != nil && s.out != nil {
			_ = s.out.Close()
			s.out = nil
		}
	}
}

func (all sheets) written() (rows int64) {
	for _, s := range all {
		if s != nil {
			rows += s.rows
		}
	}
	return rows
}

// failed is the first error of writing.
func (all sheets) failed() error {
	for _, s := range all {
		if s != nil && s.err != nil {
			return s.err
		}
	}
	return nil
}
