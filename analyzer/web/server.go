package web

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"paperlight/analyzer/crash"
	"paperlight/rules"
)

// Options are what a server needs of its caller.
type Options struct {
	// Storage is a folder that nobody else can read, for uploads and results. The caller
	// makes it, and removes it when the server has ended.
	Storage string
	// Paths are extracts on this computer that are checked where they are.
	Paths []string
	// Check checks an extract and writes the outcome into a folder. It says how far it is
	// by calling progress, and ends when its context does. Its error is a NotKept where all
	// went well but for the history.
	Check func(ctx context.Context, c Checking, progress func(string)) error
	// Explain says in words why a rule counts a patient of an extract or not.
	Explain func(ctx context.Context, c Checking, rule, patient string, progress func(string)) (string, error)
	// Catalogue is the rules that checks judge by: what they mean, and what they ask.
	Catalogue *rules.Catalogue
	// Schemes are those to choose from, the usual one first.
	Schemes []Scheme
	// History is the file of what was found before, which Check adds to; empty where none
	// is kept. HistoryWhere says where it is, for people.
	History, HistoryWhere string
	// Erase removes the history and the answers.
	Erase func() error
	// Answers keeps what the practice answered.
	Answers Answers
	// Free returns how many bytes the disk of a folder still takes.
	Free func(folder string) (int64, error)
	// Idle is how long the server waits for a request before it ends.
	Idle time.Duration
	// Now is the clock, for the list of checks, and for what is old.
	Now func() time.Time
	// Version is the program's.
	Version string
}

// NotKept is the error of a check that ended well and was not added to the history.
type NotKept struct{ Says string }

func (e *NotKept) Error() string { return e.Says }

// Answers keep the file of a practice's answers, declarations.yaml, which Check and
// Explain use where it is there.
type Answers interface {
	// Read returns the file; nothing where there is none.
	Read() ([]byte, error)
	// Write puts another in its place, or leaves it as it is.
	Write(text []byte) error
	// Where says where it is kept, for people.
	Where() string
}

// A Checking is one check that is asked for.
type Checking struct {
	Paths        []string
	Scheme, AsOf string
	// TestNumbers: test NHS numbers (999…) are taken for real ones.
	TestNumbers bool
	// Example: there is no extract yet at the one path. Check makes one up first.
	Example bool
	// To is the folder, which is there, that the outcome goes into.
	To string
}

// The files that Check writes into its folder.
const (
	ReportPage = "report.html"
	ReportData = "report.json"
	Lists      = "worklists"
)

// A Server is the page of one user on one computer.
type Server struct {
	Options
	guard   *guard
	pages   *pages
	root    *os.Root // the storage: nothing outside can be named
	touched chan struct{}
	pace    pace
	most    int // records that are read of a list
	stop    context.CancelFunc
	working chan struct{} // holds one for each job that reads

	keeping sync.Mutex // the answers, one form after the other

	mu      sync.Mutex
	checks  []*check // in the order in which they were asked for
	jobs    []*job   // theirs and others
	answers int      // requests that are being answered
	ending  bool     // no more are
	idle    sync.Cond
}

// New makes the server for a listener.
func New(l net.Listener, o Options) (*Server, error) {
	if tcp, ok := l.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		return nil, errors.New("the page is for this computer alone: it listens to no other address")
	}
	root, err := os.OpenRoot(o.Storage)
	if err != nil {
		return nil, err
	}
	s := &Server{Options: o, guard: newGuard(l.Addr()), root: root, working: make(chan struct{}, mostWorking), touched: make(chan struct{}, 1), pace: usual(), most: mostRecords}
	s.pages = newPages(s.guard.base)
	s.idle.L = &s.mu
	return s, nil
}

// Address is the address to open first. It lets in whoever opens it first.
func (s *Server) Address(at net.Addr) string {
	return "http://" + at.String() + "/?token=" + s.guard.token
}

// The limits of a request.
const (
	headerSize = 16 << 10
	formSize   = 1 << 20
	mostOpen   = 64 // connections
)

// A pace is how long is waited for a client.
type pace struct {
	header  time.Duration // for what stands before the body
	request time.Duration // for all of it, but for an upload, which may take as long as it moves
	move    time.Duration // for an upload to bring more, and a download to take more
	keep    time.Duration // for the next request of a connection
	last    time.Duration // for what is being answered when the server ends
	part    time.Duration // for the last page to load its look
}

