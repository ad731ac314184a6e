extension [Float] {
    /// The numbers' bytes as files have them, little-endian.
    package func withLittleEndianBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        #if _endian(little)
            withUnsafeBytes(body)
        #else
            map(\.bitPattern.littleEndian).withUnsafeBytes(body)
        #endif
    }
}
