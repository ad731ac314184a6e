import Foundation

/// Where the storages of a pickle are.
protocol StorageSource: AnyObject {
    /// The storage of a key, which must have at least `byteCount` bytes. Throws `CheckpointError`.
    func storage(key: String, byteCount: Int) throws(CheckpointError) -> StorageBlock
}

/// What reading one file may cost; shared by all the pickles in it.
final class PickleBudget {
    private var steps = 1_000_000
    private var bytes: Int

    /// `fileSize` bounds what may be copied.
    init(fileSize: Int) { bytes = 3 * fileSize + 1_000_000 }

    func step(_ path: String) throws(CheckpointError) {
        steps -= 1
        if steps < 0 { throw .refused(path: path, name: "more than a million steps of pickle") }
    }

    func copy(_ count: Int, _ path: String) throws(CheckpointError) {
        bytes -= count
        if bytes < 0 { throw .refused(path: path, name: "copies of many times its own size") }
    }
}

/// A stack machine for the data part of Python's pickle. It builds numbers, texts, lists, dictionaries and
/// tensors, and nothing else: no opcode and no name makes it run anything.
struct PickleMachine {
    var cursor: ByteCursor
    let storages: (any StorageSource)?
    let budget: PickleBudget
    /// Whether a storage may be a whole file in bytes (plain pickles of PyTorch tensors are made so).
    let allowsNestedFiles: Bool
    var heap = PickleHeap()
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]

    init(_ cursor: ByteCursor, storages: (any StorageSource)?, budget: PickleBudget, allowsNestedFiles: Bool = false) {
        self.cursor = cursor
        self.storages = storages
        self.budget = budget
        self.allowsNestedFiles = allowsNestedFiles
    }

    /// Reads one pickle to its end. Throws `CheckpointError`.
    mutating func run() throws(CheckpointError) -> PickleValue {
        (stack, marks, memo) = ([], [], [:])
        while true {
            try budget.step(cursor.path)
            let byte = try cursor.byte()
            guard let opcode = PickleOpcode(rawValue: byte) else {
                throw .refused(path: cursor.path, name: "pickle opcode 0x\(String(byte, radix: 16))")
            }
            if opcode == .stop { return try pop() }
            try step(opcode)
        }
    }

    func damaged(_ problem: String) -> CheckpointError { .damaged(path: cursor.path, problem: problem) }

    private mutating func step(_ opcode: PickleOpcode) throws(CheckpointError) {
        if let value = try scalar(opcode) {
            stack.append(value)
        } else if let value = try text(opcode) {
            stack.append(value)
        } else if try !container(opcode), try !memory(opcode) {
            try construct(opcode)
        }
    }

    // MARK: Stack

    private mutating func pop() throws(CheckpointError) -> PickleValue {
        let value = try top()
        stack.removeLast()
        return value
    }

    private mutating func popToMark() throws(CheckpointError) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw damaged("its pickle lacks a mark") }
        let items = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return items
    }

    private func top() throws(CheckpointError) -> PickleValue {
        guard stack.count > (marks.last ?? 0), let value = stack.last else {
            throw damaged("its pickle's stack is empty")
        }
        return value
    }

    private mutating func pop(_ count: Int) throws(CheckpointError) -> [PickleValue] {
        var items: [PickleValue] = []
        for _ in 0..<count { items.append(try pop()) }
        return items.reversed()
    }

    // MARK: Groups of opcodes

    private mutating func container(_ opcode: PickleOpcode) throws(CheckpointError) -> Bool {
        switch opcode {
        case .emptyTuple: stack.append(heap.tuple([]))
        case .emptyList: stack.append(heap.list([]))
        case .emptyDictionary: stack.append(heap.dictionary())
        case .tuple1: stack.append(heap.tuple(try pop(1)))
        case .tuple2: stack.append(heap.tuple(try pop(2)))
        case .tuple3: stack.append(heap.tuple(try pop(3)))
        case .tuple: stack.append(heap.tuple(try popToMark()))
        case .list: stack.append(heap.list(try popToMark()))
        case .dictionary:
            let items = try popToMark()
            let dictionary = heap.dictionary()
            try set(items, in: dictionary)
            stack.append(dictionary)
        case .append:
            let item = try pop()
            try append([item])
        case .appends: try append(try popToMark())
        case .setItem:
            let items = try pop(2)
            try set(items, in: try top())
        case .setItems:
            let items = try popToMark()
            try set(items, in: try top())
        default: return false
        }
        return true
    }

    private mutating func append(_ items: [PickleValue]) throws(CheckpointError) {
        guard case .list(let index) = try top() else {
            throw damaged("its pickle appends to something else than a list")
        }
        heap.sequences[index].append(contentsOf: items)
    }

    private mutating func set(_ items: [PickleValue], in target: PickleValue) throws(CheckpointError) {
        guard case .dictionary(let index) = target, items.count.isMultiple(of: 2) else {
            throw damaged("its pickle sets items of something else than a dictionary")
        }
        for place in stride(from: 0, to: items.count, by: 2) {
            heap.dictionaries[index].items.append((items[place], items[place + 1]))
        }
    }

    private mutating func memory(_ opcode: PickleOpcode) throws(CheckpointError) -> Bool {
        switch opcode {
        case .proto: _ = try cursor.byte()
        case .frame: _ = try cursor.bytes(8)
        case .mark: marks.append(stack.count)
        case .pop:
            if let mark = marks.last, mark == stack.count { marks.removeLast() } else { _ = try pop() }
        case .popMark: _ = try popToMark()
        case .duplicate: stack.append(try top())
        case .put: memo[try decimal()] = try top()
        case .binaryPut: memo[Int(try cursor.byte())] = try top()
        case .longBinaryPut: memo[Int(try cursor.number(bytes: 4))] = try top()
        case .memoize: memo[memo.count] = try top()
        case .get: stack.append(try recall(try decimal()))
        case .binaryGet: stack.append(try recall(Int(try cursor.byte())))
        case .longBinaryGet: stack.append(try recall(Int(try cursor.number(bytes: 4))))
        default: return false
        }
        return true
    }

    private func recall(_ index: Int) throws(CheckpointError) -> PickleValue {
        guard let value = memo[index] else { throw damaged("its pickle recalls \(index), which was never stored") }
        return value
    }

    private mutating func construct(_ opcode: PickleOpcode) throws(CheckpointError) {
        switch opcode {
        case .global:
            let module = String(decoding: try cursor.line(), as: UTF8.self)
            stack.append(try global(module, String(decoding: try cursor.line(), as: UTF8.self)))
        case .stackGlobal:
            let names = try pop(2)
            guard let module = names[0].text, let name = names[1].text else {
                throw damaged("its pickle names no name")
            }
            stack.append(try global(module, name))
        case .binaryPersistentID: stack.append(try persistent(try pop()))
        case .reduce:
            let call = try pop(2)
            guard case .global(let function) = call[0], let arguments = heap.items(call[1]) else {
                throw damaged("its pickle calls something that is no name")
            }
            stack.append(try reduce(function, arguments))
        case .build:
            let state = try pop()
            try build(try top(), state)
        default: throw .refused(path: cursor.path, name: "pickle opcode \(opcode)")
        }
    }

    private func global(_ module: String, _ name: String) throws(CheckpointError) -> PickleValue {
        guard let global = PickleGlobal.table["\(module).\(name)"] else {
            if PickleGlobal.isUnsupportedKind(module: module, name: name) {
                let kind = "\(module).\(name)".prefix(200)
                throw .unsupported(
                    path: cursor.path,
                    problem: "it has tensors of a kind that is not read here (\(kind)); save them as torch.float32")
            }
            throw .refused(path: cursor.path, name: String("\(module).\(name)".prefix(200)))
        }
        return .global(global)
    }
}
