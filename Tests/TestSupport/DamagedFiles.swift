/// Files changed at random, one after the other, the same in every run: bytes set, bits flipped, digits
/// replaced, stretches copied, zeroed, repeated, cut out or taken from another file, the end cut off.
package struct DamagedFiles {
    private let originals: [[UInt8]]
    private let tokens: [[UInt8]]
    private var random = SplitMix(state: 1)

    /// `tokens` are inserted, too: what means something in the format.
    package init(_ originals: [[UInt8]], tokens: [String] = []) {
        precondition(originals.contains { !$0.isEmpty }, "no files to damage")
        self.originals = originals.filter { !$0.isEmpty }
        self.tokens = tokens.map { Array($0.utf8) }
    }

    /// The next one.
    package mutating func next() -> [UInt8] {
        var bytes = pick(originals)
        for _ in 0..<Int.random(in: 1...4, using: &random) where bytes.count > 4 { damage(&bytes) }
        return bytes
    }

    /// True once in two times.
    package mutating func coin() -> Bool { Bool.random(using: &random) }

    private mutating func damage(_ bytes: inout [UInt8]) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let stretch = place..<min(bytes.count, place + Int.random(in: 1...16, using: &random))
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 2, 3: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 4: replaceDigit(&bytes, from: place)
        case 5:
            let other = Int.random(in: 0...(bytes.count - stretch.count), using: &random)
            bytes.replaceSubrange(stretch, with: bytes[other..<other + stretch.count])
        case 6:
            let value = pick([0, 0xFF, 0x7F] as [UInt8])
            for index in stretch { bytes[index] = value }
        case 7: bytes.removeSubrange(stretch)
        case 8: bytes.insert(contentsOf: repeated(Array(bytes[stretch])), at: place)
        case 9:
            let other = pick(originals)
            let start = Int.random(in: 0..<other.count, using: &random)
            bytes.insert(contentsOf: other[start..<min(other.count, start + 40)], at: place)
        case 10 where !tokens.isEmpty: bytes.insert(contentsOf: repeated(pick(tokens)), at: place)
        case 11 where Int.random(in: 0..<4, using: &random) == 0: bytes.removeSubrange(place...)
        default: bytes[place] = UInt8.random(in: 0...255, using: &random)
        }
    }

    /// The next digit of a text becomes another.
    private mutating func replaceDigit(_ bytes: inout [UInt8], from place: Int) {
        guard let digit = bytes[place...].firstIndex(where: (UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
        else { return }
        bytes[digit] = UInt8.random(in: UInt8(ascii: "0")...UInt8(ascii: "9"), using: &random)
    }

    /// Mostly once, sometimes very often.
    private mutating func repeated(_ bytes: [UInt8]) -> [UInt8] {
        let times = pick([1, 1, 1, 1, 2, 3, 8, 300])
        return Array(repeatElement(bytes, count: times).joined())
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &random)]
    }
}
