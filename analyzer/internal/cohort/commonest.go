package cohort

import "slices"

// A Commonest finds, of columns whose values differ from row to row, which share of
// the rows of each practice carries the commonest value. Of a table of many rows it
// selects a fixed part, as Sample does, and by the same hashes: the same rows give
// the same shares, whatever their order and however they are divided.
type Commonest struct {
	choice
	columns int
	rows    [][]uint64 // by practice: of each row its hash, then a value a column
}

// NewCommonest returns a finder for so many columns, of about limit rows of all
// practices.
func NewCommonest(practices, columns int, limit int64) *Commonest {
	return &Commonest{choice: choice{limit: limit}, columns: columns, rows: make([][]uint64, practices)}
}

// ExpectRows tells it that the table has at least so many rows. Called before any
// is added, where that is known, it saves work.
func (c *Commonest) ExpectRows(rows int64) { c.raise(c.zerosFor(rows)) }

func (c *Commonest) raise(zeros uint) {
	if zeros <= c.zeros {
		return
	}
	c.zeros = zeros
	for p, rows := range c.rows {
		kept := rows[:0]
		for row := range slices.Chunk(rows, 1+c.columns) {
			if c.Selects(row[0]) {
				kept = append(kept, row...)
			}
		}
		c.rows[p] = kept
	}
}

// Add adds a row of the practice, one that it selects, and returns the values to be
// filled in: hashes, or 0 where the cell is null.
func (c *Commonest) Add(practice int32, hash uint64) (values []uint64) {
	at := len(c.rows[practice]) + 1
	c.rows[practice] = append(append(c.rows[practice], hash), make([]uint64, c.columns)...)
	return c.rows[practice][at:]
}

// Merge adds the rows of another finder of the same table.
func (c *Commonest) Merge(o *Commonest) {
	c.raise(o.zeros)
	o.raise(c.zeros)
	for p, rows := range o.rows {
		c.rows[p] = append(c.rows[p], rows...)
	}
}

// Share returns the share of the practice's rows, 0 to 1, that carry the commonest
// value of a column; 0 where fewer than fewest rows were selected.
func (c *Commonest) Share(practice, column, fewest int) float64 {
	n := len(c.rows[practice]) / (1 + c.columns)
	if n < max(1, fewest) {
		return 0
	}
	values := make([]uint64, 0, n)
	for row := range slices.Chunk(c.rows[practice], 1+c.columns) {
		if cell := row[1+column]; cell != 0 {
			values = append(values, cell)
		}
	}
	return float64(longestRun(values)) / float64(n)
}

// longestRun returns how often the commonest of the values is among them, and
// leaves them sorted.
func longestRun(values []uint64) int {
	slices.Sort(values)
	most := 0
	for i := 0; i < len(values); {
		j := i
		for j < len(values) && values[j] == values[i] {
			j++
		}
		most, i = max(most, j-i), j
	}
	return most
}
