import Annotations
import Foundation

extension FolderDescription {
    /// Keys of the file; any other is the name of a split.
    static let keys = ["name", "root", "classes", "ignore_label", "label_map", "instances"]

    static func classes(_ reader: JSONReader) throws -> ClassTable {
        let rows = try reader.objects("classes")
        if rows.isEmpty { throw reader.fault("classes", "expected a list with at least one class") }
        // Stand-ins for the colours that are missing.
        var spare = RGBColor.distinct(
            rows.count,
            from: try rows.compactMap { try $0.integers("color") }.filter { $0.count == 3 }.map {
                RGBColor(UInt8(clamping: $0[0]), UInt8(clamping: $0[1]), UInt8(clamping: $0[2]))
            })[...]
        let classes = try rows.map { row in
            try row.allow(["name", "color", "thing", "category"])
            guard let name = try row.text("name") else { throw row.fault("name", "is missing") }
            let color = try row.integers("color") ?? spare.popFirst()?.levels ?? []
            guard color.count == 3, color.allSatisfy({ 0...255 ~= $0 }) else {
                throw row.fault("color", "expected three numbers of 0 to 255")
            }
            return ClassTable.ClassDescription(
                name: name, color: .init(UInt8(color[0]), UInt8(color[1]), UInt8(color[2])),
                isThing: try row.boolean("thing") ?? false)
        }
        let ignoreLabel = try reader.integer("ignore_label") ?? 255
        if ignoreLabel >= 0, ignoreLabel < classes.count {
            throw reader.fault(
                "ignore_label", "\(ignoreLabel) is class \"\(classes[ignoreLabel].name)\" already")
        }
        guard classes.count...Int(UInt16.max) ~= ignoreLabel else {
            throw reader.fault("ignore_label", "expected \(classes.count) to 65535, got \(ignoreLabel)")
        }
        return ClassTable(classes, categoryIDs: try categories(rows), ignoreLabel: ignoreLabel)
    }

    /// The numbers of the classes in panoptic lists.
    private static func categories(_ rows: [JSONReader]) throws -> [Int] {
        var owners: [Int: Int] = [:]
        return try rows.enumerated().map { index, row in
            let category = try row.integer("category") ?? index
            if let other = owners.updateValue(index, forKey: category) {
                throw row.fault("category", "\(category) is class \(other) already")
            }
            return category
        }
    }

    static func labelMap(_ reader: JSONReader, _ classes: ClassTable) throws -> LabelMap {
        guard let entries = try reader.object("label_map") else { return LabelMap(classes: classes) }
        var mapping: [Int: Int] = [:]
        var other: Int?
        for key in entries.keys {
            let target = try entries.integer(key) ?? classes.ignoreLabel
            guard 0..<classes.count ~= target || target == classes.ignoreLabel else {
                throw entries.fault(
                    key, "expected a class (0 to \(classes.count - 1)) or the ignore label, got \(target)")
            }
            if key == "other" {
                other = target
            } else if let stored = UInt16(key) {
                mapping[Int(stored)] = target
            } else {
                throw entries.fault(key, "expected a number of 0 to 65535, or \"other\"")
            }
        }
        return LabelMap(classes: classes, mapping: mapping, other: other)
    }

    static func splits(_ reader: JSONReader) throws -> [String: Split] {
        let isConnected = try reader.text("instances").map { way in
            guard way == "connected" else {
                throw reader.fault("instances", "expected \"connected\"; folders of instance images stand in splits")
            }
            return true
        }
        var splits: [String: Split] = [:]
        for key in reader.keys where !keys.contains(key) {
            guard let part = try reader.object(key) else { continue }
            splits[key] = try split(part, isConnected: isConnected ?? false)
        }
        if splits.isEmpty {
            throw reader.fault("train", "is missing (expected {\"images\": FOLDER, \"labels\": FOLDER})")
        }
        return splits
    }

    private static func split(_ part: JSONReader, isConnected: Bool) throws -> Split {
        try part.allow([
            "images", "labels", "image_suffix", "label_suffix", "instances", "instance_suffix", "panoptic_json",
            "panoptic_root", "panoptic_suffix",
        ])
        guard let images = try part.text("images") else { throw part.fault("images", "is missing") }
        let labels = try part.text("labels")
        let objects = try objects(part, isConnected: isConnected)
        if labels == nil {
            guard case .list = objects else { throw part.fault("labels", "is missing") }
        }
        return Split(
            images: images, imageSuffix: try part.text("image_suffix"), labels: labels,
            labelSuffix: try part.text("label_suffix"), objects: objects)
    }

    private static func objects(_ part: JSONReader, isConnected: Bool) throws -> Objects {
        let (numbers, list) = (try part.text("instances"), try part.text("panoptic_json"))
        func refuse(_ key: String, without other: String) throws {
            if part.keys.contains(key) { throw part.fault(key, "says nothing without \(other)") }
        }
        if numbers == nil { try refuse("instance_suffix", without: "instances") }
        if list == nil {
            try refuse("panoptic_root", without: "panoptic_json")
            try refuse("panoptic_suffix", without: "panoptic_json")
        }
        guard [numbers != nil, list != nil, isConnected].count(where: { $0 }) < 2 else {
            throw part.fault(
                numbers == nil ? "panoptic_json" : "instances",
                "expected one way to tell objects apart: instances, panoptic_json, or \"instances\": \"connected\"")
        }
        if let numbers { return .numbers(folder: numbers, suffix: try part.text("instance_suffix")) }
        if let list {
            let pictures = try part.text("panoptic_root") ?? (list as NSString).deletingPathExtension
            return .list(path: list, pictures: pictures, suffix: try part.text("panoptic_suffix"))
        }
        return isConnected ? .connected : .nothing
    }
}
