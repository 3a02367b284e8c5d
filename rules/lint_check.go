package rules

// A LintCheck is one thing that Lint looks for. Its ID is quoted by build servers
// to follow a finding from run to run, and is never reused.
type LintCheck struct{ ID, Says string }

// The checks of Lint.
var (
	checkCases       = LintCheck{"cases", "Every rule has cases."}
	checkPage        = LintCheck{"page", "Every page has the headings and texts that readers need."}
	checkDraft       = LintCheck{"draft", "Nothing of a draft is left."}
	checkFloor       = LintCheck{"floor", "A rule that is met by \"none found\" says how many rows must be there to look in."}
	checkThreshold   = LintCheck{"threshold", "A page says where its pass mark comes from."}
	checkReference   = LintCheck{"reference", "A published pass mark names its document."}
	checkListed      = LintCheck{"listed", "A page speaks of listed records only where a list is written."}
	checkCondition   = LintCheck{"condition", "Conditions say what they seem to say."}
	checkWindow      = LintCheck{"window", "Every window of dates that counts as evidence has two ends."}
	checkOpenEnded   = LintCheck{"open-ended", "Only dates that may lie open are named as such."}
	checkScheme      = LintCheck{"scheme", "Every rule stands in a scheme."}
	checkDefinition  = LintCheck{"definition", "Every shared definition is used."}
	checkCodelist    = LintCheck{"codelist", "Every code list is used, and holds codes."}
	checkCodesOfList = LintCheck{"codes", "Every code of a list is one of its code system."}
)

// LintChecks are all of them, in the order in which they are made.
func LintChecks() []LintCheck {
	return []LintCheck{checkCases, checkPage, checkDraft, checkFloor, checkThreshold, checkReference, checkListed, checkCondition, checkWindow,
		checkOpenEnded, checkScheme, checkDefinition, checkCodelist, checkCodesOfList}
}
