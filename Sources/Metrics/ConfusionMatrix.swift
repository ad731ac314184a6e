/// How often each class was predicted where each class was true, in pixels; the last row and column, of
/// index `classCount`, stand for "ignored".
package struct ConfusionMatrix: Codable, Sendable, Equatable {
    /// The number of classes K.
    package let classCount: Int
    /// [K + 1, K + 1], the row is the prediction, the column the truth.
    @Packed private(set) var counts: [Int]

    /// All counts 0, for at least one class.
    package init(classCount: Int) {
        precondition(classCount > 0, "ConfusionMatrix: \(classCount) classes")
        self.classCount = classCount
        counts = [Int](repeating: 0, count: (classCount + 1) * (classCount + 1))
    }

    /// Pixels where `prediction` was said and `truth` holds.
    package subscript(prediction: Int, truth: Int) -> Int {
        counts[prediction * (classCount + 1) + truth]
    }

    /// Counts every pixel; truth equal to `ignoreLabel` goes to the last column. Returns the position of the
    /// first true label that is no class, and then has counted nothing. Predictions are classes.
    mutating func add(prediction: [UInt16], truth: [UInt16], ignoreLabel: UInt16) -> Int? {
        precondition(prediction.count == truth.count, "ConfusionMatrix: \(prediction.count), \(truth.count) pixels")
        // One table look-up per pixel instead of comparisons; 65536 entries cost less than a small image.
        let invalid = Int32(-1)
        var column = [Int32](repeating: invalid, count: Int(UInt16.max) + 1)
        for label in 0..<classCount { column[label] = Int32(label) }
        column[Int(ignoreLabel)] = Int32(classCount)
        if let wrong = truth.firstIndex(where: { column[Int($0)] == invalid }) { return wrong }

        let stride = classCount + 1
        counts.withUnsafeMutableBufferPointer { counts in
            for pixel in 0..<truth.count {
                let said = Int(prediction[pixel])
                precondition(said < stride - 1, "ConfusionMatrix: prediction \(said) of \(stride - 1) classes")
                counts[said * stride + Int(column[Int(truth[pixel])])] += 1
            }
        }
        return nil
    }

    /// Adds another's counts.
    mutating func merge(_ other: ConfusionMatrix) {
        precondition(other.classCount == classCount, "merge: \(other.classCount) classes into \(classCount)")
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    /// Pixels of each class that are right: the diagonal. [K]
    var hits: [Int] { (0..<classCount).map { self[$0, $0] } }

    /// Pixels of each true class. [K]
    package var truthTotals: [Int] {
        (0..<classCount).map { truth in (0..<classCount).reduce(0) { $0 + self[$1, truth] } }
    }

    /// Pixels predicted as each class, ignored pixels left out. [K]
    var predictionTotals: [Int] {
        (0..<classCount).map { said in (0..<classCount).reduce(0) { $0 + self[said, $1] } }
    }
}
