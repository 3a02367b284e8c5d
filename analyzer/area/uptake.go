package area

import "paperlight/analyzer/calendar"

// A tally is what uptake and its forecast are worked out of.
type tally struct {
	patients, uploaded int64
	// unknown is the patients of practices whose uploads are not known, who may all be
	// uploaded or none. declined is those of practices that declined, who are not.
	unknown, declined int64
	noList, noUploads int64
	// window is the records of practices that went live of late; windowUnknown: one of
	// them has no figure.
	window        int64
	windowUnknown bool
}

func (w *work) tally(of []member) (t tally) {
	for _, m := range of {
		late := m.back >= 0 && m.back < w.PaceMonths
		switch {
		case m.List == nil:
			t.noList++
		default:
			t.patients += *m.List
		}
		if m.uploads == nil {
			t.noUploads++
			t.windowUnknown = t.windowUnknown || late
			if m.List != nil {
				t.unknown += *m.List
			}
			continue
		}
		t.uploaded += *m.uploads
		if late {
			t.window += *m.uploads
		}
		if m.standing == Declined && m.List != nil {
			t.declined += *m.List - *m.uploads
		}
	}
	return t
}

// uptake is how far an area has come, and when it crosses the line.
func (w *work) uptake(of []member) (Uptake, Forecast) {
	t := w.tally(of)
	u := Uptake{Uploaded: &t.uploaded, NoList: &t.noList, NoUploads: &t.noUploads, Line: NotKnown}
	if t.noList > 0 || t.patients == 0 {
		return u, Forecast{Outcome: CannotForecast}
	}
	u.Patients = &t.patients
	u.AtLeast, u.AtMost = share(t.uploaded, t.patients), share(t.uploaded+t.unknown, t.patients)
	if t.noUploads == 0 {
		u.Share = u.AtLeast
	}
	switch {
	case w.isOver(t.uploaded, t.patients):
		u.Line = Over
	case !w.isOver(t.uploaded+t.unknown, t.patients):
		u.Line = NotOver
	}
	return u, w.forecast(&t)
}

// isOver reports whether a count of records is over the line. A share that is just the line
// is not.
func (w *work) isOver(uploaded, patients int64) bool {
	return uploaded*100 > patients*int64(w.Line)
}

// farthest bounds a forecast, in months.
const farthest = 50 * 12

// forecast says when the line is crossed if records go on being uploaded as by the
// practices that went live of late.
func (w *work) forecast(t *tally) Forecast {
	if w.isOver(t.uploaded, t.patients) {
		return Forecast{Outcome: AlreadyOver}
	}
	if t.noUploads > 0 {
		return Forecast{Outcome: CannotForecast}
	}
	needed := t.patients*int64(w.Line)/100 + 1 - t.uploaded
	f := Forecast{InWindow: &t.window, Needed: &needed}
	months := int64(farthest) + 1
	if t.window > 0 {
		months = (needed*int64(w.PaceMonths) + t.window - 1) / t.window
	}
	switch {
	case t.window == 0:
		f.Outcome = NoPace
	case !w.isOver(t.patients-t.declined, t.patients):
		f.Outcome = OutOfReach
	case months > farthest:
		f.Outcome = TooFar
	default:
		f.Outcome, f.Month = Crosses, calendar.AddMonths(w.AsOf, int(months)).String()[:7]
	}
	return f
}
