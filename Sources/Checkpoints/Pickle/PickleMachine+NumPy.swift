/// A NumPy dtype.
struct NumPyType {
    let element: ElementType
    var isBigEndian = false

    /// Of a code as in `numpy.dtype("f4")`; nil for objects, texts, records, complex numbers.
    init?(code: String) {
        let types: [String: ElementType] = [
            "f8": .f64, "f4": .f32, "f2": .f16, "i8": .i64, "i4": .i32, "i2": .i16, "i1": .i8, "u8": .u64,
            "u4": .u32, "u2": .u16, "u1": .u8, "b1": .bool,
        ]
        let isOrdered = code.first.map("<>=|".contains) ?? false
        guard let element = types[isOrdered ? String(code.dropFirst()) : code] else { return nil }
        self.element = element
        isBigEndian = code.first == ">"
    }
}

extension PickleMachine {
    mutating func array(_ function: PickleGlobal, _ arguments: [PickleValue]) throws(CheckpointError)
        -> PickleValue
    {
        switch function {
        case .arrayType:
            guard let code = arguments.first?.text else { break }
            guard let type = NumPyType(code: code) else {
                throw .unsupported(path: cursor.path, problem: "it has a NumPy array of type \(code), expected numbers")
            }
            heap.arrayTypes.append(type)
            return .arrayType(heap.arrayTypes.count - 1)
        case .reconstructArray: return heap.tensor(nil)
        case .arrayScalar:
            guard arguments.count == 2, case .arrayType(let index) = arguments[0] else { break }
            return heap.tensor(try array(heap.arrayTypes[index], [], arguments[1], isFortran: false))
        case .arrayFromBuffer:
            guard arguments.count == 4, case .arrayType(let index) = arguments[1],
                let shape = heap.integers(arguments[2])
            else { break }
            let isFortran = arguments[3].text == "F"
            return heap.tensor(try array(heap.arrayTypes[index], shape, arguments[0], isFortran: isFortran))
        default: break
        }
        throw damaged("its pickle makes a NumPy array in an unknown way")
    }

    /// State of an array: (version, shape, type, whether the first axis is the fastest, bytes).
    func arrayContent(_ state: PickleValue) throws(CheckpointError) -> StridedTensor {
        guard let parts = heap.items(state), parts.count == 5, let shape = heap.integers(parts[1]),
            case .arrayType(let index) = parts[2]
        else { throw damaged("a NumPy array has an unknown state") }
        let isFortran =
            switch parts[3] {
            case .boolean(let value): value
            case .integer(let value): value != 0
            default: false
            }
        return try array(heap.arrayTypes[index], shape, parts[4], isFortran: isFortran)
    }

    private func array(
        _ type: NumPyType, _ shape: [Int], _ content: PickleValue, isFortran: Bool
    ) throws(CheckpointError) -> StridedTensor {
        guard case .bytes(let bytes) = content else {
            throw .unsupported(path: cursor.path, problem: "it has a NumPy array of Python objects, expected numbers")
        }
        let backwards = StridedTensor.contiguousStrides(shape.reversed())
        let tensor = StridedTensor(
            StorageBlock(bytes, isBigEndian: type.isBigEndian), type.element, elements: bytes.count / type.element.size,
            shape: shape, strides: isFortran ? backwards.reversed() : StridedTensor.contiguousStrides(shape), offset: 0)
        guard let tensor, tensor.count * type.element.size == bytes.count else {
            throw damaged("a NumPy array of shape \(shape) has \(bytes.count) bytes")
        }
        return tensor
    }
}
