import Datasets

/// Which images of a data set are shown.
enum BrowsedImages {
    /// `count` of them, drawn by `seed`, by their places; rare classes first, so that each class is seen where it can
    /// be.
    static func chosen(_ count: Int, of report: DatasetReport, seed: UInt64) -> [Int] {
        var order = Array(report.contents.indices)
        var random = SampleRandom(seed: seed, epoch: 0, index: 0)
        for last in order.indices.dropFirst().reversed() {
            order.swapAt(last, random.nextInt(below: last + 1))
        }
        let images = report.classImages
        let byRarity = images.indices.filter { images[$0] > 0 }.sorted { (images[$0], $0) < (images[$1], $1) }
        var (chosen, seen) = ([Int](), Set<Int>())
        for number in byRarity where !seen.contains(number) && chosen.count < count {
            guard let image = order.first(where: { report.contents[$0].classNumbers?.contains(number) == true })
            else { continue }
            chosen.append(image)
            seen.formUnion(report.contents[image].classNumbers ?? [])
        }
        let taken = Set(chosen)
        return (chosen + order.filter { !taken.contains($0) }).prefix(count).sorted()
    }
}
