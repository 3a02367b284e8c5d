package report

import "reflect"

// A Released report holds no more than its level may show. Renderers take no
// other, and nothing can be added to one: it is a copy that nobody else holds.
// Only the restriction in package score makes one; a test holds that.
type Released struct{ report *Report }

// Release seals what a restriction left.
func Release(restricted *Report) Released { return Released{deepCopy(restricted)} }

// Report is a copy of what was released, to look at. What is written into it
// reaches no renderer.
func (r Released) Report() *Report { return deepCopy(r.whole()) }

// whole is the report to render; of nothing, an empty one.
func (r Released) whole() *Report {
	if r.report == nil {
		return &Report{}
	}
	return r.report
}

func deepCopy(r *Report) *Report {
	out := copied(reflect.ValueOf(*r), func(s string) string { return s }).Interface().(Report)
	return &out
}

// copied copies a value in depth, with every text as text makes it.
func copied(v reflect.Value, text func(string) string) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(text(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(copied(v.Field(i), text))
		}
	case reflect.Slice:
		if v.IsNil() {
			return out
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(copied(v.Index(i), text))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(copied(v.Elem(), text))
		}
	default:
		out.Set(v)
	}
	return out
}
