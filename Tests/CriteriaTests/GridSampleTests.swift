import Criteria
import Tensors
import TestSupport
import Testing

/// The definition: x [B, H, W, C] at points [B, P, 2] -> [B, P, C], pixel centres at (i + 0.5) / size, zero outside.
func gridSampleReference(_ x: [Double], _ shape: [Int], _ points: [Double]) -> [Double] {
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    let count = points.count / (2 * shape[0])
    var y = [Double](repeating: 0, count: shape[0] * count * channels)
    for site in 0..<shape[0] * count {
        let column = points[2 * site] * Double(width) - 0.5
        let row = points[2 * site + 1] * Double(height) - 0.5
        for i in 0..<height {
            for j in 0..<width {
                let weight = max(0, 1 - abs(row - Double(i))) * max(0, 1 - abs(column - Double(j)))
                guard weight > 0 else { continue }
                for c in 0..<channels {
                    y[site * channels + c] += weight * x[((site / count * height + i) * width + j) * channels + c]
                }
            }
        }
    }
    return y
}

/// Uniform points in [0, 1], the corners of the image and its middle among them.
func testPoints(_ shape: [Int]) -> Tensor {
    var stream = RandomStream(seed: 3, name: "points")
    var values = (0..<shape.reduce(1, *)).map { _ in Float(stream.nextUniform()) }
    values.replaceSubrange(0..<8, with: [0, 0, 1, 1, 0.5, 0.5, 1, 0])
    return Tensor(values, shape: shape)
}

@Suite struct GridSampleTests {
    @Test(arguments: [[1, 3, 4, 2], [2, 1, 5, 17], [2, 6, 1, 64]])
    func samples(shape: [Int]) {
        let (x, points) = (testTensor("x", shape), testPoints([shape[0], 9, 2]))
        // Points are float32 and scaled by the size: observed 3e-7.
        let expected = gridSampleReference(x.array.map(Double.init), shape, points.array.map(Double.init))
        let count = expected.count / shape[0]
        for image in 0..<shape[0] {
            let part = Array(expected[image * count..<(image + 1) * count])
            assertClose(gridSample(x.item(image), points: points.item(image), 0..<9), part, tolerance: 2e-6)
            assertClose(
                gridSample(x.item(image), points: points.item(image), 3..<5),
                Array(part[3 * shape[3]..<5 * shape[3]]), tolerance: 2e-6)
        }
    }

    @Test func pixelCentresGiveThePixels() {
        let x = testTensor("x", [2, 4, 3])
        let centres: [Float] = (0..<8).flatMap { pixel -> [Float] in
            [(Float(pixel % 4) + 0.5) / 4, (Float(pixel / 4) + 0.5) / 2]
        }
        let y = gridSample(x, points: Tensor(centres, shape: [8, 2]), 0..<8)
        #expect(y.array == x.array)
    }
}
