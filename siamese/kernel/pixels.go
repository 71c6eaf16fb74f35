package kernel

// PixelsLen returns the length of a bordered image of h by w pixels. It leaves
// room for a kernel to load 16 values from any pixel.
func PixelsLen(h, w int) int { return roundUp((h+2)*(w+2)+Lanes, Lanes) }

// Pixels writes the h by w grey image src, divided by 255 and inside a border of
// zeros, to dst of [PixelsLen]. All of dst is written.
func Pixels(dst []float32, src []uint8, h, w int) {
	if len(dst) < PixelsLen(h, w) || len(src) < h*w {
		panic("kernel: Pixels: slice too short")
	}
	active.pixels(dst[:PixelsLen(h, w)], src, h, w)
}

func pixelsScalar(dst []float32, src []uint8, h, w int) {
	clearBorder(dst, h, w)
	row := w + 2
	for y := range h {
		to := dst[(y+1)*row+1:]
		for x, p := range src[y*w:][:w] {
			to[x] = float32(p) / 255
		}
	}
}

// clearBorder clears all but the h by w pixels.
func clearBorder(dst []float32, h, w int) {
	row := w + 2
	clear(dst[:row+1])
	for y := 1; y < h; y++ {
		dst[y*row+w+1], dst[(y+1)*row] = 0, 0
	}
	clear(dst[h*row+w+1:])
}
