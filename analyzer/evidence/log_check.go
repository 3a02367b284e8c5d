package evidence

import "bytes"

// changed says of a file how it was changed.
func (v *verifying) changed(name string) {
	if name == logName {
		v.log()
		return
	}
	v.fault(Changed, name, "", "")
}

// log says what was done to the log, by the chain of its lines and by what the statement
// says of it.
func (v *verifying) log() {
	text := v.files[logName]
	lines := logLines(text)
	_, logged, wrong := v.subjects()
	links, previous := 0, ""
	for _, line := range lines {
		if !bytes.HasSuffix(line, []byte(`"previous":"`+previous+`"}`)) {
			break
		}
		links, previous = links+1, sum256(line)
	}
	ended := bytes.HasSuffix(text, []byte("\n"))
	cut := wrong == "" && (links == len(lines) && len(lines) < logged.Lines || !ended && links >= len(lines)-1 && len(lines) <= logged.Lines)
	if len(text) == 0 || cut {
		v.fault(LogShortened, logName, "", "")
		return
	}
	v.fault(LogChanged, logName, "", "")
}
