package mapping

import (
	"fmt"
	"strconv"
	"strings"

	"paperlight/analyzer/source"
)

// A source of FHIR is a type of resource, and its columns are paths: members with dots
// between them, such as
//
//	code.coding[system=http://snomed.info/sct].code
//	extension[url=*/AllergyIntoleranceEnd].extension[url=endDate].valueDateTime
//	participant[type.coding.code=REC].individual.reference
//	name[1].family
//
// Of a member that repeats, the first element counts, or the one of the number, or
// the first that meets all conditions. A condition names members of the element and a
// text that one of them must have; a star at either end of it stands for anything. A
// path that ends in reference reads as the id that the reference names.

// parsePath reads a path. The error says at which character, counted from 1.
func parsePath(text string) (source.Path, error) {
	p := pathParser{text: text}
	var out source.Path
	for {
		step, err := p.step()
		if err != nil {
			return nil, err
		}
		out = append(out, step)
		if len(out) > maxSteps {
			return nil, p.fault("a path has %d members at most", maxSteps)
		}
		if p.at == len(text) {
			return out, nil
		}
		if !p.take('.') {
			return nil, p.fault("want a dot or a condition in brackets")
		}
	}
}

// maxSteps and maxConditions bound a path.
const maxSteps, maxConditions = 32, 16

type pathParser struct {
	text string
	at   int
}

func (p *pathParser) fault(format string, args ...any) error {
	return fmt.Errorf("character %d of the path: %s", p.at+1, fmt.Sprintf(format, args...))
}

func (p *pathParser) take(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// step reads name[condition][condition] or name[number].
func (p *pathParser) step() (source.Step, error) {
	name, err := p.name()
	if err != nil {
		return source.Step{}, err
	}
	s := source.Step{Name: name}
	for numbered := false; p.take('['); {
		from := p.at
		to := strings.IndexByte(p.text[from:], ']')
		if to < 0 {
			return s, p.fault("the bracket is not closed")
		}
		inside := p.text[from : from+to]
		if n, err := strconv.ParseUint(inside, 10, 16); err == nil {
			if numbered || len(s.Where) > 0 {
				return s, p.fault("want one number, or conditions")
			}
			s.Index, numbered = int(n), true
		} else if numbered || len(s.Where) == maxConditions {
			return s, p.fault("want one number, or %d conditions at most", maxConditions)
		} else if s.Where, err = p.condition(s.Where, from+to); err != nil {
			return s, err
		}
		p.at = from + to + 1
	}
	return s, nil
}

// condition reads member.member=text up to end.
func (p *pathParser) condition(have []source.Condition, end int) ([]source.Condition, error) {
	var c source.Condition
	for {
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		c.Members = append(c.Members, name)
		if !p.take('.') {
			break
		}
	}
	if !p.take('=') {
		return nil, p.fault("want member=text, or a number")
	}
	c.Text = p.text[p.at:end]
	if text := strings.TrimPrefix(strings.TrimSuffix(c.Text, "*"), "*"); text == "" || strings.Contains(text, "*") {
		return nil, p.fault("want a text, with stars at its ends at most")
	}
	return append(have, c), nil
}

func (p *pathParser) name() (string, error) {
	from := p.at
	for p.at < len(p.text) && nameByte(p.text[p.at]) {
		p.at++
	}
	if p.at == from {
		return "", p.fault("want the name of a member")
	}
	return p.text[from:p.at], nil
}

func nameByte(c byte) bool {
	return c == '_' || c-'0' <= 9 || c|0x20-'a' < 26
}
