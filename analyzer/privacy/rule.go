package privacy

import (
	"strings"

	"paperlight/analyzer/mapping"
	"paperlight/analyzer/schema"
)

// A column is what the rules judge.
type column struct {
	*tally
	header string // as plainHeader
	feeds  []*schema.Column
	// people: the file has a row for each person; patients are read from it.
	people, patients bool
	// records: the file says of its rows whose they are.
	records bool
}

// findings are the kinds that a column holds.
func (c *column) findings() []Finding {
	if c.filled == 0 {
		return nil
	}
	text := c.freeText()
	var out []Finding
	for _, rule := range []func(text bool) (Finding, bool){
		c.healthNumbers, c.testNumbers, c.insured, c.postcodes, c.telephones, c.emails, c.births, c.persons, c.addresses,
		c.staffCodes, c.patientNumbers, c.hashes,
	} {
		if f, ok := rule(text); ok {
			out = append(out, f)
		}
	}
	if text {
		f := FreeText.finding(Stops, "long or varied sentences")
		f.Rows = c.filled
		out = append(out, f)
	}
	for i := range out {
		out[i].Looked, out[i].Meant = c.rows, c.meant(out[i].Kind)
	}
	return out
}

// found is a finding in the rows of some shapes.
func (c *column) found(k Kind, w Weight, why string, any shape) (Finding, bool) {
	f := k.finding(w, why)
	f.Rows, f.First = c.of(any), c.firstOf(any)
	return f, true
}

// Of random numbers every eleventh passes: half of the different ones must, or far more
// than chance lets pass.
func (c *column) healthNumbers(bool) (Finding, bool) {
	const real = isNHS | isCHI | isHC
	passing, all := c.values(real|hasNHS), c.values(isTenDigits|hasTen)
	named := named(c.header, NHSNumber) || named(c.header, OtherHealthNumber)
	switch {
	case passing >= 3 && passing*2 >= all, named && passing > 0:
		k, why := NHSNumber, "at least half of the ten-digit values pass the check of NHS numbers"
		if c.values(isCHI|isHC)*2 > passing {
			k, why = OtherHealthNumber, "at least half of the ten-digit values pass the check, and begin as such numbers do"
		}
		return c.found(k, Stops, why, real|hasNHS)
	case beyondChance(passing, all):
		return c.found(NHSNumber, Stops, "far more ten-digit values pass the check of NHS numbers than would by chance", real|hasNHS)
	case c.of(hasNHS) >= 3 && c.of(hasNHS)*2 >= c.of(hasTen):
		return c.found(NHSNumber, Stops, "the text has ten-digit numbers that pass the check of NHS numbers", hasNHS)
	}
	return Finding{}, false
}

// beyondChance reports whether a fifth or more of numbers pass, and more by five
// standard deviations than every eleventh.
func beyondChance(passing, all int64) bool {
	over := 11*passing - all // eleven times what is more than chance
	return passing >= 3 && passing*5 >= all && over*over >= 25*10*all
}

func (c *column) testNumbers(bool) (Finding, bool) {
	passing := c.values(isTestNHS)
	if passing < 3 || passing*2 < c.values(isTenDigits) {
		return Finding{}, false
	}
	f, ok := c.found(NHSNumber, Warns, "the numbers are of the range 999, which nobody has", isTestNHS)
	f.Says = "NHS numbers made for tests"
	return f, ok
}

func (c *column) insured(bool) (Finding, bool) {
	const any = isNationalInsurance | hasNationalInsurance
	called := named(c.header, NationalInsurance)
	if called && c.values(isInsuranceStem) > 0 {
		return c.found(NationalInsurance, Stops, "the column's name says so, and its values begin as such a number does", any|isInsuranceStem)
	}
	if c.values(isInsuranceStem) >= 20 && c.share(any|isInsuranceStem, 90) && c.stems.count() >= 10 {
		return c.found(NationalInsurance, Stops, "its values have the form of such a number without the last letter, and begin in many ways", any|isInsuranceStem)
	}
	if c.values(any) < 5 && (c.values(any) == 0 || !called) {
		return Finding{}, false
	}
	return c.found(NationalInsurance, Stops, "at least five values have the form of such a number", any)
}

