package analyzer

// Explain returns the order in which tables were read and why it is so, one
// line a pass.
func (run *Run) Explain() []string { return run.plan.Explain() }
