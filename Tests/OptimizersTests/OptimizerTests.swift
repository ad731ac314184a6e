import Autodiff
import Layers
import Optimizers
import Tensors
import TestSupport
import Testing

/// Four steps of PyTorch's optimisers, from Tools/reference/optimizers.py, on three parameters:
/// "small" (rate 0.1, decay 0.05), "backbone.small" (0.01, 0.05) and "large.norm" (0.1, 0), which spans two
/// chunks.
@Suite struct OptimizerTests {
    private static let counts = [5, 5, 100_003]

    private static func start(_ count: Int) -> [Float] { (0..<count).map { Float($0 * 37 % 11 - 5) / 8 } }

    private static func gradient(_ count: Int, step: Int) -> Tensor {
        Tensor((0..<count).map { Float(($0 * 17 + step * 29) % 13 - 6) / 16 }, shape: [count])
    }

    private static func parameters() -> [Parameter] {
        let scope = ParameterStore(seed: 1).root
        let parameters = [
            scope.parameter("small", [counts[0]], .constant(0)),
            scope.child("backbone").parameter("small", [counts[1]], .constant(0)),
            scope.child("large").parameter("norm", [counts[2]], role: .norm, .constant(0)),
        ]
        for parameter in parameters { parameter.load(officialValues: start(parameter.value.count)) }
        return parameters
    }

    private static func optimizer(
        _ parameters: [Parameter], _ rule: UpdateRule, _ clipping: GradientClipping = .none
    ) -> Optimizer {
        var settings = ParameterSettings(learningRate: 0.1, weightDecay: 0.05)
        settings.backboneMultiplier = 0.1
        // (1 − step/10)^1, as in the script.
        let schedule = LearningRateSchedule(
            decay: .poly(power: 1, constantEnding: 0), warmup: .init(method: .linear, factor: 1, steps: 0),
            maximumSteps: 10)
        return Optimizer(
            parameters, .init(rule: rule, settings: settings, clipping: clipping, schedule: schedule))
    }

    private static func run(_ optimizer: Optimizer, _ parameters: [Parameter], steps: Range<Int>) throws {
        for step in steps {
            for parameter in parameters { parameter.gradient = gradient(parameter.value.count, step: step) }
            try optimizer.step()
        }
    }

    /// Parameters whose rate has a factor of its own are a group; the schedule moves all.
    @Test func ratesOfGroupsAreTold() throws {
        let parameters = Self.parameters()
        let optimizer = Self.optimizer(parameters, .adamW())
        for step in 0..<2 {
            for parameter in parameters { parameter.gradient = Self.gradient(parameter.value.count, step: step) }
            let report = try optimizer.step()
            let factor = 1 - Double(step) / 10
            #expect(abs(report.learningRate - 0.1 * factor) < 1e-12)
            #expect(report.groupRates.map(\.group) == ["backbone"])
            #expect(report.groupRates.allSatisfy { abs($0.learningRate - 0.01 * factor) < 1e-12 })
        }
    }

    @Test func groupsAreNamedByTheirFactors() {
        var settings = ParameterSettings(learningRate: 1, weightDecay: 0)
        (settings.backboneMultiplier, settings.biasMultiplier) = (0.1, 2)
        let backbone = ParameterStore(seed: 1).root.child("backbone")
        let bias = backbone.parameter("bias", [1], .constant(0))
        #expect(settings.group(of: bias) == "backbone_bias" && settings.values(for: bias).learningRate == 0.2)
        #expect(settings.group(of: backbone.parameter("weight", [1], .constant(0))) == "backbone")
        settings.backboneMultiplier = 1
        #expect(settings.group(of: bias) == "bias")
    }

    /// What evaluation has packed a weight to is forgotten by a step, which changes it in place.
    @Test func evaluationSeesWhatAStepChanged() throws {
        let store = ParameterStore(seed: 1)
        var sizes = ConvNormActivation.Configuration(inputs: 16, outputs: 16)
        (sizes.norm, sizes.activation) = (.none, .none)
        let layer = ConvNormActivation(convolution: store.root, norm: store.root, sizes)
        let (x, weight) = (Variable(testTensor("x", [1, 4, 4, 16])), store.parameters[0])
        func evaluate() -> [Float] { layer(x, .evaluation).value.array }
        let before = evaluate()
        weight.gradient = Tensor(repeating: 1, shape: weight.value.shape)
        try Self.optimizer([weight], Self.cases[0].rule).step()
        let after = evaluate()
        #expect(after != before)
        weight.forgetPacked()
        #expect(evaluate() == after)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let rule: UpdateRule
        let clipping: GradientClipping
        let small: [Float]
        let backbone: [Float]
        /// Sum, first and last value.
        let large: [Double]
    }

