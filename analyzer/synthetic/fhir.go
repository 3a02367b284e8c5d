package synthetic

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
)

// fhir writes practices as GP Connect answers for them (Access Record Structured, STU3):
// a bundle a patient, in the profiles that are published. What a made practice knows and
// the profiles cannot carry is not written:
//
//	practice       when the extract ends
//	patients       day of tracing; dummies; when the ethnic group was recorded
//	registrations  all but the latest; why one ended; paper notes, FP69, pack, GP2GP
//	medications    BNF code, indication, appliance, review, GP2GP, date of reauthorisation
//	issues         BNF code, how they left the practice
//	events         problem, that one was degraded but by its code
//	problems       review
//	documents      received, filed, actioned, scanned
//	results        day of the message and of filing: they are observations
//	consents       decision: they are observations of a Read code
//	referrals      how they were sent
//	staff          when they began
//	declarations   all
//
// A problem extends an entry, which is an observation. A row of one patient with an
// identifier of another cannot be written: each bundle is of one patient.
type fhir struct {
	m      *model
	folder string
	rows   int64
	pr     *practice
	// Of the patient being written.
	bundle []any
	id     string
	key    key
}

// An object is a part of a resource; fields without a value are left out.
type object map[string]any

const (
	gpConnect  = "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-"
	careRecord = "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-"
	nhsIDs     = "https://fhir.nhs.uk/Id/"
	snomedCT   = "http://snomed.info/sct"
	readV2     = "http://read.info/readv2"
)

func newFHIR(folder string, m *model) *fhir { return &fhir{m: m, folder: folder} }

func (f *fhir) practice(pr *practice) error {
	f.pr = pr
	return nil
}

// organisation and staff stand in each bundle, as in each answer.
func (f *fhir) organisation() {
	f.add("Organization", f.pr.id, object{"identifier": []any{object{"system": nhsIDs + "ods-organization-code", "value": f.pr.ods}},
		"name": "Made-up Surgery " + f.pr.id[1:]})
	for _, code := range append(f.pr.gps[:len(f.pr.gps):len(f.pr.gps)], noDoctor) {
		f.add("Practitioner", code, object{"identifier": []any{object{"system": "https://fhir.hl7.org.uk/Id/gmp-number", "value": code}},
			"name": []any{object{"family": syllables(keyOf(code), 4), "given": []any{"Invented"}}}})
		f.add("PractitionerRole", code+"-role", object{"practitioner": reference("Practitioner", code), "organization": reference("Organization", f.pr.id),
			"code": []any{object{"coding": []any{object{"code": "R0260", "display": "General Medical Practitioner"}}}}})
	}
}

// add adds a resource to the bundle.
func (f *fhir) add(kind, id string, fields object) {
	fields["resourceType"], fields["id"] = kind, id
	for name, value := range fields {
		if value == nil {
			delete(fields, name)
		}
	}
	f.bundle = append(f.bundle, object{"resource": fields})
}

func reference(kind, id string) any {
	if id == "" {
		return nil
	}
	return object{"reference": kind + "/" + id}
}

func extension(url string, fields object) object {
	fields["url"] = url
	return fields
}

// day is a date; nil for none.
func (f *fhir) day(d day) any {
	if d == none {
		return nil
	}
	return string(appendDate(nil, d))
}

// concept is a code as a coding.
func concept(code, system string) any {
	if code == "" {
		return object{"text": "made-up words without a code"}
	}
	of := map[string]string{"sct": snomedCT, "read2": readV2, "local": "https://made.up.invalid/codes"}[system]
	return object{"coding": []any{object{"system": of, "code": code, "display": "Made-up term"}}}
}

func (f *fhir) patient(p *patient) error {
	f.bundle, f.id, f.key = f.bundle[:0], p.id, keyOf(p.id)
	f.organisation()
	f.person(p)
	f.record(p)
	f.rows += int64(len(f.bundle))
	return f.write(p.id)
}

// person has the latest registration as an extension.
func (f *fhir) person(p *patient) {
	r := &p.registrations[len(p.registrations)-1]
	period := object{"start": f.day(r.start)}
	if r.end != none {
		period["end"] = f.day(r.end)
	}
	kind := "R"
	if r.kind == "temporary" {
		kind = "T"
	}
	extensions := []any{extension(gpConnect+"RegistrationDetails-1", object{"extension": []any{
		extension("registrationPeriod", object{"valuePeriod": period}),
		extension("registrationType", object{"valueCodeableConcept": object{"coding": []any{object{"code": kind}}}}),
	}})}
	if p.ethnicity != "" {
		extensions = append(extensions, extension(gpConnect+"EthnicCategory-1", object{"valueCodeableConcept": object{"coding": []any{object{"code": p.ethnicity}}}}))
	}
	fields := object{"extension": extensions, "name": []any{object{"family": surname(p), "given": []any{givenName(p)}}},
		"managingOrganization": reference("Organization", f.pr.id), "birthDate": f.day(p.born),
		"gender": map[string]string{"M": "male", "F": "female", "I": "other", "U": "unknown"}[p.sex]}
	if fields["gender"] == "" {
		delete(fields, "gender")
	}
	if p.usualGP != "" {
		fields["generalPractitioner"] = []any{reference("Practitioner", p.usualGP)}
	}
	if p.nhsNumber != "" {
		number := object{"system": nhsIDs + "nhs-number", "value": p.nhsNumber}
		if p.nhsStatus != "" {
			number["extension"] = []any{extension(gpConnect+"NHSNumberVerificationStatus-1",
				object{"valueCodeableConcept": object{"coding": []any{object{"code": p.nhsStatus}}}})}
		}
		fields["identifier"] = []any{number}
	}
	if p.died != none {
		fields["deceasedDateTime"] = f.day(p.died)
	} else if p.deceased {
		fields["deceasedBoolean"] = true
	}
	f.add("Patient", f.id, fields)
}

// write writes the bundle of a patient.
func (f *fhir) write(name string) error {
	out, err := os.Create(filepath.Join(f.folder, "patient-"+name+".json"))
	if err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	err = json.NewEncoder(w).Encode(object{"resourceType": "Bundle", "type": "collection", "entry": f.bundle,
		"meta": object{"profile": []any{"https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-StructuredRecord-Bundle-1"}}})
	return errors.Join(err, w.Flush(), out.Close())
}

func (f *fhir) close(ctx context.Context) error { return ctx.Err() }

func (f *fhir) written() int64 { return f.rows }

func (f *fhir) abandon() {}
