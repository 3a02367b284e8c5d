package synthetic

import (
	"context"
	"fmt"
	"paperlight/analyzer/canonical"
)

// canonicalForm writes the tables of the schema. declarations and staff are nil
// where they are not made.
type canonicalForm struct {
	m                              *model
	tables                         []*tableWriter
	practices, declarations, staff *tableWriter
}

func newCanonical(folder string, m *model) (_ *canonicalForm, err error) {
	c := &canonicalForm{m: m}
	defer func() {
		if err != nil {
			c.abandon()
		}
	}()
	open := func(b *canonical.Block) (*tableWriter, error) {
		t, err := newTableWriter(folder, b, m.Options)
		if err == nil {
			c.tables = append(c.tables, t)
		}
		return t, err
	}
	for _, e := range emitters {
		if !m.makes(e.table) {
			continue
		}
		t, err := open(e.block())
		if err != nil {
			return nil, err
		}
		t.rows = e.rows
	}
	if c.practices, err = open(practiceBlock()); err != nil {
		return nil, err
	}
	if m.makes("consultations") {
		if c.staff, err = open(staffBlock()); err != nil {
			return nil, err
		}
	}
	if len(m.Answers) > 0 {
		if c.declarations, err = open(declarationBlock()); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *canonicalForm) practice(pr *practice) error {
	pr.write(c.practices.block, c.m.asOf)
	if c.declarations != nil {
		pr.answer(c.declarations.block, c.m.plan, c.m.Answers, c.m.asOf)
	}
	if c.staff != nil {
		pr.employ(c.staff.block)
	}
	return nil
}

func (c *canonicalForm) patient(p *patient) error {
	for _, t := range c.tables {
		if t.rows != nil {
			t.rows(p, t.block)
		}
		if err := t.spill(); err != nil {
			return err
		}
	}
	return nil
}

func (c *canonicalForm) close(ctx context.Context) error {
	for _, t := range c.tables {
		if err := ctx.Err(); err != nil { // putting rows in random order takes long
			return err
		}
		if err := t.close(); err != nil {
			return fmt.Errorf("%s: %w", t.block.Table.Name, err)
		}
	}
	return nil
}

func (c *canonicalForm) written() int64 {
	var rows int64
	for _, t := range c.tables {
		rows += t.written
	}
	return rows
}

func (c *canonicalForm) abandon() {
	for _, t := range c.tables {
		t.abandon()
	}
}
