package expr

// fold returns the constant that an operator over constants is.
func (g *Graph) fold(n Node) *Node { return g.intern(n) }
