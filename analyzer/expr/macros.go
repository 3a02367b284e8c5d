package expr

import (
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/parser"
)

// macros are the list forms and the questions about presence, as CEL expands
// them. No form stops early: each looks at every row, so that what it means
// can be read off its step. Faults in their arguments are the checker's to
// find; here such a call is left as it stands.
func macros() []parser.Macro {
	return []parser.Macro{
		parser.NewGlobalMacro("has", 1, expandHas),
		parser.NewGlobalMacro("malformed", 1, expandMalformed),
		parser.NewGlobalMacro("declared", 1, func(x parser.ExprHelper, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
			return x.NewCall("@declared", x.NewIdent(OwnPractice), args[0]), nil
		}),
		parser.NewGlobalMacro("coded", 1, func(x parser.ExprHelper, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
			return x.NewCall(operators.In, x.NewIdent(OwnRow), x.NewCall("codelist", args[0])), nil
		}),
		parser.NewReceiverMacro("exists", 2, loop(func(x parser.ExprHelper, accu ast.Expr, args []ast.Expr) fold {
			return fold{start: x.NewLiteral(types.False), step: x.NewCall(operators.LogicalOr, accu, args[1])}
		})),
		parser.NewReceiverMacro("all", 2, loop(func(x parser.ExprHelper, accu ast.Expr, args []ast.Expr) fold {
			return fold{start: x.NewLiteral(types.True), step: x.NewCall(operators.LogicalAnd, accu, args[1])}
		})),
		parser.NewReceiverMacro("count", 2, loop(func(x parser.ExprHelper, accu ast.Expr, args []ast.Expr) fold {
			more := x.NewCall(operators.Add, accu, x.NewLiteral(types.IntOne))
			return fold{start: x.NewLiteral(types.IntZero), step: x.NewCall(operators.Conditional, isTrue(x, args[1]), more, x.NewAccuIdent())}
		})),
		parser.NewReceiverMacro("sum", 3, loop(func(x parser.ExprHelper, accu ast.Expr, args []ast.Expr) fold {
			number := x.NewCall(operators.Conditional, args[1], args[2], x.NewLiteral(types.IntZero))
			return fold{start: x.NewLiteral(types.IntZero), step: x.NewCall(operators.Add, accu, number)}
		})),
		parser.NewReceiverMacro("latest", 3, loop(func(x parser.ExprHelper, accu ast.Expr, args []ast.Expr) fold {
			f := latest(x, accu, args)
			f.result = func(rows ast.Expr) ast.Expr { return x.NewCall("@latest_rows", x.NewAccuIdent(), x.Copy(rows)) }
			return f
		})),
		parser.NewReceiverMacro("latest_date", 3, loop(func(x parser.ExprHelper, accu ast.Expr, args []ast.Expr) fold {
			f := latest(x, accu, args)
			f.result = func(ast.Expr) ast.Expr { return x.NewCall("@latest_date", x.NewAccuIdent()) }
			return f
		})),
		parser.NewReceiverMacro("repeated", 3, loop(func(x parser.ExprHelper, accu ast.Expr, args []ast.Expr) fold {
			return fold{
				start:  x.NewCall("@keys_none"),
				step:   x.NewCall("@keys_step", accu, isTrue(x, args[1]), keyList(x, args[2], args[0].AsIdent(), args[0].AsIdent())),
				result: func(ast.Expr) ast.Expr { return x.NewCall("@keys_repeated", x.NewAccuIdent()) },
			}
		})),
		parser.NewReceiverMacro("matched", 4, loop(func(x parser.ExprHelper, accu ast.Expr, args []ast.Expr) fold {
			return fold{start: x.NewLiteral(types.False), step: x.NewCall(operators.LogicalOr, accu, meets(x, args[1], args[2], args[3]))}
		})),
		parser.NewReceiverMacro("latest_match", 5, loop(func(x parser.ExprHelper, accu ast.Expr, args []ast.Expr) fold {
			return fold{
				start:  x.NewCall("@latest_none"),
				step:   x.NewCall("@latest_step", accu, x.NewIdent(args[0].AsIdent()), meets(x, args[1], args[3], args[4]), args[2]),
				result: func(ast.Expr) ast.Expr { return x.NewCall("@latest_date", x.NewAccuIdent()) },
			}
		})),
		parser.NewReceiverMacro("days", 4, loop(func(x parser.ExprHelper, accu ast.Expr, args []ast.Expr) fold {
			return fold{
				start: x.NewCall("@days_none"),
				step:  x.NewCall("@days_step", accu, isTrue(x, args[1]), args[2]),
				result: func(ast.Expr) ast.Expr {
					return x.NewCall("@days_until", x.NewAccuIdent(), x.NewIdent("as_of"), args[3])
				},
			}
		})),
		parser.NewGlobalMacro("repeats_earlier", 4, func(x parser.ExprHelper, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
			return loop(repeatsEarlier)(x, args[0], args[1:])
		}),
		parser.NewGlobalMacro("repeated_in", 4, func(x parser.ExprHelper, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
			return loop(repeatedIn)(x, args[0], args[1:])
		}),
	}
}

