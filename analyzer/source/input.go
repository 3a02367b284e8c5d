package source

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/klauspost/compress/zstd"

	"paperlight/analyzer/internal/inflate"
)

// An input is the bytes of one file of the extract, wherever they lie. It may
// be read by several goroutines.
type input struct {
	name   string // for messages
	stored int64  // bytes as stored
	// at and size give random access; at is nil for what can only be streamed.
	at   io.ReaderAt
	size int64
	// about is what an archive says the size of a stream is; 0 where nothing does.
	about int64
	// stream opens the bytes from the start.
	stream func() (*stream, error)
	// verify reads a stored checksum's bytes and compares, where there is one.
	verify func() error
	// packed says that it is what a compressed file holds, and not the file.
	packed bool
	// changed reports whether the file was changed since it was opened.
	changed func() bool
}

// A stream is a sequential reading of an input.
type stream struct {
	io.Reader
	// taken counts the stored bytes that were read so far.
	taken func() int64
	close func()
}

// regular opens the file that open gives, which must be a regular file.
func regular(name string, open func() (*os.File, error)) (*input, *os.File, error) {
	f, err := open()
	if err != nil {
		return nil, nil, within(name, err)
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = fault("want a regular file")
	}
	if err != nil {
		f.Close()
		return nil, nil, within(name, err)
	}
	size, modified := st.Size(), st.ModTime()
	in := &input{name: name, stored: size, at: f, size: size}
	in.changed = func() bool { return differs(f, size, modified) }
	in.stream = in.section
	return in, f, nil
}

// regular is regular, with what is read of the file told.
func (b *Bundle) regular(name string, open func() (*os.File, error)) (*input, *os.File, error) {
	in, f, err := regular(name, open)
	if err == nil && b.reading != nil {
		in.at = telling{in.at, b.reading}
	}
	return in, f, err
}

// telling tells of each reading.
type telling struct {
	at   io.ReaderAt
	tell func()
}

func (t telling) ReadAt(p []byte, off int64) (int, error) {
	n, err := t.at.ReadAt(p, off)
	t.tell()
	return n, err
}

func differs(f *os.File, size int64, modified time.Time) bool {
	st, err := f.Stat()
	return err != nil || st.Size() != size || !st.ModTime().Equal(modified)
}

func (in *input) section() (*stream, error) {
	r := &counter{r: io.NewSectionReader(in.at, 0, in.size)}
	return &stream{Reader: r, taken: func() int64 { return r.n }, close: func() {}}, nil
}

// unchanged returns an error if the file was changed while it was read.
func (in *input) unchanged() error {
	if in.changed != nil && in.changed() {
		return wasChanged()
	}
	return nil
}

// gunzip and unzstd return in's content decompressed.
func (in *input) gunzip() *input {
	return in.decompress(func(r io.Reader) (io.Reader, func(), error) {
		return inflate.NewGzipReader(r), func() {}, nil
	})
}

func (in *input) unzstd() *input {
	return in.decompress(func(r io.Reader) (io.Reader, func(), error) {
		// One goroutine: a panic in a worker of the library could not be caught.
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(maxZstdWindow))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	})
}

func (in *input) decompress(wrap func(io.Reader) (io.Reader, func(), error)) *input {
	out := &input{name: in.name, stored: in.stored, size: -1, packed: true, changed: in.changed}
	out.stream = func() (*stream, error) {
		s, err := in.stream()
		if err != nil {
			return nil, err
		}
		r, done, err := wrap(s)
		if err != nil {
			s.close()
			return nil, damaged(err)
		}
		return &stream{Reader: &bounded{r: r, left: maxStreamBytes}, taken: s.taken, close: func() { done(); s.close() }}, nil
	}
	return out
}

// whole gives random access to in, reading it into memory where it can only
// be streamed.
func (in *input) whole() (*input, error) {
	if in.at != nil {
		return in, nil
	}
	s, err := in.stream()
	if err != nil {
		return nil, err
	}
	defer s.close()
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(s, maxMemoryBytes+1))
	if err != nil {
		return nil, damaged(err)
	}
	if n > maxMemoryBytes {
		return nil, limit("over %d MiB when decompressed, and this format has to be read whole", maxMemoryBytes>>20).
			hint("decompress the file, or take it out of the archive, then run again")
	}
	out := &input{name: in.name, stored: in.stored, at: bytes.NewReader(b.Bytes()), size: n, changed: in.changed}
	out.stream = out.section
	return out, nil
}

// counter counts what is read through it.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// bounded refuses to produce more than left bytes.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return 0, limit("over %d GiB when decompressed", maxStreamBytes>>30)
	}
	return n, err
}

// readFull reads until p is full or the input ends, which is no error. An
// end inside a compressed file is one.
func readFull(r io.Reader, p []byte) (int, error) {
	n := 0
	for n < len(p) {
		m, err := r.Read(p[n:])
		n += m
		if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// damaged names an error of a decompressor, keeping our own as they are.
func damaged(err error) error {
	var e *DecodeError
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return limit("the compressed file asks for more memory than allowed")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fault("the compressed file ends too early").hint("copy or export the file again")
	}
	return &DecodeError{Message: "the compressed file is damaged", Hint: "copy or export the file again", cause: err}
}

// reason says what kind of error err is without its text.
func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	case errors.Is(err, fs.ErrPermission):
		return "no permission to read"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return "too many files are open"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "the file ends too early"
	case tooLongPath(err):
		return "the path is too long for the system"
	case inTheCloud(err):
		return "is in the cloud, and not on this computer"
	}
	return "cannot be read"
}

// cureFor says what to do about an error that reason names.
func cureFor(err error) string {
	switch {
	case tooLongPath(err):
		return "move the folder nearer to the top of the drive, under a short name, and run again"
	case inTheCloud(err):
		return "choose \"Always keep on this device\" for the folder, wait until it has been downloaded, and run again"
	}
	return ""
}

// tooLongPath knows the errors of Unix and of Windows (ERROR_FILENAME_EXCED_RANGE,
// which no Unix has).
func tooLongPath(err error) bool {
	return errors.Is(err, syscall.ENAMETOOLONG) || errors.Is(err, syscall.Errno(206))
}

// inTheCloud knows the errors of Windows of a file that is a mere name until it is
// downloaded; Unix has no errors of these numbers.
func inTheCloud(err error) bool {
	var number syscall.Errno
	return errors.As(err, &number) && number >= 358 && number <= 405
}

func wasChanged() *DecodeError {
	return fault("the file was changed while it was being read").hint("wait until the export has finished, then run again")
}
