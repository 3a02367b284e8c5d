package rules

import (
	"errors"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"paperlight/analyzer/crash"
	"paperlight/analyzer/nesting"
	"paperlight/analyzer/visible"
)

// A value is one value of a YAML file: a scalar as it was written, a list or a
// mapping. Scalars stay text, so that an unquoted code such as 0403 is the
// code and not a number in some base.
type value struct {
	kind         kind
	text         string
	line, column int
	// block says that the scalar is a block (| or >), whose text begins on the
	// line below.
	block  bool
	items  []*value
	fields []field
}

type kind uint8

const (
	null kind = iota
	scalar
	list
	mapping
)

// A field is one key of a mapping and its value.
type field struct {
	key          string
	line, column int
	value        *value
}

// parseYAML reads one YAML document of plain mappings, lists and scalars.
// Anchors, aliases, tags, merge keys and repeated keys are refused: a reader of
// the file must see what it says.
func parseYAML(file string, text []byte) (*value, error) {
	return unharmed(file, func() (*value, error) { return parseOne(file, text) })
}

// unharmed has a panic of parse, where odd input has brought the parser before,
// told as a fault of the program: the file may have none.
func unharmed(file string, parse func() (*value, error)) (v *value, err error) {
	defer crash.Catch(&err, "the reading of "+visible.Name(file))
	return parse()
}

func parseOne(file string, text []byte) (*value, error) {
	if err := checkUTF8(file, text); err != nil {
		return nil, err
	}
	text = visible.Unmarked(text)
	y := &yamlReader{file: file}
	tokens := lexer.Tokenize(string(text))
	if at, message := nesting.Fault(tokens); at != nil {
		return nil, y.fault(at, message, "")
	}
	tree, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, yamlError(file, text, err)
	}
	var docs []ast.Node
	for _, d := range tree.Docs {
		if d.Body != nil && d.Body.Type() != ast.CommentType {
			docs = append(docs, d.Body)
		}
	}
	switch len(docs) {
	case 0:
		return nil, &Error{File: file, Line: 1, Column: 1, Message: "holds nothing"}
	case 1:
		return y.read(docs[0])
	}
	return nil, y.fault(docs[1].GetToken(), "a second YAML document", "keep one document to a file")
}

type yamlReader struct{ file string }

func (y *yamlReader) fault(t *token.Token, message, hint string) error {
	line, column := at(t)
	return &Error{File: y.file, Line: line, Column: column, Message: message, Hint: hint}
}

func (y *yamlReader) read(n ast.Node) (*value, error) {
	line, column := at(n.GetToken())
	v := &value{line: line, column: column}
	switch n := n.(type) {
	case *ast.NullNode:
		return v, nil
	case *ast.StringNode:
		v.kind, v.text = scalar, n.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		v.kind, v.text = scalar, strings.TrimSpace(n.GetToken().Value)
	case *ast.LiteralNode:
		v.kind, v.text, v.block = scalar, n.Value.Value, true
		v.line, v.column = at(n.Start)
	case *ast.SequenceNode:
		v.kind = list
		for _, item := range n.Values {
			have, err := y.read(item)
			if err != nil {
				return nil, err
			}
			v.items = append(v.items, have)
		}
	case *ast.MappingNode:
		v.kind = mapping
		return v, y.readFields(v, n.Values)
	case *ast.MappingValueNode:
		v.kind = mapping
		return v, y.readFields(v, []*ast.MappingValueNode{n})
	case *ast.TagNode:
		return nil, y.fault(n.GetToken(), "a YAML tag", `text that begins with "!" must be quoted, or stand in a block: key: >-`)
	case *ast.AnchorNode:
		return nil, y.fault(n.GetToken(), "a YAML anchor", `text that begins with "&" must be quoted`)
	case *ast.AliasNode:
		return nil, y.fault(n.GetToken(), "a YAML alias", `text that begins with "*" must be quoted`)
	default:
		return nil, y.fault(n.GetToken(), "a form of YAML that is not used here", "use plain keys, lists and text")
	}
	return v, nil
}

func (y *yamlReader) readFields(v *value, nodes []*ast.MappingValueNode) error {
	for _, n := range nodes {
		key, ok := n.Key.(*ast.StringNode)
		if !ok {
			if n.Key.Type() == ast.MergeKeyType {
				return y.fault(n.Key.GetToken(), "a YAML merge key", "write the keys out")
			}
			return y.fault(n.Key.GetToken(), "want a plain name as key", "")
		}
		if slices.ContainsFunc(v.fields, func(f field) bool { return f.key == key.Value }) {
			return y.fault(key.Token, "a key appears twice", "remove one")
		}
		have, err := y.read(n.Value)
		if err != nil {
			return err
		}
		line, column := at(key.Token)
		if have.kind == null {
			have.line, have.column = line, column
		}
		if len(v.fields) == 0 {
			v.line, v.column = line, column
		}
		v.fields = append(v.fields, field{key: key.Value, line: line, column: column, value: have})
	}
	return nil
}

// at returns the position of a token, from 1; the parser leaves out some.
func at(t *token.Token) (line, column int) {
	if t == nil || t.Position == nil {
		return 1, 1
	}
	return max(1, t.Position.Line), max(1, t.Position.Column)
}

// yamlError turns a fault of the parser into one of ours. Its own message
// quotes the source, which ours leaves to the position.
func yamlError(file string, text []byte, err error) error {
	var y yaml.Error
	if !errors.As(err, &y) {
		return &Error{File: file, Line: 1, Column: 1, Message: "cannot be read as YAML"}
	}
	line, column := at(y.GetToken())
	e := &Error{File: file, Line: line, Column: column, Message: "not YAML: " + y.GetMessage()}
	lines := strings.Split(string(text), "\n")
	source := ""
	if line <= len(lines) {
		source = lines[line-1]
	}
	_, after, _ := strings.Cut(source, ": ")
	switch after = strings.TrimSpace(after); {
	case strings.HasPrefix(after, ">") || strings.HasPrefix(after, "|"):
		e.Hint = `text that begins with ">" or "|" must be quoted: "> 50%"`
	case strings.Contains(after, ": "):
		e.Hint = `text that holds ": " must be quoted, or stand in a block: key: >-`
	case strings.HasPrefix(after, `"`) || strings.HasPrefix(after, "'"):
		e.Hint = `a condition that begins with a quote must stand in a block: key: >-`
	case strings.HasPrefix(after, "@") || strings.HasPrefix(after, "`") || strings.HasPrefix(after, "%"):
		e.Hint = "text that begins with a sign of YAML must be quoted"
	}
	return e
}
