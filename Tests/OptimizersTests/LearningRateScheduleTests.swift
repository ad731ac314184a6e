import Foundation
import Optimizers
import Testing

/// Values of detectron2's schedules over 100 steps, from Tools/reference/optimizers.py.
@Suite struct LearningRateScheduleTests {
    typealias Schedule = LearningRateSchedule
    private static let steps = [0, 1, 9, 10, 11, 50, 79, 80, 81, 99]

    private static let cases: [(Schedule.Decay, Schedule.Warmup, [Double])] = [
        (
            .poly(power: 0.9, constantEnding: 0), .init(method: .linear, factor: 0.001, steps: 10),
            [
                0.001, 0.09999144427635497, 0.8268524447036447, 0.9095325760829622, 0.9004321766563289,
                0.5358867312681466, 0.24546940237185755, 0.23492378861760374, 0.2243252915460891,
                0.015848931924611145,
            ]
        ),
        (
            .poly(power: 0.9, constantEnding: 0), .init(method: .constant, factor: 0.25, steps: 10),
            [
                0.25, 0.24774887085320854, 0.22965571733797485, 0.9095325760829622, 0.9004321766563289,
                0.5358867312681466, 0.24546940237185755, 0.23492378861760374, 0.2243252915460891,
                0.015848931924611145,
            ]
        ),
        (
            .poly(power: 0.9, constantEnding: 0.4), .init(method: .linear, factor: 0.25, steps: 10),
            [
                0.25, 0.3220735321091711, 0.849726154150507, 0.9095325760829622, 0.9004321766563289,
                0.5358867312681466, 0.4, 0.4, 0.4, 0.4,
            ]
        ),
        (
            .poly(power: 0.9, constantEnding: 0), .init(method: .linear, factor: 1, steps: 0),
            [
                1.0, 0.9909954834128342, 0.9186228693518994, 0.9095325760829622, 0.9004321766563289,
                0.5358867312681466, 0.24546940237185755, 0.23492378861760374, 0.2243252915460891,
                0.015848931924611145,
            ]
        ),
        (
            .cosine(end: 0.05), .init(method: .linear, factor: 0.001, steps: 10),
            [
                0.001, 0.09857518452401978, 0.8791766607161781, 0.976751845240198, 0.9719183652532571,
                0.525, 0.14967636912154705, 0.14071692767190003, 0.13213672721958308, 0.05023438382627749,
            ]
        ),
        (
            .cosine(end: 0), .init(method: .constant, factor: 0.25, steps: 10),
            [
                0.25, 0.25, 0.25, 0.9755282581475768, 0.9704403844771128,
                0.5, 0.1049224938121548, 0.09549150281252633, 0.08645971286271903, 0.0002467198171342,
            ]
        ),
        (
            .cosine(end: 0), .init(method: .linear, factor: 1, steps: 0),
            [
                1.0, 0.9997532801828658, 0.9801468428384715, 0.9755282581475768, 0.9704403844771128,
                0.5, 0.1049224938121548, 0.09549150281252633, 0.08645971286271903, 0.0002467198171342,
            ]
        ),
        (
            .multiStep(milestones: [50, 80], gamma: 0.1), .init(method: .linear, factor: 0.001, steps: 10),
            [0.001, 0.10089999999999999, 0.9000999999999999, 1, 1, 0.1, 0.1, 0.01, 0.01, 0.01]
        ),
        (
            .multiStep(milestones: [5], gamma: 0.5), .init(method: .linear, factor: 0.001, steps: 10),
            [0.001, 0.050899999999999994, 0.45009999999999994, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
        ),
    ]

    @Test(arguments: cases.indices) func matchesDetectron2(index: Int) {
        let (decay, warmup, expected) = Self.cases[index]
        let schedule = Schedule(decay: decay, warmup: warmup, maximumSteps: 100)
        for (step, value) in zip(Self.steps, expected) {
            // The same double arithmetic, up to the order of a few operations.
            #expect(abs(schedule.multiplier(at: step) - value) < 1e-14, "step \(step)")
        }
    }

    @Test func warmupOfCamVidRisesByTwentieths() {
        let schedule = Schedule(
            decay: .poly(power: 0.9, constantEnding: 0),
            warmup: .init(method: .linear, factor: 0.05, steps: 19),
            maximumSteps: 600)
        for step in 0..<600 {
            let expected = min(1, Double(step + 1) / 20) * pow(1 - Double(step) / 600, 0.9)
            #expect(abs(schedule.multiplier(at: step) - expected) < 1e-14)
        }
    }

    /// SegFormer's: mmcv's warm-up multiplies the rate that falls from the first step on (Tools/reference/recipes.py).
    @Test(
        arguments: [
            (0, 1.0000000000287557e-06), (1, 0.0006676618270875112), (750, 0.49765674765625006),
            (1499, 0.9899708298270875), (1500, 0.990625), (1501, 0.99061875), (80000, 0.5),
            (159_999, 6.249999999985434e-06),
        ])
    func warmupOfSegFormerMultiplies(step: Int, expected: Double) {
        let schedule = Schedule(
            decay: .poly(power: 1, constantEnding: 0), warmup: .init(method: .linear, factor: 1e-6, steps: 1500),
            maximumSteps: 160_000)
        #expect(abs(schedule.multiplier(at: step) - expected) < 1e-15)
    }

    /// PIDNet sets the rate after a step, by that step: rates of its official code, the first set before any.
    @Test(
        arguments: [
            (0, 0.01), (1, 0.01), (2, 0.009999924716400406), (1001, 0.009924684848140382),
            (60_001, 0.005340628614319031), (119_548, 2.692848474889287e-07),
        ])
    func aLateRateIsThatOfTheStepBefore(step: Int, expected: Double) {
        var schedule = Schedule(
            decay: .poly(power: 0.9, constantEnding: 0), warmup: .init(method: .linear, factor: 1, steps: 0),
            maximumSteps: 119_548)
        schedule.lag = 1
        #expect(abs(0.01 * schedule.multiplier(at: step) - expected) < 1e-16)
    }

    @Test func stepsPastTheEndStayFinite() {
        for (decay, warmup, _) in Self.cases {
            #expect(Schedule(decay: decay, warmup: warmup, maximumSteps: 100).multiplier(at: 150).isFinite)
        }
    }
}
