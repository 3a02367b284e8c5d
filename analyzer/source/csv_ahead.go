package source

import "paperlight/analyzer/crash"

// aheadBlocks are the blocks of a text that is split ahead: one that is used, one that
// is ready, and one that is read.
const aheadBlocks = 3

// blocksAhead reads and splits the next blocks of a text while earlier ones are used.
type blocksAhead struct{ *ahead[blockAhead] }

type blockAhead struct {
	block *textBlock
	err   error
}

// readBlocksAhead reads what comes after block, which is not the last. The stream is its
// own until close.
func readBlocksAhead(in *stream, block *textBlock) blocksAhead {
	free := make([]blockAhead, aheadBlocks-1)
	for i := range free {
		free[i].block = newTextBlock(block.file)
	}
	before := block
	return blocksAhead{newAhead(aheadBlocks, free, func(b blockAhead) (blockAhead, bool) {
		b.err = b.block.readCaught(in, before)
		before = b.block
		return b, b.err == nil && !before.ended() && before.failed == nil
	})}
}

func (b *textBlock) readCaught(in *stream, before *textBlock) (err error) {
	defer crash.Catch(&err, "the reading")
	return b.read(in, before)
}

// next returns the next block; used is not needed any more. There must be one.
func (a blocksAhead) next(used *textBlock) (*textBlock, error) {
	r := <-a.full
	a.free <- blockAhead{block: used}
	return r.block, r.err
}
