import Annotations
import Datasets
import Foundation
import Images
import Testing

/// What can be wrong with panoptic annotations, each found and named with file and number.
@Suite struct PanopticFaultTests {
    /// A data set of one image of 4 by 2 pixels: stuff 7 at the left, thing 26001 at the right.
    enum Layout: String, CaseIterable {
        case cityscapes, ade20k, coco

        var name: String {
            switch self {
            case .cityscapes: "cityscapes_fine_panoptic_val"
            case .ade20k: "ade20k_panoptic_val"
            case .coco: "coco_2017_val_panoptic"
            }
        }

        var image: String {
            switch self {
            case .cityscapes: "cityscapes/leftImg8bit/val/bonn/bonn_0_0_leftImg8bit.png"
            case .ade20k: "ADEChallengeData2016/images/validation/ADE_val_1.jpg"
            case .coco: "coco/val2017/000000000003.jpg"
            }
        }

        var list: String {
            switch self {
            case .cityscapes: "cityscapes/gtFine/cityscapes_panoptic_val.json"
            case .ade20k: "ADEChallengeData2016/ade20k_panoptic_val.json"
            case .coco: "coco/annotations/panoptic_val2017.json"
            }
        }

        /// The labels that there are beside the segments: path, stuff, thing.
        var labels: (path: String, stuff: UInt16, thing: UInt16)? {
            switch self {
            case .cityscapes: ("cityscapes/gtFine/val/bonn/bonn_0_0_gtFine_labelIds.png", 7, 26)
            case .ade20k: ("ADEChallengeData2016/annotations/validation/ADE_val_1.png", 1, 13)
            case .coco: nil
            }
        }

        /// The folder of the pictures, and the picture's name in it.
        var pictures: String { self == .coco ? "coco/panoptic_val2017" : String(list.dropLast(".json".count)) }
        var picture: String { self == .coco ? "000000000003.png" : self == .ade20k ? "ADE_val_1.png" : "p.png" }
        /// The image as the list has it, and as the data set names it.
        var number: String { self == .coco ? "3" : self == .ade20k ? "\"ADE_val_1\"" : "\"bonn_0_0\"" }
        var id: String { self == .coco ? "000000000003" : number.filter { $0 != "\"" } }
        /// Categories.
        var stuff: (Int, String) { self == .coco ? (92, "banner") : self == .ade20k ? (0, "wall") : (7, "road") }
        var thing: (Int, String) { self == .coco ? (1, "person") : self == .ade20k ? (12, "person") : (26, "car") }
    }

    private struct List {
        let layout: Layout
        var segments: [String]
        var categories: [String]
        /// Images as the list has them, and their pictures.
        var images: [(number: String, picture: String)]

        init(_ layout: Layout) {
            self.layout = layout
            segments = [
                Self.segment(7, category: layout.stuff.0), Self.segment(26_001, category: layout.thing.0),
            ]
            categories = [
                Self.category(layout.stuff.0, layout.stuff.1), Self.category(layout.thing.0, layout.thing.1),
            ]
            images = [(layout.number, layout.picture)]
        }

        static func segment(_ id: Int, category: Int) -> String {
            #"{"id": \#(id), "category_id": \#(category), "area": 4, "bbox": [0, 0, 2, 2], "iscrowd": 0}"#
        }

        static func category(_ id: Int, _ name: String) -> String {
            #"{"id": \#(id), "name": "\#(name)", "isthing": 0}"#
        }

        var text: String {
            let listed = images.map { #"{"id": \#($0.number), "width": 4, "height": 2, "file_name": "x.png"}"# }
            let annotations = images.map {
                #"{"image_id": \#($0.number), "file_name": "\#($0.picture)", "#
                    + #""segments_info": [\#(segments.joined(separator: ","))]}"#
            }
            return #"{"images": [\#(listed.joined(separator: ","))], "#
                + #""annotations": [\#(annotations.joined(separator: ","))], "#
                + #""categories": [\#(categories.joined(separator: ","))]}"#
        }
    }

    private func folder(_ layout: Layout, _ list: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.image(layout.image, width: 4, height: 2)
        if let labels = layout.labels {
            try folder.labels(labels.path, width: 4, height: 2) { $0 % 4 < 2 ? labels.stuff : labels.thing }
        }
        try folder.write(list, layout.list)
        let ids = (0..<8).map { UInt32($0 % 4 < 2 ? 7 : 26_001) }
        try ImageFile.writePNG(
            Image(size: ImageSize(height: 2, width: 4), segmentIDs: ids),
            to: folder.file(layout.pictures + "/" + layout.picture))
        return folder
    }

    private func problems(_ layout: Layout, _ folder: TemporaryFolder) throws -> String {
        do {
            try DatasetCatalog.open(name: layout.name, root: folder.path).check(.full)
            return ""
        } catch let error as DatasetError {
            return error.description
        }
    }

