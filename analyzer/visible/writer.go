package visible

import "io"

// Writer writes text that is made safe to print. A character that comes in two
// writes is shown as bytes.
type Writer struct{ To io.Writer }

func (w Writer) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.To, Text(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
