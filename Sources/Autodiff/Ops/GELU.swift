import Glibc
import Kernels

/// x · Φ(x) of any shape, Φ the distribution function of the standard normal (Hendrycks and Gimpel; torch's GELU with
/// the exact error function). Saves x; dX = dY · (Φ(x) + x · e^(−x² / 2) / √(2π)).
package func gelu(_ x: Variable) -> Variable {
    let input = x.value
    let y = elementwise(input.shape) { start, count, y in
        let x = input.data + start
        for i in 0..<count { y[i] = x[i] * normalDistribution(x[i]) }
    }
    return record(y, inputs: [x]) { dY in
        [
            elementwise(input.shape) { start, count, dX in
                let (x, dY) = (input.data + start, dY.data + start)
                for i in 0..<count {
                    let density = expf(-0.5 * x[i] * x[i]) * Float(1 / (2 * Double.pi).squareRoot())
                    dX[i] = dY[i] * (normalDistribution(x[i]) + x[i] * density)
                }
            }
        ]
    }
}

private func normalDistribution(_ x: Float) -> Float { 0.5 * erfcf(-x * Float(0.5.squareRoot())) }