    @Test(arguments: Layout.allCases) func aGoodListPasses(layout: Layout) throws {
        #expect(try problems(layout, folder(layout, List(layout).text)) == "")
    }

    /// A way to spoil a list.
    enum Fault: CaseIterable {
        case unlistedSegment, segmentWithoutPixel, unknownCategory, segmentTwice, noSegmentNumber
        case imageTwice, annotationTwice, imageWithoutAnnotation, annotationWithoutImage
        case foreignCategory, renamedCategory, categoryTwice
    }

    /// Spoils the list; gives the file that the message names, and how it goes on.
    private func spoil(_ list: inout List, _ fault: Fault) -> (file: String, message: String) {
        let layout = list.layout
        let (file, picture) = (layout.list, layout.pictures + "/" + layout.picture)
        let image = layout.number.filter { $0 != "\"" }
        switch fault {
        case .unlistedSegment:
            list.segments.removeLast()
            return (picture, "segment 26001 has 4 pixels, but is not in the list")
        case .segmentWithoutPixel:
            list.segments.append(List.segment(9, category: layout.thing.0))
            return (picture, "segment 9 is in the list, but has no pixel")
        case .unknownCategory:
            list.segments[1] = List.segment(26_001, category: 999)
            return (file, "image \(image): segment 26001 has category 999, which is not in the list")
        case .segmentTwice:
            list.segments.append(list.segments[1])
            return (file, "image \(image): segment 26001 is listed twice")
        case .noSegmentNumber:
            list.segments.append(List.segment(1 << 24, category: layout.thing.0))
            return (file, "image \(image): segment 16777216 is no segment number (expected 1 to 16777215)")
        case .imageTwice:
            list.images.append(list.images[0])
            return (file, "image \(image) is listed twice")
        case .annotationTwice:
            list.images.append(list.images[0])
            return (file, "image \(image) is annotated twice")
        case .imageWithoutAnnotation:
            list.images = []
            return (layout.image, "has no panoptic annotation (expected image \(layout.id) in")
        case .annotationWithoutImage:
            list.images.append((layout == .coco ? "4" : "\"ulm\"", "ulm.png"))
            return (file, "image ulm is annotated, but there is no such image")
        case .foreignCategory:
            list.categories.append(List.category(998, "cloud"))
            return (file, "category 998, \"cloud\", is no class of this data set")
        case .renamedCategory:
            list.categories[1] = List.category(layout.thing.0, "cloud")
            return (file, "category \(layout.thing.0) is \"cloud\" (expected \"\(layout.thing.1)\")")
        case .categoryTwice:
            list.categories.append(list.categories[0])
            return (file, "category \(layout.stuff.0) is listed twice")
        }
    }

    @Test(arguments: Layout.allCases, Fault.allCases) func eachFaultIsNamed(layout: Layout, fault: Fault) throws {
        var list = List(layout)
        let expected = spoil(&list, fault)
        let folder = try folder(layout, list.text)
        let text = try problems(layout, folder)
        #expect(text.contains("\(folder.path)/\(expected.file): \(expected.message)"), "\(text)")
    }

    @Test(arguments: Layout.allCases) func textsThatAreNoListAreNamed(layout: Layout) throws {
        var list = List(layout)
        list.segments = [#"{"category_id": 7}"#]
        let missing = try problems(layout, folder(layout, list.text))
        #expect(missing.contains("\(layout.list): key id is missing in annotations.[0].segments_info.[0]"))
        #expect(try problems(layout, folder(layout, "{")).contains("\(layout.list): no valid JSON"))
    }

    /// Grey levels are no numbers of segments; neither is a picture of another size one of this image.
    @Test(arguments: Layout.allCases) func wrongPicturesAreNamed(layout: Layout) throws {
        let folder = try folder(layout, List(layout).text)
        let picture = layout.pictures + "/" + layout.picture
        try folder.labels(picture, width: 4, height: 2) { _ in 7 }
        let grey = "\(picture): does not hold numbers of objects (expected an RGB PNG of 8 bits, got a grey PNG"
        #expect(try problems(layout, folder).contains(grey))
        try folder.image(picture, width: 3, height: 2)
        #expect(try problems(layout, folder).contains("\(picture): is 3x2, but its image"))
        try FileManager.default.removeItem(atPath: folder.path + "/" + picture)
        #expect(try problems(layout, folder).contains("\(picture): "))
    }

    /// ADE20K lists stuff that things cover entirely; nobody lists a thing without a pixel.
    @Test func coveredStuffIsNoFaultOfADE20K() throws {
        for layout in Layout.allCases {
            var list = List(layout)
            list.segments.append(List.segment(9, category: layout.stuff.0))
            #expect(try problems(layout, folder(layout, list.text)).isEmpty == (layout == .ade20k))
        }
    }
}
