package oracle

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
	"paperlight/rules/identifier"
)

// functions implements every overload of the language but those that the
// interpreter knows itself: && || ?: == !=.
func (r *run) functions() map[string]expr.Function {
	f := map[string]expr.Function{
		"not":         func(a ...ref.Val) ref.Val { return !a[0].(types.Bool) },
		"neg_int":     func(a ...ref.Val) ref.Val { return -a[0].(types.Int) },
		"neg_decimal": func(a ...ref.Val) ref.Val { return -a[0].(types.Double) },
		"is_true":     func(a ...ref.Val) ref.Val { return types.Bool(a[0] == types.True) },
		"present":     func(a ...ref.Val) ref.Val { return types.Bool(present(a[0])) },
		"malformed":   r.malformed,
		"declared":    r.declared,
		"codelist":    func(a ...ref.Val) ref.Val { return r.codes(a[0]) },
		"another":     func(a ...ref.Val) ref.Val { return types.Bool(a[0].(object).record != a[1].(object).record) },
		"before":      before,
		"alike":       alike,
		"same":        func(a ...ref.Val) ref.Val { return types.Bool(!unknownIn(a) && key(a[0]) == key(a[1])) },

		"in_codelist_text":     inCodes,
		"@codelist_dmd_code":   func(a ...ref.Val) ref.Val { return r.codes(a[0], "dmd") },
		"@codelist_bnf_code":   func(a ...ref.Val) ref.Val { return r.codes(a[0], "bnf") },
		"@codelist_agent_code": func(a ...ref.Val) ref.Val { return r.codes(a[0], "sct", "dmd") },
	}
	for _, t := range schema.Tables {
		f["in_codelist_"+t.Name] = coded
	}
	f["prevalence"] = func(a ...ref.Val) ref.Val { return types.Double(r.binding.Prevalence[string(a[0].(types.String))]) }
	addDates(f)
	addDays(f)
	addTexts(f)
	addLists(f)
	addNumbers(f)
	return f
}

func unknownIn(args []ref.Val) bool {
	return slices.ContainsFunc(args, func(v ref.Val) bool { return types.IsUnknown(v) })
}

func present(v ref.Val) bool {
	switch v := v.(type) {
	case *types.Unknown:
		return false
	case object:
		return !v.record.missing
	case answer:
		return v.given != nil
	}
	return true
}

func (r *run) malformed(a ...ref.Val) ref.Val {
	rec, name := a[0].(object).record, string(a[1].(types.String))
	return types.Bool(!rec.missing && r.binding.Supplies(rec.table.Column(name)) && rec.row[name].Malformed)
}

func (r *run) declared(a ...ref.Val) ref.Val {
	id := a[0].(object).record.text("practice_id")
	out := answer{opaque: opaque{typ: expr.DeclarationType}}
	if given, ok := r.data.Declarations[id][string(a[1].(types.String))]; ok {
		out.given = &given
	}
	return out
}

// codes is a code list, or the part of it in some systems.
type codes struct {
	list    *expr.Codelist
	systems []string
}

func (r *run) codes(name ref.Val, systems ...string) ref.Val {
	return opaque{expr.CodelistType, &codes{r.binding.Lists[string(name.(types.String))], systems}}
}

func inCodes(a ...ref.Val) ref.Val {
	c := a[1].Value().(*codes)
	return types.Bool(slices.ContainsFunc(c.systems, func(s string) bool {
		return slices.Contains(c.list.Codes[s], string(a[0].(types.String)))
	}))
}

// coded is true where the row's code is in the list under its own system:
// for some system s, code_system == s and code is one of its codes.
func coded(a ...ref.Val) ref.Val {
	row, c := a[0].(object), a[1].Value().(*codes)
	system, code := row.Get(types.String("code_system")), row.Get(types.String("code"))
	open := false
	for s, members := range c.list.Codes {
		if len(members) == 0 {
			continue
		}
		isSystem, isMember := Unknown, Unknown
		if v, ok := system.(types.String); ok {
			isSystem = truthOf(string(v) == s)
		}
		if v, ok := code.(types.String); ok {
			isMember = truthOf(slices.Contains(members, string(v)))
		}
		switch {
		case isSystem == True && isMember == True:
			return types.True
		case isSystem != False && isMember != False:
			open = true
		}
	}
	if open {
		return unknown()
	}
	return types.False
}

func truthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}

func addDates(f map[string]expr.Function) {
	f["date"] = func(a ...ref.Val) ref.Val {
		d, ok := calendar.Parse(string(a[0].(types.String)))
		if !ok {
			return types.NewErr("not a date")
		}
		return date(d)
	}
	f["year"] = func(a ...ref.Val) ref.Val { return types.Int(calendar.Year(day(a[0]))) }
	f["years_between"] = func(a ...ref.Val) ref.Val { return types.Int(calendar.YearsBetween(day(a[0]), day(a[1]))) }
	for unit, of := range map[string]func(n int) expr.Period{
		"days": func(n int) expr.Period { return expr.Period{Days: n} }, "months": func(n int) expr.Period { return expr.Period{Months: n} },
		"years": func(n int) expr.Period { return expr.Period{Months: 12 * n} }, "working_days": func(n int) expr.Period { return expr.Period{WorkingDays: n} },
	} {
		f[unit] = func(a ...ref.Val) ref.Val { return opaque{expr.PeriodType, of(int(a[0].(types.Int)))} }
	}
	shift := func(d, p ref.Val, sign int) ref.Val {
		by := p.Value().(expr.Period)
		return date(expr.Shift(day(d), expr.Period{Months: sign * by.Months, Days: sign * by.Days, WorkingDays: sign * by.WorkingDays}))
	}
	f["add_date_period"] = func(a ...ref.Val) ref.Val { return shift(a[0], a[1], 1) }
	f["add_period_date"] = func(a ...ref.Val) ref.Val { return shift(a[1], a[0], 1) }
	f["sub_date_period"] = func(a ...ref.Val) ref.Val { return shift(a[0], a[1], -1) }
}

func addTexts(f map[string]expr.Function) {
	for name, valid := range map[string]func([]byte) bool{
		"sctid_valid": identifier.SCTIDValid, "sctid_concept": identifier.SCTIDConcept, "sctid_rounded": identifier.SCTIDRounded,
		"dmd_valid": identifier.DMDValid, "read2_valid": identifier.Read2Valid, "ctv3_valid": identifier.CTV3Valid, "bnf_valid": identifier.BNFValid,
		"ods_valid": identifier.ODSValid, "ods_default": identifier.ODSDefault, "gmp_valid": identifier.GMPValid,
		"gmp_default": identifier.GMPDefault, "ubrn_valid": identifier.UBRNValid,
	} {
		f[name] = func(a ...ref.Val) ref.Val { return types.Bool(valid([]byte(a[0].(types.String)))) }
	}
	two := func(is func(text, part string) bool) expr.Function {
		return func(a ...ref.Val) ref.Val {
			return types.Bool(is(string(a[0].(types.String)), string(a[1].(types.String))))
		}
	}
	f["text_startsWith"], f["text_endsWith"], f["text_contains"] = two(strings.HasPrefix), two(strings.HasSuffix), two(strings.Contains)
	f["matches_text"] = two(func(text, pattern string) bool { return regexp.MustCompile(pattern).MatchString(text) })
	f["text_matches"] = f["matches_text"]
	f["size_text"] = func(a ...ref.Val) ref.Val { return types.Int(utf8.RuneCountInString(string(a[0].(types.String)))) }
	f["text_size"] = f["size_text"]
}

// latest is what a loop has found: the rows on the latest date so far.
type latest struct {
	date calendar.Day
	rows []ref.Val
}

