import Annotations

extension DatasetReport {
    /// Kinds of what training finds in an image.
    package enum Target: Sendable {
        case classes, segments, objects
    }

    /// So many classes or files are named; the rest is counted.
    private static let mostNamed = 8

    /// What does not forbid training and should be known before it, a sentence each.
    package func warnings(_ classes: ClassTable) -> [String] {
        harmlessProblems + [unlabelledImages, absentClasses(classes), ignoredShare(classes)].compactMap(\.self)
    }

    /// That images have more segments than the network has queries; nil where none has.
    package func crowdedImages(_ target: Target, queries: Int) -> String? {
        let counts = contents.compactMap { image in
            let count =
                switch target {
                case .classes: image.classNumbers?.count
                case .segments: image.segments
                case .objects: image.objects
                }
            return count.map { (count: $0, path: image.path) }
        }
        let crowded = counts.filter { $0.count > queries }
        guard let most = crowded.max(by: { $0.count < $1.count }) else { return nil }
        return
            "\(most.path) has \(most.count) segments, but the network has \(queries) queries, of which each finds one"
            + (crowded.count == 1 ? "" : "; so have \(crowded.count - 1) more of \(counts.count) images")
            + ": raise MODEL.MASK_FORMER.NUM_OBJECT_QUERIES to find all"
    }

    /// Folders in circles, and images that are not in a list.
    private var harmlessProblems: [String] {
        problems.filter { problem in
            if case .onlyIgnored = problem { return false }
            return !problem.isBlocking
        }.map(\.description)
    }

    private var unlabelledImages: String? {
        let paths = problems.compactMap { if case .onlyIgnored(let path) = $0 { path } else { nil } }
        guard !paths.isEmpty else { return nil }
        return "nothing but ignored pixels in \(paths.count) of \(labelsReadText): \(Self.listed(paths))"
    }

    private func absentClasses(_ classes: ClassTable) -> String? {
        let absent = classPixels.indices.filter { classPixels[$0] == 0 && !listedClasses.contains($0) }
        guard labelsRead > 0, let first = absent.first else { return nil }
        guard absent.count > 1 else {
            return "class \(first) \"\(classes.names[first])\" has no pixel in \(labelsReadText)"
        }
        let names = absent.map { "\($0) \"\(classes.names[$0])\"" }
        return "\(absent.count) of \(classes.count) classes have no pixel in \(labelsReadText): \(Self.listed(names))"
    }

    /// Told where it covers most, and where a class may hide behind it.
    private func ignoredShare(_ classes: ClassTable) -> String? {
        let total = ignoredPixels + classPixels.reduce(0, +)
        // Masks of 0 and 255, as drawing tools export them.
        let isBinary =
            classes.ignoreLabel == 255 && ignoredPixels > 0 && classPixels.first ?? 0 > 0
            && classPixels.dropFirst().allSatisfy { $0 == 0 } && classes.count > 1
        guard isMostlyIgnored || isBinary, total > 0 else { return nil }
        let tenths = Int((1000 * Double(ignoredPixels) / Double(total)).rounded())
        return "the ignore label \(classes.ignoreLabel) covers \(tenths / 10).\(tenths % 10) % of \(labelsReadText)"
            + (isBinary
                ? "; masks of 0 and 255 need \"label_map\": {\"0\": 0, \"255\": 1} with another \"ignore_label\""
                : ": are ignore label and label map what they should be?")
    }

    private var labelsReadText: String {
        labelsRead < labelCount
            ? "the \(labelsRead) label images read, drawn evenly from \(labelCount)"
            : labelsRead == 1 ? "the one label image" : "the \(labelsRead) label images read"
    }

    private static func listed(_ names: [String]) -> String {
        let rest = names.count - mostNamed
        return names.prefix(mostNamed).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
