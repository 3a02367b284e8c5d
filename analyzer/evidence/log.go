package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"paperlight/analyzer/report"
)

// The log says in short what was read and judged, a line each. Each line has the digest
// of the one before, so that none can be changed or taken out of it, and the statement
// has their number and the root of their tree, so that the end cannot be cut off.

// A logLine is one of them.
type logLine struct {
	Seq           int    `json:"seq"`
	Event         string `json:"event"`
	SHA256        string `json:"sha256,omitempty"`
	Name          string `json:"name,omitempty"`
	Practice      string `json:"practice,omitempty"`
	AsOf          string `json:"as_of,omitempty"`
	Accreditation string `json:"accreditation,omitempty"`
	Verdict       string `json:"verdict,omitempty"`
	Criteria      int    `json:"criteria,omitempty"`
	ExitCode      int    `json:"exit_code,omitempty"`
	Previous      string `json:"previous"`
}

// logOf is the log of a run that made a report.
func logOf(r *report.Report) ([]byte, error) {
	lines := []logLine{
		{Event: "rules", Name: r.Rules.Version, SHA256: r.Rules.SHA256},
		{Event: "scheme", Name: r.Scheme.ID, SHA256: r.Scheme.SHA256},
	}
	for _, x := range r.Extracts {
		lines = append(lines, logLine{Event: "extract read", Name: x.System, SHA256: x.SHA256})
	}
	for _, n := range r.NotRead {
		lines = append(lines, logLine{Event: "extract not read", ExitCode: n.ExitCode})
	}
	for i := range r.Practices {
		p := &r.Practices[i]
		for j := range p.Accreditations {
			a := &p.Accreditations[j]
			lines = append(lines, logLine{Event: "practice judged", Practice: p.PracticeID, AsOf: p.AsOf, Accreditation: a.ID, Verdict: string(a.Verdict), Criteria: len(a.Criteria)})
		}
	}
	lines = append(lines, logLine{Event: "end"})
	var out bytes.Buffer
	previous := ""
	for i := range lines {
		lines[i].Seq, lines[i].Previous = i+1, previous
		text, err := json.Marshal(lines[i])
		if err != nil {
			return nil, err
		}
		previous = sum256(text)
		out.Write(append(text, '\n'))
	}
	return out.Bytes(), nil
}

// logLines are the lines of a log, without their ends.
func logLines(text []byte) [][]byte {
	if len(text) == 0 {
		return nil
	}
	return bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
}

// root is the root of the tree over the lines (RFC 6962, section 2.1).
func root(lines [][]byte) string {
	sum := treeOf(lines)
	return hex.EncodeToString(sum[:])
}

func treeOf(lines [][]byte) [sha256.Size]byte {
	switch len(lines) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, lines[0]...))
	}
	left := 1
	for left*2 < len(lines) {
		left *= 2
	}
	a, b := treeOf(lines[:left]), treeOf(lines[left:])
	return sha256.Sum256(append(append([]byte{1}, a[:]...), b[:]...))
}
