import Foundation

/// An array that is encoded as its bytes: the states of evaluators are long lists of numbers. Elements have no padding,
/// and any bits are a value of theirs.
@propertyWrapper
struct Packed<Element: BitwiseCopyable & Equatable & Sendable>: Codable, Equatable, Sendable {
    var wrappedValue: [Element]

    init(wrappedValue: [Element]) { self.wrappedValue = wrappedValue }

    init(from decoder: any Decoder) throws {
        let data = try decoder.singleValueContainer().decode(Data.self)
        let capacity = data.count / MemoryLayout<Element>.stride
        wrappedValue = [Element](unsafeUninitializedCapacity: capacity) { buffer, count in
            data.copyBytes(to: UnsafeMutableRawBufferPointer(buffer))
            count = capacity
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue.withUnsafeBytes { Data($0) })
    }
}
