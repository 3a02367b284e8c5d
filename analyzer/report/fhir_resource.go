package report

// The parts of FHIR R4 that the form uses, in the order in which it writes them.

type fhirBundle struct {
	ResourceType string      `json:"resourceType"`
	Meta         fhirMeta    `json:"meta"`
	Type         string      `json:"type"`
	Entry        []fhirEntry `json:"entry,omitempty"`
}

type fhirEntry struct {
	FullURL  string `json:"fullUrl"`
	Resource any    `json:"resource"`
}

func (b *fhirBundle) add(id string, resource any) {
	b.Entry = append(b.Entry, fhirEntry{"urn:uuid:" + id, resource})
}

type fhirMeta struct {
	Tag []fhirCoding `json:"tag"`
}

type fhirCoding struct {
	System  string `json:"system"`
	Code    string `json:"code"`
	Display string `json:"display,omitempty"`
}

type fhirConcept struct {
	Coding []fhirCoding `json:"coding"`
	Text   string       `json:"text,omitempty"`
}

type fhirIdentifier struct {
	System string `json:"system"`
	Value  string `json:"value"`
}

type fhirReference struct {
	Type       string          `json:"type"`
	Identifier *fhirIdentifier `json:"identifier,omitempty"`
	Display    string          `json:"display"`
}

type fhirPeriod struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

type fhirMeasureReport struct {
	ResourceType        string        `json:"resourceType"`
	ID                  string        `json:"id"`
	Meta                fhirMeta      `json:"meta"`
	Status              string        `json:"status"`
	Type                string        `json:"type"`
	Measure             string        `json:"measure"`
	Reporter            fhirReference `json:"reporter"`
	Period              fhirPeriod    `json:"period"`
	ImprovementNotation *fhirConcept  `json:"improvementNotation,omitempty"`
	Group               []fhirGroup   `json:"group"`
}

type fhirGroup struct {
	Code         fhirConcept      `json:"code"`
	Population   []fhirPopulation `json:"population"`
	MeasureScore fhirQuantity     `json:"measureScore"`
}

type fhirPopulation struct {
	Code        fhirConcept  `json:"code"`
	Count       *int64       `json:"count,omitempty"`
	AbsentCount *fhirElement `json:"_count,omitempty"`
}

type fhirQuantity struct {
	Extension []fhirExtension `json:"extension,omitempty"`
	Value     *float64        `json:"value,omitempty"`
	Unit      string          `json:"unit,omitempty"`
	System    string          `json:"system,omitempty"`
	Code      string          `json:"code,omitempty"`
}

type fhirElement struct {
	Extension []fhirExtension `json:"extension"`
}

type fhirExtension struct {
	URL       string `json:"url"`
	ValueCode string `json:"valueCode"`
}

// absent says why there is no value.
func absent(why string) *fhirElement { return &fhirElement{[]fhirExtension{{absentExtension, why}}} }

type fhirOutcome struct {
	ResourceType string      `json:"resourceType"`
	Issue        []fhirIssue `json:"issue"`
}

type fhirIssue struct {
	Severity    string `json:"severity"`
	Code        string `json:"code"`
	Diagnostics string `json:"diagnostics"`
}
