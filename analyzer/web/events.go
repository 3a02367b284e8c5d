package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"paperlight/analyzer/visible"
)

// follow tells a page how far a job is, as server-sent events, until the job has ended.
func (s *Server) follow(w http.ResponseWriter, r *http.Request, j *job) {
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	control, move := http.NewResponseController(w), s.mover(w)
	send := func(event, text string) error {
		move()
		_, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, strings.ReplaceAll(visible.Line(text), "\n", " "))
		if err != nil {
			return err
		}
		return control.Flush()
	}
	beat := time.NewTicker(s.pace.move / 4) // who has gone away is noticed by it
	defer beat.Stop()
	for j.running() {
		said, news := j.said()
		if send("progress", said) != nil {
			return
		}
		select {
		case <-news:
		case <-beat.C:
		case <-j.ended:
		case <-r.Context().Done():
			return
		}
	}
	_ = send("ended", "")
}

// followCheck and followExplanation follow what an address names.
func (s *Server) followCheck(w http.ResponseWriter, r *http.Request) {
	c := s.find(r.PathValue("id"))
	if c == nil {
		s.missing(w)
		return
	}
	s.follow(w, r, c.job)
}

func (s *Server) followExplanation(w http.ResponseWriter, r *http.Request) {
	_, a := s.explanationOf(r)
	if a == nil {
		s.missing(w)
		return
	}
	s.follow(w, r, a.job)
}
