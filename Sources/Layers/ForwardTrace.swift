import Autodiff

/// What a forward pass does, module by module: names, parameters, work and time. Names nest: what runs within
/// "backbone" as "res2" is "backbone.res2".
package final class ForwardTrace {
    /// What runs under a name, without the modules within it.
    package struct Module: Sendable {
        /// Its name, those of the modules around it before it.
        package let name: String
        /// The name of the outermost module around it.
        package let stage: String
        /// Learned values that it reads and none before it did, buffers left out.
        package fileprivate(set) var parameters = 0
        /// For the whole batch.
        package fileprivate(set) var work = ForwardWork()
        /// Time.
        package fileprivate(set) var seconds = 0.0
    }

    /// The modules in the order in which they began first; one that ran several times has the sums.
    package private(set) var modules: [Module] = []
    private let clock = ContinuousClock()
    private var indices: [String: Int] = [:]
    private var seen: Set<ObjectIdentifier> = []
    /// The modules that have begun and not ended, and the seconds of what ran within each.
    private var open: [(index: Int, inner: Double)] = []

    /// Told of every module that gives a map, its whole name and the map; for comparisons with other programs.
    private let observer: ((String, Variable) -> Void)?

    /// A trace of nothing.
    package init(observer: ((String, Variable) -> Void)? = nil) { self.observer = observer }

    /// Forgets everything.
    package func reset() { (modules, indices, seen) = ([], [:], []) }

    /// The work of all modules.
    package var work: ForwardWork { modules.reduce(into: ForwardWork()) { $0.add($1.work) } }

    func measure<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
        open.append((module(name), 0))
        let start = clock.now
        defer {
            let seconds = (clock.now - start) / .seconds(1)
            let ended = open.removeLast()
            modules[ended.index].seconds += seconds - ended.inner
            if !open.isEmpty { open[open.count - 1].inner += seconds }
        }
        let result = try body()
        if let observer, let map = result as? Variable { observer(modules[open[open.count - 1].index].name, map) }
        return result
    }

    func add(_ work: ForwardWork) { modules[current].work.add(work) }

    func note(_ parameter: Parameter) {
        guard parameter.role != .buffer, seen.insert(ObjectIdentifier(parameter)).inserted else { return }
        modules[current].parameters += parameter.value.count
    }

    /// What runs in no module at all is one by itself.
    private var current: Int { open.last?.index ?? module("(no module)") }

    private func module(_ name: String) -> Int {
        let outer = open.last.map { modules[$0.index] }
        let full = outer.map { $0.name + "." + name } ?? name
        if let index = indices[full] { return index }
        indices[full] = modules.count
        modules.append(Module(name: full, stage: outer?.stage ?? name))
        return modules.count - 1
    }
}

/// How papers count multiply-adds; by fvcore, as the first two, resizing and sampling are four a value.
package enum WorkCounting: Sendable {
    /// Of the network alone, a BatchNorm in evaluation two a value (PEM).
    case network
    /// Of the network and the mixing of class maps, norms nothing (Mask2Former).
    case inference
    /// Products alone: those of the network, without norms and resizing (SegFormer).
    case products
}

/// Work in multiply-adds and values, that of the official operations that layers stand for, not of what they execute.
package struct ForwardWork: Sendable, Equatable {
    /// Multiply-adds of convolutions, linear layers and matrix products, those of attention and masks included.
    package var products = 0
    /// Multiply-adds of mixing class maps from masks, in inference.
    package var mixing = 0
    /// Values that norms by stored statistics give (BatchNorm).
    package var normalizedValues = 0
    /// Values that bilinear resizing and sampling give.
    package var resizedValues = 0

    /// Nothing, or what is given.
    package init(
        products: Int = 0, mixing: Int = 0, normalizedValues: Int = 0, resizedValues: Int = 0
    ) {
        self.products = products
        self.mixing = mixing
        self.normalizedValues = normalizedValues
        self.resizedValues = resizedValues
    }

    /// All multiply-adds, by one rule for every family.
    package var macs: Int { products + mixing }

    /// The work as the papers of a family count it.
    package func published(_ counting: WorkCounting) -> Int {
        let network = products + 4 * resizedValues
        return switch counting {
        case .network: network + 2 * normalizedValues
        case .inference: network + mixing
        case .products: products
        }
    }

    /// Adds another work.
    package mutating func add(_ other: ForwardWork) {
        products += other.products
        mixing += other.mixing
        normalizedValues += other.normalizedValues
        resizedValues += other.resizedValues
    }
}
