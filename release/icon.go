package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
)

// The mark of the program: a sheet of paper with a tick. It is drawn in whole numbers on
// a square of markSize, so that every computer draws the same.
const markSize = 1024

// iconSizes are those that Windows shows; from pngSize on a picture is stored as PNG.
var iconSizes = []int{16, 24, 32, 48, 64, 256}

const pngSize = 256

type point struct{ x, y int }

// A shape is a part of the mark, painted over the earlier ones.
type shape struct {
	colour color.NRGBA
	covers func(p point) bool
}

var mark = []shape{
	{color.NRGBA{0x14, 0x48, 0x5f, 0xff}, rounded(point{24, 24}, point{1000, 1000}, 200)},
	{color.NRGBA{0xff, 0xff, 0xff, 0xff}, sheet},
	{color.NRGBA{0xa9, 0xb8, 0xc4, 0xff}, fold},
	{color.NRGBA{0x8a, 0x9b, 0xa8, 0xff}, stroke(28, point{352, 344}, point{520, 344})},
	{color.NRGBA{0x8a, 0x9b, 0xa8, 0xff}, stroke(28, point{352, 456}, point{672, 456})},
	{color.NRGBA{0xc2, 0x6a, 0x00, 0xff}, stroke(52, point{380, 664}, point{476, 756}, point{656, 572})},
}

func sheet(p point) bool {
	return rounded(point{240, 168}, point{784, 872}, 40)(p) && p.x-p.y <= 784-168-176
}

func fold(p point) bool {
	return p.x >= 784-176 && p.y <= 168+176 && p.x-p.y <= 784-168-176
}

// rounded is a rectangle whose corners are quarters of circles.
func rounded(from, to point, radius int) func(point) bool {
	return func(p point) bool {
		if p.x < from.x || p.y < from.y || p.x > to.x || p.y > to.y {
			return false
		}
		near := point{min(max(p.x, from.x+radius), to.x-radius), min(max(p.y, from.y+radius), to.y-radius)}
		return distance2(p, near) <= radius*radius
	}
}

// stroke is a line through points, with round ends, of twice the radius in width.
func stroke(radius int, points ...point) func(point) bool {
	return func(p point) bool {
		for i, to := range points[1:] {
			from := points[i]
			along := (p.x-from.x)*(to.x-from.x) + (p.y-from.y)*(to.y-from.y)
			length2 := distance2(from, to)
			switch across := (p.x-from.x)*(to.y-from.y) - (p.y-from.y)*(to.x-from.x); {
			case along <= 0 && distance2(p, from) <= radius*radius,
				along >= length2 && distance2(p, to) <= radius*radius,
				along > 0 && along < length2 && across*across <= radius*radius*length2:
				return true
			}
		}
		return false
	}
}

func distance2(a, b point) int { return (a.x-b.x)*(a.x-b.x) + (a.y-b.y)*(a.y-b.y) }

// drawn is the mark in a square of size pixels, smoothed by samples within each.
func drawn(size int) *image.NRGBA {
	const samples = 8
	out := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			var red, green, blue, covered int
			for s := range samples * samples {
				p := point{((x*samples+s%samples)*2 + 1) * markSize / (2 * size * samples), ((y*samples+s/samples)*2 + 1) * markSize / (2 * size * samples)}
				if c := colourAt(p); c.A > 0 {
					red, green, blue, covered = red+int(c.R), green+int(c.G), blue+int(c.B), covered+1
				}
			}
			if covered > 0 {
				out.SetNRGBA(x, y, color.NRGBA{uint8(red / covered), uint8(green / covered), uint8(blue / covered), uint8(covered * 255 / (samples * samples))})
			}
		}
	}
	return out
}

func colourAt(p point) (out color.NRGBA) {
	for _, s := range mark {
		if s.covers(p) {
			out = s.colour
		}
	}
	return out
}

// stored is a picture as an icon holds it: a large one as PNG, others as a bitmap with
// its rows from below and a mask.
func stored(picture *image.NRGBA) ([]byte, error) {
	size := picture.Bounds().Dx()
	if size >= pngSize {
		var b bytes.Buffer
		err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, picture)
		return b.Bytes(), err
	}
	little := binary.LittleEndian
	maskRow := (size + 31) / 32 * 4
	out := little.AppendUint32(nil, 40) // the size of this head
	out = little.AppendUint32(out, uint32(size))
	out = little.AppendUint32(out, uint32(2*size)) // with the mask
	out = little.AppendUint16(out, 1)              // planes
	out = little.AppendUint16(out, 32)             // bits a pixel
	out = little.AppendUint32(out, 0)              // not compressed
	out = little.AppendUint32(out, uint32(size*size*4+size*maskRow))
	out = append(out, make([]byte, 16)...)
	mask := make([]byte, size*maskRow)
	for y := range size {
		for x := range size {
			c := picture.NRGBAAt(x, size-1-y)
			out = append(out, c.B, c.G, c.R, c.A)
			if c.A == 0 {
				mask[y*maskRow+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return append(out, mask...), nil
}

// icons are the pictures of the mark, and the group that lists them by their ids, which
// count from 1.
func icons() (pictures [][]byte, group []byte, err error) {
	little := binary.LittleEndian
	group = little.AppendUint16(group, 0)
	group = little.AppendUint16(group, 1) // icons, not cursors
	group = little.AppendUint16(group, uint16(len(iconSizes)))
	for i, size := range iconSizes {
		picture, err := stored(drawn(size))
		if err != nil {
			return nil, nil, err
		}
		pictures = append(pictures, picture)
		group = append(group, byte(size), byte(size), 0, 0) // 256 is written as 0
		group = little.AppendUint16(group, 1)
		group = little.AppendUint16(group, 32)
		group = little.AppendUint32(group, uint32(len(picture)))
		group = little.AppendUint16(group, uint16(i+1))
	}
	return pictures, group, nil
}