    static let cases = [
        Case(
            testDescription: "adamw", rule: .adamW(), clipping: .none,
            small: [-0.353842437, -0.0203241482, 0.183458537, -0.617140055, 0.115747094],
            backbone: [-0.597696066, -0.114419058, 0.35567525, -0.511826098, 0.0117206965],
            large: [-210.212061, -0.36237517, -0.196595371]),
        Case(
            testDescription: "adamw, full model", rule: .adamW(), clipping: .fullModel(maximumNorm: 0.01),
            small: [-0.353906006, -0.0203921907, 0.183544263, -0.617109895, 0.11568813],
            backbone: [-0.597702444, -0.114425927, 0.355683893, -0.511822999, 0.0117147351],
            large: [-210.007809, -0.362439245, -0.196575835]),
        Case(
            testDescription: "sgd", rule: .sgd(momentum: 0, nesterov: false), clipping: .none,
            small: [-0.573766708, -0.109800734, 0.362062722, -0.510041416, -0.0226716045],
            backbone: [-0.619818985, -0.123475514, 0.373678148, -0.501022875, -0.00225172425],
            large: [-0.726834754, -0.58374995, -0.122500002]),
        Case(
            testDescription: "sgd with momentum", rule: .sgd(momentum: 0.9, nesterov: false), clipping: .none,
            small: [-0.464630216, -0.106800579, 0.310114056, -0.537458777, 0.0020382409],
            backbone: [-0.608820081, -0.123154067, 0.368440896, -0.503815711, 0.000253748964],
            large: [-0.720497751, -0.485807478, -0.135915607]),
        Case(
            testDescription: "sgd nesterov, full model", rule: .sgd(momentum: 0.9, nesterov: true),
            clipping: .fullModel(maximumNorm: 0.5),
            small: [-0.593155026, -0.118681237, 0.356202841, -0.475863069, -0.00014464921],
            backbone: [-0.621779859, -0.124361143, 0.373099148, -0.49756071, -1.37183433e-05],
            large: [-0.749901443, -0.623874128, -0.125049472]),
        Case(
            testDescription: "sgd, per parameter", rule: .sgd(momentum: 0, nesterov: false),
            clipping: .perParameter(maximumNorm: 0.5),
            small: [-0.577403605, -0.115668125, 0.362610042, -0.503079414, -0.0214975178],
            backbone: [-0.620188713, -0.124064296, 0.373734921, -0.500320554, -0.00213738019],
            large: [-0.749864589, -0.62472111, -0.124983095]),
        Case(
            testDescription: "sgd, value", rule: .sgd(momentum: 0, nesterov: false),
            clipping: .value(maximum: 0.2),
            small: [-0.591057479, -0.118064724, 0.363143444, -0.49721691, -0.010421603],
            backbone: [-0.621566832, -0.124300644, 0.373790205, -0.499724686, -0.00102672435],
            large: [-0.734477749, -0.601249993, -0.121374995]),
    ]

    @Test(arguments: cases) func fourStepsMatchPyTorch(_ fixture: Case) throws {
        let parameters = Self.parameters()
        try Self.run(Self.optimizer(parameters, fixture.rule, fixture.clipping), parameters, steps: 0..<4)
        // Single rounding differences of values below 1; clipping to 0.01 leaves gradients of 1e-5, where
        // torch's float32 norm and ours in double differ by 1e-7 of it.
        for (parameter, expected) in zip(parameters, [fixture.small, fixture.backbone]) {
            for (value, wanted) in zip(parameter.value.array, expected) {
                #expect(abs(value - wanted) < 5e-7)
            }
        }
        let large = parameters[2].value.array
        let sum = large.reduce(0) { $0 + Double($1) }
        // 100,003 roundings of 3e-8 that all may lean one way.
        #expect(abs(sum - fixture.large[0]) < 5e-3)
        #expect(abs(Double(large[0]) - fixture.large[1]) < 5e-7)
        #expect(abs(Double(large[large.count - 1]) - fixture.large[2]) < 5e-7)
        #expect(parameters.allSatisfy { $0.gradient == nil })
    }

