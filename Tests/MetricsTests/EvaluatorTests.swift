import Annotations
import Foundation
import Metrics
import Scoring
import TestSupport
import Testing

/// What every evaluator promises, whatever it scores.
@Suite struct EvaluatorTests {
    /// One of each kind, for Cityscapes with everything.
    private static let evaluators = scorers(of: [.semantic, .panoptic, .instance])

    private static func scorers(of tasks: InferenceTasks) -> [any Evaluator] {
        Evaluators.of(
            tasks, classes: .cityscapes, hasCityscapesTruth: true,
            instanceCategories: ClassTable.cityscapes.categories.filter(\.isThing))
    }

    @Test func eachBelongsToItsTasks() {
        #expect(
            Self.evaluators.map { type(of: $0).task } == ["panoptic_seg", "sem_seg", "segm", "segm", "cityscapes"])
        func tasks(_ tasks: InferenceTasks) -> [String] {
            Self.scorers(of: tasks).map { type(of: $0).task }
        }
        #expect(tasks(.semantic) == ["sem_seg", "cityscapes"] && tasks(.panoptic) == ["panoptic_seg"])
        #expect(tasks(.instance) == ["segm", "segm"])
        let folder = Evaluators.of(
            [.semantic, .instance], classes: .ade20k, hasCityscapesTruth: false, instanceCategories: nil)
        #expect(folder.map { type(of: $0).task } == ["sem_seg"])
    }

    /// Bit for bit, through the bytes of a state.
    @Test(arguments: evaluators.indices) func mergedHalvesAreTheWhole(index: Int) throws {
        try checkHalves(of: Self.evaluators[index])
    }

    private func checkHalves<Kind: Evaluator>(of empty: Kind) throws {
        let images = (0..<6).map { Self.image(seed: UInt64($0 + 1)) }
        var (whole, first, second) = (empty, empty, empty)
        for image in images { try whole.add(image) }
        for image in images[..<3] { try first.add(image) }
        for image in images[3...] { try second.add(image) }
        let values = whole.result.entries.map(\.value.bitPattern)
        #expect(whole.result.entries.contains { $0.value > 0 && $0.value < 100 })
        #expect(first.result.entries.map(\.value.bitPattern) != values)
        let state = try second.state()
        try first.merge(state: state)
        #expect(first.result.entries.map(\.value.bitPattern) == values)
        var copy = empty
        try copy.merge(state: state)
        #expect(try copy.state() == state)
        #expect(throws: DecodingError.self) { try copy.merge(state: state.prefix(state.count / 2)) }
    }

    @Test(arguments: evaluators.indices) func anImageHasItsOwnResult(index: Int) throws {
        try checkOwnResult(of: Self.evaluators[index])
    }

    private func checkOwnResult<Kind: Evaluator>(of empty: Kind) throws {
        var (all, alone) = (empty, empty)
        try all.add(Self.image(seed: 1))
        let own = try #require(try all.add(Self.image(seed: 2)))
        try alone.add(Self.image(seed: 2))
        #expect(own.result.entries.map(\.value.bitPattern) == alone.result.entries.map(\.value.bitPattern))
        #expect(own.result.table() == alone.result.table() && own.result.table() != all.result.table())
        #expect(try all.add(EvaluationImage()) == nil)
    }

    @Test func aListAddsToEachAndGivesTheImagesOwn() throws {
        var evaluators = Self.evaluators
        #expect(try evaluators.add(Self.image(seed: 1)).count == evaluators.count)
        var image = Self.image(seed: 2)
        image.segments = nil
        let own = try evaluators.add(image)
        #expect(own.map { type(of: $0).task } == ["sem_seg", "segm", "segm", "cityscapes"])
        #expect(own[0].result.table() != evaluators[1].result.table())
    }

    /// Objects in 12 rows and 48 columns, predicted a little off, with everything that can be scored of them.
    private static func image(seed: UInt64) -> EvaluationImage {
        var random = SplitMix(state: seed)
        let (height, width, classes) = (12, 48, ClassTable.cityscapes)
        let things = classes.isThing.indices.filter { classes.isThing[$0] }
        var truth = [UInt16](repeating: 0, count: height * width)
        var (objects, found) = ([Int](), truth)
        for object in 0..<4 {
            let thing = things[Int(random.next() % 8)]
            let shift = Int(random.next() % 4)
            objects.append(thing)
            for pixel in truth.indices {
                if pixel % width / 12 == object { truth[pixel] = UInt16(object + 1) }
                if (pixel % width + shift) / 12 == object { found[pixel] = UInt16(object + 1) }
            }
        }
        func categories(_ map: [UInt16]) -> [UInt16] {
            map.map { $0 == 0 ? 7 : UInt16(classes.categoryIDs[objects[Int($0) - 1]]) }
        }
        func mask(_ map: [UInt16], _ object: Int) -> RunLengthMask {
            RunLengthMask(height: height, width: width) { map[$0] == object + 1 }
        }
        func segments(_ map: [UInt16]) -> PanopticMap {
            PanopticMap(
                ids: map.map(UInt32.init),
                segments: objects.indices.map { object in
                    .init(
                        id: object + 1, category: classes.categoryIDs[objects[object]],
                        area: map.count { $0 == object + 1 })
                }, place: "image \(seed)")
        }
        let numbers = classes.classNumbers
        let scores = objects.map { _ in Double(random.next() % 100) / 100 }
        let instanceIDs = zip(categories(truth), truth).map { $1 == 0 ? $0 : $0 * 1000 + $1 }
        var image = EvaluationImage()
        image.labels = (
            categories(found).map { UInt16(numbers[Int($0)] ?? 0) },
            categories(truth).map { UInt16(numbers[Int($0)] ?? 0) }, width, "image \(seed)"
        )
        image.segments = (segments(found), segments(truth))
        image.instances = (
            objects.indices.map {
                .init(category: classes.categoryIDs[objects[$0]], mask: mask(found, $0), score: scores[$0])
            },
            objects.indices.map {
                .init(
                    category: classes.categoryIDs[objects[$0]], mask: mask(truth, $0),
                    area: Double(mask(truth, $0).area), isCrowd: false)
            }, "image \(seed)"
        )
        image.cityscapesLabels = (categories(found), categories(truth), instanceIDs, "image \(seed)")
        image.cityscapesInstances = (
            objects.indices.map {
                .init(category: classes.categoryIDs[objects[$0]], mask: mask(found, $0), score: scores[$0])
            }, instanceIDs, "image \(seed)"
        )
        return image
    }
}