func (c *column) postcodes(text bool) (Finding, bool) {
	const any = isPostcode | hasPostcode
	if c.share(any, 5) && c.values(any) > 1 || c.of(any) > 0 && named(c.header, Postcode) || text && c.of(any) > 0 {
		return c.found(Postcode, Stops, "at least one in twenty values is one, or a text holds one", any)
	}
	return Finding{}, false
}

func (c *column) telephones(text bool) (Finding, bool) {
	const any = isTelephone | hasTelephone
	switch {
	case c.share(any, 5) && c.values(any) > 1, text && c.of(any) >= 5:
		return c.found(Telephone, Stops, "at least one in twenty values is one, or a text holds five", any)
	case named(c.header, Telephone) && c.share(isDialled, 20):
		return c.found(Telephone, Stops, "the column's name says so, and its values have as many digits", isDialled)
	}
	return Finding{}, false
}

func (c *column) emails(bool) (Finding, bool) {
	const any = isEmail | hasEmail
	if c.of(any) == 0 {
		return Finding{}, false
	}
	return c.found(Email, Stops, "a value is or holds an address with @", any)
}

// births: a day and no more than a year or month, of a column that is named so, or
// whose dates lie one a person over 60 years and more.
func (c *column) births(bool) (Finding, bool) {
	if named(c.header, BirthDate) && strings.HasPrefix(c.header, "day") && c.share(isInteger, 50) && len(c.entries) > 3 {
		return c.found(BirthDate, Stops, "the column's name says so", isInteger)
	}
	if named(c.header, BirthDate) && c.share(isShortDate, 50) && c.shortDays.precise() {
		return c.found(BirthDate, Stops, "the column's name says so, and its dates have a day", isShortDate)
	}
	if !c.share(isDate, 50) || !c.days.precise() {
		return Finding{}, false
	}
	for _, to := range c.feeds {
		if to.Name == "birth_date" {
			return c.found(BirthDate, Stops, "birth dates are read from it, to the day", isDate)
		}
	}
	switch {
	case named(c.header, BirthDate):
		return c.found(BirthDate, Stops, "the column's name says so, and its dates have a day", isDate)
	case len(c.feeds) == 0 && c.people && c.of(isDate) >= 50 && c.days.spread() >= 60:
		return c.found(BirthDate, Stops, "a date for each person, over 60 years and more", isDate)
	}
	return Finding{}, false
}

// precise reports whether dates tell the day: whether they do not all have the same.
func (d *dayCounts) precise() bool {
	all, most := int64(0), int64(0)
	for _, n := range d.days {
		all, most = all+n, max(most, n)
	}
	if all < 10 {
		return all > d.days[1]+d.days[15]
	}
	return (all-most)*10 > all
}

// spread is how many years lie between the dates, without the outer 2 in 100 on
// either side.
func (d *dayCounts) spread() int {
	all := int64(0)
	for _, n := range d.years {
		all += n
	}
	from, to, sum := -1, 0, int64(0)
	for year, n := range d.years {
		sum += n
		if from < 0 && sum*50 > all {
			from = year
		}
		if n > 0 && (sum-n)*50 < all*49 {
			to = year
		}
	}
	return to - from
}

func (c *column) persons(bool) (Finding, bool) {
	known := c.values(isName | isTitle)
	switch {
	case named(c.header, PersonName) && c.share(isNameLike, 50) && !(c.listed() && len(c.entries) < 4):
		return c.found(PersonName, Stops, "the column's name says so", isNameLike)
	case c.share(isTitle, 50):
		return c.found(PersonName, Stops, "its values are titles, such as Mrs", isTitle)
	case known >= 3 && known*5 >= int64(len(c.entries)) && c.share(isNameLike, 60) && !c.listed():
		return c.found(PersonName, Stops, "at least a fifth of the values are known forenames or surnames", isName|isTitle)
	}
	return Finding{}, false
}

