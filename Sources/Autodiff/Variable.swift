// Reverse-mode differentiation, first order. An op computes its value, then records how a gradient goes back.
import Tensors

/// A place in the graph: what feeds it, how its gradient goes back, and the gradient gathered so far.
final class Node {
    /// One more than the largest level among the inputs; leaves have 0. Backward goes from high levels
    /// to low.
    let level: Int
    private(set) var inputs: [Node?]
    private var propagate: ((Tensor) -> [Tensor?])?
    private var gradient: Tensor?

    init(inputs: [Node?], propagate: @escaping (Tensor) -> [Tensor?]) {
        self.inputs = inputs
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
        for (target, contribution) in zip(targets, send(arrived)) {
            if let target, let contribution { target.accumulate(contribution) }
        }
    }
}

/// A tensor and, where something upstream needs a gradient, its place in the graph.
package struct Variable {
    /// The value.
    package let value: Tensor
    let node: Node?

    /// A constant: no gradient flows into it.
    package init(_ value: Tensor) {
        self.value = value
        node = nil
    }

    /// A leaf whose gradient, complete, is handed to `sink` during `backward`.
    package init(leaf value: Tensor, sink: @escaping (Tensor) -> Void) {
        self.value = value
        node = Node(inputs: []) { gradient in
            sink(gradient)
            return []
        }
    }

    fileprivate init(value: Tensor, node: Node) {
        self.value = value
        self.node = node
    }

    /// Whether a gradient is wanted here.
    package var needsGradient: Bool { node != nil }

    /// The shape of the value.
    package var shape: [Int] { value.shape }
}

/// The variable of an op's result. A node is made only where an input needs a gradient.
///
/// `backward` takes dY and returns one gradient an input, nil for those that need none. It captures the
/// tensors that the derivative reads, and nothing else: they are freed as soon as it has run.
package func record(
    _ value: Tensor, inputs: [Variable], backward: @escaping (Tensor) -> [Tensor?]
) -> Variable {
    guard inputs.contains(where: \.needsGradient) else { return Variable(value) }
    return Variable(value: value, node: Node(inputs: inputs.map(\.node), propagate: backward))
}

/// Differentiates a scalar and hands every leaf its gradient. The graph is used up: what it saved is freed
/// on the way.
package func backward(_ loss: Variable) {
    precondition(loss.value.count == 1, "backward: a loss is one value, got shape \(loss.shape)")
    guard let root = loss.node else { return }
    root.accumulate(Tensor(repeating: 1, shape: loss.shape))
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
