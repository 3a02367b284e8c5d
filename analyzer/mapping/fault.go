package mapping

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
)

// A Fault is one thing that is wrong with a mapping file. Line and Column count from 1,
// and are 0 where the fault is of the whole file.
type Fault struct {
	File         string
	Line, Column int
	Message      string
	said         string // as people read it, with file and position
}

func (f *Fault) Error() string { return f.said }

func faultOfFile(file, message string) *Fault {
	return &Fault{File: file, Message: message, said: file + ": " + message}
}

func faultAt(file string, line, column int, message string) *Fault {
	return &Fault{file, line, column, message, fmt.Sprintf("%s:%d:%d: %s", file, line, column, message)}
}

// faultOfYAML is what the parser of YAML says.
func faultOfYAML(file string, err error) *Fault {
	f := faultOfFile(file, strings.TrimSpace(yaml.FormatError(err, false, false)))
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil && at.GetToken().Position != nil {
		f.Line, f.Column, f.Message = at.GetToken().Position.Line, at.GetToken().Position.Column, at.GetMessage()
	}
	return f
}

// FaultsOf are the faults that an error of ParseSystem joins.
func FaultsOf(file string, err error) []*Fault {
	var one *Fault
	switch joined, many := err.(interface{ Unwrap() []error }); {
	case many:
		var all []*Fault
		for _, e := range joined.Unwrap() {
			all = append(all, FaultsOf(file, e)...)
		}
		return all
	case errors.As(err, &one):
		return []*Fault{one}
	}
	return []*Fault{faultOfFile(file, err.Error())}
}
