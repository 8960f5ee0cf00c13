//go:build !cgo

package main

// withC is missing without a C compiler.
var withC *library
