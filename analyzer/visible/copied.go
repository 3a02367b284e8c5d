package visible

import "reflect"

// Copied is a copy in depth of plain data, with every text as text makes it; nil leaves
// texts as they are. All fields are exported, and there are no maps.
func Copied[T any](v T, text func(string) string) T {
	c := copying{text, map[reflect.Type]bool{}}
	c.own(reflect.ValueOf(&v).Elem())
	return v
}

// copying is the making of one copy.
type copying struct {
	text func(string) string
	deep map[reflect.Type]bool
}

// own replaces what v shares with what it was copied from, and texts.
func (c *copying) own(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if c.text != nil {
			v.SetString(c.text(v.String()))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Field(i); c.isDeep(field.Type()) {
				c.own(field)
			}
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(out, v)
		v.Set(out)
		if c.isDeep(v.Type().Elem()) {
			for i := range v.Len() {
				c.own(v.Index(i))
			}
		}
	case reflect.Array:
		if c.isDeep(v.Type().Elem()) {
			for i := range v.Len() {
				c.own(v.Index(i))
			}
		}
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		out := reflect.New(v.Type().Elem())
		out.Elem().Set(v.Elem())
		v.Set(out)
		if c.isDeep(v.Type().Elem()) {
			c.own(out.Elem())
		}
	}
}

// isDeep reports whether a value of the type has more to it than a plain copy gives: what
// it shares, or a text that is changed.
func (c *copying) isDeep(t reflect.Type) bool {
	deep, known := c.deep[t]
	if known {
		return deep
	}
	c.deep[t] = true // of a type that holds itself
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer:
		deep = true
	case reflect.String:
		deep = c.text != nil
	case reflect.Array:
		deep = c.isDeep(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			deep = deep || c.isDeep(t.Field(i).Type)
		}
	}
	c.deep[t] = deep
	return deep
}
