/// What a pickle may name. Each name stands for a piece of data or for one of our own constructions; no
/// Python function is looked up, and every name that is not listed here is refused.
enum PickleGlobal: Equatable {
    case orderedDictionary, dictionaryLike
    case torchSize, torchDevice, tensorClass
    case rebuildTensor, rebuildTensorV3, rebuildParameter, rebuildFromType
    case loadStorageFromBytes
    /// A class of storages; nil where elements have no type.
    case storageType(ElementType?)
    /// `torch.float32` and its kin.
    case torchType(ElementType)
    case encode, emptyBytes
    case arrayClass, arrayType, reconstructArray, arrayScalar, arrayFromBuffer

    /// By their full names.
    static let table: [String: PickleGlobal] = {
        var table: [String: PickleGlobal] = [
            "collections.OrderedDict": .orderedDictionary, "collections.Counter": .dictionaryLike,
            "torch.Size": .torchSize, "torch.device": .torchDevice, "torch.Tensor": .tensorClass,
            "torch.nn.parameter.Parameter": .tensorClass, "torch._utils._rebuild_tensor": .rebuildTensor,
            "torch._utils._rebuild_tensor_v2": .rebuildTensor, "torch._utils._rebuild_tensor_v3": .rebuildTensorV3,
            "torch._utils._rebuild_parameter": .rebuildParameter,
            "torch._utils._rebuild_parameter_with_state": .rebuildParameter,
            "torch._tensor._rebuild_from_type_v2": .rebuildFromType,
            "torch.storage._load_from_bytes": .loadStorageFromBytes, "torch.storage.UntypedStorage": .storageType(nil),
            "torch.UntypedStorage": .storageType(nil), "_codecs.encode": .encode, "__builtin__.bytes": .emptyBytes,
            "builtins.bytes": .emptyBytes, "numpy.ndarray": .arrayClass, "numpy.dtype": .arrayType,
        ]
        for module in ["numpy.core", "numpy._core"] {
            table[module + ".multiarray._reconstruct"] = .reconstructArray
            table[module + ".multiarray.scalar"] = .arrayScalar
            table[module + ".numeric._frombuffer"] = .arrayFromBuffer
        }
        for (storage, type) in storages {
            table["torch." + storage] = .storageType(type)
            table["torch.storage." + storage] = .storageType(type)
        }
        for (name, type) in types { table["torch." + name] = .torchType(type) }
        return table
    }()

    private static let storages: [(String, ElementType)] = [
        ("DoubleStorage", .f64), ("FloatStorage", .f32), ("HalfStorage", .f16), ("BFloat16Storage", .bf16),
        ("LongStorage", .i64), ("IntStorage", .i32), ("ShortStorage", .i16), ("CharStorage", .i8),
        ("ByteStorage", .u8), ("BoolStorage", .bool),
    ]

    private static let types: [(String, ElementType)] = [
        ("float64", .f64), ("float32", .f32), ("float16", .f16), ("bfloat16", .bf16), ("int64", .i64),
        ("int32", .i32), ("int16", .i16), ("int8", .i8), ("uint64", .u64), ("uint32", .u32), ("uint16", .u16),
        ("uint8", .u8), ("bool", .bool),
    ]
}
