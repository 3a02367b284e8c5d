package report

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strings"

	"paperlight/analyzer/visible"
)

// The published systems of FHIR R4 and the NHS that the form names, and our own.
const (
	populationSystem  = "http://terminology.hl7.org/CodeSystem/measure-population"
	improvementSystem = "http://terminology.hl7.org/CodeSystem/measure-improvement-notation"
	unitSystem        = "http://unitsofmeasure.org"
	odsSystem         = "https://fhir.nhs.uk/Id/ods-organization-code"
	absentExtension   = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

	ownSystem = "urn:paperlight:"
)

// Why a figure is absent, as FHIR codes it.
const (
	masked        = "masked"         // hidden at the publish level
	notKnown      = "unknown"        // there is no evidence
	notApplicable = "not-applicable" // there is nothing to reckon it from
)

// WriteFHIR writes a Bundle of FHIR R4: a MeasureReport of type summary for each rule and
// practice, and an OperationOutcome for each extract that could not be read. The
// denominator of FHIR holds what is excluded, and ours does not: so it is the sum.
func WriteFHIR(w io.Writer, released Released, _ Options) error {
	r := presentable(released)
	b := &fhirBundle{ResourceType: "Bundle", Type: "collection"}
	b.Meta = fhirMeta{[]fhirCoding{levelTag(r.Level), {System: ownSystem + "notice", Code: "not-for-direct-care", Display: careLine}}}
	texts := ruleTexts(r)
	for i := range r.Practices {
		p := &r.Practices[i]
		find := readerOf(r, p, texts, Options{})
		for j := range p.Results {
			b.add(find.measureReport(p, &p.Results[j]))
		}
	}
	for i, n := range notReadWords(r) {
		b.add(uuidOf("not read", fmt.Sprint(i), n.Name, n.whole()), fhirOutcome{ResourceType: "OperationOutcome",
			Issue: []fhirIssue{{Severity: "error", Code: "processing", Diagnostics: n.Name + ": " + n.whole()}}})
	}
	text, err := visible.JSON(b)
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

func (r *reader) measureReport(p *PracticeReport, one *Result) (id string, m fhirMeasureReport) {
	rules := r.report.Rules
	id = uuidOf(one.Rule, rules.SHA256, p.PracticeID, p.ODSCode, p.AsOf, string(r.report.Level), fmt.Sprint(p.Extract))
	m = fhirMeasureReport{
		ResourceType: "MeasureReport", ID: id, Meta: fhirMeta{[]fhirCoding{levelTag(r.report.Level)}},
		Status: "complete", Type: "summary", Measure: ownSystem + "rule:" + one.Rule + "|" + rules.Version,
		Reporter: reporterOf(p), Period: fhirPeriod{p.AsOf, p.AsOf},
	}
	if better := improvement(p, one.Rule); better != "" {
		m.ImprovementNotation = &fhirConcept{Coding: []fhirCoding{{System: improvementSystem, Code: better}}}
	}
	m.Group = []fhirGroup{{
		Code:         fhirConcept{Coding: []fhirCoding{{System: ownSystem + "rule", Code: one.Rule}}, Text: r.title(one.Rule)},
		Population:   populations(one),
		MeasureScore: r.measureScore(one),
	}}
	return id, m
}

// populations are the counts of a result. Whoever is excluded is in FHIR's denominator and
// taken out of it again by a consumer; the last count is the denominator as reports show it.
func populations(one *Result) []fhirPopulation {
	hidden := func(fields ...string) string {
		for _, f := range fields {
			if slices.Contains(one.Suppressed, f) {
				return masked
			}
		}
		return notKnown
	}
	var whole *int64
	if one.Denominator != nil && one.Excluded != nil {
		n := *one.Denominator + *one.Excluded
		whole = &n
	}
	published := func(code string, n *int64, fields ...string) fhirPopulation {
		return population(fhirCoding{System: populationSystem, Code: code}, n, hidden(fields...))
	}
	return []fhirPopulation{
		published("initial-population", whole, "denominator", "excluded"),
		published("denominator", whole, "denominator", "excluded"),
		published("denominator-exclusion", one.Excluded, "excluded"),
		published("numerator", one.Numerator, "numerator"),
		population(fhirCoding{System: ownSystem + "population", Code: "denominator-after-exclusion", Display: "Denominator without what is excluded"}, one.Denominator, hidden("denominator")),
	}
}

func population(code fhirCoding, n *int64, why string) fhirPopulation {
	out := fhirPopulation{Code: fhirConcept{Coding: []fhirCoding{code}}, Count: n}
	if n == nil {
		out.AbsentCount = absent(why)
	}
	return out
}

// measureScore is the rate of a result or, where it has none, the number that it shows.
func (r *reader) measureScore(one *Result) fhirQuantity {
	switch {
	case one.Rate != nil:
		return fhirQuantity{Value: one.Rate, System: unitSystem, Code: "1"}
	case slices.Contains(one.Suppressed, "rate") || slices.Contains(one.Suppressed, "value"):
		return fhirQuantity{Extension: absent(masked).Extension}
	case one.Value != nil:
		q := fhirQuantity{Value: one.Value}
		if words := r.text(one.Rule).ValueOf; len(words) > 0 {
			q.Unit = words[len(words)-1]
		}
		return q
	case one.Denominator == nil && !slices.Contains(one.Suppressed, "denominator"):
		return fhirQuantity{Extension: absent(notKnown).Extension}
	}
	return fhirQuantity{Extension: absent(notApplicable).Extension}
}

// improvement says whether more of the rate is better; empty where nothing is judged.
func improvement(p *PracticeReport, rule string) (better string) {
	each(p, func(_ *Accreditation, c *Criterion) {
		switch {
		case c.Rule != rule || c.Threshold == "":
		case strings.HasPrefix(c.Threshold, "<"):
			better = "decrease"
		default:
			better = "increase"
		}
	})
	return better
}

func reporterOf(p *PracticeReport) fhirReference {
	out := fhirReference{Type: "Organization", Display: practiceName(p)}
	switch {
	case p.ODSCode != "":
		out.Identifier = &fhirIdentifier{odsSystem, p.ODSCode}
	case p.PracticeID != "":
		out.Identifier = &fhirIdentifier{ownSystem + "practice", p.PracticeID}
	}
	return out
}

func levelTag(level Level) fhirCoding {
	return fhirCoding{System: ownSystem + "level", Code: cmp.Or(string(level), notKnown), Display: levelWords[level]}
}

// uuidOf makes the UUID of a name, version 8: equal names have equal ones.
func uuidOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
