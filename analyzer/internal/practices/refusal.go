package practices

// A Refusal says why an extract cannot be judged at all; cmd ends with exit
// code 3, or 5 where a limit was reached.
type Refusal struct {
	Message, Hint string
	Limit         bool
}

func (r *Refusal) Error() string { return r.Message }
