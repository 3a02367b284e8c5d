package expr

import (
	"fmt"
	"maps"
	"slices"

	"cel.dev/cel-go/common/ast"

	"paperlight/analyzer/schema"
)

// codelist resolves codelist("x"); ok is false where e is not one.
func (c *checker) codelist(e ast.Expr) (string, bool, error) {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != "codelist" || e.AsCall().IsMemberFunction() {
		return "", false, nil
	}
	name, err := c.codelistNamed(e)
	return name, true, err
}

func (c *checker) codelistNamed(e ast.Expr) (string, error) {
	name, err := c.literalText(e, e.AsCall().FunctionName()+`("medication-review")`)
	if err != nil {
		return "", err
	}
	if c.language.lists[name] == nil {
		names := slices.Collect(maps.Keys(c.language.lists))
		return "", c.refuse(e.AsCall().Args()[0], schema.DidYouMean(name, names), "there is no code list %q", name)
	}
	return name, nil
}

func (c *checker) inCodelist(e, of ast.Expr, list string) (*term, error) {
	if of.Kind() == ast.IdentKind || of.Kind() == ast.SelectKind {
		col, p, err := c.column(of)
		if err != nil {
			return nil, err
		}
		if col == nil {
			d, _, err := c.defined(of)
			if err != nil {
				return nil, err
			}
			if d == nil {
				row, err := c.place(of)
				if err != nil {
					return nil, err
				}
				if row.many != nil {
					return nil, c.refuse(of, fmt.Sprintf("%s.exists(e, e in codelist(%q))", c.write(of), list), "%s is a list of rows", c.write(of))
				}
				return c.coded(e, row, list)
			}
			return nil, c.refuse(of, "", "a definition carries no code system")
		}
		if systems := col.Codes(); systems != nil {
			t, err := c.columnTerm(of, col, p)
			if err != nil {
				return nil, err
			}
			return &term{op: opMember, typ: schema.Bool, args: []*term{t}, text: list, systems: systems, at: c.at(e)}, nil
		}
		hint := fmt.Sprintf("write coded(%q)", list)
		if of.Kind() == ast.SelectKind {
			hint = fmt.Sprintf("write %s in codelist(%q)", c.write(of.AsSelect().Operand()), list)
		}
		if p.table().Column("code_system") == nil {
			hint = "dmd_code, agent_code and bnf_code imply their system"
		}
		return nil, c.refuse(of, hint, "a code means nothing without its system")
	}
	return nil, c.refuse(of, "", "only a row or a code column can be in a code list")
}

// coded means that the row's code, in its system, is in the list.
func (c *checker) coded(e ast.Expr, p place, list string) (*term, error) {
	t := p.table()
	if t.Column("code") == nil || t.Column("code_system") == nil {
		return nil, c.refuse(e, "", "a row of %s has no code and code_system", t.Name)
	}
	path, err := c.reach(e, p)
	return &term{op: opCoded, typ: schema.Bool, text: list, column: t.Column("code"), path: path, at: c.at(e)}, err
}
