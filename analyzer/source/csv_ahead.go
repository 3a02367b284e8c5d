package source

import "paperlight/analyzer/crash"

// aheadBlocks are the blocks of a text that is split ahead: one that is used, one that
// is ready, and one that is read.
const aheadBlocks = 3

// blocksAhead reads and splits the next blocks of a text while earlier ones are used.
type blocksAhead struct {
	ready chan blockAhead // has room for all blocks
	free  chan *textBlock
	stop  chan struct{}
	done  chan struct{}
}

type blockAhead struct {
	block *textBlock
	err   error
}

// readBlocksAhead reads what comes after block. The stream is its own until close.
func readBlocksAhead(in *stream, block *textBlock) *blocksAhead {
	a := &blocksAhead{ready: make(chan blockAhead, aheadBlocks), free: make(chan *textBlock, aheadBlocks), stop: make(chan struct{}), done: make(chan struct{})}
	for range aheadBlocks - 1 {
		b := newTextBlock(block.file)
		b.split.dialect = block.split.dialect
		a.free <- b
	}
	go a.run(in, block)
	return a
}

func (a *blocksAhead) run(in *stream, before *textBlock) {
	defer close(a.done)
	for !before.ended() && before.failed == nil {
		select {
		case <-a.stop:
			return
		case b := <-a.free:
			err := b.readCaught(in, before)
			a.ready <- blockAhead{b, err}
			if err != nil {
				return
			}
			before = b
		}
	}
}

func (b *textBlock) readCaught(in *stream, before *textBlock) (err error) {
	defer crash.Catch(&err, "the reading")
	return b.read(in, before)
}

// next returns the next block; used is not needed any more. There must be one.
func (a *blocksAhead) next(used *textBlock) (*textBlock, error) {
	r := <-a.ready
	a.free <- used
	return r.block, r.err
}

func (a *blocksAhead) close() {
	close(a.stop)
	<-a.done
}
