package kernel

// transposeBits takes x as eight rows of eight bits, row r in byte r, and
// returns the transposed: bit c of byte r becomes bit r of byte c.
func transposeBits(x uint64) uint64 {
	t := (x ^ x>>7) & 0x00AA00AA00AA00AA
	x ^= t ^ t<<7
	t = (x ^ x>>14) & 0x0000CCCC0000CCCC
	x ^= t ^ t<<14
	t = (x ^ x>>28) & 0x00000000F0F0F0F0
	return x ^ t ^ t<<28
}

// transposeBytes makes byte c of word r byte r of word c.
func transposeBytes(x *[8]uint64) {
	const low8, low16, low32 = 0x00FF00FF00FF00FF, 0x0000FFFF0000FFFF, 0x00000000FFFFFFFF
	x0, x1, x2, x3, x4, x5, x6, x7 := x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]

	x0, x1 = x0&low8|x1&low8<<8, x0>>8&low8|x1&^low8
	x2, x3 = x2&low8|x3&low8<<8, x2>>8&low8|x3&^low8
	x4, x5 = x4&low8|x5&low8<<8, x4>>8&low8|x5&^low8
	x6, x7 = x6&low8|x7&low8<<8, x6>>8&low8|x7&^low8

	x0, x2 = x0&low16|x2&low16<<16, x0>>16&low16|x2&^low16
	x1, x3 = x1&low16|x3&low16<<16, x1>>16&low16|x3&^low16
	x4, x6 = x4&low16|x6&low16<<16, x4>>16&low16|x6&^low16
	x5, x7 = x5&low16|x7&low16<<16, x5>>16&low16|x7&^low16

	x[0], x[4] = x0&low32|x4<<32, x0>>32|x4&^low32
	x[1], x[5] = x1&low32|x5<<32, x1>>32|x5&^low32
	x[2], x[6] = x2&low32|x6<<32, x2>>32|x6&^low32
	x[3], x[7] = x3&low32|x7<<32, x3>>32|x7&^low32
}
