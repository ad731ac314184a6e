import Annotations
import Images

/// What the headers of an item's files say: of its image, and of the pictures of its annotations.
package struct ImageHeaders: Sendable, Equatable {
    /// The image's size; nil where its header cannot be read.
    let size: ImageSize?
    /// Files that cannot be read, and annotations of another size.
    let problems: [DatasetProblem]
}

/// Files whose headers cannot be read, all of them.
package struct UnreadableFiles: Error, Sendable, Equatable, CustomStringConvertible {
    /// A message a file, which names it.
    package let messages: [String]

    /// At least one message.
    package init(messages: [String]) { self.messages = messages }

    package var description: String {
        if messages.count == 1 { return messages[0] }
        return "\(messages.count) files cannot be read:\n" + messages.map { "  \($0)\n" }.joined()
            + "every image counts: fetch or make them again, or take them out of the data set"
    }
}

extension SegmentationDataset {
    /// The headers of all files of several data sets, read on all cores. Throws `UnreadableFiles` with every file that
    /// fails: what would end a run after hours is told before it begins.
    package static func readableHeaders(of datasets: [SegmentationDataset]) throws -> [[ImageHeaders]] {
        let headers = datasets.map { $0.headers() }
        let messages = headers.joined().flatMap(\.problems).compactMap { problem in
            if case .unreadable(let message) = problem { message } else { nil }
        }
        if messages.isEmpty { return headers }
        throw UnreadableFiles(messages: messages)
    }

    /// The headers of every item's files.
    func headers() -> [ImageHeaders] { parallelMap(items.count) { self.headers(of: self.items[$0]) } }

    private func headers(of item: Item) -> ImageHeaders {
        var problems: [DatasetProblem] = []
        func size(_ path: String) -> ImageSize? {
            do { return try ImageFile.size(of: path) } catch {
                problems.append(.unreadable("\(error)"))
                return nil
            }
        }
        let image = size(item.imagePath)
        var known: [(path: String, size: ImageSize?)] = []
        if let instances = item.instances, case .objects(_, let size) = instances.content {
            known.append((instances.path, size))
        }
        let pictures = [item.labelPath, item.panoptic?.path, item.instances?.picture].compactMap(\.self)
        known += pictures.map { ($0, size($0)) }
        if let image, let other = known.first(where: { $0.size != nil && $0.size != image }), let size = other.size {
            problems.append(.sizes(image: item.imagePath, image, labels: other.path, size))
        }
        return ImageHeaders(size: image, problems: problems)
    }
}
