package ruletest

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// sequence is what stands for many rows in a cell: {1..9} or {01..20} for a
// number that goes up by one from row to row, {*9} for the same row so often.
var sequence = regexp.MustCompile(`\{(?:(\d+)\.\.(\d+)|\*(\d+))\}`)

// mostOfSequence is how many rows one line may stand for.
const mostOfSequence = 100_000

// A span is the sequence of one cell.
type span struct {
	before, after string
	counts        bool // {1..9}
	first, n      int
	width         int
}

// expand returns the records that one record of a case stands for: itself, or
// as many as its sequences are long, which must be alike in that.
func expand(record []string) ([][]string, error) {
	spans := make([]*span, len(record))
	n := 0
	for i, text := range record {
		s, err := spanOf(text)
		if err != nil {
			return nil, err
		}
		if spans[i] = s; s == nil {
			continue
		}
		if n > 0 && s.n != n {
			return nil, fmt.Errorf("one sequence of the line has %d rows, another %d", n, s.n)
		}
		n = s.n
	}
	if n == 0 {
		return [][]string{record}, nil
	}
	out := make([][]string, n)
	for k := range out {
		row := make([]string, len(record))
		for i, text := range record {
			if row[i] = text; spans[i] != nil {
				row[i] = spans[i].at(k)
			}
		}
		out[k] = row
	}
	return out, nil
}

// spanOf finds the sequence of a cell; nil where there is none.
func spanOf(text string) (*span, error) {
	found := sequence.FindAllStringSubmatchIndex(text, 2)
	if found == nil {
		return nil, nil
	}
	if len(found) > 1 {
		return nil, errors.New("a cell has one sequence at most")
	}
	m := found[0]
	s := &span{before: text[:m[0]], after: text[m[1]:]}
	part := func(k int) int {
		n, err := strconv.Atoi(text[m[2*k]:m[2*k+1]])
		if err != nil {
			return mostOfSequence + 1
		}
		return n
	}
	if s.counts = m[2] >= 0; s.counts {
		s.first, s.width = part(1), m[3]-m[2]
		s.n = part(2) - s.first + 1
	} else {
		s.n = part(3)
	}
	if s.n < 1 || s.n > mostOfSequence {
		return nil, fmt.Errorf("a sequence is of 1 to %d rows", mostOfSequence)
	}
	return s, nil
}

// at is what the cell holds in row k of the sequence.
func (s *span) at(k int) string {
	var b strings.Builder
	b.WriteString(s.before)
	if s.counts {
		fmt.Fprintf(&b, "%0*d", s.width, s.first+k)
	}
	b.WriteString(s.after)
	return b.String()
}
