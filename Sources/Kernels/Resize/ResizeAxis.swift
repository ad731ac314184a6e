import CKernels

/// How an output position of a resize reads input positions.
package enum ResizeMethod: Sendable {
    /// Linearly between the two around it, align_corners false, no antialiasing: torch's float32 formula.
    case bilinear
    /// Linearly, align_corners true: the first and last positions are those of the input.
    case alignedCorners
    /// One of them: ⌊o · input / output⌋.
    case nearest
}

/// One axis of a resize.
package final class ResizeAxis {
    /// The kernel's view, valid while the axis lives: output o reads inputs `lower[o]` and `upper[o]` with weights
    /// 1 − `weight[o]` and `weight[o]`; input i is read by outputs `first[i]` ..< `last[i]`.
    package let view: resize_axis

    /// From `input` to `output` positions.
    package init(input: Int, output: Int, _ method: ResizeMethod = .bilinear) {
        precondition(input > 0 && output > 0, "resize: from \(input) to \(output)")
        let lower = UnsafeMutablePointer<Int32>.allocate(capacity: 2 * (output + input))
        let (upper, first, last) = (lower + output, lower + 2 * output, lower + 2 * output + input)
        let weight = UnsafeMutablePointer<Float>.allocate(capacity: output)
        first.initialize(repeating: 0, count: 2 * input)
        let scale = Float(input) / Float(output)
        for index in 0..<output {
            let below: Int
            switch method {
            case .bilinear:
                let source = max(0, (Float(index) + 0.5) * scale - 0.5)
                below = min(Int(source), input - 1)
                upper[index] = Int32(min(below + 1, input - 1))
                weight[index] = min(max(source - Float(below), 0), 1)
            case .alignedCorners:
                // torch's float32 formula.
                let source = output > 1 ? Float(index) * (Float(input - 1) / Float(output - 1)) : 0
                below = min(Int(source), input - 1)
                upper[index] = Int32(min(below + 1, input - 1))
                weight[index] = min(max(source - Float(below), 0), 1)
            case .nearest:
                below = index * input / output
                upper[index] = Int32(below)
                weight[index] = 0
            }
            lower[index] = Int32(below)
            // Both ends only move forward, so an input's readers are neighbours.
            last[below] = Int32(index + 1)
            last[Int(upper[index])] = Int32(index + 1)
        }
        for index in (0..<output).reversed() {
            first[Int(lower[index])] = Int32(index)
            first[Int(upper[index])] = Int32(index)
        }
        view = resize_axis(
            input: input, output: output, lower: lower, upper: upper, weight: weight, first: first, last: last)
    }

    /// The outputs that read any of these inputs, of an axis that is not made smaller: there every input is read.
    package func readers(of inputs: Range<Int>) -> Range<Int> {
        Int(view.first[inputs.lowerBound])..<Int(view.last[inputs.upperBound - 1])
    }

    deinit {
        view.lower.deallocate()
        view.weight.deallocate()
    }
}
