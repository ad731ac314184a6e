import SegmentationNetworks
import SegmentationTraining
import Testing

@Suite struct SegmentationTests {
    @Test func aTrainedNetworkIsSavedAndLoaded() throws {
        let small = try SmallNetwork()
        let session = try small.session()
        var steps: [TrainingStep] = []
        while !session.isFinished { steps.append(try session.step()) }
        #expect(steps.map(\.number) == [0, 1, 2] && session.stepsDone == session.stepCount)
        #expect(steps.allSatisfy { $0.loss.isFinite && !$0.losses.isEmpty && $0.gradientNorm > 0 })

        try session.save(to: small.path + "/weights.safetensors")
        let loaded = try SegmentationModel(
            small.configuration(), weights: small.path + "/weights.safetensors", classes: SmallNetwork.classes)
        let picture = try SmallNetwork.sample(9).picture
        let (found, expected) = (loaded.segment(picture), try session.model().segment(picture))
        #expect(found.labels == expected.labels && found.segmentMap == expected.segmentMap)
        #expect(found.instances.map(\.score) == expected.instances.map(\.score))

        // The model of before is not that of after.
        let before = try session.model()
        try session.step()
        #expect(before.segment(picture).instances.map(\.score) == expected.instances.map(\.score))
        #expect(try session.model().segment(picture).instances.map(\.score) != expected.instances.map(\.score))
    }

    @Test func regionsAreThoseOfTheMaps() throws {
        let small = try SmallNetwork()
        let settings = ["MODEL.MASK_FORMER.TEST.OBJECT_MASK_THRESHOLD": "0.0"]
        let found = try small.session(settings).model().segment(SmallNetwork.sample(0).picture)
        let labels = try #require(found.labels)
        #expect(found.width == 96 && found.height == 64 && labels.values.count == 96 * 64)
        #expect(found.classes.map(\.area).reduce(0, +) == labels.values.count)
        let map = try #require(found.segmentMap)
        #expect(found.segments.map(\.area).reduce(0, +) == map.values.count { $0 > 0 })
        for region in found.classes + found.segments + found.instances {
            #expect(region.mask.area == region.area && region.mask.pixels.count(where: \.self) == region.area)
            let bounds = region.mask.bounds
            #expect((bounds == nil) == (region.area == 0))
        }
        #expect(!found.instances.isEmpty)
        #expect(found.instances.allSatisfy { $0.segmentationClass.isThing && $0.score != nil })
        #expect(try found.overlay(on: SmallNetwork.sample(0).picture).width == 96)
    }

    @Test func severalTasksGetEqualResults() async throws {
        let small = try SmallNetwork()
        let model = try small.session().model()
        let pictures = try (0..<4).map { try SmallNetwork.sample($0).picture }
        // Alone first where the index is even, so that what is packed is there or is made by several at once.
        for round in 0..<2 {
            let fresh = round == 0 ? try small.session().model() : model
            let together = await withTaskGroup { group in
                for task in 0..<8 { group.addTask { (task, fresh.segment(pictures[task % 4])) } }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            for (task, found) in together {
                let alone = model.segment(pictures[task % 4])
                #expect(found.labels == alone.labels && found.segmentMap == alone.segmentMap)
                #expect(found.instances.map(\.score) == alone.instances.map(\.score))
            }
        }
    }
}
