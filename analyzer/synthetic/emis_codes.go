package synthetic

import (
	"maps"
	"slices"
	"strconv"
)

// A codeNumber is the number of a code in its file; zero for no code.
type codeNumber = int64

// A category is what EMIS files a clinical code under.
type category uint8

const (
	findings category = iota
	administration
	biologicalValues
	biochemistry
	familyHistory
	immunisations
	drugAllergies
	otherAllergies
	ethnicities
	referred
	letters
	categories // how many there are
)

var categoryNames = [categories]string{"Symptoms, Findings", "Administration", "Biological values", "Biochemistry", "Family history",
	"Immunisations", "Allergy and adverse drug reactions", "Allergy and adverse reactions", "Ethnicity", "Referral", "Administration"}

// emisCodes are the two code files: a number for every code that a row has.
type emisCodes struct {
	clinical [categories]map[string]codeNumber
	facts    map[int64]codeFacts
	drugs    map[string]codeNumber
	taken    map[int64]bool
	// recent holds codes that were asked for, by place.
	recent [1 << 15]struct {
		in     category
		code   string
		number codeNumber
	}
}

// codeFacts are what the file of clinical codes says of one.
type codeFacts struct {
	sct, read, term string
	category        category
}

func newEMISCodes() *emisCodes {
	c := &emisCodes{facts: map[int64]codeFacts{}, drugs: map[string]codeNumber{}, taken: map[int64]bool{}}
	for i := range c.clinical {
		c.clinical[i] = map[string]codeNumber{}
	}
	return c
}

// of is the number of a clinical code.
func (c *emisCodes) of(in category, code, system string) codeNumber {
	if code == "" {
		return 0
	}
	recent := &c.recent[recentPlace(in, code)]
	if recent.in == in && recent.code == code {
		return recent.number
	}
	id, ok := c.clinical[in][code]
	if !ok {
		facts := codeFacts{category: in, sct: code}
		if system == "read2" || system == "ctv3" || system == "local" {
			facts.sct, facts.read = "", code
		}
		id = c.add(in, code, facts)
	}
	recent.in, recent.code, recent.number = in, code, id
	return id
}

func (c *emisCodes) add(in category, code string, facts codeFacts) codeNumber {
	id := c.number(keyOf(code).of(categoryNames[in]))
	c.clinical[in][code], c.facts[id] = id, facts
	return id
}

// known is the number of a code whose Read and SNOMED CT forms are published.
func (c *emisCodes) known(in category, k knownCode) codeNumber {
	if id, ok := c.clinical[in][k.read]; ok {
		return id
	}
	return c.add(in, k.read, codeFacts{sct: k.sct, read: k.read, term: k.term, category: in})
}

// drug is the number of a product; one without a dm+d code is a local drug.
func (c *emisCodes) drug(dmd string) codeNumber {
	recent := &c.recent[recentPlace(categories, dmd)]
	if recent.in == categories && recent.code == dmd {
		return recent.number
	}
	id, ok := c.drugs[dmd]
	if !ok {
		id = c.number(keyOf("drug").of(dmd))
		c.drugs[dmd] = id
	}
	recent.in, recent.code, recent.number = categories, dmd, id
	return id
}

// recentPlace is where a code stands among the recent ones: by its number, so that
// those of one category that are asked for most stand together.
func recentPlace(in category, code string) uint64 {
	return (firstDigits(code) + uint64(in)*2731) % (1 << 15)
}

// number makes a number that no other code has.
func (c *emisCodes) number(k key) int64 {
	id := k.number()
	for c.taken[id] {
		id++
	}
	c.taken[id] = true
	return id
}

// write writes both files into a set: they are sent whole with every one.
func (c *emisCodes) write(e *emis, t telling) {
	for _, id := range slices.Sorted(maps.Keys(c.facts)) {
		f := c.facts[id]
		s := e.sheet(t, emisClinicalCode)
		s.code(id)
		if f.term == "" {
			f.term = "Made-up term of entry " + strconv.FormatInt(id%1_000_000, 10) + ", no meaning"
		}
		s.text(f.term)
		if f.read == "" {
			f.read = "^ESCT" + strconv.FormatInt(id%10_000_000, 10)
		}
		s.plain(f.read)
		s.plain(f.sct)
		s.plain(descriptionID(f.sct, id))
		s.skip(3)
		s.text(categoryNames[f.category])
		s.skip(1)
		e.end(t, s)
	}
	for _, dmd := range slices.Sorted(maps.Keys(c.drugs)) {
		s := e.sheet(t, emisDrugCode)
		s.code(c.drugs[dmd])
		s.text(drugName(dmd))
		s.plain(dmd)
		s.skip(1) // empty since 8.1
		e.end(t, s)
	}
}

// drugName is what a product is called.
func drugName(dmd string) string {
	if dmd == "" {
		return uncodedDrug
	}
	return string(appendDrugName(make([]byte, 0, 48), keyOf(dmd)))
}

const uncodedDrug = "Made-up mixture, not coded"

// appendDrugName appends the name of the product whose code has the key k.
func appendDrugName(b []byte, k key) []byte {
	return append(appendSyllables(append(b, "Made-up drug "...), k, 4), " 250mg tablets"...)
}

// descriptionID invents a description of a concept; empty where there is none.
func descriptionID(concept string, n int64) string {
	if concept == "" {
		return ""
	}
	var b [24]byte
	id, ok := checked(append(strconv.AppendInt(b[:0], n%100_000_000+1, 10), "199999911"...))
	if !ok {
		return ""
	}
	return string(id)
}
