package kernel

import "testing"

// FuzzConv holds every family against the scalar one and float64 over shapes.
func FuzzConv(f *testing.F) {
	f.Add(uint64(1), uint8(9), uint8(7), uint8(1), uint8(40), uint8(1), uint8(3))
	f.Add(uint64(2), uint8(4), uint8(30), uint8(33), uint8(17), uint8(0), uint8(0))
	f.Add(uint64(3), uint8(2), uint8(2), uint8(2), uint8(1), uint8(1), uint8(15))
	f.Fuzz(func(t *testing.T, seed uint64, h, w, in, out, pad, shift uint8) {
		c := NewConv(2+int(h%11), 2+int(w%23), 1+int(in%50), 1+int(out%70), int(pad%2))
		for _, fam := range families() {
			use(t, fam)
			compareConv(t, seed, c, int(shift%Lanes))
		}
		use(t, scalar)
		k := newConvCase(t, random(seed), c, 0)
		k.run()
		k.check(t)
		if c.In > 1 {
			for _, fam := range families() {
				use(t, fam)
				compareWinograd(t, seed, c, int(shift%Lanes))
			}
		}
	})
}

// FuzzDense does the same for dense layers, Adam included.
func FuzzDense(f *testing.F) {
	f.Add(uint64(1), uint8(63), uint8(1), uint8(1), uint8(2))
	f.Add(uint64(2), uint8(200), uint8(128), uint8(33), uint8(0))
	f.Fuzz(func(t *testing.T, seed uint64, in, out, n, shift uint8) {
		s := denseShape{1 + int(in), 1 + int(out%140), 1 + int(n%40)}
		for _, fam := range families() {
			use(t, fam)
			compareDense(t, seed, s, int(shift%Lanes))
		}
		use(t, scalar)
		k := newDenseCase(t, random(seed), NewDense(s.in, s.out), s.n, 0)
		k.run()
		k.check(t)
	})
}
