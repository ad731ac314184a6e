import Annotations
import Datasets
import Synchronization
import Testing

@Suite struct StreamTests {
    @Test func randomNumbersAreUniform() {
        var random = SampleRandom(seed: 3, epoch: 1, index: 4)
        var counts = [Int](repeating: 0, count: 10)
        var sum = 0.0
        for _ in 0..<10_000 {
            counts[random.nextInt(below: 10)] += 1
            let uniform = random.nextUniform()
            #expect(0..<1 ~= uniform)
            sum += uniform
        }
        // Five standard deviations: 5 · √(10000 · 0.09) = 150, and 5 · √(10000 / 12) = 144.
        #expect(counts.allSatisfy { abs($0 - 1000) < 150 })
        #expect(abs(sum - 5000) < 144)
    }

    @Test func everyEpochHoldsEverySampleOnceInItsOwnOrder() {
        let sampler = TrainingSampler(count: 50, seed: 11)
        let epochs = (0..<4).map { epoch in (0..<50).map { sampler.sample(at: epoch * 50 + $0) } }
        for (epoch, samples) in epochs.enumerated() {
            #expect(samples.allSatisfy { $0.epoch == epoch })
            #expect(samples.map(\.index).sorted() == Array(0..<50))
        }
        #expect(Set(epochs.map { $0.map(\.index) }).count == 4)
        #expect(epochs[0].map(\.index) != TrainingSampler(count: 50, seed: 12).order(ofEpoch: 0))
    }

    @Test func shufflesReachEveryOrder() {
        let orders = Set((0..<600).map { TrainingSampler(count: 4, seed: 1).order(ofEpoch: $0) })
        #expect(orders.count == 24)
    }

    @Test(arguments: [0, 1, 4])
    func elementsComeInOrderWhateverTheWorkers(workers: Int) throws {
        let prefetcher = Prefetcher(workers: workers, capacity: 3, end: 40) { $0 * $0 }
        for position in 0..<40 { #expect(try prefetcher.next(position) == position * position) }
        prefetcher.stop()
        #expect(try prefetcher.next(5) == 25)
    }

    @Test func noMoreThanTheCapacityIsLoadedAhead() throws {
        let loaded = Mutex<Set<Int>>([])
        let prefetcher = Prefetcher(workers: 2, capacity: 4, start: 10) { position in
            loaded.withLock { _ = $0.insert(position) }
            return position
        }
        _ = try prefetcher.next(10)
        prefetcher.stop()
        // 10 and at most four after it.
        #expect(loaded.withLock { $0 }.isSubset(of: Set(10..<15)))
    }

    @Test func aJumpGoesOnFromThere() throws {
        let prefetcher = Prefetcher(workers: 2, capacity: 4) { $0 }
        for position in [0, 1, 3, 100, 101, 7, 8, 9, 10, 9, 10] {
            #expect(try prefetcher.next(position) == position)
        }
    }

    private struct Broken: Error, Equatable { let position: Int }

    @Test(arguments: [0, 2])
    func anErrorBelongsToItsElement(workers: Int) throws {
        let prefetcher = Prefetcher(workers: workers, capacity: 3) { position in
            if position == 2 { throw Broken(position: position) }
            return position
        }
        #expect(try prefetcher.next(0) == 0)
        #expect(try prefetcher.next(1) == 1)
        #expect(throws: Broken(position: 2)) { try prefetcher.next(2) }
        #expect(try prefetcher.next(3) == 3)
    }

    @Test func nothingRunsAfterItsPrefetcherIsGone() throws {
        let state = Mutex((running: 0, loaded: 0))
        do {
            let prefetcher = Prefetcher(workers: 3, capacity: 3) { position in
                state.withLock { $0.running += 1 }
                let sum = (0..<10_000).reduce(position, &+)
                state.withLock { $0 = ($0.running - 1, $0.loaded + 1) }
                return sum
            }
            _ = try prefetcher.next(0)
        }
        let (running, loaded) = state.withLock { $0 }
        #expect(running == 0 && 1...4 ~= loaded)
    }

    @Test func batchesDoNotDependOnTheWorkers() throws {
        let folder = try TemporaryFolder()
        var items: [SegmentationDataset.Item] = []
        for index in 0..<5 {
            try folder.image("\(index).png", width: 30 + index, height: 20)
            try folder.labels("labels/\(index).png", width: 30 + index, height: 20) {
                UInt16(($0 / 7 + index) % 19)
            }
            items.append(
                .init(
                    id: "\(index)", imagePath: "\(folder.path)/\(index).png",
                    labelPath: "\(folder.path)/labels/\(index).png"))
        }
        let dataset = SegmentationDataset(
            name: "five", classes: .cityscapes, labelMap: LabelMap(classes: .cityscapes), items: items)
        let mapper = SemanticMapper(
            .init(
                resize: ResizeShortestEdge(minSizes: [16, 20, 24], maxSize: 100),
                crop: RandomCrop(size: .absolute(ImageSize(height: 12, width: 16)), singleCategoryMaxArea: 0.75)))
        func batches(_ workers: Int, start: Int) throws -> [[TrainingSample]] {
            let batches = TrainingBatches(
                dataset: dataset, mapper: mapper, seed: 4, batchSize: 2, workers: workers, start: start,
                end: 6)
            return try (start..<6).map { try batches.batch($0) }
        }
        let expected = try batches(0, start: 0)
        #expect(expected.count == 6 && expected.allSatisfy { $0.count == 2 })
        #expect(try batches(3, start: 0) == expected)
        #expect(try batches(2, start: 3) == Array(expected[3...]))
        #expect(Set(expected.flatMap { $0 }[..<5].map(\.path)).count == 5)
    }
}
