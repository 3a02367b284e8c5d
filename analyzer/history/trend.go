package history

// A Point is one run of a practice, as a trend shows it.
type Point struct {
	Run
	// Open are the records that fail a rule which is not met, once for each such rule;
	// nil where no rule could be judged.
	Open *int64 `json:"open"`
	// Moved is the total of the movement since the run before; nil where nothing is
	// known.
	Moved *Moved `json:"moved"`
}

// Trend is the runs of a practice, the oldest first.
func (h *History) Trend(practice string) ([]Point, error) {
	runs, err := h.Runs(practice)
	if err != nil {
		return nil, err
	}
	out := make([]Point, len(runs))
	for i, r := range runs {
		m, err := h.Movement(r.ID)
		if err != nil {
			return nil, err
		}
		p := Point{Run: r, Moved: m.Total()}
		for _, rule := range m.Rules {
			if p.Open == nil {
				p.Open = new(int64)
			}
			if rule.Listed {
				*p.Open += rule.Found
			}
		}
		out[len(runs)-1-i] = p
	}
	return out, nil
}
