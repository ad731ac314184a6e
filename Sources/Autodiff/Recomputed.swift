import Tensors

/// What `body` makes of `inputs`, its graph let go at once and built again in the backward pass (Chen et al., Training
/// Deep Nets with Sublinear Memory Cost). `body` also gets whether it is built again; it makes the same values then.
///
/// Saves the inputs. Leaves that `body` makes itself, those of parameters, get their gradients as without.
package func recomputed(
    _ inputs: [Variable], _ body: @escaping (_ inputs: [Variable], _ again: Bool) -> Variable
) -> Variable {
    let y = body(inputs, false)
    guard y.needsGradient else { return y }
    let saved = inputs.map { (value: $0.value, images: $0.images, needsGradient: $0.needsGradient) }
    let node = Node(inputs: inputs.map(\.node), shape: y.shape) { dY, _ in
        var gradients = [Tensor?](repeating: nil, count: saved.count)
        let leaves = saved.enumerated().map { index, input in
            input.needsGradient
                ? Variable(leaf: input.value, images: input.images) { gradients[index] = $0 }
                : Variable(input.value, images: input.images)
        }
        backward(body(leaves, true), from: dY)
        return gradients
    }
    return Variable(value: y.value, images: y.images, node: node)
}
