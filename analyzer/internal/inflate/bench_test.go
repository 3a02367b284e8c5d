package inflate

import (
	"bytes"
	"compress/flate"
	"io"
	"testing"

	fastest "github.com/klauspost/compress/flate"
)

// The next quickest in Go, and this, over rows as extracts have them.
func BenchmarkInflate(b *testing.B) {
	text := texts()["rows"]
	packed := pack(b, text, flate.DefaultCompression)
	for name, open := range map[string]func(io.Reader) io.Reader{
		"klauspost": func(r io.Reader) io.Reader { return fastest.NewReader(r) },
		"inflate":   func(r io.Reader) io.Reader { return NewReader(r) },
	} {
		b.Run(name, func(b *testing.B) {
			buffer := make([]byte, 256<<10)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				r := open(bytes.NewReader(packed))
				for {
					if _, err := r.Read(buffer); err != nil {
						break
					}
				}
			}
		})
	}
}
