import Foundation

/// The element types of files of weights, by their names in safetensors.
package enum ElementType: String, Sendable {
    case f64 = "F64"
    case f32 = "F32"
    case f16 = "F16"
    case bf16 = "BF16"
    case i64 = "I64"
    case i32 = "I32"
    case i16 = "I16"
    case i8 = "I8"
    case u64 = "U64"
    case u32 = "U32"
    case u16 = "U16"
    case u8 = "U8"
    case bool = "BOOL"

    /// Bytes of one element.
    package var size: Int {
        switch self {
        case .f64, .i64, .u64: 8
        case .f32, .i32, .u32: 4
        case .f16, .bf16, .i16, .u16: 2
        case .i8, .u8, .bool: 1
        }
    }

    /// The elements in `bytes`, little-endian and one after another, as Float32.
    func floats(_ bytes: Data) -> [Float] {
        switch self {
        case .f32: Self.singles(bytes)
        case .f64: Self.values(bytes) { Float(Double(bitPattern: UInt64(littleEndian: $0))) }
        case .bf16: Self.values(bytes) { Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16) }
        case .f16: Self.values(bytes) { Float(Float16(bitPattern: UInt16(littleEndian: $0))) }
        case .i64: Self.values(bytes) { Float(Int64(littleEndian: $0)) }
        case .i32: Self.values(bytes) { Float(Int32(littleEndian: $0)) }
        case .i16: Self.values(bytes) { Float(Int16(littleEndian: $0)) }
        case .i8: Self.values(bytes) { (value: Int8) in Float(value) }
        case .u64: Self.values(bytes) { Float(UInt64(littleEndian: $0)) }
        case .u32: Self.values(bytes) { Float(UInt32(littleEndian: $0)) }
        case .u16: Self.values(bytes) { Float(UInt16(littleEndian: $0)) }
        case .u8, .bool: Self.values(bytes) { (value: UInt8) in Float(value) }
        }
    }

    private static func values<Stored: BitwiseCopyable, Value>(
        _ data: Data, _ convert: (Stored) -> Value
    ) -> [Value] {
        let size = MemoryLayout<Stored>.size
        return data.withUnsafeBytes { bytes in
            (0..<bytes.count / size).map {
                convert(bytes.loadUnaligned(fromByteOffset: $0 * size, as: Stored.self))
            }
        }
    }

    /// The common case, at the speed of a copy.
    private static func singles(_ data: Data) -> [Float] {
        #if _endian(little)
            return [Float](unsafeUninitializedCapacity: data.count / 4) { buffer, count in
                count = data.copyBytes(to: buffer) / 4
            }
        #else
            return values(data) { Float(bitPattern: UInt32(littleEndian: $0)) }
        #endif
    }
}
