package mapping

// A Conversion is one of the closed set of things that may happen to a source
// value on its way to a canonical column.
type Conversion struct {
	Name string
	// Doc is one sentence for people.
	Doc string
}

// The conversions. A column without any is read as its type asks: text as it
// is, a date by its layouts, a number, true or false.
var (
	asConstant    = Conversion{"constant", "The same value in every row."}
	asParts       = Conversion{"parts", "A date from columns of year, month and day; without a day the first of the month."}
	asYears       = Conversion{"years_since", "A year below 1000 is counted from a year that the mapping gives."}
	asMissing     = Conversion{"missing", "Given words mean that there is no value."}
	asLookup      = Conversion{"lookup", "The value is the key of a side table, from which a column is taken."}
	asChoice      = Conversion{"choice", "A value of the source stands for one of the canonical list."}
	asPrefix      = Conversion{"prefix", "Words are put before the value, to keep apart ids of tables that number their rows separately."}
	asKey         = Conversion{"key", "Several columns together are the key of a side table."}
	asFileName    = Conversion{"file_name", "What the name of the file says, in every row."}
	asWhen        = Conversion{"when", "There is a value only in rows for which a condition holds."}
	asMatch       = Conversion{"match", "The part of the text that a pattern finds."}
	asItem        = Conversion{"item", "Of a list in one text, the first item that begins as is asked."}
	asSplit       = Conversion{"split", "Of several values in one text, the one that comes first in the canonical list."}
	asNumberState = Conversion{"nhs_number_state", "An NHS number becomes what it looks like; the number is dropped."}
	asNumberRange = Conversion{"nhs_number_range", "An NHS number becomes the number space it lies in; the number is dropped."}
	asNumberKey   = Conversion{"nhs_number_key", "An NHS number becomes a keyed hash that lives as long as the run."}
	asDosageState = Conversion{"dosage_state", "A dosage as written becomes what it says: stated, as directed, when required, empty."}
	asFirstDay    = Conversion{"first_day", "A quarter such as 2026-Q1, or a month such as 2026-03, becomes its first day."}
	asLength      = Conversion{"length", "Free text becomes a mask of the same length: what it says is not read."}
	asRecord      = Conversion{"record", "The name of the file and the record number stand in for an id that the source lacks."}
)
