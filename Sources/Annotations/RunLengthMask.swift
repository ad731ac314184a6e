/// A binary mask as COCO stores it: lengths of runs down the columns, beginning with background.
package struct RunLengthMask: Sendable, Equatable {
    /// Rows and columns.
    package let height, width: Int
    /// Lengths of background, mask, background, …; they add up to `height * width`.
    package let counts: [Int]

    /// Throws `InputError` naming `place` where the runs do not fill the image.
    package init(height: Int, width: Int, counts: [Int], place: String) throws {
        let sum = counts.reduce(0) { $0 &+ $1 }
        guard height > 0, width > 0, sum == height * width, !counts.contains(where: { $0 < 0 }) else {
            throw Self.fault(place, "the runs do not fill the image", "\(height * width) pixels", "\(sum)")
        }
        self.init(height: height, width: width, runs: counts)
    }

    /// The mask of the pixels for which `isInside` holds of their row-major index.
    package init(height: Int, width: Int, where isInside: (Int) -> Bool) {
        precondition(height > 0 && width > 0, "RunLengthMask: \(height)×\(width)")
        var (counts, length, value) = ([Int](), 0, false)
        for column in 0..<width {
            for row in 0..<height {
                if isInside(row * width + column) != value {
                    counts.append(length)
                    (length, value) = (0, !value)
                }
                length += 1
            }
        }
        counts.append(length)
        self.init(height: height, width: width, runs: counts)
    }

    /// The mask of row-major bits, each row padded to whole words: pixel x of a row is bit x % 64 of its word
    /// x / 64. Bits of the padding are ignored.
    package init(height: Int, width: Int, words: [UInt64]) {
        let rowWords = (width + 63) / 64
        precondition(
            height > 0 && width > 0 && words.count == height * rowWords,
            "RunLengthMask: \(words.count) words for \(height)×\(width)")
        func isSet(_ row: Int, _ column: Int) -> Bool {
            words[row * rowWords + column / 64] >> UInt64(column % 64) & 1 == 1
        }
        // Down a column the mask changes where a row's bit differs from the one above it.
        var changes = [[Int32]](repeating: [], count: width)
        for row in 1..<max(height, 1) {
            for word in 0..<rowWords {
                var differing = words[row * rowWords + word] ^ words[(row - 1) * rowWords + word]
                while differing != 0 {
                    let column = word * 64 + differing.trailingZeroBitCount
                    if column < width { changes[column].append(Int32(row)) }
                    differing &= differing - 1
                }
            }
        }
        var (counts, start, value) = ([Int](), 0, false)
        func change(at pixel: Int) {
            counts.append(pixel - start)
            (start, value) = (pixel, !value)
        }
        for column in 0..<width {
            if isSet(0, column) != value { change(at: column * height) }
            for row in changes[column] { change(at: column * height + Int(row)) }
        }
        counts.append(height * width - start)
        self.init(height: height, width: width, runs: counts)
    }

    /// The masks of numbers 1 … `count` in a row-major picture; other numbers belong to none.
    package static func masks(numbers: [UInt16], height: Int, width: Int, count: Int) -> [RunLengthMask] {
        precondition(height > 0 && width > 0 && numbers.count == height * width, "masks: \(numbers.count) pixels")
        var runs = [[Int]](repeating: [], count: count)
        var ends = [Int](repeating: 0, count: count)
        var (start, last) = (0, 0)
        func close(at pixel: Int) {
            if (1...count).contains(last) {
                runs[last - 1] += [start - ends[last - 1], pixel - start]
                ends[last - 1] = pixel
            }
            start = pixel
        }
        guard count > 0 else { return [] }
        for column in 0..<width {
            for row in 0..<height where Int(numbers[row * width + column]) != last {
                close(at: column * height + row)
                last = Int(numbers[row * width + column])
            }
        }
        close(at: height * width)
        return zip(runs, ends).map { runs, end in
            let rest = end < height * width ? [height * width - end] : []
            return RunLengthMask(height: height, width: width, runs: runs + rest)
        }
    }

    /// Decodes COCO's compressed text: numbers of five bits a character from "0" on, the sixth bit says
    /// that more follow, and from the third run on each is the difference to the one two before. Throws
    /// `InputError`.
    package init(height: Int, width: Int, text: String, place: String) throws {
        var (counts, bytes) = ([Int](), Array(text.utf8)[...])
        while !bytes.isEmpty {
            var (value, shift, isLast) = (0, 0, false)
            while !isLast {
                guard let byte = bytes.popFirst(), (48..<112).contains(byte), shift < 60 else {
                    throw Self.fault(
                        place, "the compressed runs are damaged", "COCO's run lengths",
                        "\"\(text.prefix(24))\"")
                }
                let bits = Int(byte) - 48
                value |= (bits & 31) << shift
                shift += 5
                isLast = bits & 32 == 0
                if isLast, bits & 16 != 0 { value |= -1 << shift }
            }
            counts.append(counts.count > 2 ? value + counts[counts.count - 2] : value)
        }
        try self.init(height: height, width: width, counts: counts, place: place)
    }

    private init(height: Int, width: Int, runs: [Int]) {
        self.height = height
        self.width = width
        counts = runs
    }

    /// Pixels inside.
    package var area: Int {
        stride(from: 1, to: counts.count, by: 2).reduce(0) { $0 + counts[$1] }
    }

    /// x, y, width and height of the smallest rectangle around it; nil where it has no pixel.
    package var box: [Int]? {
        var (left, right, top, bottom, start) = (width, 0, height, 0, 0)
        for (index, length) in counts.enumerated() {
            let end = start + length
            if index % 2 == 1, length > 0 {
                let (first, last) = (start / height, (end - 1) / height)
                (left, right) = (min(left, first), max(right, last + 1))
                // A run over the end of a column has pixels in the first and the last row.
                top = first < last ? 0 : min(top, start % height)
                bottom = first < last ? height : max(bottom, (end - 1) % height + 1)
            }
            start = end
        }
        return left < right ? [left, top, right - left, bottom - top] : nil
    }

    /// Pixels inside both; the sizes are equal.
    package func intersection(_ other: RunLengthMask) -> Int {
        precondition(height == other.height && width == other.width, "intersection: masks of different sizes")
        var (shared, start) = (0, 0)
        var (mine, theirs) = (0, 0)
        var (myEnd, theirEnd) = (counts.first ?? 0, other.counts.first ?? 0)
        while mine < counts.count, theirs < other.counts.count {
            let end = min(myEnd, theirEnd)
            if mine % 2 == 1, theirs % 2 == 1 { shared += end - start }
            start = end
            if myEnd == end {
                mine += 1
                if mine < counts.count { myEnd += counts[mine] }
            }
            if theirEnd == end {
                theirs += 1
                if theirs < other.counts.count { theirEnd += other.counts[theirs] }
            }
        }
        return shared
    }

    /// Row-major: whether each pixel is inside.
    package var bits: [Bool] {
        var bits = [Bool](repeating: false, count: height * width)
        var start = 0
        for (index, length) in counts.enumerated() {
            if index % 2 == 1 {
                for pixel in start..<start + length { bits[pixel % height * width + pixel / height] = true }
            }
            start += length
        }
        return bits
    }

    /// COCO's compressed text, what `init(height:width:text:)` reads.
    package var text: String {
        var bytes: [UInt8] = []
        for (index, count) in counts.enumerated() {
            var value = index > 2 ? count - counts[index - 2] : count
            var more = true
            while more {
                let bits = value & 31
                value >>= 5
                more = bits & 16 != 0 ? value != -1 : value != 0
                bytes.append(UInt8(48 + bits + (more ? 32 : 0)))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func fault(_ place: String, _ what: String, _ expected: String, _ got: String)
        -> InputError
    {
        InputError(
            place: place, what: what, expected: expected, got: got,
            advice: "write the mask again, with the image's height and width as its size")
    }
}
