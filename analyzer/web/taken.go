package web

import (
	"net/http"

	"paperlight/analyzer/report"
)

// takeScores sends how far a practice is, to keep.
func (s *Server) takeScores(w http.ResponseWriter, r *http.Request) {
	_, out := s.done(r)
	if out == nil || len(out.sheets) == 0 {
		s.missing(w)
		return
	}
	sheet := &out.sheets[filterOf(r.URL.Query(), len(out.sheets)).practice]
	g := &report.Grid{Name: "Readiness", Columns: []string{"practice", "as of", "for", "readiness", "score"}, Widths: []float64{36, 14, 28, 60, 40}}
	for _, a := range sheet.Standings {
		g.Rows = append(g.Rows, []any{sheet.Name, sheet.AsOf, a.Title, a.Words, a.Score})
	}
	s.take(w, r, g, "readiness")
}

// takeHistory sends what was found before of a practice, to keep.
func (s *Server) takeHistory(w http.ResponseWriter, r *http.Request) {
	h, err := s.past()
	if h == nil || err != nil {
		s.missing(w)
		return
	}
	defer h.Close()
	all, err := pasts(h)
	if err != nil {
		s.fail(w, http.StatusInternalServerError, pastFault(err))
		return
	}
	g := &report.Grid{Name: "Checks", Columns: []string{"practice", "checked", "records of", "for", "readiness", "score", "open", "since the check before"}, Widths: []float64{36, 28, 14, 28, 20, 10, 10, 40}}
	for _, p := range all {
		if p.ID != r.URL.Query().Get("practice") {
			continue
		}
		for i := range p.Runs {
			run := &p.Runs[i]
			for _, v := range run.Verdicts {
				g.Rows = append(g.Rows, []any{p.Name, run.Day, run.AsOf, v.Title, v.Words, v.Score, run.Open, run.Moved})
			}
		}
	}
	if len(g.Rows) == 0 {
		s.missing(w)
		return
	}
	s.take(w, r, g, "history")
}

// takeCompared sends what became of the records of each check, to keep.
func (s *Server) takeCompared(w http.ResponseWriter, r *http.Request) {
	page := s.comparedBy(w, r)
	if page == nil {
		return
	}
	g := &report.Grid{Name: "What changed", Columns: []string{"check", "records"}, Widths: []float64{70, 60}}
	for _, rule := range page.Rules {
		g.Rows = append(g.Rows, []any{rule.Title, rule.Moved})
	}
	s.take(w, r, g, "changed")
}
