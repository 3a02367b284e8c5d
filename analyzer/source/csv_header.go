package source

import (
	"bytes"
	"cmp"
	"strings"

	"paperlight/analyzer/visible"
)

// A header is the first record of a text file as found.
type header struct {
	line      []byte // without its line end
	start     int    // offset of the line
	end       int    // offset of the record after it
	delimiter byte
	bareCR    bool
}

// cutHeader finds the first line that is not blank, and tells from it the
// delimiter and the line end; more says that text follows head.
func cutHeader(head []byte, more bool) (header, error) {
	h := header{}
	from := 0
	for from < len(head) && (head[from] == '\n' || head[from] == '\r') {
		from++
	}
	hinted, end := separatorHint(head[from:])
	from += end
	quoted := false
	counts := map[byte]int{}
	for i := from; i < len(head); i++ {
		switch c := head[i]; {
		case c == 0:
			return h, fault("the header line holds a NUL byte: want text")
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n', c == '\r':
			h.line, h.start, h.end = head[from:i], from, i+1
			if c == '\r' && i+1 < len(head) && head[i+1] == '\n' {
				h.end = i + 2
			} else if c == '\r' {
				h.bareCR = i+1 < len(head)
			}
			h.delimiter = cmp.Or(hinted, mostUsed(counts))
			return h, nil
		default:
			counts[c]++
		}
	}
	if more {
		return h, limit("the header line is longer than %d MiB", maxHeaderBytes>>20)
	}
	if quoted {
		return h, fault("the header line has a quote that is not closed")
	}
	if from == len(head) {
		return h, fault("the file is empty: want a header line")
	}
	h.line, h.start, h.end, h.delimiter = head[from:], from, len(head), cmp.Or(hinted, mostUsed(counts))
	return h, nil
}

// separatorHint reads the line before the header that tells a spreadsheet the
// delimiter, such as sep=; or "sep=;", and says where the next line begins.
func separatorHint(text []byte) (delimiter byte, end int) {
	end = bytes.IndexAny(text, "\r\n")
	if end < 0 {
		return 0, 0
	}
	hint := bytes.Trim(text[:end], `"`)
	if len(hint) != len("sep=;") || !bytes.EqualFold(hint[:4], []byte("sep=")) || !isDelimiter(hint[4]) {
		return 0, 0
	}
	if text[end] == '\r' && end+1 < len(text) && text[end+1] == '\n' {
		end++
	}
	return hint[4], end + 1
}

// isDelimiter accepts what no name or number holds.
func isDelimiter(c byte) bool { return c == '\t' || strings.IndexByte(",;|:^~!#$%&*@", c) >= 0 }

// mostUsed chooses the delimiter that the header uses most; a comma where it
// uses none.
func mostUsed(counts map[byte]int) byte {
	best := byte(',')
	for _, c := range []byte{'\t', '|', ';'} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

// headerNames splits and unquotes the header line and checks the names.
func headerNames(line []byte, delimiter byte) ([]string, error) {
	var names []string
	seen := map[string]int{} // the number of the column
	var wrong *DecodeError
	for more := true; more; {
		var field []byte
		var err error
		if field, line, more, err = headerField(line, delimiter); err != nil {
			return nil, err
		}
		if len(names) == maxColumns {
			return nil, limit("more than %d columns", maxColumns)
		}
		name := strings.TrimSpace(string(field))
		names = append(names, name)
		first := seen[name]
		switch {
		case wrong != nil:
		case name == "":
			wrong = fault("column %d has no name in the header line", len(names))
		case first > 0:
			wrong = sameName(first, len(names))
		}
		seen[name] = len(names)
	}
	if wrong == nil {
		return names, nil
	}
	if _, data := visible.Header(names, func(name string) bool { return name == "" }); data {
		wrong.Hint = visible.HeaderHint
	}
	return nil, wrong
}

// sameName is the fault of two columns of one name, which may be data.
func sameName(first, second int) *DecodeError {
	return fault("columns %d and %d have one name", first, second).hint("rename one of them in the header line, or take it out")
}

// headerField takes one field off the line; more says that a delimiter
// followed it.
func headerField(line []byte, delimiter byte) (field, rest []byte, more bool, err error) {
	if len(line) == 0 || line[0] != '"' {
		field, rest, more = bytes.Cut(line, []byte{delimiter})
		if bytes.IndexByte(field, '"') >= 0 {
			return nil, nil, false, fault("the header line has a quote inside a name that is not quoted")
		}
		return field, rest, more, nil
	}
	for i := 1; i < len(line); i++ {
		if line[i] != '"' {
			field = append(field, line[i])
			continue
		}
		i++
		switch {
		case i == len(line):
			return field, nil, false, nil
		case line[i] == '"':
			field = append(field, '"')
		case line[i] == delimiter:
			return field, line[i+1:], true, nil
		default:
			return nil, nil, false, fault("the header line has text after a closing quote")
		}
	}
	return nil, nil, false, fault("the header line has a quote that is not closed")
}
