// Package simkv is a store for deterministic simulation: a Disk that crashes, a
// Store on it whose committer groups updates, and a Schedule that decides who
// goes on next. All that happens follows from one seed.
//
// A Disk is a log of commit groups. What was written but not synced when it
// crashes may be there, be gone, or be torn; a sync may fail. A Store keeps its
// rows in memory and finds them again by reading the log. Under a Schedule its
// callers are tasks that run one at a time, and every place where a real
// process could be overtaken or killed is a step; without one it is an ordinary
// store, and passes kvtest.Run.
package simkv
