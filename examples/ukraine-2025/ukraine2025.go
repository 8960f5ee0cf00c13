// Package ukraine2025 holds what was said about the Russia–Ukraine peace
// negotiations from November 2025 to April 2026, as two datasets: Main, the
// facts of 144 sources, and Seed, the facts of the one article that the
// collection began with. README.md tells where they come from.
package ukraine2025

import "embed"

// Files holds the datasets, Main and Seed.
//
//go:embed main.jsonl seed.jsonl
var Files embed.FS

// The names of the datasets in Files.
const (
	Main = "main.jsonl"
	Seed = "seed.jsonl"
)
