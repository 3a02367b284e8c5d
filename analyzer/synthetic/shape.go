package synthetic

import "maps"

// A shape is how much a practice has written about a patient.
type shape struct {
	perPatient               map[string]float64
	repeatYears, issuedYears int // how far back repeats and their issues go
	repeatMonths             int // the longest time between issues
}

// shapes are a light practice, and one with as many rows as the averages that
// NHSISL/emis-data-replicator gives for 34,964 patients: 551 observations, 160
// issues, 135 consultations, 42 drug records and 21 problems a patient.
var shapes = map[string]shape{
	"light": {map[string]float64{"medications": 8, "issues": 1, "allergies": 1.3, "events": 25, "problems": 4,
		"consultations": 36, "documents": 3, "results": 8, "consents": 0.1}, 6, 2, 3},
	"practice": {map[string]float64{"medications": 42, "issues": 1, "allergies": 1.3, "events": 480, "problems": 21,
		"consultations": 135, "documents": 3, "results": 8, "consents": 0.1, "referrals": 0.9}, 20, 20, 1},
}

// Shapes are the shapes that can be made.
var Shapes = []string{"light", "practice"}

// DefaultPerPatient is the shape of a light practice.
func DefaultPerPatient() map[string]float64 { return PerPatient("light") }

// PerPatient is the mean number of rows by table of a shape.
func PerPatient(name string) map[string]float64 { return maps.Clone(shapes[name].perPatient) }

// shape is the one asked for; a light one where none is.
func (o *Options) shape() shape {
	if s, ok := shapes[o.Shape]; ok {
		return s
	}
	return shapes["light"]
}