    @Test(arguments: [UpdateRule.adamW(), .sgd(momentum: 0.9, nesterov: false)])
    func twoStepsAndTwoMoreFromTheStateEqualFour(rule: UpdateRule) throws {
        let whole = Self.parameters()
        try Self.run(Self.optimizer(whole, rule, .fullModel(maximumNorm: 0.5)), whole, steps: 0..<4)
        let parts = Self.parameters()
        let first = Self.optimizer(parts, rule, .fullModel(maximumNorm: 0.5))
        try Self.run(first, parts, steps: 0..<2)
        let second = Self.optimizer(parts, rule, .fullModel(maximumNorm: 0.5))
        try second.load(first.state)
        #expect(second.stepCount == 2)
        try Self.run(second, parts, steps: 2..<4)
        for (a, b) in zip(whole, parts) { #expect(a.value.array == b.value.array) }
    }

    @Test func aStoredStateIsNotChangedByLaterSteps() throws {
        let parameters = Self.parameters()
        let optimizer = Self.optimizer(parameters, .adamW())
        try Self.run(optimizer, parameters, steps: 0..<1)
        let state = optimizer.state
        let before = state.first["small"]?.array
        try Self.run(optimizer, parameters, steps: 1..<2)
        #expect(state.first["small"]?.array == before)
        #expect(optimizer.state.first["small"]?.array != before)
    }

    @Test func aSharedValueIsNotChangedByAStep() throws {
        let parameters = Self.parameters()
        let optimizer = Self.optimizer(parameters, .adamW())
        let value = parameters[0].value
        try Self.run(optimizer, parameters, steps: 0..<1)
        #expect(value.array == Self.start(5))
        #expect(parameters[0].value.array != Self.start(5))
    }

    @Test func anyNumberOfThreadsGivesTheSameBits() throws {
        try expectSameBits {
            let parameters = Self.parameters()
            try Self.run(
                Self.optimizer(parameters, .adamW(), .fullModel(maximumNorm: 0.01)), parameters, steps: 0..<3)
            return parameters.map(\.value)
        }
    }

    @Test func reportHasNormBeforeClippingAndScale() throws {
        let parameters = Self.parameters()
        let optimizer = Self.optimizer(parameters, .adamW(), .fullModel(maximumNorm: 0.01))
        parameters[0].gradient = Tensor([3, 0, 0, 0, 4], shape: [5])
        let report = try optimizer.step(gradientScale: 0.5)
        #expect(abs(report.gradientNorm - 2.5) < 1e-12)
        #expect(report.learningRate == 0.1)
        #expect(abs(optimizer.learningRate - 0.09) < 1e-15)
        // Those without a gradient stay.
        #expect(parameters[1].value.array == Self.start(5))
        #expect(optimizer.state.first.keys.sorted() == ["small"])
    }

    @Test func nonFiniteGradientsChangeNothing() throws {
        let parameters = Self.parameters()
        let optimizer = Self.optimizer(parameters, .adamW())
        for parameter in parameters { parameter.gradient = Self.gradient(parameter.value.count, step: 0) }
        parameters[1].gradient = Tensor([0, .nan, 0, 0, 0], shape: [5])
        let error = #expect(throws: OptimizerError.self) { try optimizer.step() }
        #expect(error == .nonFiniteGradient(step: 0, learningRate: 0.1, parameters: ["backbone.small"]))
        #expect(parameters[0].value.array == Self.start(5))
        #expect(optimizer.stepCount == 0)
    }

    @Test func statesThatDoNotFitAreRefusedWhole() throws {
        let parameters = Self.parameters()
        let optimizer = Self.optimizer(parameters, .adamW())
        let state = OptimizerState(
            step: 3, first: ["small": Tensor(zeros: [4]), "other": Tensor(zeros: [1])],
            second: ["small": Tensor(zeros: [5])])
        let error = #expect(throws: OptimizerError.self) { try optimizer.load(state) }
        #expect(error?.description.contains("first moment of small: expected [5], got [4]") == true)
        #expect(error?.description.contains("other: no such trainable parameter") == true)
        #expect(optimizer.stepCount == 0)
    }
}

@Suite struct ParameterSettingsTests {
    @Test(arguments: [
        ("backbone.res2.0.conv1.weight", ParameterRole.weight, 0.01, 0.05),
        ("backbone.res2.0.conv1.norm.weight", .norm, 0.01, 0.001),
        ("sem_seg_head.predictor.query_feat.weight", .embedding, 0.1, 0.002),
        ("sem_seg_head.predictor.class_embed.weight", .weight, 0.1, 0.05),
        ("sem_seg_head.predictor.class_embed.bias", .weight, 0.1, 0.05),
        ("backbone.layers.0.attn.relative_position_bias_table", .weight, 0.01, 0),
    ])
    func officialGroups(name: String, role: ParameterRole, rate: Double, decay: Double) {
        var settings = ParameterSettings(learningRate: 0.1, weightDecay: 0.05)
        settings.backboneMultiplier = 0.1
        settings.normWeightDecay = 0.001
        settings.embeddingWeightDecay = 0.002
        let parameter = ParameterStore(seed: 1).root.parameter(name, [1], role: role, .constant(0))
        let values = settings.values(for: parameter)
        #expect(abs(values.learningRate - rate) < 1e-15)
        #expect(values.weightDecay == decay)
    }

