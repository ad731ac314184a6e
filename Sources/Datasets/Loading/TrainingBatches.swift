/// The batches of a training run, loaded ahead. A batch depends on (data set, mapper, seed, batch number) alone,
/// not on the number of workers.
package struct TrainingBatches: Sendable {
    /// Samples of a batch.
    package let batchSize: Int
    private let prefetcher: Prefetcher<TrainingSample>

    /// Batches `start` ..< `end` of a data set. `workers` threads keep about two batches ready; with 0 workers `batch`
    /// loads.
    package init(
        dataset: SegmentationDataset, mapper: any TrainingMapper, seed: UInt64, batchSize: Int, workers: Int,
        start: Int = 0, end: Int? = nil
    ) {
        self.init(
            count: dataset.items.count, seed: seed, batchSize: batchSize, workers: workers, start: start, end: end
        ) { epoch, index in
            try mapper.sample(of: dataset, seed: seed, epoch: epoch, index: index)
        }
    }

    /// The same of `count` samples that `load` makes, on several threads at once.
    package init(
        count: Int, seed: UInt64, batchSize: Int, workers: Int, start: Int = 0, end: Int? = nil,
        load: @escaping @Sendable (_ epoch: Int, _ index: Int) throws -> TrainingSample
    ) {
        precondition(batchSize > 0, "TrainingBatches: batches of \(batchSize)")
        self.batchSize = batchSize
        let sampler = TrainingSampler(count: count, seed: seed)
        prefetcher = Prefetcher(
            workers: workers, capacity: max(2 * batchSize, workers), start: start * batchSize,
            end: end.map { $0 * batchSize } ?? .max
        ) { position in
            let (epoch, index) = sampler.sample(at: position)
            return try load(epoch, index)
        }
    }

    /// Batch `number` (0, 1, 2, …). Throws the error of the sample that could not be loaded; it names the file.
    package func batch(_ number: Int) throws -> [TrainingSample] {
        try (0..<batchSize).map { try prefetcher.next(number * batchSize + $0) }
    }

    /// Ends the worker threads.
    package func stop() { prefetcher.stop() }
}
