import Foundation

/// What the few names on the list stand for.
extension PickleMachine {
    /// The storage that a persistent id names: ("storage", class, key, device, elements), in the old format
    /// with a view (key, offset, elements) behind.
    func persistent(_ id: PickleValue) throws(CheckpointError) -> PickleValue {
        guard let parts = heap.items(id), parts.count >= 5, parts[0].text == "storage",
            case .global(.storageType(let type)) = parts[1], let count = parts[4].integer, count >= 0
        else { throw damaged("a persistent id is no storage") }
        guard let key = parts[2].text ?? parts[2].integer.map(String.init), let storages else {
            throw damaged("it refers to a storage and has none")
        }
        let (byteCount, overflow) = count.multipliedReportingOverflow(by: type?.size ?? 1)
        guard !overflow else { throw damaged("storage \(key) has \(count) elements") }
        var view = StorageView(block: try storages.storage(key: key, byteCount: byteCount), type: type, count: count)
        if parts.count > 5, let place = heap.items(parts[5]), place.count == 3, let offset = place[1].integer,
            let length = place[2].integer
        {
            guard 0...count ~= offset, 0...(count - offset) ~= length else {
                throw damaged("storage \(key) has a view outside it")
            }
            view = StorageView(block: view.block, type: type, count: offset + length, offset: offset)
        }
        return .storage(view)
    }

    mutating func reduce(_ function: PickleGlobal, _ arguments: [PickleValue]) throws(CheckpointError)
        -> PickleValue
    {
        switch function {
        case .orderedDictionary, .dictionaryLike: return try orderedDictionary(arguments)
        case .torchSize: if let sizes = arguments.first, heap.items(sizes) != nil { return sizes }
        case .torchDevice: return arguments.first ?? .none
        case .rebuildTensor: return try tensor(arguments, type: nil)
        case .rebuildTensorV3:
            if arguments.count > 6, case .global(.torchType(let type)) = arguments[6] {
                return try tensor(arguments, type: type)
            }
        case .rebuildParameter: if let data = arguments.first, case .tensor = data { return data }
        case .rebuildFromType:
            if arguments.count > 2, case .global(let inner) = arguments[0], inner != .rebuildFromType,
                case .global(.tensorClass) = arguments[1], let rest = heap.items(arguments[2])
            {
                return try reduce(inner, rest)
            }
        case .loadStorageFromBytes:
            if case .bytes(let bytes)? = arguments.first { return try nestedStorage(bytes) }
        case .encode: return try encoded(arguments)
        case .emptyBytes: return .bytes(Data())
        case .arrayType, .reconstructArray, .arrayScalar, .arrayFromBuffer:
            return try array(function, arguments)
        case .tensorClass, .storageType, .torchType, .arrayClass: break
        }
        throw damaged("its pickle calls \(function) with \(arguments.count) arguments of other kinds than it takes")
    }

    /// Attributes of dictionaries (`_metadata`) and of parameters say nothing about values.
    mutating func build(_ object: PickleValue, _ state: PickleValue) throws(CheckpointError) {
        switch object {
        case .dictionary: return
        case .arrayType(let index):
            if let order = heap.items(state).flatMap({ $0.count > 1 ? $0[1].text : nil }) {
                heap.arrayTypes[index].isBigEndian = order == ">"
            }
        case .tensor(let index):
            if heap.tensors[index] == nil { heap.tensors[index] = try arrayContent(state) }
        default: throw damaged("its pickle gives a state to something that has none")
        }
    }

    private mutating func orderedDictionary(_ arguments: [PickleValue]) throws(CheckpointError) -> PickleValue {
        let result = heap.dictionary()
        guard case .dictionary(let index) = result, let content = arguments.first else { return result }
        if let dictionary = heap.dictionary(content) {
            try budget.copy(32 * dictionary.items.count, cursor.path)
            heap.dictionaries[index] = dictionary
        } else {
            for pair in heap.items(content) ?? [] {
                try budget.step(cursor.path)
                guard let parts = heap.items(pair), parts.count == 2 else { throw damaged("a dictionary has no pairs") }
                heap.dictionaries[index].items.append((parts[0], parts[1]))
            }
        }
        return result
    }

    /// (storage, offset, shape, strides, …)
    private mutating func tensor(_ arguments: [PickleValue], type: ElementType?) throws(CheckpointError)
        -> PickleValue
    {
        guard arguments.count >= 4, case .storage(let storage) = arguments[0],
            let offset = arguments[1].integer,
            let shape = heap.integers(arguments[2]), let strides = heap.integers(arguments[3]),
            let type = type ?? storage.type
        else { throw damaged("a tensor lacks its storage, shape or strides") }
        let elements = storage.count * (storage.type?.size ?? 1) / type.size
        guard
            let tensor = StridedTensor(
                storage.block, type, elements: elements, shape: shape, strides: strides,
                offset: offset.addingReportingOverflow(storage.offset).partialValue)
        else {
            throw damaged("a tensor of shape \(shape), strides \(strides) lies outside its storage of \(elements)")
        }
        return heap.tensor(tensor)
    }

    /// A storage inside a plain pickle is a whole file of the old format.
    private func nestedStorage(_ bytes: Data) throws(CheckpointError) -> PickleValue {
        guard allowsNestedFiles else { throw .refused(path: cursor.path, name: "files in files in files") }
        guard
            case .storage(let storage) = try LegacyTorchFile.root(bytes, path: cursor.path, budget: budget)
                .value
        else {
            throw damaged("a nested file holds no storage")
        }
        return .storage(storage)
    }

    /// `_codecs.encode(text, "latin1")`: how protocols below 3 write bytes.
    private func encoded(_ arguments: [PickleValue]) throws(CheckpointError) -> PickleValue {
        guard arguments.count == 2, case .text(let text) = arguments[0],
            ["latin1", "latin-1", "iso-8859-1"].contains(arguments[1].text)
        else { throw .refused(path: cursor.path, name: "_codecs.encode with another encoding than latin1") }
        try budget.copy(text.unicodeScalars.count, cursor.path)
        let bytes = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
        guard bytes.count == text.unicodeScalars.count else {
            throw damaged("bytes were written as a text that is none")
        }
        return .bytes(Data(bytes))
    }
}
