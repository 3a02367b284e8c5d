package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"paperlight/analyzer/visible"
)

// spare is what an upload leaves free on the disk.
const spare = 512 << 20

// mostFiles bounds the files of one upload.
const mostFiles = 20_000

const noRoom = "There is too little room on the disk for these files. Make room, or start paperlight with the folder: paperlight serve FOLDER."

// discard removes what there is of an upload. On Windows a file that somebody looks at,
// such as a virus scanner, stays for a moment; the caller of the server removes what
// stays for longer.
func (s *Server) discard(id string) {
	for range 20 {
		if os.RemoveAll(filepath.Join(s.Storage, id)) == nil { // an id of ours, and no link in it
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// errNothing: a form was sent without a file.
var errNothing = errors.New("no file was chosen")

// upload takes the files of an extract and checks them.
func (s *Server) upload(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	free, err := s.Free(s.Storage)
	if err != nil {
		s.fail(w, http.StatusInternalServerError, "The folder for uploads cannot be read. Stop paperlight and start it again.")
		return
	}
	most := free - spare
	if most <= 0 || r.ContentLength > most {
		s.fail(w, http.StatusRequestEntityTooLarge, noRoom)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, most)
	parts, err := r.MultipartReader()
	if err != nil {
		status, said := formFault(err)
		s.fail(w, status, said)
		return
	}
	id := random()
	asked := Checking{}
	name, err := s.receive(w, parts, id, &asked)
	if err == nil {
		err = s.allowed(&asked)
	}
	if err != nil {
		s.discard(id)
		status, said := uploadFault(err)
		s.fail(w, status, said)
		return
	}
	c, err := s.add(ctx, id, name, asked)
	if err != nil {
		s.discard(id)
		s.fail(w, http.StatusInternalServerError, notStarted)
		return
	}
	http.Redirect(w, r, s.at("/check/"+c.id), http.StatusSeeOther)
}

// uploadFault words what went wrong with an upload.
func uploadFault(err error) (int, string) {
	var large *http.MaxBytesError
	var wrong *formError
	switch {
	case errors.As(err, &wrong):
		return http.StatusBadRequest, wrong.says
	case errors.Is(err, errNothing):
		return http.StatusBadRequest, "No file was chosen. Go back, and choose the zip or the folder with the records."
	case errors.As(err, &large), errors.Is(err, syscall.ENOSPC):
		return http.StatusRequestEntityTooLarge, noRoom
	}
	return http.StatusBadRequest, "The files did not arrive whole. Go back, and try again."
}

// A formError is a field of a form that cannot be used. It shows nothing of what was
// sent.
type formError struct{ says string }

func (e *formError) Error() string { return e.says }

// receive writes the files of a form into the folder of a check, and reads its fields.
// It returns what the user calls the extract.
func (s *Server) receive(w http.ResponseWriter, parts *multipart.Reader, id string, asked *Checking) (name string, err error) {
	if err := s.root.MkdirAll(filepath.Join(id, "extract"), 0o700); err != nil {
		return "", err
	}
	move := s.mover(w)
	names, tops := map[string]bool{}, []string{}
	for {
		move()
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		switch p.FormName() {
		case "scheme":
			asked.Scheme, err = field(p)
		case "as_of":
			asked.AsOf, err = field(p)
		case "test_numbers":
			asked.TestNumbers = true
			_, err = field(p)
		case "files":
			var top string
			if top, err = s.file(move, p, id, names); top != "" && !slices.Contains(tops, top) {
				tops = append(tops, top)
			}
		default:
			err = &formError{"The form has a field that is not known here. Go back, and try again."}
		}
		if err != nil {
			return "", err
		}
	}
	switch len(tops) {
	case 0:
		return "", errNothing
	case 1: // the folder or the file itself, so that the report has its name
		asked.Paths = []string{filepath.Join(s.Storage, id, "extract", tops[0])}
		return tops[0], nil
	}
	asked.Paths = []string{filepath.Join(s.Storage, id, "extract")}
	return fmt.Sprintf("%s and %d more", tops[0], len(tops)-1), nil
}

// field reads a short field of a form.
func field(p *multipart.Part) (string, error) {
	text, err := io.ReadAll(io.LimitReader(p, 257))
	if err == nil && len(text) > 256 {
		err = &formError{"A field of the form is too long. Go back, and try again."}
	}
	return string(text), err
}

// file writes one file of a form, and returns the first name of its path; empty for
// the file that browsers send where none was chosen.
func (s *Server) file(move func(), p *multipart.Part, id string, names map[string]bool) (top string, err error) {
	_, said, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if err != nil {
		return "", err
	}
	name := said["filename"]
	if name == "" {
		return "", nil
	}
	safe, ok := safePath(name)
	if !ok || len(names) >= mostFiles || !addName(names, safe) {
		return "", &formError{"A file has a name that cannot be used here, or there are two of one name. Put the files in a zip, and choose that."}
	}
	to := path.Join(id, "extract", safe)
	if err := s.root.MkdirAll(path.Dir(to), 0o700); err != nil {
		return "", err
	}
	f, err := s.root.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, &moving{Reader: p, move: move})
	if err = errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	top, _, _ = strings.Cut(safe, "/")
	return top, nil
}

// addName notes a file and the folders above it, and reports whether there was none of
// that name: on some disks upper and lower case are one.
func addName(names map[string]bool, file string) bool {
	file = strings.ToLower(file)
	if _, there := names[file]; there {
		return false
	}
	names[file] = true
	for folder := path.Dir(file); folder != "."; folder = path.Dir(folder) {
		if names[folder] { // a file
			return false
		}
		names[folder] = false
	}
	return true
}

// mover puts the end of a request off, which otherwise has its time.
func (s *Server) mover(w http.ResponseWriter) func() {
	control := http.NewResponseController(w)
	return func() {
		end := s.Now().Add(s.pace.move)
		_ = control.SetReadDeadline(end)
		_ = control.SetWriteDeadline(end.Add(s.pace.move)) // who sends nothing is told so
	}
}

// moving gives more time with every read that brings something, and before every write.
type moving struct {
	io.Reader
	io.Writer
	move func()
}

func (m *moving) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	if n > 0 {
		m.move()
	}
	return n, err
}

func (m *moving) Write(p []byte) (int, error) {
	m.move()
	return m.Writer.Write(p)
}

// safePath is a path that a browser sends for a file of a folder, below the folder that
// it goes into. Browsers of Windows send backslashes.
func safePath(name string) (string, bool) {
	name = strings.ReplaceAll(name, `\`, "/")
	if len(name) > 1024 || !fs.ValidPath(name) || name == "." || !filepath.IsLocal(filepath.FromSlash(name)) {
		return "", false
	}
	for _, part := range strings.Split(name, "/") {
		if len(part) > 200 || strings.ContainsFunc(part, func(r rune) bool { return visible.Hidden(r) || strings.ContainsRune(`<>:"|?*`, r) }) || strings.TrimRight(part, ". ") != part {
			return "", false
		}
	}
	return name, true
}
