/// How many pixels the region has that a pixel is in: neighbours over edges that carry the same number.
package struct RegionAreas {
    /// The run that each pixel is in: pixels of a row side by side that carry the same number. [H * W]
    private var runs: [Int32]
    /// For each run one of its region's that is nearer to the region's first; the first run's own.
    private var parents: [Int32] = []
    /// Pixels of the region of each run.
    private var areas: [Int32] = []

    /// Regions of `numbers`, [H * W].
    package init(_ numbers: [Int32], width: Int) {
        runs = [Int32](repeating: 0, count: numbers.count)
        numbers.withUnsafeBufferPointer { numbers in
            for start in stride(from: 0, to: numbers.count, by: width) {
                for pixel in start..<start + width {
                    let begins = pixel == start || numbers[pixel] != numbers[pixel - 1]
                    if begins {
                        parents.append(Int32(parents.count))
                        areas.append(0)
                    }
                    let run = Int32(parents.count - 1)
                    runs[pixel] = run
                    areas[Int(run)] += 1
                    guard start > 0, numbers[pixel] == numbers[pixel - width] else { continue }
                    // Said once for each pair of runs.
                    if begins || runs[pixel - width] != runs[pixel - width - 1] { join(run, runs[pixel - width]) }
                }
            }
        }
        for run in parents.indices {
            let root = root(of: Int32(run))
            if root < run { areas[Int(root)] += areas[run] }
        }
        for run in parents.indices { areas[run] = areas[Int(root(of: Int32(run)))] }
    }

    /// Pixels of the region of `pixel`.
    package subscript(pixel: Int) -> Int { Int(areas[Int(runs[pixel])]) }

    private mutating func join(_ run: Int32, _ other: Int32) {
        let (first, second) = (root(of: run), root(of: other))
        // The root is the region's first run.
        parents[Int(max(first, second))] = min(first, second)
    }

    private mutating func root(of run: Int32) -> Int32 {
        var run = run
        while parents[Int(run)] != run {
            // Halves the way for the next look-up.
            parents[Int(run)] = parents[Int(parents[Int(run)])]
            run = parents[Int(run)]
        }
        return run
    }
}
