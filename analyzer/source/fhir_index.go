package source

import "context"

// An indexer finds the resources of a document.
type indexer struct {
	ctx  context.Context
	json *jsonReader
	doc  *document
	part int64

	resources int64 // found so far
}

// document looks through all values of the text.
func (x *indexer) document() error {
	x.doc.types = map[string][]stretch{}
	if err := x.json.begin(); err != nil {
		return err
	}
	for values := 0; ; values++ {
		c, err := x.json.peek()
		switch {
		case err != nil:
			return err
		case c == 0 && values == 0:
			return fault("the file is empty: want FHIR JSON")
		case c == 0:
			return nil
		case c == '[':
			err = x.array(x.resource)
		case c == '{':
			err = x.resource()
		default:
			err = x.json.fault("want a resource, in braces")
		}
		if err != nil {
			return err
		}
	}
}

// array gives each element that is an object to do, and passes over the others.
func (x *indexer) array(do func() error) error {
	if err := x.json.open(); err != nil {
		return err
	}
	for {
		more, err := x.json.next()
		if err != nil || !more {
			return err
		}
		c, err := x.json.value()
		if err != nil {
			return err
		}
		if c == '{' {
			err = do()
		} else {
			err = x.json.skip()
		}
		if err != nil {
			return err
		}
	}
}

// resource reads a resource, with those inside it.
func (x *indexer) resource() error {
	if err := x.ctx.Err(); err != nil {
		return err
	}
	_, err := x.object(nil)
	return err
}

// A nested resource lies inside another.
type nested struct {
	kind string
	span span
}

// object reads a resource and files it; one that lies inside another is put into
// held, since the id of that may come after it.
func (x *indexer) object(held *[]nested) (kind string, err error) {
	at := span{start: x.json.at()}
	var id string
	var contained []nested
	if err := x.json.open(); err != nil {
		return "", err
	}
	for {
		more, err := x.json.next()
		if err != nil {
			return "", err
		}
		if !more {
			break
		}
		if err := x.member(&kind, &id, &contained); err != nil {
			return "", err
		}
	}
	at.size = x.json.at() - at.start
	if held != nil {
		if len(*held) == maxContained {
			return "", x.json.limit("more than %d resources inside one", maxContained)
		}
		*held = append(*held, nested{kind, at})
		return kind, nil
	}
	for _, in := range contained {
		if id == "" {
			id = x.doc.unnamed(at.start)
		}
		in.span.owner = id
		if err := x.file(in.kind, in.span); err != nil {
			return "", err
		}
	}
	return kind, x.file(kind, at)
}

// member reads one member of a resource.
func (x *indexer) member(kind, id *string, contained *[]nested) error {
	c, err := x.json.value()
	if err != nil {
		return err
	}
	switch name := string(x.json.name); {
	case name == "resourceType" && c == '"':
		return x.short(kind)
	case name == "id" && c == '"':
		return x.short(id)
	case name == "contained" && c == '[':
		return x.array(func() error {
			_, err := x.object(contained)
			return err
		})
	case name == "entry" && c == '[':
		return x.array(x.entry)
	}
	return x.json.skip()
}

// short reads a text that is held while the document is.
func (x *indexer) short(into *string) error {
	text, err := x.json.scalar(true)
	if err == nil && len(text) > maxJSONName {
		err = x.json.limit("an id or type of over %d bytes", maxJSONName)
	}
	if err == nil {
		*into = string(text)
	}
	return err
}

// entry reads an entry of a Bundle.
func (x *indexer) entry() error {
	if err := x.json.open(); err != nil {
		return err
	}
	for {
		more, err := x.json.next()
		if err != nil || !more {
			return err
		}
		c, err := x.json.value()
		if err != nil {
			return err
		}
		if c == '{' && string(x.json.name) == "resource" {
			err = x.resource()
		} else {
			err = x.json.skip()
		}
		if err != nil {
			return err
		}
	}
}

// file notes where a resource lies. A Bundle is no resource of its own, and what
// has no type is none.
func (x *indexer) file(kind string, at span) error {
	if kind == "" || kind == "Bundle" {
		return nil
	}
	have, known := x.doc.types[kind]
	if !known && len(x.doc.types) == maxResourceTypes {
		return x.json.limit("more than %d types of resources", maxResourceTypes)
	}
	if x.resources++; x.resources > maxResources {
		return x.json.limit("more than %d resources", maxResources)
	}
	if n := len(have); n == 0 || x.doc.in.at != nil && at.start-have[n-1].begin > x.part {
		have = append(have, stretch{doc: x.doc})
	}
	have[len(have)-1].add(at)
	x.doc.types[kind] = have
	return nil
}
