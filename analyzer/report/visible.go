package report

import (
	"reflect"
	"strings"

	"paperlight/analyzer/visible"
)

// presentable copies a report with every text made visible, for the forms that
// people read.
func presentable(r *Report) *Report {
	out := visibleCopy(reflect.ValueOf(*r)).Interface().(Report)
	return &out
}

// visibleCopy copies a value in depth. Prose of a rule page may run over
// several lines; line ends in it are spaces.
func visibleCopy(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(visible.Line(strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(v.String()), "\r\n", " "), "\n", " ")))
	case reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(visibleCopy(v.Field(i)))
		}
	case reflect.Slice:
		if v.IsNil() {
			return out
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(visibleCopy(v.Index(i)))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(visibleCopy(v.Elem()))
		}
	default:
		out.Set(v)
	}
	return out
}
