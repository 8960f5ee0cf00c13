//go:build !unix

package main

import "os/exec"

func lower(*exec.Cmd) {}

func giveAway(string) error { return nil }
