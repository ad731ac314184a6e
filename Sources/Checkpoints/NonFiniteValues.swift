/// Values that are not finite (NaN or infinite) in a file of weights.
package enum NonFiniteValues {
    /// How many of these there are.
    package static func count(_ values: [Float]) -> Int {
        values.withUnsafeBufferPointer { $0.reduce(0) { $0 + ($1.isFinite ? 0 : 1) } }
    }

    /// The first of these tensors that has some, with how many, and how many others there are; nil where all values
    /// are finite. Throws what `floats` throws.
    package static func problem<Failure: Error>(
        in names: [String], _ floats: (String) throws(Failure) -> [Float]
    ) throws(Failure) -> String? {
        var first: String?
        var (tensors, total) = (0, 0)
        for name in names {
            let values = try floats(name)
            let count = count(values)
            guard count > 0 else { continue }
            (tensors, total) = (tensors + 1, total + count)
            first =
                first ?? "tensor \(name) has \(count) of \(values.count) values that are not finite (NaN or infinite)"
        }
        let more = tensors == 2 ? "has 1 other tensor" : "have \(tensors - 1) other tensors"
        let others = tensors > 1 ? ", as \(more), \(total) values in all" : ""
        return first.map { $0 + others }
    }
}
