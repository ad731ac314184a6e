import Tensors

/// Every parameter and buffer of a network, in the order of creation.
package final class ParameterStore {
    private let seed: UInt64
    private var names: Set<String> = []
    /// Parameters and buffers, in the order of creation.
    package private(set) var parameters: [Parameter] = []

    /// An empty store; initial values are a function of the seed and of each parameter's name.
    package init(seed: UInt64) { self.seed = seed }

    /// The scope without a prefix.
    package var root: ParameterScope { ParameterScope(store: self, prefix: "") }

    /// Parameters that gradients flow into.
    package var trainable: [Parameter] { parameters.filter(\.isTrainable) }

    /// The number of learned values, frozen ones included, buffers left out.
    package var parameterCount: Int {
        parameters.lazy.filter { $0.role != .buffer }.reduce(0) { $0 + $1.value.count }
    }

    /// Takes the gradients of a part of a step's batch, which came image by image, into the sums over its images.
    package func gatherImages() { trainable.forEach { $0.gatherImages() } }

    /// Makes those sums the gradients.
    package func sumImages() { trainable.forEach { $0.sumImages() } }

    fileprivate func add(
        _ name: String, _ shape: [Int], _ layout: ParameterLayout, _ role: ParameterRole, _ initializer: Initializer
    ) -> Parameter {
        precondition(names.insert(name).inserted, "parameter \(name) is made twice")
        var stream = RandomStream(seed: seed, name: name)
        let values = initializer.values(shape: shape, stream: &stream)
        let parameter = Parameter(name: name, officialShape: shape, layout: layout, role: role, officialValues: values)
        parameters.append(parameter)
        return parameter
    }
}

/// A place in the tree of official names; layers make their parameters in the scope they are given.
package struct ParameterScope {
    private let store: ParameterStore
    private let prefix: String

    fileprivate init(store: ParameterStore, prefix: String) {
        self.store = store
        self.prefix = prefix
    }

    /// The official name of the module at this place.
    package var path: String { prefix.hasSuffix(".") ? String(prefix.dropLast()) : prefix }

    /// The scope one step down.
    package func child(_ name: String) -> ParameterScope {
        ParameterScope(store: store, prefix: prefix + name + ".")
    }

    /// The scope of element `index` of a list.
    package func child(_ index: Int) -> ParameterScope { child(String(index)) }

    /// Makes a parameter of the official shape.
    package func parameter(
        _ name: String, _ officialShape: [Int], layout: ParameterLayout = .plain, role: ParameterRole = .weight,
        _ initializer: Initializer
    ) -> Parameter {
        store.add(prefix + name, officialShape, layout, role, initializer)
    }
}
