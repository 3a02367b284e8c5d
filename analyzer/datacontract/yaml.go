package datacontract

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The YAML is written here, since texts of a user's rules may hold anything: a text is
// quoted unless it is plain beyond doubt.

// plain is a text that no reader of YAML takes for anything else, but for words.
var plain = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9_ ,.;()'/%-]*[A-Za-z0-9_.()%])?$`)

// words are texts that YAML, of one version or another, takes for a truth or for nothing.
var words = []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}

// block is a text of several lines that can stand as it is.
var block = regexp.MustCompile(`^[!-~]([ -~]*[!-~])?(\n([!-~]([ -~]*[!-~])?)?)*\n[!-~]([ -~]*[!-~])?$`)

// fields writes the fields of a struct, each on a line of its own; the first goes on in
// the line that there is.
func fields(b *strings.Builder, v reflect.Value, indent string, inLine bool) {
	for i := range v.NumField() {
		name, omit, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		if omit == "omitempty" && v.Field(i).IsZero() {
			continue
		}
		if !inLine {
			b.WriteString(indent)
		}
		inLine = false
		b.WriteString(name + ":")
		value(b, v.Field(i), indent)
	}
}

// value writes what follows the name of a field, to the end of its last line.
func value(b *strings.Builder, v reflect.Value, indent string) {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Struct:
		b.WriteByte('\n')
		fields(b, v, indent+"  ", false)
	case reflect.Slice:
		if v.Len() == 0 {
			b.WriteString(" []\n")
			return
		}
		b.WriteByte('\n')
		for i := range v.Len() {
			b.WriteString(indent + "  -")
			if one := v.Index(i); one.Kind() == reflect.Struct {
				b.WriteByte(' ')
				fields(b, one, indent+"    ", true)
			} else {
				value(b, one, indent+"  ")
			}
		}
	case reflect.Bool:
		b.WriteString(" " + strconv.FormatBool(v.Bool()) + "\n")
	case reflect.Float64:
		b.WriteString(" " + strconv.FormatFloat(v.Float(), 'f', -1, 64) + "\n")
	default:
		b.WriteString(" " + scalar(v.String(), indent+"  ") + "\n")
	}
}

func scalar(s, indent string) string {
	switch {
	case plain.MatchString(s) && !slices.Contains(words, strings.ToLower(s)):
		return s
	case block.MatchString(s):
		return "|-\n" + indent + strings.ReplaceAll(s, "\n", "\n"+indent)
	}
	quoted, _ := json.Marshal(s) // what JSON quotes, YAML reads
	return string(quoted)
}
