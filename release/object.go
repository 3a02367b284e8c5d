package main

import (
	"encoding/binary"
	"slices"
)

// object is an object file (COFF, amd64) of one section, .rsrc, as the linker reads it:
// a tree of folders (kind, id, language), the places of the data, and the data. The
// places are addresses, and so marked for the linker to move. all is sorted.
func object(all []resource) []byte {
	const header, sectionHeader, relocation = 20, 40, 10
	section, places := laidOut(all)
	little := binary.LittleEndian
	moves := header + sectionHeader + len(section)
	symbols := moves + relocation*len(places)

	out := little.AppendUint16(nil, 0x8664)         // amd64
	out = little.AppendUint16(out, 1)               // sections
	out = little.AppendUint32(out, 0)               // no time
	out = little.AppendUint32(out, uint32(symbols)) // where the symbols are
	out = little.AppendUint32(out, 1)               // how many
	out = little.AppendUint16(out, 0)               // no optional header
	out = little.AppendUint16(out, 0)               // no flags
	out = append(out, ".rsrc\x00\x00\x00"...)       //
	out = append(out, make([]byte, 8)...)           // no address yet
	out = little.AppendUint32(out, uint32(len(section)))
	out = little.AppendUint32(out, header+sectionHeader)
	out = little.AppendUint32(out, uint32(moves))
	out = little.AppendUint32(out, 0) // no line numbers
	out = little.AppendUint16(out, uint16(len(places)))
	out = little.AppendUint16(out, 0)
	out = little.AppendUint32(out, 0x40000040) // data, read only
	out = append(out, section...)
	for _, place := range places {
		out = little.AppendUint32(out, place)
		out = little.AppendUint32(out, 0) // by the first symbol
		out = little.AppendUint16(out, 3) // as an address from the start of the program
	}
	out = append(out, ".rsrc\x00\x00\x00"...)
	out = little.AppendUint32(out, 0)  // at the start of
	out = little.AppendUint16(out, 1)  // the first section
	out = append(out, 0, 0, 3, 0)      // no type, static, nothing more
	return little.AppendUint32(out, 4) // no names but those above
}

// laidOut lays the resources out, and says where in it the places of the data stand.
func laidOut(all []resource) (out []byte, places []uint32) {
	const head, entry, leaf = 16, 8, 16
	kinds := slices.CompactFunc(slices.Clone(all), func(a, b resource) bool { return a.kind == b.kind })
	// Where what begins: the folder of kinds, those of ids, those of languages, the leaves.
	ids := head + entry*len(kinds)
	languages := ids + head*len(kinds) + entry*len(all)
	leaves := languages + (head+entry)*len(all)

	const below = 1 << 31 // an entry that leads to a folder
	little := binary.LittleEndian
	folder := func(entries int) {
		out = append(out, make([]byte, head-4)...)
		out = little.AppendUint16(out, 0) // with names
		out = little.AppendUint16(out, uint16(entries))
	}
	add := func(id, at uint32) { out = little.AppendUint32(little.AppendUint32(out, id), at) }
	ofKind := func(kind uint32) (n int) {
		for _, r := range all {
			if r.kind == kind {
				n++
			}
		}
		return n
	}
	folder(len(kinds))
	at := ids
	for _, k := range kinds {
		add(k.kind, uint32(at)|below)
		at += head + entry*ofKind(k.kind)
	}
	for i, r := range all {
		if i == 0 || all[i-1].kind != r.kind {
			folder(ofKind(r.kind))
		}
		add(r.id, uint32(languages+i*(head+entry))|below)
	}
	for i := range all {
		folder(1)
		add(language, uint32(leaves+i*leaf))
	}
	data := leaves + leaf*len(all)
	for _, r := range all {
		places = append(places, uint32(len(out)))
		add(uint32(data), uint32(len(r.data)))
		out = append(out, make([]byte, leaf-8)...) // no code page
		data += (len(r.data) + 7) / 8 * 8
	}
	for _, r := range all {
		out = aligned(append(out, r.data...), 8)
	}
	return out, places
}