func usual() pace {
	return pace{header: 5 * time.Second, request: 30 * time.Second, move: 2 * time.Minute, keep: 2 * time.Minute, last: 2 * time.Second, part: time.Second}
}

// Serve answers until the context ends, somebody asks it to stop, or nobody asks for
// anything for as long as Options.Idle. Checks and requests have ended when it returns,
// and what they wrote is left to the caller.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	ctx, s.stop = context.WithCancel(ctx)
	defer s.root.Close()
	server := &http.Server{
		Handler: s.handler(ctx), ReadHeaderTimeout: s.pace.header, ReadTimeout: s.pace.request, IdleTimeout: s.pace.keep, MaxHeaderBytes: headerSize,
		BaseContext:                  func(net.Listener) context.Context { return ctx },
		DisableGeneralOptionsHandler: true,                       // it would answer before the guard
		ErrorLog:                     log.New(io.Discard, "", 0), // of what clients did wrong
	}
	ended, fault := make(chan struct{}), error(nil) // the fault of the listener, once that is closed
	go func() {
		defer close(ended)
		defer crash.Catch(&fault, "the page")
		fault = server.Serve(limited(l))
	}()
	s.used(ctx, ended)
	s.stop()
	last, done := context.WithTimeout(context.WithoutCancel(ctx), s.pace.last)
	defer done()
	if err := server.Shutdown(last); errors.Is(err, context.DeadlineExceeded) {
		_ = server.Close()
	}
	s.wait()
	if <-ended; !errors.Is(fault, http.ErrServerClosed) {
		return fault
	}
	return nil
}

// used waits until there is a reason to end.
func (s *Server) used(ctx context.Context, ended <-chan struct{}) {
	idle := time.NewTimer(s.Idle)
	defer idle.Stop()
	for {
		select {
		case <-ended:
			return
		case <-ctx.Done():
			return
		case <-s.touched:
		case <-idle.C:
			if !s.busy() {
				return
			}
		}
		idle.Reset(s.Idle)
	}
}

// handler is the routes behind the guard.
func (s *Server) handler(ctx context.Context) http.Handler {
	m := s.routes(ctx)
	return s.guard.protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.begin() {
			refuse(w, http.StatusServiceUnavailable, "paperlight has stopped.")
			return
		}
		defer s.finish()
		_ = http.NewResponseController(w).SetWriteDeadline(s.Now().Add(s.pace.request + s.pace.move))
		if err := caught(http.StripPrefix(s.guard.base, m), w, r); err != nil {
			refuse(w, http.StatusInternalServerError, "This page cannot be shown. Please report it:\n"+err.Error())
		}
	}))
}

// caught answers a request, and returns a panic.
func caught(m http.Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer crash.Catch(&err, "the answer")
	m.ServeHTTP(w, r)
	return nil
}

// begin notes that a request is being answered, unless the server ends.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ending {
		return false
	}
	s.answers++
	s.touch()
	return true
}

// finish notes that a request was answered.
func (s *Server) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers--
	s.touch()
	s.idle.Broadcast()
}

// touch has the time begin anew after which an unused server ends.
func (s *Server) touch() {
	select {
	case s.touched <- struct{}{}:
	default:
	}
}

// busy reports whether a check runs or a request is being answered.
func (s *Server) busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answers > 0 || slices.ContainsFunc(s.jobs, (*job).running)
}

// wait lets no more requests in, and waits for those that are and for the checks.
func (s *Server) wait() {
	s.mu.Lock()
	s.ending = true
	for s.answers > 0 {
		s.idle.Wait()
	}
	jobs := s.jobs
	s.mu.Unlock()
	for _, j := range jobs {
		<-j.ended
	}
}

// folder is where a check keeps what it has, below the storage.
func (s *Server) folder(c *check, name string) string { return filepath.Join(s.Storage, c.id, name) }

// limited lets in so many connections at a time.
func limited(l net.Listener) net.Listener { return &fewer{l, make(chan struct{}, mostOpen)} }

type fewer struct {
	net.Listener
	open chan struct{}
}

func (l *fewer) Accept() (net.Conn, error) {
	l.open <- struct{}{}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.open
		return nil, err
	}
	return &counted{Conn: c, left: sync.OnceFunc(func() { <-l.open })}, nil
}

type counted struct {
	net.Conn
	left func()
}

func (c *counted) Close() error {
	c.left()
	return c.Conn.Close()
}

// A Scheme is what a practice can be judged by.
type Scheme struct{ ID, Title string }
