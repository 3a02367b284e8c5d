package main

import (
	"errors"
	"syscall"

	"paperlight/analyzer"
	"paperlight/analyzer/convert"
	"paperlight/analyzer/crash"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/history"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/source"
	"paperlight/rules"
)

// classify returns the exit code of an error and, where there is a cure, what
// to do.
func classify(err error) (code int, hint string) {
	var ours *crash.Error
	if errors.As(err, &ours) {
		return exitInternal, reportIt // whatever else went wrong after it
	}
	var f *failure
	if errors.As(err, &f) {
		return f.code, f.hint
	}
	if hint := spent(err); hint != "" {
		return exitLimit, hint
	}
	var decode *source.DecodeError
	if errors.As(err, &decode) {
		return limitOr(decode.Limit), decode.Hint
	}
	var refused *mapping.RefusedError
	if errors.As(err, &refused) {
		return exitInput, refused.Hint
	}
	var named *analyzer.IdentifiableError
	if errors.As(err, &named) {
		return exitPrivacy, named.Hint()
	}
	var kept *convert.PrivacyError
	if errors.As(err, &kept) {
		return exitPrivacy, kept.Cure
	}
	var past *history.Error
	if errors.As(err, &past) {
		return map[history.Kind]int{history.Refused: exitInput, history.Unwritable: exitOutput, history.Asked: exitUsage}[past.Kind], past.Hint
	}
	var unfit *analyzer.Refusal
	if errors.As(err, &unfit) {
		return limitOr(unfit.Limit), unfit.Hint
	}
	var several *analyzer.SeveralError
	if errors.As(err, &several) {
		return exitUsage, "give one of them, by its own path"
	}
	var rule *rules.Error
	var text *expr.Error
	if errors.As(err, &rule) || errors.As(err, &text) {
		return exitUsage, "" // their messages carry their hints
	}
	return exitInternal, reportIt
}

// spent is the cure where err says that the system is out of open files, threads or
// memory; else empty.
func spent(err error) (hint string) {
	switch {
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return moreFiles
	case errors.Is(err, syscall.EAGAIN):
		return moreThreads
	case errors.Is(err, syscall.ENOMEM):
		return "close other programs, or allow less with --memory"
	}
	return ""
}

func limitOr(limit bool) int {
	if limit {
		return exitLimit
	}
	return exitInput
}
