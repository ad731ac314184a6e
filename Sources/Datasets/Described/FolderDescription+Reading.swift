import Annotations
import Foundation

extension FolderDescription {
    /// Keys of the file; any other is the name of a split.
    static let keys = [
        "name", "root", "classes", "ignore_label", "label_map", "reduce_zero_label", "label_colors", "ignore_color",
        "instances",
    ]

    static func classes(_ reader: JSONReader) throws -> ClassTable {
        let rows = try reader.objects("classes", textKey: "name")
        if rows.isEmpty { throw reader.fault("classes", "expected a list with at least one class") }
        // Instance lists have nothing but things.
        let areThings = try reader.keys.contains {
            try !keys.contains($0) && reader.object($0)?.keys.contains("instances_json") ?? false
        }
        // Stand-ins for the colours that are missing.
        var spare = RGBColor.distinct(rows.count, from: try rows.compactMap { try color($0, "color") })[...]
        var owners: [String: Int] = [:]
        let classes = try rows.enumerated().map { index, row in
            try row.allow(["name", "color", "thing", "category"])
            guard let name = try row.text("name") else { throw row.fault("name", "is missing") }
            if let other = owners.updateValue(index, forKey: name) {
                throw row.fault("name", "\"\(name)\" is class \(other) already")
            }
            return ClassTable.ClassDescription(
                name: name, color: try color(row, "color") ?? spare.popFirst() ?? .init(grey: 128),
                isThing: try row.boolean("thing") ?? areThings)
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

    private static func color(_ reader: JSONReader, _ key: String) throws -> RGBColor? {
        try reader.integers(key).map { levels in
            guard levels.count == 3, levels.allSatisfy({ 0...255 ~= $0 }) else {
                throw reader.fault(key, "expected three numbers of 0 to 255")
            }
            return RGBColor(UInt8(levels[0]), UInt8(levels[1]), UInt8(levels[2]))
        }
    }

    /// The numbers of the classes in lists.
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
        if try reader.boolean("label_colors") ?? false { return try colorMap(reader, classes) }
        if reader.keys.contains("ignore_color") {
            throw reader.fault("ignore_color", "says nothing without \"label_colors\": true")
        }
        let reducesZero = try reader.boolean("reduce_zero_label") ?? false
        guard let entries = try reader.object("label_map") else {
            guard reducesZero else { return LabelMap(classes: classes) }
            let numbers = (0..<classes.count).map { ($0 + 1, $0) } + [(0, classes.ignoreLabel)]
            return LabelMap(classes: classes, mapping: Dictionary(uniqueKeysWithValues: numbers))
        }
        if reducesZero {
            throw reader.fault(
                "reduce_zero_label", "would take the background away a second time: label_map can say it")
        }
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

    /// By the classes' colours, which all classes have and which differ.
    private static func colorMap(_ reader: JSONReader, _ classes: ClassTable) throws -> LabelMap {
        for key in ["label_map", "reduce_zero_label"] where reader.keys.contains(key) {
            throw reader.fault(key, "says nothing where label images hold colours")
        }
        var numbers: [RGBColor: Int] = [:]
        for (number, row) in try reader.objects("classes", textKey: "name").enumerated() {
            guard row.keys.contains("color") else { throw row.fault("color", "is missing (label_colors needs it)") }
            if let other = numbers.updateValue(number, forKey: classes.colors[number]) {
                throw row.fault("color", "is that of class \(other), \"\(classes.names[other])\", already")
            }
        }
        if let ignored = try color(reader, "ignore_color"),
            let other = numbers.updateValue(classes.ignoreLabel, forKey: ignored)
        {
            throw reader.fault("ignore_color", "is that of class \(other), \"\(classes.names[other])\"")
        }
        return LabelMap(classes: classes, colors: numbers)
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
            "panoptic_root", "panoptic_suffix", "instances_json", "list", "fraction",
        ])
        guard let images = try part.text("images") else { throw part.fault("images", "is missing") }
        let labels = try part.text("labels")
        let objects = try objects(part, isConnected: isConnected)
        switch objects {
        case .list: break
        case .instanceList:
            for key in ["labels", "label_suffix", "image_suffix"] where part.keys.contains(key) {
                throw part.fault(key, "says nothing beside instances_json, which names the images and their objects")
            }
        default: if labels == nil { throw part.fault("labels", "is missing") }
        }
        return Split(
            images: images, imageSuffix: try part.text("image_suffix"), labels: labels,
            labelSuffix: try part.text("label_suffix"), objects: objects, part: try self.part(part))
    }

    private static func part(_ split: JSONReader) throws -> Part {
        let list = try split.text("list")
        guard let fraction = try split.numbers("fraction") else { return list.map { .list($0) } ?? .whole }
        guard list == nil else { throw split.fault("fraction", "expected \"list\" or \"fraction\", got both") }
        guard fraction.count == 2, 0 <= fraction[0], fraction[0] < fraction[1], fraction[1] <= 1 else {
            throw split.fault("fraction", "expected two ascending numbers of 0 to 1, such as [0, 0.8]")
        }
        return .fraction(fraction[0], fraction[1])
    }

    private static func objects(_ part: JSONReader, isConnected: Bool) throws -> Objects {
        let (numbers, list) = (try part.text("instances"), try part.text("panoptic_json"))
        let instances = try part.text("instances_json")
        func refuse(_ key: String, without other: String) throws {
            if part.keys.contains(key) { throw part.fault(key, "says nothing without \(other)") }
        }
        if numbers == nil { try refuse("instance_suffix", without: "instances") }
        if list == nil {
            try refuse("panoptic_root", without: "panoptic_json")
            try refuse("panoptic_suffix", without: "panoptic_json")
        }
        guard [numbers != nil, list != nil, instances != nil, isConnected].count(where: { $0 }) < 2 else {
            throw part.fault(
                numbers != nil ? "instances" : list != nil ? "panoptic_json" : "instances_json",
                "expected one way to tell objects apart: instances, panoptic_json, instances_json, or "
                    + "\"instances\": \"connected\"")
        }
        if let instances { return .instanceList(path: instances) }
        if let numbers { return .numbers(folder: numbers, suffix: try part.text("instance_suffix")) }
        if let list {
            let pictures = try part.text("panoptic_root") ?? (list as NSString).deletingPathExtension
            return .list(path: list, pictures: pictures, suffix: try part.text("panoptic_suffix"))
        }
        return isConnected ? .connected : .nothing
    }
}
