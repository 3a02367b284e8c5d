package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Options are what a server needs of its caller.
type Options struct {
	// Storage is a folder that nobody else can read, for uploads and results. The caller
	// makes it, and removes it when the server has ended.
	Storage string
	// Paths are extracts on this computer that are checked where they are.
	Paths []string
	// Check checks an extract and writes the outcome into a folder. It says how far it is
	// by calling progress, and ends when its context does.
	Check func(ctx context.Context, c Checking, progress func(string)) error
	// Schemes are the ids of the schemes to choose from, the usual one first.
	Schemes []string
	// Free returns how many bytes the disk of a folder still takes.
	Free func(folder string) (int64, error)
	// Idle is how long the server waits for a request before it ends.
	Idle time.Duration
	// Now is the clock, for the list of checks.
	Now func() time.Time
}

// A Checking is one check that is asked for.
type Checking struct {
	Paths        []string
	Scheme, AsOf string
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
	stop    context.CancelFunc

	mu     sync.Mutex
	checks []*check // in the order in which they were asked for
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
	return &Server{Options: o, guard: newGuard(l.Addr()), pages: newPages(), root: root, touched: make(chan struct{}, 1)}, nil
}

// Address is the address to open first. It lets in whoever opens it first.
func (s *Server) Address(at net.Addr) string {
	return "http://" + at.String() + "/?token=" + s.guard.token
}

// The limits of a request. An upload may take as long as it moves.
const (
	headerTime = 5 * time.Second
	idleTime   = 2 * time.Minute
	headerSize = 16 << 10
	formSize   = 2 << 20
	mostOpen   = 64 // connections
)

// Serve answers until the context ends, somebody asks it to stop, or nobody asks for
// anything for as long as Options.Idle. Checks that run are ended, and what they wrote
// is left to the caller.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	ctx, s.stop = context.WithCancel(ctx)
	defer s.stop()
	defer s.root.Close()
	server := &http.Server{Handler: s.handler(ctx), ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, MaxHeaderBytes: headerSize,
		BaseContext: func(net.Listener) context.Context { return ctx }}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(limited(l)) }()
	idle := time.NewTimer(s.Idle)
	defer idle.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-s.touched:
			idle.Reset(s.Idle)
			continue
		case <-idle.C:
			if s.busy() {
				idle.Reset(s.Idle)
				continue
			}
		case <-ctx.Done():
		}
		break
	}
	s.stop()
	last, done := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer done()
	err := server.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	s.wait()
	return err
}

// handler is the routes behind the guard.
func (s *Server) handler(ctx context.Context) http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /{$}", s.start)
	m.HandleFunc("GET /style.css", s.style)
	m.HandleFunc("POST /check", func(w http.ResponseWriter, r *http.Request) { s.upload(ctx, w, r) })
	m.HandleFunc("POST /here", func(w http.ResponseWriter, r *http.Request) { s.here(ctx, w, r) })
	m.HandleFunc("GET /check/{id}", s.show)
	m.HandleFunc("GET /check/{id}/report", s.report)
	m.HandleFunc("GET /check/{id}/list/{number}", s.list)
	m.HandleFunc("POST /check/{id}/stop", s.stopCheck)
	m.HandleFunc("POST /stop", s.end)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.guard.protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case s.touched <- struct{}{}:
			default:
			}
			m.ServeHTTP(w, r)
		})).ServeHTTP(w, r)
	})
}

// busy reports whether a check runs.
func (s *Server) busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.checks {
		if c.running() {
			return true
		}
	}
	return false
}

// wait waits for the checks to end.
func (s *Server) wait() {
	s.mu.Lock()
	checks := s.checks
	s.mu.Unlock()
	for _, c := range checks {
		<-c.ended
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
