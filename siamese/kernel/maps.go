package kernel

import "unsafe"

// Lanes is how many channels lie together in maps.
const Lanes = 16

// A Maps is the shape of an activation: C channels of H rows and W columns, with
// a border of Pad pixels on each side. The package comment describes its layout.
type Maps struct {
	H, W, C, Pad int
}

// Groups returns the number of planes of 16 channels.
func (m Maps) Groups() int { return (m.C + Lanes - 1) / Lanes }

// Row returns the length of a row of a plane, border included.
func (m Maps) Row() int { return (m.W + 2*m.Pad) * Lanes }

// Plane returns the length of a plane, border included.
func (m Maps) Plane() int { return (m.H + 2*m.Pad) * m.Row() }

// Len returns the length of the maps of one image.
func (m Maps) Len() int { return m.Groups() * m.Plane() }

// Index returns where channel c of pixel (y, x) lies; border pixels have
// coordinates from -Pad.
func (m Maps) Index(c, y, x int) int {
	return c/Lanes*m.Plane() + (y+m.Pad)*m.Row() + (x+m.Pad)*Lanes + c%Lanes
}

// Make returns n zeros, aligned to 64 bytes.
func Make(n int) []float32 {
	s := make([]float32, n+Lanes)
	skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(s)))%64) / 4
	return s[skip : skip+n : skip+n]
}

func roundUp(n, to int) int { return (n + to - 1) / to * to }