func (c *column) addresses(bool) (Finding, bool) {
	switch {
	case c.share(isAddress, 5) && c.values(isAddress) > 1:
		return c.found(Address, Stops, "at least one in twenty values is a house and a street", isAddress)
	case named(c.header, Address) && !named(c.header, Email) && c.share(isWorded, 50) && c.filled > 0 && !(c.listed() && len(c.entries) < 4):
		return c.found(Address, Stops, "the column's name says so", isWorded)
	}
	return Finding{}, false
}

// freeText: sentences of those who write about people, or long and varied texts some of
// which are. The terms of codes are as long and, among few rows, as varied. In a file
// that says of no row whose it is, such as a dictionary of codes, many must be.
func (c *column) freeText() bool {
	if c.filled == 0 || c.filled < 5 && !c.records || c.words < 3*c.filled && c.of(isProse)*5 < c.filled {
		return false
	}
	long, wordy := c.length > 40*c.filled && c.words >= 4*c.filled, c.words > 5*c.filled
	prose, values := c.values(isProse)*100, int64(len(c.entries))
	return prose >= 20*values || prose >= 4*values && c.records && (long || wordy) && c.varied(50)
}

func (c *column) staffCodes(bool) (Finding, bool) {
	switch {
	case c.share(isPractitioner, 20):
		return c.found(StaffCode, Warns, "its values are G and seven digits", isPractitioner)
	case named(c.header, StaffCode) && c.share(isSevenDigits, 50):
		return c.found(StaffCode, Warns, "the column's name says so, and its values have seven digits", isSevenDigits)
	}
	return Finding{}, false
}

func (c *column) patientNumbers(bool) (Finding, bool) {
	const highest = 10_000_000
	switch {
	case named(c.header, PatientNumber) && c.share(isInteger, 50):
		return c.found(PatientNumber, Warns, "the column's name says so", isInteger)
	case c.patients && c.filled >= 20 && c.share(isInteger, 100) && c.varied(100) && c.most <= highest && c.ascending*100 >= c.filled*95:
		return c.found(PatientNumber, Warns, "small numbers, each used once and rising", isInteger)
	}
	return Finding{}, false
}

func (c *column) hashes(bool) (Finding, bool) {
	if !c.share(isHex, 50) {
		return Finding{}, false
	}
	f, ok := c.found(UnkeyedHash, Warns, "its values have 32, 40 or 64 hex digits, or are as long in base64; --require-anonymised tries whether they can be turned back", isHex)
	f.Says = "what may be hashes of NHS numbers without a key"
	return f, ok
}

// meant reports whether a column that the tables read is there to hold a kind.
func (c *column) meant(k Kind) bool {
	for _, to := range c.feeds {
		switch {
		case k == NHSNumber || k == OtherHealthNumber:
			if to.Privacy == schema.Direct || to.Name == "nhs_number_state" {
				return true
			}
		case k == UnkeyedHash && to.Name == "nhs_number_key",
			k == BirthDate && (to.Name == "birth_date" || to.Name == "birth_year"),
			k == Postcode && to.Name == "postcode_district",
			k == PatientNumber && to == to.Table.Patient,
			k == StaffCode && to.Privacy == schema.Staff,
			k == FreeText && to.Privacy == schema.FreeText:
			return true
		}
	}
	return false
}

// columnsOf makes the columns of a file of their tallies.
func columnsOf(f *mapping.RawFile, tallies []tally) []column {
	out := make([]column, len(tallies))
	people, patients, records := false, false, false
	for i := range tallies {
		header := plainHeader(f.Columns[i].Name)
		out[i] = column{tally: &tallies[i], header: header, feeds: f.Columns[i].Feeds}
		whose := person(header)
		for _, to := range out[i].feeds {
			whose = whose || to == to.Table.Patient
			patients = patients || to == schema.Patients.Patient
		}
		records = records || whose && header != "id"
		people = people || patients || whose && tallies[i].filled >= 20 && tallies[i].varied(100)
	}
	for i := range out {
		out[i].people, out[i].patients, out[i].records = people, patients, records
	}
	return out
}
