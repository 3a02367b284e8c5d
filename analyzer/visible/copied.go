package visible

import "reflect"

// Copied is a copy in depth of plain data, with every text as text makes it; nil leaves
// texts as they are. All fields are exported, and there are no maps.
func Copied[T any](v T, text func(string) string) T {
	value := reflect.ValueOf(&v).Elem()
	c := copying{text, map[reflect.Type]*shape{}}
	c.own(value, c.shapeOf(value.Type()))
	return v
}

// copying is the making of one copy.
type copying struct {
	text   func(string) string
	shapes map[reflect.Type]*shape
}

// A shape is what of a type a plain copy does not give: what it shares, or texts that are
// changed.
type shape struct {
	kind   reflect.Kind
	deep   bool
	fields []int    // of a struct: those that are deep
	parts  []*shape // of these fields, or of the elements
}

// shapeOf finds the shape of a type. One that holds itself is deep.
func (c *copying) shapeOf(t reflect.Type) *shape {
	if have := c.shapes[t]; have != nil {
		return have
	}
	s := &shape{kind: t.Kind(), deep: true}
	c.shapes[t] = s
	switch s.kind {
	case reflect.String:
		s.deep = c.text != nil
	case reflect.Slice, reflect.Pointer:
		s.parts = []*shape{c.shapeOf(t.Elem())}
	case reflect.Struct:
		for i := range t.NumField() {
			if part := c.shapeOf(t.Field(i).Type); part.deep {
				s.fields, s.parts = append(s.fields, i), append(s.parts, part)
			}
		}
		s.deep = len(s.fields) > 0
	default:
		s.deep = false
	}
	return s
}

// own replaces what v shares with what it was copied from, and texts.
func (c *copying) own(v reflect.Value, s *shape) {
	switch s.kind {
	case reflect.String:
		if c.text != nil {
			v.SetString(c.text(v.String()))
		}
	case reflect.Struct:
		for i, field := range s.fields {
			c.own(v.Field(field), s.parts[i])
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(out, v)
		v.Set(out)
		for i := 0; s.parts[0].deep && i < v.Len(); i++ {
			c.own(out.Index(i), s.parts[0])
		}
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		out := reflect.New(v.Type().Elem())
		out.Elem().Set(v.Elem())
		v.Set(out)
		c.own(out.Elem(), s.parts[0])
	}
}