    /// SegFormer's `custom_keys`: `head` before `norm`, so that the head's norms decay; every bias does.
    @Test(arguments: [
        ("backbone.block1.0.attn.q.weight", ParameterRole.weight, 6e-5, 0.01),
        ("backbone.block1.0.attn.q.bias", .weight, 6e-5, 0.01), ("backbone.block1.0.norm1.weight", .norm, 6e-5, 0),
        ("backbone.patch_embed1.norm.bias", .norm, 6e-5, 0), ("decode_head.linear_fuse.bn.weight", .norm, 6e-4, 0.01),
        ("decode_head.linear_fuse.bn.bias", .norm, 6e-4, 0.01), ("decode_head.linear_pred.bias", .weight, 6e-4, 0.01),
    ])
    func groupsOfSegFormer(name: String, role: ParameterRole, rate: Double, decay: Double) {
        var settings = ParameterSettings(learningRate: 6e-5, weightDecay: 0.01)
        settings.headMultiplier = 10
        settings.headNormWeightDecay = 0.01
        let values = settings.values(for: ParameterStore(seed: 1).root.parameter(name, [1], role: role, .constant(0)))
        #expect(abs(values.learningRate - rate) < 1e-18 && values.weightDecay == decay)
    }

    /// SegFormer's conv_seg: torch skips what has no gradient.
    @Test(arguments: [UpdateRule.adamW(), .sgd(momentum: 0.9, nesterov: false)])
    func whatHasNoGradientDoesNotDecay(rule: UpdateRule) throws {
        let scope = ParameterStore(seed: 1).root
        let parameters = ["used", "unused"].map { scope.parameter($0, [2], .constant(1)) }
        let optimizer = Optimizer(
            parameters,
            .init(
                rule: rule, settings: ParameterSettings(learningRate: 0.1, weightDecay: 0.5), clipping: .none,
                schedule: LearningRateSchedule(
                    decay: .poly(power: 1, constantEnding: 0), warmup: .init(method: .linear, factor: 1, steps: 0),
                    maximumSteps: 10)))
        for _ in 0..<3 {
            parameters[0].gradient = Tensor([0, 0], shape: [2])
            try optimizer.step()
        }
        #expect(parameters[0].value.array.allSatisfy { $0 < 0.9 })
        #expect(parameters[1].value.array == [1, 1])
    }

    @Test func biasesCanHaveTheirOwn() {
        var settings = ParameterSettings(learningRate: 0.1, weightDecay: 0.05)
        settings.biasMultiplier = 2
        settings.biasWeightDecay = 0
        let scope = ParameterStore(seed: 1).root
        let bias = settings.values(for: scope.parameter("a.bias", [1], .constant(0)))
        #expect(bias == (0.2, 0))
        let norm = settings.values(for: scope.parameter("n.bias", [1], role: .norm, .constant(0)))
        #expect(norm == (0.1, 0))
    }
}
