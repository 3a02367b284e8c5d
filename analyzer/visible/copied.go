package visible

import "reflect"

// Copied is a copy in depth of plain data, with every text as text makes it. All fields
// are exported, and there are no maps.
func Copied[T any](v T, text func(string) string) T {
	return copied(reflect.ValueOf(&v).Elem(), text).Interface().(T)
}

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
