package mapping

import (
	"cmp"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer/source"
)

// series makes one group of the places that hold the sets of one series: a full set and
// what changed since, or the archives of one run. The names of their files say so, or
// those of their folders. Others stay as they are.
func (d *discovering) series(groups []*group) []*group {
	members := map[string][]*group{}
	for _, g := range groups {
		if g.listing == nil || g.listing.Err != nil {
			continue
		}
		if key := d.seriesOf(g.listing).key; key != "" {
			members[key] = append(members[key], g)
		}
	}
	joined := map[*group]bool{}
	var out []*group
	for _, key := range sortedKeys(members) {
		all := members[key]
		if len(all) < 2 || len(holding(all)) == 0 || !d.follow(all) {
			continue
		}
		one := &group{patients: true, above: all[0].above}
		var names []string
		for _, g := range all {
			joined[g] = true
			p := g.places[0]
			p.Folder = setName(g.listing)
			one.places = append(one.places, p)
			if g.patients { // enough of a name: there may be many archives
				names = append(names, path.Base(g.name))
			}
		}
		slices.SortFunc(one.places, func(a, b source.Place) int { return strings.Compare(a.Folder, b.Folder) })
		one.name = path.Join(path.Dir(all[0].name), strings.Join(sorted(names), "+"))
		out = append(out, one)
	}
	for _, g := range groups {
		if !joined[g] {
			out = append(out, g)
		}
	}
	return out
}

// A seriesPlace is what the names in a place say of its series.
type seriesPlace struct {
	// key is the series; empty where nothing tells. tables are the tables in the place,
	// each with its set.
	key    string
	tables []string
}

// follow reports whether the places can be sets of one series: no two hold one table of
// one set.
func (d *discovering) follow(all []*group) bool {
	seen := map[string]bool{}
	for _, g := range all {
		for _, table := range d.seriesOf(g.listing).tables {
			if seen[table] {
				return false
			}
			seen[table] = true
		}
	}
	return true
}

func (d *discovering) seriesOf(l *source.Listing) seriesPlace {
	for _, s := range d.systems {
		if s.Sets == nil {
			continue
		}
		if p := s.seriesOf(l); p.key != "" {
			return p
		}
	}
	return seriesPlace{}
}

// seriesOf tells the series by the names of the system.
func (s *System) seriesOf(l *source.Listing) seriesPlace {
	var tables, apart []string
	inFolder := s.Sets.folders != nil && s.Sets.folders.MatchString(setName(l))
	told := true
	for _, f := range l.Files {
		for _, name := range sortedKeys(s.Sources) {
			src := s.Sources[name]
			if !src.pattern.MatchString(f.Stem) {
				continue
			}
			captured := src.captures(&source.File{Stem: f.Stem})
			order, of := captured[s.Sets.Order], captured[s.Sets.Apart]
			if inFolder {
				order, of = setName(l), ""
			}
			told = told && (inFolder || order != "" && of != "")
			table := name + "\n" + of + "\n" + order
			if src.Numbered {
				table += "\n" + f.Stem
			}
			tables, apart = append(tables, table), append(apart, of)
		}
	}
	if len(tables) == 0 || !told {
		return seriesPlace{}
	}
	return seriesPlace{key: s.ID + "\n" + strings.Join(slices.Compact(sorted(apart)), "\n"), tables: slices.Compact(sorted(tables))}
}

// setName is the name of a folder, or that of an archive without its ending.
func setName(l *source.Listing) string {
	if l.Archive() && l.Place.Within == "" {
		return l.Name[:len(l.Name)-len(".zip")]
	}
	return l.Name
}

// named are the extracts by name. Where two have one, the folders that they lie in go
// before it, as many as tell them apart.
func named(groups []*group) []Found {
	out := make([]Found, len(groups))
	for i, g := range groups {
		out[i] = Found{Name: cmp.Or(g.name, source.NameOf(g.places)), Places: g.places, Refused: g.refused}
	}
	above := make([]string, len(groups))
	for i, g := range groups {
		above[i] = g.above
	}
	for range maxNameDepth {
		count := map[string]int{}
		for _, f := range out {
			count[f.Name]++
		}
		for i := range out {
			if count[out[i].Name] > 1 && filepath.Dir(above[i]) != above[i] {
				out[i].Name = filepath.Base(above[i]) + "/" + out[i].Name
				above[i] = filepath.Dir(above[i])
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Found) int { return strings.Compare(a.Name, b.Name) })
	for i := range out { // of one folder, which is refused later
		if i > 0 && out[i].Name == out[i-1].Name && out[i].Name != "" {
			out[i].Name += " " + strconv.Itoa(i+1)
		}
	}
	return out
}

// maxNameDepth is how many folders may go before a name.
const maxNameDepth = 8
