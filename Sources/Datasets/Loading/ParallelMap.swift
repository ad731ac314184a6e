import Dispatch
import Synchronization

/// `transform` of 0 ..< count on all cores, results in order.
func parallelMap<Result: Sendable>(_ count: Int, _ transform: @Sendable (Int) -> Result) -> [Result] {
    let results = Mutex<[Result?]>(Array(repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { index in
        let result = transform(index)
        results.withLock { $0[index] = result }
    }
    return results.withLock { $0.compactMap { $0 } }
}

/// The same for work on files of the data set `dataset`. Throws `DatasetError` with `advice` and what was
/// wrong with every file that failed.
func parallelMap<Result: Sendable>(
    _ count: Int, of dataset: String, advice: String, _ transform: @Sendable (Int) throws -> Result
) throws -> [Result] {
    let outcomes = parallelMap(count) { index -> Swift.Result<Result, DatasetError> in
        Swift.Result { try transform(index) }.mapError {
            ($0 as? DatasetError) ?? DatasetError(dataset, [.unreadable("\($0)")], advice: advice)
        }
    }
    let problems = outcomes.flatMap { outcome -> [DatasetProblem] in
        if case .failure(let error) = outcome { error.problems } else { [] }
    }
    if !problems.isEmpty { throw DatasetError(dataset, problems, advice: advice) }
    return try outcomes.map { try $0.get() }
}
