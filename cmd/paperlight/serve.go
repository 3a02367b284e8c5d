package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"paperlight/analyzer"
	"paperlight/analyzer/history"
	"paperlight/analyzer/visible"
	"paperlight/analyzer/web"
	"paperlight/rules"
)

const serveText = `Open a page on this computer, in the browser. Drop a zip, files or a folder on it;
it says whether the practice is ready, and what to put right first. A path given
here is checked where it is, without a copy.

The page answers this computer alone, and the browser that opened it first. What was
dropped on it is removed when it stops: by the button on the page, by Ctrl-C, or
after an hour in which nobody used it.`

// serveIdle is how long the page waits for somebody to use it.
const serveIdle = time.Hour

func newServe(c *console) *cobra.Command {
	var memory, past string
	var port int
	var quiet, forget bool
	cmd := &cobra.Command{
		Use:     "serve [PATH...]",
		Short:   "Open a page in the browser, to drop an extract on",
		Long:    serveText,
		Example: "  paperlight serve\n  paperlight serve D:\\export",
		RunE: func(cmd *cobra.Command, args []string) error {
			limit, err := parseSize(memory)
			if err != nil {
				return err
			}
			if port < 0 || port > 65535 {
				return usage("--port %d: want 0 to 65535", port)
			}
			s := &serving{console: c, memory: limit, port: port, browse: !quiet}
			if !forget {
				if err := s.keepIn(past); err != nil {
					return err
				}
			}
			return s.run(cmd.Context(), args)
		},
	}
	f := cmd.Flags()
	f.StringVar(&memory, "memory-of-a-check", "4GiB", "stop a check rather than use more memory than this")
	f.IntVar(&port, "port", 0, "the port on this computer (default: any that is free)")
	f.StringVar(&past, "history", "", "keep what was found in this file, and answers beside it (default: in your own folder of settings)")
	// The flag is not marked with reading: a worker is ended after two minutes in which it
	// reads nothing, and a page waits for longer. The history bounds what it reads itself.
	f.BoolVar(&forget, "no-history", false, "keep nothing after the page stops")
	f.BoolVar(&quiet, "no-browser", false, "print the address and open no browser")
	return cmd
}

// serving is one run of serve.
type serving struct {
	console *console
	memory  int64
	port    int
	browse  bool
	answers *answersKept
	history string // the file; empty where nothing is kept
}

func (s *serving) run(ctx context.Context, paths []string) (err error) {
	if err := found(paths); err != nil {
		return err
	}
	for i, path := range paths { // the page may outlive the working folder
		if paths[i], err = filepath.Abs(path); err != nil {
			return err
		}
	}
	folder, remove, err := scratch(s.console.disk)
	if err != nil {
		return err
	}
	defer remove()
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
	if err != nil {
		return fail(exitUsage, fmt.Errorf("no page could be opened on port %d of this computer", s.port), "leave --port out, or give another")
	}
	server, err := s.server(l, folder, paths)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	address := server.Address(l.Addr())
	s.console.pageIsAt(address, len(paths) > 0)
	if s.browse {
		openBrowser(address)
	}
	return server.Serve(ctx, l)
}

// keepIn says where what was found is kept: in a file that was named or, else, in the
// user's own folder of settings, which is made. Where that cannot be used, nothing is
// kept, and the page works all the same.
func (s *serving) keepIn(file string) (err error) {
	if file != "" {
		if file, err = filepath.Abs(file); err == nil {
			err = readable(file)
		}
		if s.history = file; err != nil {
			return namedHistory(filepath.Base(file), err)
		}
		return nil
	}
	if s.history, err = s.ownHistory(); err == nil {
		err = readable(s.history)
	}
	if err != nil {
		fmt.Fprintf(s.console.err, "Nothing is kept after the page stops: %s.\nTo keep it, name a file: paperlight serve --history FILE\n", visible.Line(err.Error()))
		s.history = ""
	}
	return nil
}

