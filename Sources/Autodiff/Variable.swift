// Reverse-mode differentiation, first order. An op computes its value, then records how a gradient goes back.
import Kernels
import Tensors

/// A place in the graph: what feeds it, how its gradient goes back, and the gradient gathered so far.
final class Node {
    /// One more than the largest level among the inputs; leaves have 0. Backward goes from high levels
    /// to low.
    let level: Int
    private(set) var inputs: [Node?]
    private var propagate: ((_ dY: Tensor, _ before: Tensor?) -> [Tensor?])?
    private let addsToFirst: Bool
    private var gradient: Tensor?
    private let shape: [Int]

    /// Where `addsToFirst`, `propagate` gets the gradient of the first input so far, where there is one, and returns
    /// the sum: the input has given its own away.
    init(
        inputs: [Node?], shape: [Int], addsToFirst: Bool = false,
        propagate: @escaping (_ dY: Tensor, _ before: Tensor?) -> [Tensor?]
    ) {
        self.inputs = inputs
        self.shape = shape
        self.addsToFirst = addsToFirst
        self.propagate = propagate
        level = 1 + (inputs.lazy.compactMap { $0?.level }.max() ?? -1)
    }

    func accumulate(_ contribution: Tensor) {
        if gradient == nil { gradient = contribution } else { gradient?.accumulate(contribution) }
    }

    /// Sends the gradient to the inputs and lets go of all that was saved for it.
    func flush() {
        guard let arrived = gradient, let send = propagate else { return }
        gradient = nil
        propagate = nil
        let targets = inputs
        inputs = []
        let contributions: [Tensor?]
        if arrived.shape == shape || targets.isEmpty {
            contributions = send(arrived, addsToFirst ? targets[0]?.taken() : nil)
        } else {
            contributions = byImage(arrived) { send($0, nil) }
        }
        for (target, contribution) in zip(targets, contributions) {
            if let target, let contribution { target.accumulate(contribution) }
        }
    }

    /// The gradient so far, which leaves the node, where it has the node's shape.
    private func taken() -> Tensor? {
        guard let whole = gradient, whole.shape == shape else { return nil }
        gradient = nil
        return whole
    }

    /// What all images share gets its gradient image by image, [B] + shape, where images are kept apart; so do its
    /// inputs.
    private func byImage(_ arrived: Tensor, _ send: (Tensor) -> [Tensor?]) -> [Tensor?] {
        precondition(Array(arrived.shape.dropFirst()) == shape, "gradient \(arrived.shape) of a value \(shape)")
        let parts = (0..<arrived.shape[0]).map { send(arrived.items($0..<$0 + 1).reshaped(shape)) }
        return parts[0].indices.map { input in
            let gradients = parts.compactMap { $0[input] }
            return gradients.isEmpty ? nil : stacked(gradients)
        }
    }
}

/// A tensor and, where something upstream needs a gradient, its place in the graph.
package struct Variable {
    package let value: Tensor
    /// The number of images that the leading axis is divided into where the gradients of what they share are kept
    /// apart, image by image; nil where they are summed at once, and in what all images share.
    package let images: Int?
    /// Where a convolution keeps what it packs these values to, if they are a weight that stays as it is.
    let packed: PackedWeights?
    let node: Node?
    /// How the values are made again, where that costs less than to keep them until the backward pass.
    private let remade: (() -> Tensor)?

    /// A constant: no gradient flows into it.
    package init(_ value: Tensor, images: Int? = nil, packed: PackedWeights? = nil) {
        self.value = value
        self.images = images
        self.packed = packed
        (node, remade) = (nil, nil)
    }

    /// A leaf whose gradient, complete, is handed to `sink` during `backward`.
    package init(leaf value: Tensor, images: Int? = nil, sink: @escaping (Tensor) -> Void) {
        self.value = value
        self.images = images
        packed = nil
        node = Node(inputs: [], shape: value.shape) { gradient, _ in
            sink(gradient)
            return []
        }
        remade = nil
    }

    init(value: Tensor, images: Int?, node: Node, remade: (() -> Tensor)? = nil) {
        self.value = value
        self.images = images
        packed = nil
        self.node = node
        self.remade = remade
    }

    /// Whether a gradient is wanted here.
    package var needsGradient: Bool { node != nil }

    /// What a derivative that reads the values captures: they are kept, or made again when it runs.
    var saved: () -> Tensor { remade ?? { [value] in value } }

    /// The shape of the value.
    package var shape: [Int] { value.shape }
}

