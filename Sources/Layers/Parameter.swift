import Autodiff
import Kernels
import Tensors

/// What a parameter is to the optimiser (official parameter groups) and to the checkpoint.
package enum ParameterRole: Sendable {
    /// A weight or bias: full weight decay.
    case weight
    /// A weight or bias of a normalisation layer: SOLVER.WEIGHT_DECAY_NORM.
    case norm
    /// An embedding table: SOLVER.WEIGHT_DECAY_EMBED.
    case embedding
    /// A buffer, such as a running mean: stored and loaded, never optimised.
    case buffer
}

/// A named tensor of a network: kept in the engine's layout, stored and loaded in the official one.
package final class Parameter {
    /// The official (PyTorch) name.
    package let name: String
    /// The official shape.
    package let officialShape: [Int]
    /// How the official layout maps to the engine's.
    package let layout: ParameterLayout
    /// What it is to the optimiser.
    package let role: ParameterRole
    /// Whether gradients flow into it.
    package var isTrainable: Bool
    /// Whether nothing reads it: it is stored for those who expect it, and files may lack it.
    package var isUnread = false
    /// The value, in the engine's layout. Who changes its elements in place says so by `forgetPacked`.
    package var value: Tensor { didSet { forgetPacked() } }
    /// The gradient gathered by `backward`, in the engine's layout; [B] + shape where images are kept apart.
    package var gradient: Tensor?
    /// What makes values in an official shape of another size into this parameter's, nil where it cannot; nil itself
    /// where only the own shape will do.
    package var conversion: ((_ values: [Float], _ shape: [Int], _ officialShape: [Int]) -> [Float]?)?
    /// What convolutions and linear maps of evaluation have packed the value to.
    private var packed = PackedWeights()
    /// The gradients of the step's images so far, where they are kept apart.
    private var images = ImageTree<Tensor>.sums

    init(name: String, officialShape: [Int], layout: ParameterLayout, role: ParameterRole, officialValues: [Float]) {
        self.name = name
        self.officialShape = officialShape
        self.layout = layout
        self.role = role
        isTrainable = role != .buffer
        value = layout.engineTensor(officialValues, officialShape: officialShape)
    }

    /// The parameter as an op's input: a leaf that gathers its gradient where the pass records one.
    package func variable(in context: ForwardContext) -> Variable {
        context.trace?.note(self)
        guard context.recordsGradients else { return Variable(value, packed: packed) }
        // Training needs the room.
        if !packed.isEmpty { forgetPacked() }
        guard isTrainable else { return Variable(value) }
        return Variable(leaf: value) { [self] contribution in
            if gradient == nil { gradient = contribution } else { gradient?.accumulate(contribution) }
        }
    }

    /// Lets go of what the value was packed to: it is another one now.
    package func forgetPacked() { packed = PackedWeights() }

    /// Takes the gradient of a part's images into the tree of the step's.
    func gatherImages() {
        guard let gathered = gradient else { return }
        gradient = nil
        if gathered.shape == value.shape { return images.append(gathered) }
        for image in 0..<gathered.shape[0] {
            images.append(gathered.items(image..<image + 1).reshaped(value.shape).copied())
        }
    }

    /// Makes the sum over the step's images the gradient.
    func sumImages() {
        gradient = images.total
        images = .sums
    }

    /// The value in the official layout, row-major.
    package var officialValues: [Float] { layout.officialValues(value, officialShape: officialShape) }

    /// Takes a value given in the official layout.
    package func load(officialValues: [Float]) {
        precondition(officialValues.count == value.count, "load \(name): \(officialValues.count) values")
        value = layout.engineTensor(officialValues, officialShape: officialShape)
    }
}
