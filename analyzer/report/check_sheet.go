package report

import (
	"cmp"
	"strings"
)

// checkHeadings are the columns of the sheet of checks as people read them, by those of
// the CSV form, which programs read.
var checkHeadings = map[string]string{
	"practice_id": "practice id", "ods_code": "practice code", "practice": "practice", "as_of": "as of", "accreditation": "for", "verdict": "readiness",
	"rule": "check", "code": "code", "title": "what is checked", "requirement": "requirement", "requirement_title": "the scheme asks that", "requirement_status": "is that met",
	"severity": "how much it matters", "weight": "weight", "status": "outcome", "basis": "how we know", "owner": "who puts it right",
	"numerator": "counted", "denominator": "out of", "excluded": "left out", "undetermined": "cannot be placed", "unknown": "too little recorded",
	"rate": "rate", "interval_low": "rate, lowest likely", "interval_high": "rate, highest likely", "value": "figure",
	"threshold": "pass mark", "threshold_from": "where the pass mark is from", "tier": "best step met", "failing": "to look at", "to_fix": "to put right for the pass mark",
	"points": "points", "of": "points it could give", "missing": "what the extract lacks", "why": "why it is not judged", "notes": "notes",
	"suppressed": "not shown", "level": "level", "notice": "notice", "extract": "extract",
}

// checkColumns are the headings of the sheet, in the order of the CSV form.
func checkColumns() []string {
	out := make([]string, len(criteriaColumns))
	for i, name := range criteriaColumns {
		out[i] = checkHeadings[name]
	}
	return out
}

// howWeKnow says where an outcome comes from.
var howWeKnow = map[string]string{"measured": "from the records", "declared": "your answer", "verified": "your answer, checked by an assessor", "empty": "nothing to look at"}

// inWords is a cell of the CSV form as people read it.
func inWords(column string, cell any) any {
	text, ok := cell.(string)
	if !ok || text == "" {
		return cell
	}
	switch column {
	case "verdict":
		return Verdict(text).Words()
	case "status":
		if text == "not_read" {
			return "not read"
		}
		return cmp.Or(Status(text).Words(), text)
	case "requirement_status":
		return cmp.Or(requirementWords[RequirementStatus(text)], text)
	case "severity":
		return cmp.Or(severityWords[text], text)
	case "basis":
		return cmp.Or(howWeKnow[text], text)
	case "owner":
		return who(text)
	case "threshold":
		return markWords(text)
	case "missing":
		return Lacks(strings.Split(text, "; "))
	case "suppressed":
		names := strings.Split(text, "; ")
		for i, name := range names {
			names[i] = cmp.Or(checkHeadings[name], spaced(name))
		}
		return strings.Join(names, "; ")
	}
	return cell
}