// A fold is what a loop does: from start, by step for each row, to the result
// (the accumulator itself where nil).
type fold struct {
	start, step ast.Expr
	result      func(rows ast.Expr) ast.Expr
}

func loop(form func(x parser.ExprHelper, accu ast.Expr, args []ast.Expr) fold) parser.MacroExpander {
	return func(x parser.ExprHelper, rows ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
		if args[0].Kind() != ast.IdentKind {
			return nil, nil
		}
		f := form(x, x.NewAccuIdent(), args)
		result := x.NewAccuIdent()
		if f.result != nil {
			result = f.result(rows)
		}
		return x.NewComprehension(rows, args[0].AsIdent(), x.AccuIdentName(), f.start, x.NewLiteral(types.True), f.step, result), nil
	}
}

func isTrue(x parser.ExprHelper, cond ast.Expr) ast.Expr { return x.NewCall("is_true", cond) }

func latest(x parser.ExprHelper, accu ast.Expr, args []ast.Expr) fold {
	return fold{
		start: x.NewCall("@latest_none"),
		step:  x.NewCall("@latest_step", accu, x.NewIdent(args[0].AsIdent()), isTrue(x, args[1]), args[2]),
	}
}

func repeatedIn(x parser.ExprHelper, accu ast.Expr, args []ast.Expr) fold {
	row := args[0].AsIdent()
	same := x.NewCall("@same", keyList(x, args[2], row, row), keyList(x, args[2], row, OwnRow))
	another := x.NewCall("@another", x.NewIdent(row), x.NewIdent(OwnRow))
	hit := x.NewCall(operators.LogicalAnd, isTrue(x, args[1]), x.NewCall(operators.LogicalAnd, another, same))
	return fold{start: x.NewLiteral(types.False), step: x.NewCall(operators.LogicalOr, accu, hit)}
}

// meets is true where cond is, and the values far and near are known and equal.
func meets(x parser.ExprHelper, cond, far, near ast.Expr) ast.Expr {
	return x.NewCall(operators.LogicalAnd, isTrue(x, cond), x.NewCall("@same", far, near))
}

func repeatsEarlier(x parser.ExprHelper, accu ast.Expr, args []ast.Expr) fold {
	row := args[0].AsIdent()
	hit := x.NewCall(operators.LogicalAnd, isTrue(x, args[1]), x.NewCall("@before", x.NewIdent(row), x.NewIdent(OwnRow)))
	theirs, own := keyList(x, args[2], row, row).AsList().Elements(), keyList(x, args[2], row, OwnRow).AsList().Elements()
	for i := range theirs {
		hit = x.NewCall(operators.LogicalAnd, hit, x.NewCall("@alike", theirs[i], own[i]))
	}
	return fold{start: x.NewLiteral(types.False), step: x.NewCall(operators.LogicalOr, accu, hit)}
}

// keyList reads the columns of keys, written plain or after the loop variable,
// from the row called of.
func keyList(x parser.ExprHelper, keys ast.Expr, variable, of string) ast.Expr {
	var out []ast.Expr
	if keys.Kind() == ast.ListKind {
		for _, k := range keys.AsList().Elements() {
			switch {
			case k.Kind() == ast.IdentKind:
				out = append(out, x.NewSelect(x.NewIdent(of), k.AsIdent()))
			case k.Kind() == ast.SelectKind && k.AsSelect().Operand().Kind() == ast.IdentKind && k.AsSelect().Operand().AsIdent() == variable:
				out = append(out, x.NewSelect(x.NewIdent(of), k.AsSelect().FieldName()))
			default:
				out = append(out, x.Copy(k))
			}
		}
	}
	return x.NewList(out...)
}

// expandHas asks for every step of the path.
func expandHas(x parser.ExprHelper, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	all := x.NewCall("@present", args[0])
	for e := args[0]; e.Kind() == ast.SelectKind; {
		e = e.AsSelect().Operand()
		all = x.NewCall(operators.LogicalAnd, x.NewCall("@present", x.Copy(e)), all)
	}
	return all, nil
}

func expandMalformed(x parser.ExprHelper, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	switch e := args[0]; e.Kind() {
	case ast.IdentKind:
		return x.NewCall("@malformed", x.NewIdent(OwnRow), x.NewLiteral(types.String(e.AsIdent()))), nil
	case ast.SelectKind:
		return x.NewCall("@malformed", e.AsSelect().Operand(), x.NewLiteral(types.String(e.AsSelect().FieldName()))), nil
	}
	return nil, nil
}
