/// The opcodes of Python's pickle format, protocols 0 to 5, that weights need. Missing on purpose: those that
/// make objects of classes (INST, OBJ, NEWOBJ, NEWOBJ_EX), extension codes, sets and out-of-band buffers.
enum PickleOpcode: UInt8 {
    // Protocols 0 and 1: https://github.com/python/cpython/blob/main/Lib/pickletools.py
    case mark = 0x28  // (
    case emptyTuple = 0x29  // )
    case stop = 0x2E  // .
    case pop = 0x30  // 0
    case popMark = 0x31  // 1
    case duplicate = 0x32  // 2
    case float = 0x46  // F
    case binaryFloat = 0x47  // G
    case integer = 0x49  // I
    case binaryInteger = 0x4A  // J
    case binaryInteger1 = 0x4B  // K
    case long = 0x4C  // L
    case binaryInteger2 = 0x4D  // M
    case none = 0x4E  // N
    case binaryPersistentID = 0x51  // Q
    case reduce = 0x52  // R
    case string = 0x53  // S
    case binaryString = 0x54  // T
    case shortBinaryString = 0x55  // U
    case unicode = 0x56  // V
    case binaryUnicode = 0x58  // X
    case emptyList = 0x5D  // ]
    case append = 0x61  // a
    case build = 0x62  // b
    case global = 0x63  // c
    case dictionary = 0x64  // d
    case appends = 0x65  // e
    case get = 0x67  // g
    case binaryGet = 0x68  // h
    case longBinaryGet = 0x6A  // j
    case list = 0x6C  // l
    case put = 0x70  // p
    case binaryPut = 0x71  // q
    case longBinaryPut = 0x72  // r
    case setItem = 0x73  // s
    case tuple = 0x74  // t
    case setItems = 0x75  // u
    case emptyDictionary = 0x7D  // }
    // Protocol 2
    case proto = 0x80
    case tuple1 = 0x85
    case tuple2 = 0x86
    case tuple3 = 0x87
    case newTrue = 0x88
    case newFalse = 0x89
    case long1 = 0x8A
    case long4 = 0x8B
    // Protocol 3
    case binaryBytes = 0x42  // B
    case shortBinaryBytes = 0x43  // C
    // Protocol 4
    case shortBinaryUnicode = 0x8C
    case binaryUnicode8 = 0x8D
    case binaryBytes8 = 0x8E
    case stackGlobal = 0x93
    case memoize = 0x94
    case frame = 0x95
    // Protocol 5
    case byteArray8 = 0x96
}
