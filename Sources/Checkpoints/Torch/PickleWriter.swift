import Foundation

/// Writes the few pickle structures that a PyTorch state dict is made of (protocol 2, without a memo).
struct PickleWriter {
    private(set) var bytes: [UInt8] = [0x80, 2]

    mutating func emit(_ opcode: PickleOpcode) { bytes.append(opcode.rawValue) }

    mutating func text(_ text: String) {
        emit(.binaryUnicode)
        number(UInt64(text.utf8.count), bytes: 4)
        bytes += Array(text.utf8)
    }

    mutating func integer(_ value: Int) {
        switch value {
        case 0...255:
            emit(.binaryInteger1)
            number(UInt64(value), bytes: 1)
        case 0...Int(Int32.max):
            emit(.binaryInteger)
            number(UInt64(value), bytes: 4)
        default:
            emit(.long1)
            number(8, bytes: 1)
            number(UInt64(bitPattern: Int64(value)), bytes: 8)
        }
    }

    mutating func tuple(_ values: [Int]) {
        emit(.mark)
        values.forEach { integer($0) }
        emit(.tuple)
    }

    /// A list of what `write` puts down for each element.
    mutating func list<Element>(_ elements: [Element], _ write: (Element, inout PickleWriter) -> Void) {
        emit(.emptyList)
        emit(.mark)
        elements.forEach { write($0, &self) }
        emit(.appends)
    }

    mutating func global(_ module: String, _ name: String) {
        emit(.global)
        bytes += Array("\(module)\n\(name)\n".utf8)
    }

    mutating func orderedDictionary() {
        global("collections", "OrderedDict")
        emit(.emptyTuple)
        emit(.reduce)
    }

    /// A contiguous tensor of Float32, or of int64, that fills the storage of the given key.
    mutating func tensor(shape: [Int], storage key: String, isInteger: Bool) {
        global("torch._utils", "_rebuild_tensor_v2")
        emit(.mark)
        emit(.mark)
        text("storage")
        global("torch", isInteger ? "LongStorage" : "FloatStorage")
        text(key)
        text("cpu")
        integer(shape.reduce(1, *))
        emit(.tuple)
        emit(.binaryPersistentID)
        integer(0)
        tuple(shape)
        tuple(StridedTensor.contiguousStrides(shape))
        emit(.newFalse)
        orderedDictionary()
        emit(.tuple)
        emit(.reduce)
    }

    private mutating func number(_ value: UInt64, bytes count: Int) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))) }
    }
}
