package nn

// A Shape is the name and the shape of a parameter, as its layer documents it.
type Shape struct {
	Name string
	Dims []int
}

// Len is the number of elements.
func (s Shape) Len() int {
	n := 1
	for _, d := range s.Dims {
		n *= d
	}
	return n
}

// Params lists the parameters of the layers so far, without making anything.
func (g *Graph[T]) Params() ([]Shape, error) {
	var shapes []Shape
	for _, s := range g.steps {
		switch spec := s.spec.(type) {
		case Conv:
			shapes = append(shapes, Shape{s.name + ".weight", []int{spec.Filters, s.in.C, spec.Kernel, spec.Kernel}})
		case Dense:
			shapes = append(shapes, Shape{s.name + ".weight", []int{spec.Units, s.in.Len()}})
		default:
			continue
		}
		shapes = append(shapes, Shape{s.name + ".bias", []int{s.out.C}})
	}
	return shapes, g.err
}
