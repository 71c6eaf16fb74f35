//go:build race

package kernel

// raceEnabled tells that every access is watched, which costs a factor of 50.
const raceEnabled = true