// readable reports whether a history can be read, or made where there is none.
func readable(file string) error {
	h, err := history.Open(file)
	if errors.Is(err, history.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	return h.Close()
}

// ownHistory is the history in the user's own folder of settings.
func (s *serving) ownHistory() (string, error) {
	settings := os.UserConfigDir
	if runtime.GOOS == "windows" {
		settings = os.UserCacheDir // the folder of settings there is copied to servers
	}
	folder, err := settings()
	if err != nil {
		return "", errors.New("this system has no folder of settings for you")
	}
	folder = filepath.Join(folder, "paperlight")
	if err := s.console.disk.mkdirAll(folder, 0o700); err != nil {
		return "", errors.New("the folder of settings cannot be written")
	}
	return filepath.Join(folder, "history.db"), nil
}

// server makes the page.
func (s *serving) server(l net.Listener, folder string, paths []string) (*web.Server, error) {
	catalogue, err := rules.Embedded()
	if err != nil {
		return nil, err
	}
	var schemes []web.Scheme
	for _, id := range catalogue.SchemeIDs() {
		scheme, err := rules.PublishedScheme(id, catalogue)
		if err != nil {
			return nil, err
		}
		schemes = append(schemes, web.Scheme{ID: id, Title: scheme.Title})
	}
	s.answers = &answersKept{serving: s, file: filepath.Join(folder, analyzer.AnswersName), where: "this page, until paperlight stops"}
	where := ""
	if s.history != "" {
		where = filepath.Dir(s.history)
		s.answers.file, s.answers.where = filepath.Join(where, analyzer.AnswersName), where
	}
	return web.New(l, web.Options{
		History: s.history, HistoryWhere: where,
		Storage: folder, Paths: paths, Check: s.check, Explain: s.explain, Catalogue: catalogue, Schemes: schemes, Answers: s.answers, Erase: s.erase,
		Free: freeSpace, Idle: serveIdle, Now: time.Now, Version: version,
	})
}

// check checks an extract in a worker, as the verb check does. An example is made first,
// as the verb generate makes it.
func (s *serving) check(ctx context.Context, c web.Checking, progress func(string)) error {
	if _, err := os.Lstat(c.Paths[0]); c.Example && errors.Is(err, fs.ErrNotExist) {
		progress("Making up a practice.")
		if _, err := s.work(ctx, []string{"generate", c.Paths[0], "--patients", "4000", "--seed", "7", "--quiet"}, progress); err != nil {
			return err
		}
	}
	if _, err := s.work(ctx, s.checkArgs(c, s.history), progress); err == nil || !s.ofHistory(err) {
		return err
	} else if _, again := s.work(ctx, s.checkArgs(c, ""), progress); again != nil {
		return again
	} else {
		return &web.NotKept{Says: err.Error()}
	}
}

// ofHistory reports whether a check could not add to the history, and would have gone well
// without: its fault names the history, or the key.
func (s *serving) ofHistory(err error) bool {
	name := visible.Line(filepath.Base(s.history))
	return s.history != "" && slices.ContainsFunc([]string{name + ": ", "could not write " + name + ":", "could not write " + name + ".key:"}, func(begins string) bool {
		return strings.HasPrefix(err.Error(), begins)
	})
}

// erase removes the history with its key, and the answers.
func (s *serving) erase() error {
	ctx := context.Background()
	if s.history == "" {
		return nil
	}
	var answers error
	if s.answers.there() {
		answers = s.answers.remove(ctx)
	}
	if _, err := os.Lstat(s.history); errors.Is(err, fs.ErrNotExist) {
		return answers
	}
	quiet := &console{in: strings.NewReader(""), out: io.Discard, err: s.console.err, disk: s.console.disk, width: 80}
	return errors.Join(answers, (&erasing{console: quiet, all: true}).run(ctx, s.history))
}

// explain says in a worker why a rule counts a patient or not, as the verb explain does.
func (s *serving) explain(ctx context.Context, c web.Checking, rule, patient string, progress func(string)) (string, error) {
	args := append([]string{"explain", rule}, c.Paths...)
	said, err := s.work(ctx, append(args, append([]string{"--patient", patient}, s.asked(c)...)...), progress)
	if err != nil { // nobody typed a flag
		err = errors.New(strings.TrimPrefix(err.Error(), "--patient: "))
	}
	return said, err
}

// work runs a verb in a worker, and returns what it writes.
func (s *serving) work(ctx context.Context, args []string, progress func(string)) (string, error) {
	said, out := &sayings{tell: progress}, &bytes.Buffer{}
	inside := &console{in: strings.NewReader(""), out: out, err: said, width: 80, noColour: true}
	if code := supervise(ctx, args, inside, s.memory); code != exitMet {
		if ctx.Err() != nil {
			return "", errors.New("stopped")
		}
		return "", errors.New(said.fault(code))
	}
	return out.String(), nil
}

// checkArgs are the arguments of the verb check. The worker bounds itself by them.
func (s *serving) checkArgs(c web.Checking, history string) []string {
	args := append([]string{"check"}, c.Paths...)
	if history != "" && !c.Example {
		args = append(args, "--history", history)
	}
	args = append(args, "--format", "html="+filepath.Join(c.To, web.ReportPage), "--format", "json="+filepath.Join(c.To, web.ReportData),
		"--worklist", filepath.Join(c.To, web.Lists), "--fail-on", "never")
	return append(args, s.asked(c)...)
}

// asked are the arguments of all verbs that read an extract for the page.
func (s *serving) asked(c web.Checking) []string {
	args := []string{"--memory", strconv.FormatInt(s.memory, 10), "--progress", forPage, "--scheme", c.Scheme}
	if c.AsOf != "" {
		args = append(args, "--as-of", c.AsOf)
	}
	if c.TestNumbers {
		args = append(args, "--allow-test-numbers")
	}
	if s.answers.there() {
		args = append(args, "--declarations", s.answers.file, "--"+othersAnswered)
	}
	return args
}

// answersKept is the file of the practice's answers.
type answersKept struct {
	serving *serving
	file    string
	where   string // for people
}

func (a *answersKept) there() bool {
	st, err := os.Lstat(a.file)
	return err == nil && st.Mode().IsRegular()
}

// Read returns the file; nothing where there is none.
func (a *answersKept) Read() ([]byte, error) {
	if _, err := os.Lstat(a.file); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return readRegularTo(a.file, mostAnswers)
}

// remove removes the file.
func (a *answersKept) remove(ctx context.Context) error {
	t, err := fileTarget("the answers", a.file)
	if err != nil {
		return err
	}
	w, err := begin(a.serving.console.disk, nil, t)
	if err != nil {
		return err
	}
	defer w.abandon()
	if err := w.takeAway(t); err != nil {
		return err
	}
	return w.commit(ctx)
}

// mostAnswers bounds the file of answers, as rules.ParseAnswers does.
const mostAnswers = 1 << 20

// Write puts another file in the place of the file.
func (a *answersKept) Write(written []byte) error {
	t, err := fileTarget("the answers", a.file)
	if err != nil {
		return err
	}
	w, err := claim(a.serving.console, nil, nil, t)
	if err != nil {
		return err
	}
	defer w.abandon()
	if err := w.write(t, "", text(string(written))); err != nil {
		return err
	}
	return w.commit(context.Background())
}

// Where says where the answers are kept.
func (a *answersKept) Where() string { return a.where }

// sayings are the lines that a check writes for people: how far it is, and what is
// wrong.
type sayings struct {
	tell func(string)

	mu   sync.Mutex
	rest []byte
	kept []string // the last lines
}

// mostSayings bounds the lines that are kept.
const mostSayings = 40

func (s *sayings) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rest = append(s.rest, p...)
	for {
		line, rest, whole := bytes.Cut(s.rest, []byte("\n"))
		if !whole && len(s.rest) < 1<<16 {
			return len(p), nil
		}
		if s.rest = rest; !whole {
			s.rest = nil
		}
		text := visible.Line(string(line))
		if s.kept = append(s.kept, text); len(s.kept) > mostSayings {
			s.kept = s.kept[1:]
		}
		s.tell(text)
	}
}

// fault is what went wrong, in the words of the check.
func (s *sayings) fault(code int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, line := range s.kept {
		if said, ok := strings.CutPrefix(line, "paperlight: "); ok {
			return said + "\n" + strings.Join(s.kept[i+1:], "\n")
		}
	}
	return fmt.Sprintf("the check ended with %d and said nothing more", code)
}

// openBrowser opens an address of ours in the user's browser. Where that fails, the
// address stands in the window.
func openBrowser(address string) {
	program := []string{"xdg-open", address}
	switch runtime.GOOS {
	case "windows":
		program = []string{"rundll32", "url.dll,FileProtocolHandler", address}
	case "darwin":
		program = []string{"open", address}
	}
	if path, err := exec.LookPath(program[0]); err == nil {
		cmd := exec.Command(path, program[1:]...)
		if cmd.Start() == nil {
			go func() { _ = cmd.Wait() }()
		}
	}
}
