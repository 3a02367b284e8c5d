package evidence

import (
	"bytes"
	"errors"
	"maps"
	"slices"
)

// tops are the files at the top that a bundle has.
var tops = append([]string{tags256}, tagged...)

// lists holds the files to the lists, and the lists to one another.
func (v *verifying) lists() {
	tags, wrong := parseList(v.files[tags256], 64)
	if wrong != "" {
		v.fault(BadList, tags256, "", wrong)
	}
	for _, name := range tops {
		text, there := v.files[name]
		sum, listed := tags[name]
		switch {
		case name == tags256:
			if !there {
				v.drop(name, "")
			}
			continue
		case there && !listed && wrong == "" && v.files[tags256] != nil:
			v.fault(Shortened, tags256, name, "")
		case !there:
			v.drop(name, sum)
		case listed && sum256(text) != sum:
			v.listed[name] = sum
		}
	}
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		if !slices.Contains(tops, name) {
			v.fault(BadList, tags256, name, "it lists a file that is none of the top of a bundle")
		}
	}
	for _, name := range v.Names() {
		if !isPayload(name) && name != SignatureName && !slices.Contains(tops, name) {
			v.added = append(v.added, name)
		}
	}
	before := len(v.found.Faults)
	v.payloads(tags)
	for _, name := range v.spoilt {
		if _, told := v.listed[name]; !told {
			v.fault(Changed, name, "", "the archive does not hold what it says of it")
		}
	}
	if len(v.found.Faults) == before {
		v.blame()
	}
	v.moved()
}

// blame finds that the list of lists was changed, and not what it lists: the signature
// does not fit it, and what it lists is as the rest would have it.
func (v *verifying) blame() {
	if _, there := v.files[SignatureName]; !there {
		return
	}
	if _, err := v.signed(); !errors.Is(err, errSignature) {
		return
	}
	for _, name := range v.inPayload() {
		if _, wrong := v.listed[name]; wrong {
			return
		}
	}
	right := map[string][]byte{bagName: []byte(bagText), readmeName: []byte(readme), payload256: v.listOf(v.inPayload(), sum256).text(), payload512: v.listOf(v.inPayload(), sum512).text()}
	if r, err := v.record(); err == nil {
		if at, ok := v.madeAt(); ok {
			right[infoName] = v.infoText(at, r.Tool.Version)
		}
	}
	if sums, _, wrong := v.subjects(); wrong == "" && maps.Equal(sums, v.listOf(v.inPayload(), sum256)) {
		right[statementName] = v.files[statementName]
	}
	for name := range v.listed {
		if _, there := v.files[name]; there && bytes.Equal(right[name], v.files[name]) {
			delete(v.listed, name)
			v.fault(Changed, tags256, "", "")
		}
	}
}

// drop notes a file that is not there, with the digest that it should have.
func (v *verifying) drop(name, sum string) { v.listed[name] = sum }

// A payloadList is one of the three lists of what lies below data.
type payloadList struct {
	file string
	sums list
	sum  func([]byte) string
	// read: it is a list, whatever it lists; intact: as the list of lists says.
	read, intact bool
}

