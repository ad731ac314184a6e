import Foundation
import Tensors

/// Loads elements 0, 1, 2, … ahead of their use on background threads: bounded, delivered in order.
package final class Prefetcher<Element: Sendable>: Sendable {
    private let queue: PrefetchQueue<Element>

    /// Loads elements `start` ..< `end`, at most `capacity` of them ahead. With 0 workers `next` loads the element
    /// itself. `load` runs on several threads at once.
    package init(
        workers: Int, capacity: Int, start: Int = 0, end: Int = .max, load: @escaping @Sendable (Int) throws -> Element
    ) {
        precondition(workers >= 0 && capacity > 0 && start >= 0, "Prefetcher: \(workers) workers, \(capacity) elements")
        queue = PrefetchQueue(capacity: max(capacity, workers), start: start, end: end, load: load)
        for _ in 0..<workers { queue.startWorker() }
    }

    deinit { queue.stop() }

    /// Element `position`. The successor of the last one is usually loaded already; any other position restarts
    /// loading there. Throws the error of `load`; later elements can still be taken.
    package func next(_ position: Int) throws -> Element { try queue.take(position) }

    /// Ends the threads and waits for them. `next` then loads by itself.
    package func stop() { queue.stop() }
}

/// What the threads share. Unchecked: every property that changes is read and written with `condition`
/// locked.
private final class PrefetchQueue<Element: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    private let end: Int
    private let load: @Sendable (Int) throws -> Element
    private var ready: [Int: Result<Element, any Error>] = [:]
    /// The next one to be taken, and the next one to be loaded.
    private var wanted, ticket: Int
    /// The number of restarts; elements loaded for an older one are dropped.
    private var generation = 0
    private var workers = 0
    private var isStopped = false

    init(capacity: Int, start: Int, end: Int, load: @escaping @Sendable (Int) throws -> Element) {
        self.capacity = capacity
        self.end = end
        self.load = load
        (wanted, ticket) = (start, start)
    }

    func startWorker() {
        locked { workers += 1 }
        // Without a thread the one that asks for elements loads them; waiting for one that never starts has no end.
        if !startThread({ [self] in work() }) { locked { workers -= 1 } }
    }

    func take(_ position: Int) throws -> Element {
        let result: Result<Element, any Error>? = locked {
            guard workers > 0, !isStopped, position < end else { return nil }
            jump(to: position)
            while ready[position] == nil && !isStopped { condition.wait() }
            wanted = position + 1
            condition.broadcast()
            return ready.removeValue(forKey: position)
        }
        return try result?.get() ?? load(position)
    }

    func stop() {
        locked {
            isStopped = true
            condition.broadcast()
            while workers > 0 { condition.wait() }
            ready = [:]
        }
    }

    /// Drops the elements before a position that is being loaded; restarts loading at any other.
    private func jump(to position: Int) {
        if position == wanted { return }
        if position > wanted && position < ticket {
            for skipped in wanted..<position { ready[skipped] = nil }
        } else {
            generation += 1
            ready = [:]
            ticket = position
        }
        wanted = position
        condition.broadcast()
    }

    private func work() {
        while let (position, generation) = nextTicket() {
            let result = Result { try load(position) }
            locked {
                if generation == self.generation && position >= wanted { ready[position] = result }
                condition.broadcast()
            }
        }
        locked {
            workers -= 1
            condition.broadcast()
        }
    }

    private func nextTicket() -> (position: Int, generation: Int)? {
        locked {
            while !isStopped && (ticket >= end || ticket - wanted >= capacity) { condition.wait() }
            if isStopped { return nil }
            ticket += 1
            return (ticket - 1, generation)
        }
    }

    private func locked<Outcome>(_ body: () throws -> Outcome) rethrows -> Outcome {
        condition.lock()
        defer { condition.unlock() }
        return try body()
    }
}
