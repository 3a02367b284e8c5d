package source

import "strings"

// A Path leads from a resource to one text in it, member by member.
type Path []Step

// A Step is a member, and which of its elements is meant where it is an array: the
// first that meets all conditions, or without conditions the one of the index.
type Step struct {
	Name  string
	Where []Condition
	Index int
}

// A Condition is met by an element with the text at the end of some members, of any
// of their elements. A star at either end of the text stands for anything.
type Condition struct {
	Members []string
	Text    string
}

func (c *Condition) met(text []byte) bool {
	end, before := strings.CutPrefix(c.Text, "*")
	start, behind := strings.CutSuffix(end, "*")
	switch {
	case before && behind:
		return strings.Contains(string(text), start)
	case before:
		return len(text) >= len(end) && string(text[len(text)-len(end):]) == end
	case behind:
		return len(text) >= len(start) && string(text[:len(start)]) == start
	}
	return string(text) == c.Text
}

// A branch is the elements of a member that some paths go through. Where a reading
// is among them it is open once, for what leads there from the resource is one way.
type branch struct {
	index      int
	any        bool // every element
	conditions []Condition
	leaves     []int   // columns that end here
	judges     []judge // conditions that are judged by what is here
	members    []member
	columns    []bool // that end here or further on

	taken bool   // an element that is meant was read
	met   uint64 // of the conditions
}

// A member is a name and the branches of its elements.
type member struct {
	name     string
	branches []*branch
}

// A judge is one condition of a branch.
type judge struct {
	of        *branch
	condition int
}

// grow makes the branches of the paths, by column.
func grow(paths []Path) *branch {
	root := &branch{any: true, columns: make([]bool, len(paths))}
	for column, p := range paths {
		at := root
		at.columns[column] = true
		for _, s := range p {
			at = at.step(s, len(paths))
			at.columns[column] = true
		}
		at.leaves = append(at.leaves, column)
	}
	return root
}

// step returns the branch of a step, a new one where there is none.
func (b *branch) step(s Step, columns int) *branch {
	m := b.member(s.Name)
	for _, have := range m.branches {
		if !have.any && have.index == s.Index && equalConditions(have.conditions, s.Where) {
			return have
		}
	}
	next := &branch{index: s.Index, conditions: s.Where, columns: make([]bool, columns)}
	m.branches = append(m.branches, next)
	for i, c := range s.Where {
		at := next
		for _, name := range c.Members {
			at = at.everything(name, columns)
		}
		at.judges = append(at.judges, judge{next, i})
	}
	return next
}

// everything returns the branch of all elements of a member.
func (b *branch) everything(name string, columns int) *branch {
	m := b.member(name)
	for _, have := range m.branches {
		if have.any {
			return have
		}
	}
	next := &branch{any: true, columns: make([]bool, columns)}
	m.branches = append(m.branches, next)
	return next
}

func (b *branch) member(name string) *member {
	for i := range b.members {
		if b.members[i].name == name {
			return &b.members[i]
		}
	}
	b.members = append(b.members, member{name: name})
	return &b.members[len(b.members)-1]
}

func equalConditions(a, b []Condition) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Text != b[i].Text || strings.Join(a[i].Members, ".") != strings.Join(b[i].Members, ".") {
			return false
		}
	}
	return true
}

// wants reports whether element i of its member may be meant.
func (b *branch) wants(i int) bool {
	switch {
	case b.any:
		return true
	case len(b.conditions) > 0:
		return !b.taken
	}
	return i == b.index
}

// meant reports whether the element that was read met all conditions.
func (b *branch) meant() bool {
	return b.met == 1<<len(b.conditions)-1
}
