package expr

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strconv"
	"unicode/utf8"

	"paperlight/rules/identifier"
)

// maxPatternProgram bounds the compiled size of a regular expression, in
// instructions.
const maxPatternProgram = 2000

// identifiers are the checks of package identifier by their names in the
// language.
func identifiers() map[string]func([]byte) bool {
	return map[string]func([]byte) bool{
		"sctid_valid":   identifier.SCTIDValid,
		"sctid_concept": identifier.SCTIDConcept,
		"sctid_rounded": identifier.SCTIDRounded,
		"dmd_valid":     identifier.DMDValid,
		"read2_valid":   identifier.Read2Valid,
		"ctv3_valid":    identifier.CTV3Valid,
		"bnf_valid":     identifier.BNFValid,
		"ods_valid":     identifier.ODSValid,
		"ods_default":   identifier.ODSDefault,
		"gmp_valid":     identifier.GMPValid,
		"gmp_default":   identifier.GMPDefault,
		"ubrn_valid":    identifier.UBRNValid,
	}
}

// textTest returns startsWith, endsWith, contains or matches of the literal
// argument, or what is wrong with it.
func textTest(name, literal string) (*Func, error) {
	f := &Func{Name: name + "(" + strconv.Quote(literal) + ")"}
	part := []byte(literal)
	switch name {
	case "startsWith":
		f.Bool = func(text []byte) bool { return bytes.HasPrefix(text, part) }
	case "endsWith":
		f.Bool = func(text []byte) bool { return bytes.HasSuffix(text, part) }
	case "contains":
		f.Bool = func(text []byte) bool { return bytes.Contains(text, part) }
	case "matches":
		re, err := pattern(literal)
		if err != nil {
			return nil, err
		}
		f.Bool = re.Match
	default:
		return nil, fmt.Errorf("no function %s", name)
	}
	return f, nil
}

// pattern compiles a regular expression of bounded size.
func pattern(text string) (*regexp.Regexp, error) {
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		var fault *syntax.Error
		if !errors.As(err, &fault) {
			return nil, errors.New("not a regular expression (RE2)")
		}
		return nil, fmt.Errorf("not a regular expression (RE2): %s", fault.Code)
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, fmt.Errorf("not a regular expression (RE2): %w", err)
	}
	if len(program.Inst) > maxPatternProgram {
		return nil, fmt.Errorf("this pattern is too large: %d steps, at most %d", len(program.Inst), maxPatternProgram)
	}
	return regexp.Compile(text)
}

// textSize counts the characters of a text.
func textSize() *Func {
	return &Func{Name: "size", Int: func(text []byte) int64 { return int64(utf8.RuneCount(text)) }}
}