func addLists(f map[string]expr.Function) {
	f["size_rows"] = func(a ...ref.Val) ref.Val { return a[0].(traits.Sizer).Size() }
	f["rows_size"] = f["size_rows"]
	f["latest_none"] = func(...ref.Val) ref.Val { return opaque{expr.LatestType, &latest{}} }
	f["latest_step"] = func(a ...ref.Val) ref.Val {
		so := a[0].Value().(*latest)
		if a[2] != types.True || types.IsUnknown(a[3]) {
			return a[0]
		}
		switch d := day(a[3]); {
		case len(so.rows) == 0 || d > so.date:
			return opaque{expr.LatestType, &latest{d, []ref.Val{a[1]}}}
		case d == so.date:
			return opaque{expr.LatestType, &latest{d, append(slices.Clone(so.rows), a[1])}}
		}
		return a[0]
	}
	f["latest_rows"] = func(a ...ref.Val) ref.Val { return list(a[0].Value().(*latest).rows) }
	f["latest_date"] = func(a ...ref.Val) ref.Val {
		if so := a[0].Value().(*latest); len(so.rows) > 0 {
			return date(so.date)
		}
		return unknown()
	}
	f["keys_none"] = func(...ref.Val) ref.Val { return opaque{expr.SharedType, &[]string{}} }
	f["keys_step"] = func(a ...ref.Val) ref.Val {
		if a[1] != types.True || types.IsUnknown(a[2]) {
			return a[0]
		}
		seen := append(slices.Clone(*a[0].Value().(*[]string)), key(a[2]))
		return opaque{expr.SharedType, &seen}
	}
	f["keys_repeated"] = func(a ...ref.Val) ref.Val {
		seen := slices.Clone(*a[0].Value().(*[]string))
		slices.Sort(seen)
		return types.Bool(len(slices.Compact(slices.Clone(seen))) < len(seen))
	}
}

// key writes a list of known values so that equal lists are equal texts.
func key(v ref.Val) string {
	var b strings.Builder
	values := v.(traits.Lister)
	for i := types.Int(0); i < values.Size().(types.Int); i++ {
		one := values.Get(i).Value()
		if one == 0.0 {
			one = 0.0 // one key for both zeros
		}
		fmt.Fprintf(&b, "%T %q;", one, fmt.Sprint(one))
	}
	return b.String()
}

func addNumbers(f map[string]expr.Function) {
	member := func(a ...ref.Val) ref.Val { return a[1].(traits.Container).Contains(a[0]) }
	kinds := []string{"text", "date", "int", "decimal", "bool"}
	for _, x := range kinds {
		f["in_"+x] = member
		for _, y := range kinds {
			pair := "_" + x + "_" + y
			less := func(a, b ref.Val) bool { return compare(a, b) < 0 }
			f["lt"+pair] = func(a ...ref.Val) ref.Val { return types.Bool(less(a[0], a[1])) }
			f["gt"+pair] = func(a ...ref.Val) ref.Val { return types.Bool(less(a[1], a[0])) }
			f["le"+pair] = func(a ...ref.Val) ref.Val { return types.Bool(!less(a[1], a[0])) }
			f["ge"+pair] = func(a ...ref.Val) ref.Val { return types.Bool(!less(a[0], a[1])) }
			f["add"+pair] = arithmetic(func(a, b types.Int) types.Int { return a + b }, func(a, b types.Double) types.Double { return a + b })
			f["sub"+pair] = arithmetic(func(a, b types.Int) types.Int { return a - b }, func(a, b types.Double) types.Double { return a - b })
			f["mul"+pair] = arithmetic(func(a, b types.Int) types.Int { return a * b }, func(a, b types.Double) types.Double { return a * b })
		}
	}
}

func compare(a, b ref.Val) int {
	switch x := a.Value().(type) {
	case calendar.Day:
		return int(x) - int(b.Value().(calendar.Day))
	case int64:
		if y, ok := b.Value().(int64); ok {
			return map[bool]int{true: -1}[x < y] + map[bool]int{true: 1}[x > y]
		}
	}
	x, y := real(a), real(b)
	return map[bool]int{true: -1}[x < y] + map[bool]int{true: 1}[x > y]
}

func real(v ref.Val) float64 {
	if n, ok := v.(types.Int); ok {
		return float64(n)
	}
	return float64(v.(types.Double))
}

func arithmetic(ints func(a, b types.Int) types.Int, reals func(a, b types.Double) types.Double) expr.Function {
	return func(a ...ref.Val) ref.Val {
		x, isInt := a[0].(types.Int)
		y, isInt2 := a[1].(types.Int)
		if isInt && isInt2 {
			return ints(x, y)
		}
		return reals(types.Double(real(a[0])), types.Double(real(a[1])))
	}
}
