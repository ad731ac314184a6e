import Datasets
import Foundation
import Testing

/// Folders that hold themselves through links.
@Suite struct LinkCircleTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["x", "sub/y"] {
            try folder.image("i/\(name).png")
            try folder.labels("l/\(name).png") { UInt16($0 % 2) }
        }
        try folder.write(
            #"{"classes": ["a", "b"], "train": {"images": "i", "labels": "l"}}"#, "set.json")
    }

    private func open() throws -> SegmentationDataset {
        try DatasetCatalog.open(name: "folder:set.json:train", relativeTo: folder.path, environment: [:])
    }

    private func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/" + name, withDestinationPath: target)
    }

    /// Two such links make 2^40 paths.
    @Test(arguments: ["i", "l", "both"]) func aFolderInItselfIsEnteredOnceAndNamed(side: String) throws {
        let sides = side == "both" ? ["i", "l"] : [side]
        for side in sides {
            for name in ["latest", "images", "sub/up"] {
                try link("\(side)/\(name)", to: name == "sub/up" ? ".." : ".")
            }
        }
        let data = try open()
        #expect(data.items.map(\.id) == ["sub_y", "x"])
        let report = try data.check(.full)
        let warnings = report.warnings(data.classes)
        for side in sides {
            for name in ["latest", "images", "sub/up"] {
                let named = warnings.filter { $0.hasPrefix("\(folder.path)/\(side)/\(name): leads back to a folder") }
                #expect(named.count == 1, "\(warnings)")
            }
        }
        #expect(warnings.count == 3 * sides.count)
    }

    /// A link to another folder is no circle, even where both link to each other.
    @Test func otherLinksAreFollowed() throws {
        try folder.image("far/z.png")
        try folder.labels("l/far/z.png") { _ in 1 }
        try link("i/far", to: "../far")
        try link("far/back", to: "../i")
        let data = try open()
        #expect(data.items.map(\.id) == ["far_z", "sub_y", "x"])
        #expect(data.inspect(.full).warnings(data.classes).count == 1)
        try data.check(.full)
    }
}
