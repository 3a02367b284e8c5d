package source

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
)

// zipBody is the content of a deflated entry: held to the size and checksum
// the directory declares and to the ratio that honest data have.
type zipBody struct {
	r      io.Reader
	stored int64
	want   uint64
	crc    uint32

	made uint64
	sum  uint32
}

func (z *zipBody) Read(p []byte) (int, error) {
	n, err := z.r.Read(p)
	z.made += uint64(n)
	z.sum = crc32.Update(z.sum, crc32.IEEETable, p[:n])
	switch {
	case z.made > z.want:
		return 0, fault("an entry of the archive is longer than the archive says")
	case z.made > ratioFreeBytes && z.made > uint64(z.stored)*maxRatio:
		return 0, limit("an entry of the archive expands more than %d times", maxRatio).
			hint("if the file is honest, unpack it and run again")
	case errors.Is(err, io.EOF) && (z.made != z.want || z.sum != z.crc):
		return 0, fault("an entry of the archive is damaged").hint("copy or export the file again")
	}
	return n, err
}

// zipCount reads the number of entries from the end of the archive, so that
// a directory of millions is refused before it is read.
func zipCount(in *input) (uint64, bool) {
	const record, comment = 22, 1 << 16
	tail := make([]byte, min(in.size, record+comment))
	if _, err := in.at.ReadAt(tail, in.size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return 0, false
	}
	for i := len(tail) - record; i >= 0; i-- {
		if binary.LittleEndian.Uint32(tail[i:]) == 0x06054b50 {
			n := uint64(binary.LittleEndian.Uint16(tail[i+10:]))
			if n != 0xffff {
				return n, true
			}
			return zip64Count(in, in.size-int64(len(tail))+int64(i))
		}
	}
	return 0, false
}

// zip64Count follows the locator before the end record at offset end.
func zip64Count(in *input, end int64) (uint64, bool) {
	var locator [20]byte
	if end < int64(len(locator)) {
		return 0xffff, true
	}
	if _, err := in.at.ReadAt(locator[:], end-int64(len(locator))); err != nil || binary.LittleEndian.Uint32(locator[:]) != 0x07064b50 {
		return 0xffff, true
	}
	var record [56]byte
	at := int64(binary.LittleEndian.Uint64(locator[8:]))
	if at < 0 || at > in.size-int64(len(record)) {
		return 0xffff, true
	}
	if _, err := in.at.ReadAt(record[:], at); err != nil {
		return 0xffff, true
	}
	return binary.LittleEndian.Uint64(record[32:]), true
}
