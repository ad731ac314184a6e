import CKernels
import Layers
import Tensors

/// Moves parameters by their gradients: official groups, clipping, schedule, and one rule.
package final class Optimizer {
    /// Everything but the parameters.
    package struct Configuration: Sendable, Equatable {
        /// How a gradient becomes a change.
        package var rule: UpdateRule
        /// Rates and decays of the kinds of parameters.
        package var settings: ParameterSettings
        /// What happens to gradients first.
        package var clipping: GradientClipping
        /// The factor on every rate, by step.
        package var schedule: LearningRateSchedule

        /// Each part as documented with its type.
        package init(
            rule: UpdateRule, settings: ParameterSettings, clipping: GradientClipping, schedule: LearningRateSchedule
        ) {
            self.rule = rule
            self.settings = settings
            self.clipping = clipping
            self.schedule = schedule
        }
    }

    /// The rate of parameters that share a factor.
    package struct GroupRate: Sendable, Equatable {
        /// What they are (`ParameterSettings.group`).
        package let group: String
        package var learningRate: Double

        package init(_ group: String, _ learningRate: Double) {
            self.group = group
            self.learningRate = learningRate
        }
    }

    /// What a step did.
    package struct Report: Sendable, Equatable {
        /// The norm of all gradients together, before clipping.
        package let gradientNorm: Double
        /// The base rate times the schedule's factor.
        package let learningRate: Double
        /// The rates of groups that have another.
        package let groupRates: [GroupRate]
    }

    /// A parameter with its moments, made when its first gradient comes.
    private struct Slot {
        let parameter: Parameter
        let learningRate: Double
        let weightDecay: Double
        var first: Tensor?
        var second: Tensor?
    }

    /// A run of one slot's values; chunks depend on shapes only.
    private struct Chunk {
        let slot: Int
        let range: Range<Int>
    }

    private static let grain = 1 << 16
    /// Everything but the parameters.
    package let configuration: Configuration
    private var slots: [Slot]
    private var chunks: [Chunk] = []
    /// Before the schedule, in the order of the parameters.
    private var groups: [GroupRate] = []
    private var step = 0

    /// An optimiser of the trainable ones among `parameters`, whose names are unique.
    package init(_ parameters: [Parameter], _ configuration: Configuration) {
        self.configuration = configuration
        slots = parameters.filter(\.isTrainable).map { parameter in
            let values = configuration.settings.values(for: parameter)
            return Slot(parameter: parameter, learningRate: values.learningRate, weightDecay: values.weightDecay)
        }
        for (index, slot) in slots.enumerated() {
            let group = configuration.settings.group(of: slot.parameter)
            if !group.isEmpty, !groups.contains(where: { $0.group == group }) {
                groups.append(GroupRate(group, slot.learningRate))
            }
            let count = slot.parameter.value.count
            for start in stride(from: 0, to: count, by: Self.grain) {
                chunks.append(Chunk(slot: index, range: start..<min(count, start + Self.grain)))
            }
        }
    }

    /// Steps done so far, which is also the schedule's next step.
    package var stepCount: Int { step }

    /// The base rate times the schedule's factor, for the next step.
    package var learningRate: Double {
        configuration.settings.learningRate * configuration.schedule.multiplier(at: step)
    }

    /// One step by the gathered gradients, which are then dropped. `gradientScale` multiplies every
    /// gradient first (1 / parts, where a batch came in parts whose losses are means).
    ///
    /// A parameter without a gradient stays as it is; one that has had gradients before is taken to have a
    /// zero one. Throws `OptimizerError.nonFiniteGradient` before anything is changed.
    @discardableResult
    package func step(gradientScale: Double = 1) throws -> Report {
        let squares = squareSums(scale: gradientScale)
        let norm = squares.reduce(0, +).squareRoot()
        let multiplier = configuration.schedule.multiplier(at: step)
        guard norm.isFinite else {
            let names = slots.indices.filter { !squares[$0].isFinite }.map { slots[$0].parameter.name }
            throw OptimizerError.nonFiniteGradient(
                step: step, learningRate: configuration.settings.learningRate * multiplier, parameters: names)
        }
        step += 1
        prepareSlots()
        let transforms = squares.map { transform(norm: norm, squareSum: $0, scale: gradientScale) }
        parallelFor(chunks.count) { index in
            update(chunks[index], multiplier: multiplier, transforms[chunks[index].slot])
        }
        for slot in slots { slot.parameter.gradient = nil }
        return Report(
            gradientNorm: norm, learningRate: configuration.settings.learningRate * multiplier,
            groupRates: groups.map { GroupRate($0.group, $0.learningRate * multiplier) })
    }

    /// Σ g² of each slot, in chunks added in a fixed order.
    private func squareSums(scale: Double) -> [Double] {
        let parts = parallelMap(chunks.count) { index in
            let chunk = chunks[index]
            guard let gradient = slots[chunk.slot].parameter.gradient else { return 0.0 }
            return pk_optimizer_square_sum(gradient.data + chunk.range.lowerBound, chunk.range.count, Float(scale))
        }
        var sums = [Double](repeating: 0, count: slots.count)
        for (chunk, part) in zip(chunks, parts) { sums[chunk.slot] += part }
        return sums
    }

    /// Makes moments where a first gradient came, and values and moments writable in place.
    private func prepareSlots() {
        for index in slots.indices {
            let parameter = slots[index].parameter
            guard let gradient = parameter.gradient ?? zeroGradient(of: slots[index]) else { continue }
            precondition(
                gradient.shape == parameter.value.shape,
                "\(parameter.name): gradient \(gradient.shape), value \(parameter.value.shape)")
            parameter.gradient = gradient
            if !parameter.value.isUniquelyOwned() { parameter.value = parameter.value.copied() }
            parameter.forgetPacked()
            let moments = configuration.rule.momentCount
            if moments > 0 { Self.makeWritable(&slots[index].first, shape: gradient.shape) }
            if moments > 1 { Self.makeWritable(&slots[index].second, shape: gradient.shape) }
        }
    }

    private func zeroGradient(of slot: Slot) -> Tensor? {
        slot.first == nil ? nil : Tensor(zeros: slot.parameter.value.shape)
    }

    private static func makeWritable(_ moment: inout Tensor?, shape: [Int]) {
        guard var tensor = moment else {
            moment = Tensor(zeros: shape)
            return
        }
        moment = nil
        moment = tensor.isUniquelyOwned() ? tensor : tensor.copied()
    }

    private func transform(norm: Double, squareSum: Double, scale: Double) -> gradient_transform {
        var factor = 1.0
        var limit = Float.infinity
        switch configuration.clipping {
        case .none: break
        case .fullModel(let maximum): factor = GradientClipping.factor(norm: norm, maximumNorm: maximum)
        case .perParameter(let maximum):
            factor = GradientClipping.factor(norm: squareSum.squareRoot(), maximumNorm: maximum)
        case .value(let maximum): limit = Float(maximum)
        }
        return gradient_transform(scale: Float(scale * factor), limit: limit)
    }

    private func update(_ chunk: Chunk, multiplier: Double, _ transform: gradient_transform) {
        let (slot, start) = (slots[chunk.slot], chunk.range.lowerBound)
        guard let gradient = slot.parameter.gradient else { return }
        configuration.rule.update(
            slot.parameter.value.data + start, first: slot.first.map { $0.data + start },
            second: slot.second.map { $0.data + start }, count: chunk.range.count, gradient: gradient.data + start,
            transform, step: step, learningRate: slot.learningRate * multiplier, weightDecay: slot.weightDecay)
    }
}

