import CKernels
import Glibc

/// One axis of a bilinear resize, align_corners false, no antialiasing: torch's float32 formula.
///
/// Output o reads inputs `lower[o]` and `upper[o]` with weights 1 − `weight[o]` and `weight[o]`.
package struct ResizeAxis {
    let input: Int
    let output: Int
    private(set) var lower: [Int32] = []
    private(set) var upper: [Int32] = []
    private(set) var weight: [Float] = []
    /// Input i is read by outputs `first[i]` ..< `last[i]`.
    private(set) var first: [Int32]
    private(set) var last: [Int32]

    /// From `input` to `output` positions.
    package init(input: Int, output: Int) {
        precondition(input > 0 && output > 0, "resize: from \(input) to \(output)")
        self.input = input
        self.output = output
        first = [Int32](repeating: 0, count: input)
        last = [Int32](repeating: 0, count: input)
        let scale = Float(input) / Float(output)
        for index in 0..<output {
            let source = max(0, (Float(index) + 0.5) * scale - 0.5)
            let below = min(Int(source), input - 1)
            lower.append(Int32(below))
            upper.append(Int32(min(below + 1, input - 1)))
            weight.append(min(max(source - Float(below), 0), 1))
        }
        // Both ends only move forward, so an input's readers are neighbours.
        for index in (0..<output).reversed() {
            first[Int(lower[index])] = Int32(index)
            first[Int(upper[index])] = Int32(index)
        }
        for index in 0..<output {
            last[Int(lower[index])] = Int32(index + 1)
            last[Int(upper[index])] = Int32(index + 1)
        }
    }

    /// Calls `body` with the kernel's view of this axis.
    package func withKernelView<Result>(_ body: (resize_axis) -> Result) -> Result {
        lower.withUnsafeBufferPointer { lower in
            upper.withUnsafeBufferPointer { upper in
                weight.withUnsafeBufferPointer { weight in
                    first.withUnsafeBufferPointer { first in
                        last.withUnsafeBufferPointer { last in
                            body(
                                resize_axis(
                                    input: input, output: output, lower: lower.baseAddress,
                                    upper: upper.baseAddress, weight: weight.baseAddress,
                                    first: first.baseAddress, last: last.baseAddress))
                        }
                    }
                }
            }
        }
    }
}
