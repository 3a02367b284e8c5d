//go:build !purego

package source

import "golang.org/x/sys/cpu"

// wide says that findGroups takes 32 bytes in one step.
func wide() bool { return cpu.X86.HasAVX2 }

// findGroups fills groups from text, which has 64 bytes for each.
func findGroups(groups []group, text []byte, delimiter byte) {
	if !wide() {
		findGroupsPortable(groups, text, delimiter)
		return
	}
	if len(groups) > 0 {
		text = text[:len(groups)*groupBytes]
		findGroupsAVX2(&groups[0], &text[0], len(groups), delimiter)
	}
}

// findGroupsAVX2 fills n groups, at least one, from 64*n bytes of text.
//
//go:noescape
func findGroupsAVX2(groups *group, text *byte, n int, delimiter byte)