// MARK: State

extension Optimizer {
    /// The state to store; tensors are shared until the next step.
    package var state: OptimizerState {
        var state = OptimizerState(step: step)
        for slot in slots {
            state.first[slot.parameter.name] = slot.first
            state.second[slot.parameter.name] = slot.second
        }
        return state
    }

    /// Goes on from a stored state. Throws `OptimizerError.stateMismatch` with every name or shape that
    /// doesn't fit, and then changes nothing.
    package func load(_ state: OptimizerState) throws {
        let faults = faults(of: state)
        guard faults.isEmpty else { throw OptimizerError.stateMismatch(faults) }
        step = state.step
        for index in slots.indices {
            slots[index].first = state.first[slots[index].parameter.name]
            slots[index].second = state.second[slots[index].parameter.name]
        }
    }

    private func faults(of state: OptimizerState) -> [String] {
        var faults: [String] = state.step < 0 ? ["step \(state.step)"] : []
        let shapes = Dictionary(slots.map { ($0.parameter.name, $0.parameter.value.shape) }) { first, _ in first }
        for (kind, moments) in [("first moment", state.first), ("second moment", state.second)] {
            for (name, tensor) in moments.sorted(by: { $0.key < $1.key }) where shapes[name] != tensor.shape {
                let fault = shapes[name].map { "expected \($0), got \(tensor.shape)" } ?? "no such trainable parameter"
                faults.append("\(kind) of \(name): \(fault)")
            }
        }
        let moments = configuration.rule.momentCount
        if moments < 2, !state.second.isEmpty { faults.append("second moments, which this optimiser does not keep") }
        if moments < 1, !state.first.isEmpty { faults.append("first moments, which this optimiser does not keep") }
        if moments == 2, Set(state.first.keys) != Set(state.second.keys) {
            faults.append("first and second moments of different parameters")
        }
        return faults
    }
}