/// The variable of an op's result. A node is made only where an input needs a gradient.
///
/// `backward` takes dY and returns one gradient an input, nil for those that need none. It captures the tensors that
/// the derivative reads, and nothing else: they are freed as soon as it has run. Where another op saves the result,
/// `remade` makes it again, to the same bits, from tensors that are kept anyway.
package func record(
    _ value: Tensor, inputs: [Variable], remade: (() -> Tensor)? = nil, backward: @escaping (Tensor) -> [Tensor?]
) -> Variable {
    record(value, inputs: inputs, addsToFirst: false, remade: remade) { dY, _ in backward(dY) }
}

/// The same of an op that, where `addsToFirst`, adds the gradient of its first input so far, of the input's shape, to
/// the one that it returns: in the kernel, instead of a pass over both.
func record(
    _ value: Tensor, inputs: [Variable], addsToFirst: Bool, remade: (() -> Tensor)? = nil,
    backward: @escaping (_ dY: Tensor, _ before: Tensor?) -> [Tensor?]
) -> Variable {
    let images = inputs.lazy.compactMap(\.images).first
    guard inputs.contains(where: \.needsGradient) else { return Variable(value, images: images) }
    let node = Node(inputs: inputs.map(\.node), shape: value.shape, addsToFirst: addsToFirst, propagate: backward)
    return Variable(value: value, images: images, node: node, remade: remade)
}

/// The gradient of what all images share: of the whole batch at once, or [B, …] image by image where `images` are kept
/// apart. `gradient` gets tensors whose leading axis is the images' or a multiple of it.
func sharedGradient(_ images: Int?, _ batch: [Tensor], _ gradient: ([Tensor]) -> Tensor) -> Tensor {
    guard let images, images > 1 else { return gradient(batch) }
    return stacked(
        (0..<images).map { image in
            gradient(
                batch.map { tensor in
                    let count = tensor.shape[0] / images
                    return tensor.items(image * count..<(image + 1) * count)
                })
        })
}

/// Tensors of one shape one after another: [N] + shape.
func stacked(_ tensors: [Tensor]) -> Tensor {
    let result = Tensor(uninitialized: [tensors.count] + tensors[0].shape)
    for (index, tensor) in tensors.enumerated() {
        (result.data + index * tensor.count).update(from: tensor.data, count: tensor.count)
    }
    return result
}

/// Differentiates a scalar and hands every leaf its gradient. The graph is used up: what it saved is freed
/// on the way.
package func backward(_ loss: Variable) {
    precondition(loss.value.count == 1, "backward: a loss is one value, got shape \(loss.shape)")
    backward(loss, from: Tensor(repeating: 1, shape: loss.shape))
}

/// The same from the gradient dY of any y.
func backward(_ y: Variable, from dY: Tensor) {
    guard let root = y.node else { return }
    root.accumulate(dY)
    for node in reachable(from: root) { node.flush() }
}

/// Every node that the root depends on, users before what they use; equal levels in the order of a
/// depth-first walk, so that sums of gradients are always taken in one order.
private func reachable(from root: Node) -> [Node] {
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
    var found: [Node] = []
    var stack = [root]
    while let node = stack.popLast() {
        found.append(node)
        for case let input? in node.inputs where seen.insert(ObjectIdentifier(input)).inserted {
            stack.append(input)
        }
    }
    return found.enumerated()
        .sorted { ($1.element.level, $0.offset) < ($0.element.level, $1.offset) }
        .map(\.element)
}
