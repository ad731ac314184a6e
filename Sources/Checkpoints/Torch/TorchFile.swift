import Files
import Foundation

/// Writes a `.pth` that `torch.load(..., weights_only=True)` reads, in the layout of a family's official code.
package enum TorchFile {
    /// Versions of the modules whose names changed in their time: without them the official code would take a
    /// state dict for an old one and rename it.
    private static let versions = [("sem_seg_head", 2), ("sem_seg_head.predictor", 2)]

    /// Writes tensors, sorted by name, aside and then over `path`. `aliases` are second names of
    /// tensors: both share a storage. `classes` stand in the layouts that describe them. With a `list` only a file
    /// that it knows is replaced. Throws `FileError`.
    package static func write(
        _ tensors: [SavedTensor], aliases: [(alias: String, name: String)] = [], layout: TorchLayout = .detectron2,
        classes: TorchClasses? = nil, to path: String, listed list: FileList? = nil
    ) throws(FileError) {
        let sorted = tensors.sorted { $0.name < $1.name }
        let pickle = pickle(sorted, aliases, layout, classes)
        try AtomicFile.write(to: path, listed: list) { file throws(FileError) in
            var zip = ZipWriter()
            try zip.add("archive/data.pkl", pickle, to: file)
            try zip.add("archive/byteorder", Array("little".utf8), to: file)
            for (index, tensor) in sorted.enumerated() {
                let bytes =
                    tensor.isInteger
                    ? tensor.values.map { Int64($0).littleEndian }.withUnsafeBytes { Array($0) }
                    : tensor.values.withLittleEndianBytes { Array($0) }
                try zip.add("archive/data/\(index)", bytes, to: file)
            }
            try zip.add("archive/version", Array("3\n".utf8), to: file)
            try zip.finish(file)
        }
    }

    /// Writes a network's weights as the official code's strict loading wants them: with the second names of STDC's
    /// tensors, Swin's indices of positions, and the criterion's class weights (1, and `noObjectWeight` for the last
    /// class; nil: 0.1, as all official configurations have it). Throws `FileError`.
    package static func writeOfficial(
        _ tensors: [SavedTensor], noObjectWeight: Float? = nil, layout: TorchLayout = .detectron2,
        classes: TorchClasses? = nil, to path: String, listed list: FileList? = nil
    ) throws(FileError) {
        var all = tensors + tensors.compactMap(SwinPositions.index)
        let outputs = tensors.first { $0.name == "sem_seg_head.predictor.class_embed.bias" }?.shape.first
        if let outputs, outputs > 0 {
            let weights = Array(repeating: Float(1), count: outputs - 1) + [noObjectWeight ?? 0.1]
            all.append(SavedTensor(name: "criterion.empty_weight", shape: [outputs]) { weights })
        }
        try write(
            all, aliases: STDCAliases.pairs(tensors.map(\.name)), layout: layout, classes: classes, to: path,
            listed: list)
    }

    private static func pickle(
        _ tensors: [SavedTensor], _ aliases: [(alias: String, name: String)], _ layout: TorchLayout,
        _ classes: TorchClasses?
    ) -> [UInt8] {
        var writer = PickleWriter()
        guard let key = layout.key else {
            stateDictionary(tensors, aliases, prefix: layout.prefix, &writer)
            writer.emit(.stop)
            return writer.bytes
        }
        writer.emit(.emptyDictionary)
        writer.text(key)
        stateDictionary(tensors, aliases, prefix: layout.prefix, &writer)
        writer.emit(.setItem)
        if layout.describesClasses {
            writer.text("meta")
            meta(classes, &writer)
            writer.emit(.setItem)
        }
        writer.emit(.stop)
        return writer.bytes
    }

    private static func stateDictionary(
        _ tensors: [SavedTensor], _ aliases: [(alias: String, name: String)], prefix: String,
        _ writer: inout PickleWriter
    ) {
        let places = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ($1.name, $0) })
        let all = tensors.map { ($0.name, $0.name) } + aliases
        writer.orderedDictionary()
        writer.emit(.mark)
        for (name, original) in all.sorted(by: { $0.0 < $1.0 }) {
            guard let place = places[original] else {
                preconditionFailure("alias \(name): no tensor \(original)")
            }
            writer.text(prefix + name)
            writer.tensor(
                shape: tensors[place].shape, storage: String(place), isInteger: tensors[place].isInteger)
        }
        writer.emit(.setItems)
        if tensors.contains(where: { $0.name.hasPrefix("sem_seg_head.") }) { metadata(&writer) }
    }

    /// mmsegmentation's `meta`: CLASSES a tuple of names, PALETTE a list of colours; nothing where they are not known.
    private static func meta(_ classes: TorchClasses?, _ writer: inout PickleWriter) {
        writer.emit(.emptyDictionary)
        guard let classes else { return }
        writer.text("CLASSES")
        writer.emit(.mark)
        classes.names.forEach { writer.text($0) }
        writer.emit(.tuple)
        writer.emit(.setItem)
        writer.text("PALETTE")
        writer.list(classes.colors) { color, writer in writer.list(color) { $1.integer($0) } }
        writer.emit(.setItem)
    }

    /// The state dict's `_metadata`.
    private static func metadata(_ writer: inout PickleWriter) {
        writer.emit(.emptyDictionary)
        writer.text("_metadata")
        writer.orderedDictionary()
        for (module, version) in versions {
            writer.text(module)
            writer.emit(.emptyDictionary)
            writer.text("version")
            writer.integer(version)
            writer.emit(.setItem)
            writer.emit(.setItem)
        }
        writer.emit(.setItem)
        writer.emit(.build)
    }
}
