import Foundation
import SegmentationNetworks
import SegmentationTraining
import Testing

/// Every mistake throws the one error, which says where, what and what to do.
@Suite struct ErrorTests {
    @Test func aKeyOfTheConfiguration() throws {
        let small = try SmallNetwork()
        let error = #expect(throws: SegmentationError.self) {
            try small.configuration(["SOLVER.IMS_PER_BATCH": "none"])
        }
        #expect(error?.place.contains("SOLVER.IMS_PER_BATCH") == true, "\(String(describing: error))")
        #expect(error?.expected != nil && error?.got != nil && error?.advice.isEmpty == false)
    }

    @Test func files() throws {
        let small = try SmallNetwork()
        for make in [
            { (path: String) throws in _ = try Picture(contentsOf: path) },
            { (path: String) throws in _ = try LabelMap(contentsOf: path) },
            { (path: String) throws in _ = try NetworkConfiguration(contentsOf: path) },
            { (path: String) throws in
                _ = try SegmentationModel(small.configuration(), weights: path, classes: SmallNetwork.classes)
            },
        ] {
            let missing = small.path + "/missing"
            let error = #expect(throws: SegmentationError.self) { try make(missing) }
            #expect(
                error.map { "\($0)".contains(missing) && !$0.advice.isEmpty } == true, "\(String(describing: error))")
        }
        let error = #expect(throws: SegmentationError.self) {
            try SmallNetwork.sample(0).picture.write(to: small.path + "/no/folder.png")
        }
        #expect(error?.place == small.path + "/no/folder.png")
    }

    @Test func weightsOfAnotherNetwork() throws {
        let small = try SmallNetwork()
        try small.session().save(to: small.path + "/weights.safetensors")
        let error = #expect(throws: SegmentationError.self) {
            try SegmentationModel(
                small.configuration(["MODEL.SEM_SEG_HEAD.NUM_CLASSES": "3"]),
                weights: small.path + "/weights.safetensors",
                classes: SmallNetwork.classes + [SegmentationClass(number: 2, name: "more")])
        }
        #expect(error?.what.contains("of another shape") == true && error?.advice.contains("NUM_CLASSES") == true)
    }

    @Test func classesThatAreNotThoseOfTheConfiguration() throws {
        let small = try SmallNetwork()
        try small.session().save(to: small.path + "/weights.safetensors")
        for classes in [[SmallNetwork.classes[0]], [SmallNetwork.classes[1], SmallNetwork.classes[0]], nil] {
            let error = #expect(throws: SegmentationError.self) {
                try SegmentationModel(
                    small.configuration(), weights: small.path + "/weights.safetensors", classes: classes)
            }
            #expect(error?.place == "classes")
        }
    }

    @Test func samples() throws {
        let small = try SmallNetwork()
        let unknown = try small.session { try $0 == 2 ? SmallNetwork.sample(2, label: 7) : nil }
        let error = #expect(throws: SegmentationError.self) { while true { try unknown.step() } }
        #expect(error?.place == "box 2, column 26, row 12" && error?.got == "7", "\(String(describing: error))")

        let withoutObjects = try small.session { index in
            let sample = try SmallNetwork.sample(index)
            return try LabelledPicture(sample.picture, labels: sample.labels, name: sample.name)
        }
        let other = #expect(throws: SegmentationError.self) { try withoutObjects.step() }
        #expect(other?.what.contains("has no objects") == true)

        #expect(throws: SegmentationError.self) { try Picture(width: 2, height: 2, rgb: [0, 0, 0]) }
        #expect(throws: SegmentationError.self) {
            try LabelledPicture(
                SmallNetwork.sample(0).picture, labels: LabelMap(width: 1, height: 1, values: [0]))
        }
    }

    @Test func lossesThatAreNotFinite() throws {
        let small = try SmallNetwork()
        let session = try small.session(["SOLVER.BASE_LR": "1e6", "SOLVER.MAX_ITER": "50"])
        let error = #expect(throws: SegmentationError.self) { while !session.isFinished { try session.step() } }
        #expect(
            error?.place.hasPrefix("step ") == true && error?.advice.isEmpty == false, "\(String(describing: error))")
    }
}
