package visible

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// listWidth is where lists of names are broken.
const listWidth = 100

// WriteList writes a list after its title, on further lines below where it is long;
// nothing where it is empty. The names must be safe to print.
func WriteList(b *strings.Builder, title string, names []string) {
	if len(names) == 0 {
		return
	}
	b.WriteString(title)
	at := utf8.RuneCountInString(title)
	indent := at
	for i, name := range names {
		if i < len(names)-1 {
			name += ","
		}
		if n := utf8.RuneCountInString(name); i > 0 && at+1+n > listWidth {
			fmt.Fprintf(b, "\n%*s", indent, "")
			at = indent + n
		} else {
			if i > 0 {
				name = " " + name
			}
			at += utf8.RuneCountInString(name)
		}
		b.WriteString(name)
	}
	b.WriteString("\n")
}