// payloads holds what lies below data to the lists of it. Of lists that disagree those
// count that are as the list of lists says, since who changes one list mostly forgets
// another.
func (v *verifying) payloads(tags list) {
	var all []*payloadList
	add := func(file string, sums list, sum func([]byte) string, wrong string) {
		text, there := v.files[file]
		intact := tags[file] == sum256(text)
		switch {
		case !there:
			return
		case wrong != "" && (intact || tags[file] == ""):
			v.fault(BadList, file, "", wrong)
		}
		all = append(all, &payloadList{file, sums, sum, wrong == "", intact && wrong == ""})
	}
	sums, wrong := parseList(v.files[payload256], 64)
	add(payload256, sums, sum256, wrong)
	sums, wrong = parseList(v.files[payload512], 128)
	add(payload512, sums, sum512, wrong)
	sums, _, wrong = v.subjects()
	add(statementName, sums, sum256, wrong)
	trusted := slices.DeleteFunc(slices.Clone(all), func(l *payloadList) bool { return !l.intact })
	if len(trusted) == 0 {
		trusted = all
	}
	names := map[string]bool{}
	for _, name := range v.inPayload() {
		names[name] = true
	}
	for _, l := range trusted {
		for name := range l.sums {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		v.payload(name, trusted)
	}
	for _, l := range all { // a list that is not intact, and of which it is not known in what
		if _, broken := v.listed[l.file]; broken && l.read && l.shorter(trusted) {
			delete(v.listed, l.file)
			v.fault(Shortened, l.file, l.lacks(trusted), "")
		}
	}
}

// payload holds one file to the lists.
func (v *verifying) payload(name string, trusted []*payloadList) {
	text, there := v.files[name]
	in := slices.DeleteFunc(slices.Clone(trusted), func(l *payloadList) bool { return l.sums[name] == "" })
	if len(in) == 0 {
		v.added = append(v.added, name)
		return
	}
	for _, l := range trusted {
		if l.sums[name] == "" {
			v.fault(Shortened, l.file, name, "")
		}
	}
	for _, l := range in {
		if !there || l.sum(text) != l.sums[name] {
			v.listed[name] = l.sums[name]
			return
		}
	}
}

// shorter reports whether the list is one of the others with lines taken out.
func (l *payloadList) shorter(others []*payloadList) bool {
	lacks := l.lacks(others)
	if lacks == "" {
		return false
	}
	for _, o := range others {
		for name := range l.sums {
			if o != l && o.sums[name] == "" {
				return false
			}
			if o != l && len(o.sums[name]) == len(l.sums[name]) && o.sums[name] != l.sums[name] {
				return false
			}
		}
	}
	return true
}

// lacks is the first file that the list does not have, and others do.
func (l *payloadList) lacks(others []*payloadList) string {
	lacks := ""
	for _, o := range others {
		for name := range o.sums {
			if l.sums[name] == "" && (lacks == "" || name < lacks) {
				lacks = name
			}
		}
	}
	return lacks
}

// sums gives the digest of a file of the kind that another one is of. Each is worked out
// once: a stranger's bundle may have many files that are not as they were listed.
func (v *verifying) sums() func(name, like string) string {
	known := map[[2]string]string{}
	return func(name, like string) string {
		kind, sum := "sha256", sum256
		if len(like) == 128 {
			kind, sum = "sha512", sum512
		}
		at := [2]string{kind, name}
		if known[at] == "" {
			known[at] = sum(v.files[name])
		}
		return known[at]
	}
}

// moved tells files that were renamed or swapped from those that were changed, dropped or
// added.
func (v *verifying) moved() {
	sumOf := v.sums()
	for _, name := range slices.Sorted(maps.Keys(v.listed)) {
		sum, wanted := v.listed[name]
		if _, there := v.files[name]; !wanted || there {
			continue
		}
		is := func(other string) bool {
			if name == tags256 {
				return bytes.Equal(v.files[other], v.listOf(tagged, sum256).text())
			}
			return sum != "" && sumOf(other, sum) == sum
		}
		if i := slices.IndexFunc(v.added, is); i >= 0 {
			v.fault(Renamed, name, v.added[i], "")
			v.added = slices.Delete(v.added, i, i+1)
		} else {
			v.fault(Dropped, name, "", "")
		}
		delete(v.listed, name)
	}
	for _, name := range slices.Sorted(maps.Keys(v.listed)) {
		sum, still := v.listed[name]
		if !still {
			continue
		}
		for _, other := range slices.Sorted(maps.Keys(v.listed)) {
			if theirs := v.listed[other]; other != name && sumOf(other, sum) == sum && sumOf(name, theirs) == theirs {
				v.fault(Swapped, name, other, "")
				delete(v.listed, name)
				delete(v.listed, other)
				break
			}
		}
		if _, still := v.listed[name]; still {
			v.changed(name)
		}
	}
	for _, name := range v.added {
		if _, there := v.files[SignatureName]; !there && !v.elsewhere {
			if _, err := parseSignature(v.files[name]); err == nil {
				v.elsewhere = true
				v.fault(Renamed, SignatureName, name, "")
				continue
			}
		}
		v.fault(Extra, name, "", "")
	}
}
