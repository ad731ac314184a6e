/// How a `.pth` holds a network's state dict: as the official programs of its family look for it.
package struct TorchLayout: Sendable, Equatable {
    /// For a person.
    package let summary: String
    /// The key that the state dict lies at; nil where it is the whole content.
    let key: String?
    /// What stands before every name.
    var prefix = ""
    /// Whether `meta` beside it has the classes.
    package private(set) var describesClasses = false

    /// detectron2's checkpoints.
    package static let detectron2 = TorchLayout(summary: #"{"model": state_dict}, as detectron2 has it"#, key: "model")

    /// PIDNet's: tools/eval.py cuts six letters off every name, those of FullModel's attribute.
    package static let pidNet = TorchLayout(
        summary: "a state_dict with model. before each name, as PIDNet has it", key: nil, prefix: "model.")

    /// mmsegmentation's: tools/test.py and mmseg/apis/inference.py read meta's CLASSES and PALETTE.
    package static let mmsegmentation = TorchLayout(
        summary: #"{"state_dict", "meta"}, as mmsegmentation has it"#, key: "state_dict", describesClasses: true)
}

/// What mmsegmentation's `meta` says of the classes.
package struct TorchClasses: Sendable, Equatable {
    let names: [String]
    /// Red, green and blue of each.
    let colors: [[Int]]

    /// Names and colours of classes 0, 1, …
    package init(names: [String], colors: [[Int]]) {
        precondition(names.count == colors.count, "TorchClasses: \(colors.count) colours of \(names.count) classes")
        (self.names, self.colors) = (names, colors)
    }
}
