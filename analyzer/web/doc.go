// Package web is the page on the user's own computer: an extract is dropped on it,
// checked, and the answer shown. It is the one package that may open a socket, and
// listens to this computer alone.
//
//	guard (who may ask) -> routes -> uploads (into a folder of its own) -> checks -> pages
//
// A check runs in a process of its own, which the caller starts: nothing of an extract
// is read here. Pages come from templates and work without scripts.
package web
