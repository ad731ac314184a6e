/// The opcodes of Python's pickle format, protocols 0 to 5, that weights need. Missing on purpose: those that
/// make objects of classes (INST, OBJ, NEWOBJ, NEWOBJ_EX), extension codes, sets and out-of-band buffers.
enum PickleOpcode: UInt8 {
    // https://github.com/python/cpython/blob/main/Lib/pickletools.py; those below 0x80 are ASCII characters.
    case proto = 0x80, frame = 0x95, stop = 0x2E
    // The stack and the memo.
    case mark = 0x28, pop = 0x30, popMark = 0x31, duplicate = 0x32
    case put = 0x70, binaryPut = 0x71, longBinaryPut = 0x72, memoize = 0x94
    case get = 0x67, binaryGet = 0x68, longBinaryGet = 0x6A
    // Numbers and other simple values.
    case none = 0x4E, newTrue = 0x88, newFalse = 0x89, float = 0x46, binaryFloat = 0x47
    case integer = 0x49, binaryInteger = 0x4A, binaryInteger1 = 0x4B, binaryInteger2 = 0x4D
    case long = 0x4C, long1 = 0x8A, long4 = 0x8B
    // Texts and bytes.
    case string = 0x53, binaryString = 0x54, shortBinaryString = 0x55
    case unicode = 0x56, binaryUnicode = 0x58, shortBinaryUnicode = 0x8C, binaryUnicode8 = 0x8D
    case binaryBytes = 0x42, shortBinaryBytes = 0x43, binaryBytes8 = 0x8E, byteArray8 = 0x96
    // Containers.
    case emptyTuple = 0x29, tuple = 0x74, tuple1 = 0x85, tuple2 = 0x86, tuple3 = 0x87
    case emptyList = 0x5D, list = 0x6C, append = 0x61, appends = 0x65
    case emptyDictionary = 0x7D, dictionary = 0x64, setItem = 0x73, setItems = 0x75
    // What stands for objects.
    case global = 0x63, stackGlobal = 0x93, binaryPersistentID = 0x51, reduce = 0x52, build = 0x62
}
