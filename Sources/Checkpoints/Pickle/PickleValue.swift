import Foundation

/// A value of a pickle. Containers are numbers of places in a `PickleHeap`: a pickle may hold one in many
/// places, and even in itself, so a tree of Swift values could not be freed without deep recursion.
enum PickleValue {
    case none
    case boolean(Bool)
    case integer(Int)
    /// An integer of more than 64 bits: two's complement, little-endian.
    case wideInteger(Data)
    case real(Double)
    case text(String)
    case bytes(Data)
    case tuple(Int)
    case list(Int)
    case dictionary(Int)
    case global(PickleGlobal)
    case storage(StorageView)
    case tensor(Int)
    case arrayType(Int)
}

/// Keys and values in the order of their setting; a key set twice counts with its last value.
struct PickleDictionary {
    var items: [(key: PickleValue, value: PickleValue)] = []

    /// The value of a key that is text.
    subscript(name: String) -> PickleValue? {
        items.last { item in
            if case .text(name) = item.key { true } else { false }
        }?.value
    }
}

/// What a pickle has made.
struct PickleHeap {
    var sequences: [[PickleValue]] = []
    var dictionaries: [PickleDictionary] = []
    /// Nil while a NumPy array waits for its content.
    var tensors: [StridedTensor?] = []
    var arrayTypes: [NumPyType] = []

    mutating func tuple(_ items: [PickleValue]) -> PickleValue {
        sequences.append(items)
        return .tuple(sequences.count - 1)
    }

    mutating func list(_ items: [PickleValue]) -> PickleValue {
        sequences.append(items)
        return .list(sequences.count - 1)
    }

    mutating func dictionary() -> PickleValue {
        dictionaries.append(PickleDictionary())
        return .dictionary(dictionaries.count - 1)
    }

    mutating func tensor(_ tensor: StridedTensor?) -> PickleValue {
        tensors.append(tensor)
        return .tensor(tensors.count - 1)
    }

    /// The items of a tuple or list, nil for anything else.
    func items(_ value: PickleValue) -> [PickleValue]? {
        switch value {
        case .tuple(let index), .list(let index): sequences[index]
        default: nil
        }
    }

    /// The whole numbers of a tuple or list, nil for anything else.
    func integers(_ value: PickleValue) -> [Int]? {
        guard let items = items(value), items.count <= StridedTensor.mostAxes else { return nil }
        let numbers = items.compactMap(\.integer)
        return numbers.count == items.count ? numbers : nil
    }

    /// The dictionary, nil for anything else.
    func dictionary(_ value: PickleValue) -> PickleDictionary? {
        if case .dictionary(let index) = value { dictionaries[index] } else { nil }
    }
}

extension PickleValue {
    /// The number, nil for anything else.
    var integer: Int? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The text, nil for anything else. Bytes that Python 2 wrote for text are read as Latin-1.
    var text: String? {
        switch self {
        case .text(let text): text
        case .bytes(let bytes) where bytes.count < 4096: String(bytes: bytes, encoding: .isoLatin1)
        default: nil
        }
    }
}
