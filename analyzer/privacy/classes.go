package privacy

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/schema"
)

// Few is how many people at most make a code rare, and a class small: counts of 1 to
// 7 are hidden where reports are published, so a class needs 8.
const Few = 7

// mostExposed is the share of people in small classes, in hundredths, above which an
// extract is not anonymised.
const mostExposed = 5

// traits are what others may know of a person.
var traits = []string{"birth_date", "birth_year", "sex", "ethnicity_code", "postcode_district", "death_date"}

// classes counts the people who share all traits with few others, and the codes that
// few people have.
func classes(ctx context.Context, x *extract.Extract) ([]Finding, error) {
	out, err := alike(ctx, x)
	if err != nil {
		return nil, err
	}
	for _, t := range x.Tables {
		for _, c := range t.Schema.Columns {
			if t.Supplied[c.Index] && coding(c) && t.Schema.Patient != nil {
				rare, err := rareCodes(ctx, t, c)
				if err != nil {
					return nil, err
				}
				out = append(out, rare...)
			}
		}
	}
	return out, nil
}

// coding reports whether a column holds clinical codes.
func coding(c *schema.Column) bool {
	return c.Type == schema.Text && c.Privacy == schema.Open && c.Values == nil && (c.Name == "code" || strings.HasSuffix(c.Name, "_code"))
}

// scan visits the rows of a table with the columns as text.
func scan(ctx context.Context, t *extract.Table, columns []*schema.Column, row func(cells [][]byte)) error {
	cells, views, days := make([][]byte, len(columns)), make([]extract.Vector, len(columns)), make([][8]byte, len(columns))
	for _, p := range t.Parts {
		for b, err := range p.Scan(ctx, columns) {
			if err != nil {
				return err
			}
			for i := range columns {
				if views[i], err = b.View(i); err != nil {
					return err
				}
			}
			for r := range int(b.Record.NumRows()) {
				for i := range columns {
					cells[i] = cellOf(&views[i], r, &days[i])
				}
				row(cells)
			}
		}
	}
	return nil
}

func cellOf(v *extract.Vector, row int, number *[8]byte) []byte {
	switch {
	case v.Known != nil && v.Known[row/64]>>(row%64)&1 == 0:
		return nil
	case v.Days != nil:
		binary.LittleEndian.PutUint64(number[:], uint64(v.Days[row]))
		return number[:]
	case v.Ints != nil:
		binary.LittleEndian.PutUint64(number[:], uint64(v.Ints[row]))
		return number[:]
	case v.Index != nil:
		return v.Entry(v.Index[row])
	}
	return v.Entry(int32(row))
}

// alike counts the patients in classes of those with the same traits.
func alike(ctx context.Context, x *extract.Extract) ([]Finding, error) {
	t := x.Table(schema.Patients)
	if t == nil {
		return nil, nil
	}
	var columns []*schema.Column
	var names []string
	for _, name := range traits {
		if c := schema.Patients.Column(name); t.Supplied[c.Index] {
			columns, names = append(columns, c), append(names, name)
		}
	}
	if len(columns) == 0 {
		return nil, nil
	}
	classes := map[string]int64{}
	var key []byte
	err := scan(ctx, t, columns, func(cells [][]byte) {
		key = key[:0]
		for _, c := range cells {
			key = append(binary.AppendUvarint(key, uint64(len(c))), c...)
		}
		classes[string(key)]++
	})
	all, small, smallest := int64(0), int64(0), int64(0)
	for _, n := range classes {
		all += n
		if n <= Few {
			small += n
		}
		if smallest == 0 || n < smallest {
			smallest = n
		}
	}
	if err != nil || small == 0 {
		return nil, err
	}
	f := Finding{Table: schema.Patients.Name, Other: true, Rows: small, Looked: all, Says: "patients who share these with fewer than 8 people: " + strings.Join(names, ", ")}
	f.Why = fmt.Sprintf("the smallest group is %s", figures.Plural(smallest, "patient", "patients"))
	if small*100 > all*mostExposed {
		f.Weight, f.Why = Stops, f.Why+fmt.Sprintf("; more than %d in 100 patients are in such groups", mostExposed)
	}
	return []Finding{f}, nil
}

// people are up to one more than few, by their hashes.
type people struct {
	n   int
	who [Few]uint64
}

func (p *people) add(who uint64) {
	if p.n > Few || slices.Contains(p.who[:p.n], who) {
		return
	}
	if p.n < Few {
		p.who[p.n] = who
	}
	p.n++
}

// mostCodes bounds the different values of a column: no terminology has more in use,
// so a column of more holds none.
const mostCodes = 1 << 20

// rareCodes counts the codes of a column that few people have.
func rareCodes(ctx context.Context, t *extract.Table, c *schema.Column) ([]Finding, error) {
	codes := map[string]*people{}
	err := scan(ctx, t, []*schema.Column{t.Schema.Patient, c}, func(cells [][]byte) {
		if len(cells[0]) == 0 || len(cells[1]) == 0 {
			return
		}
		p := codes[string(cells[1])]
		if p == nil {
			if len(codes) > mostCodes {
				return
			}
			p = new(people)
			codes[string(cells[1])] = p
		}
		p.add(xxh3.Hash(cells[0]))
	})
	rare := int64(0)
	for _, p := range codes {
		if p.n <= Few {
			rare++
		}
	}
	if err != nil || rare == 0 || len(codes) > mostCodes {
		return nil, err
	}
	f := RareCode.finding(Warns, figures.Plural(rare, "code is", "codes are")+" in the records of 1 to 7 people")
	f.Table, f.Column = t.Schema.Name, c.Name
	return []Finding{f}, nil
}
