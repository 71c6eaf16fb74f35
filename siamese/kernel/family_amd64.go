//go:build goexperiment.simd && amd64

package kernel

import "simd/archsimd"

// vectorFamilies lists the vector kernels, the best last.
var vectorFamilies = []family{avx2(), avx512()}

func avx2() family {
	f := scalar
	f.name = "avx2"
	f.runs = func() bool { return archsimd.X86.AVX2() && archsimd.X86.FMA() }
	f.pixels = pixels256
	f.convForward = convForward256
	f.winogradIn, f.winogradOut = winogradIn256, winogradOut256
	f.gather, f.tapWeights, f.tapData, f.firstWeights = gather256, tapWeights256, tapData256, firstWeights256
	f.matmul, f.transpose, f.adam = matmul256, transpose256, adam256
	f.subtract, f.negate, f.absDiff, f.absDiffGrad = subtract256, negate256, absDiff256, absDiffGrad256
	f.reluGrad, f.finish, f.add, f.sumSquares = reluGrad256, finish256, add256, sumSquares256
	f.reluDot, f.reluDiff = reluDot256, reluDiff256
	f.peak = peak256
	return f
}

func avx512() family {
	f := avx2()
	f.name = "avx512"
	f.runs = func() bool { return archsimd.X86.AVX512() }
	f.winogradIn, f.winogradOut = winogradIn512, winogradOut512
	f.convForward, f.matmul, f.peak = convForward512, matmul512, peak512
	f.reluDot = reluDot512
	f.tapWeights, f.tapData, f.firstWeights = tapWeights512, tapData512, firstWeights512
	return f
}
