// The one owner of parallelism: tiles are taken from a counter by the caller and the parked workers.
import Glibc
import Synchronization

/// One call of `parallelFor`: its body, and how many tiles were taken and finished.
private final class Job: @unchecked Sendable {
    private let count: Int
    private let threads, reserved: Int
    private let joined = Atomic<Int>(1)
    private let next: Atomic<Int>
    private let finished = Atomic<Int>(0)
    private let active = Atomic<Int>(0)
    private var body: ((Int) -> Void)?

    /// Tile i < `reserved` is left to thread i, however late it comes.
    init(count: Int, threads: Int, reserved: Int, body: @escaping (Int) -> Void) {
        self.count = count
        self.threads = threads
        self.reserved = reserved
        next = Atomic(reserved)
        self.body = body
    }

    /// Runs tiles on a worker, unless enough threads have joined already.
    func help() {
        let thread = joined.add(1, ordering: .relaxed).oldValue
        if thread < threads { run(thread) }
    }

    /// Runs tiles until none is left to take; the caller of the loop is thread 0.
    func run(_ thread: Int) {
        var index = thread < reserved ? thread : take()
        if index < count { active.add(1, ordering: .relaxed) }
        while index < count {
            perform(index)
            finished.add(1, ordering: .releasing)
            index = take()
        }
    }

    private func take() -> Int { next.add(1, ordering: .relaxed).oldValue }

    // Not inlined: the reference to the body must be given back before the tile counts as finished.
    @inline(never) private func perform(_ index: Int) { body?(index) }

    /// Waits for the tiles that workers took, lets the body go, and returns how many threads ran tiles.
    func complete() -> Int {
        var spins = 0
        while finished.load(ordering: .acquiring) < count {
            spins += 1
            if spins > 4096 { sched_yield() }
        }
        body = nil
        return active.load(ordering: .relaxed)
    }
}

/// The worker threads of the process. Unchecked: its state is guarded by the POSIX mutex and by atomics.
package final class ThreadPool: @unchecked Sendable {
    private static let shared = ThreadPool()
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let generation = Atomic<Int>(0)
    /// Who may start a loop: anyone, nobody while one runs, or one thread by its `pthread_t`.
    private let turn = Atomic<pthread_t>(ThreadPool.anyone)
    private static let (anyone, nobody) = (pthread_t.min, pthread_t.max)
    private var current: Job?
    private var workers = 0
    private var threads: Int
    /// How many the thread whose turn it is uses.
    private var ownThreads = 1
    private var mostActive = 0

    private init() {
        threads = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(wake, nil)
    }

    /// How many threads a parallel loop uses, the caller included; in `withThreads` it may be another number.
    package static var threadCount: Int { shared.withLock { shared.threads } }

    /// Sets how many threads parallel loops use from now on. Results do not depend on it, to the last bit.
    package static func setThreadCount(_ count: Int) {
        precondition(count >= 1, "thread count must be at least 1, got \(count)")
        shared.withLock { shared.threads = count }
    }

    /// Runs `body` with `count` threads in the loops of the calling thread; loops of other threads run where they are
    /// meanwhile. Waits for another such call to end; not for use within a loop.
    ///
    /// A loop of `count` or more tiles gives every thread one of its own, so that none is idle. Returns the result, and
    /// the most threads that one loop ran on.
    package static func withThreads<Result>(
        _ count: Int, _ body: () throws -> Result
    ) rethrows -> (result: Result, active: Int) {
        precondition(count >= 1, "thread count must be at least 1, got \(count)")
        return try shared.withThreads(count, body)
    }

    fileprivate static func run(_ count: Int, _ body: (Int) -> Void) { shared.run(count, body) }

    private func withLock<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    private func withThreads<Result>(_ count: Int, _ body: () throws -> Result) rethrows -> (Result, Int) {
        while !turn.compareExchange(expected: Self.anyone, desired: pthread_self(), ordering: .acquiring).exchanged {
            usleep(100)
        }
        defer { turn.store(Self.anyone, ordering: .releasing) }
        withLock { (mostActive, ownThreads) = (0, count) }
        return (try body(), withLock { mostActive })
    }

    private func run(_ count: Int, _ body: (Int) -> Void) {
        // A loop inside a tile, or from a second thread while the pool works, runs where it is.
        let holder = turn.load(ordering: .relaxed)
        guard count > 1, holder == Self.anyone || holder == pthread_self(),
            turn.compareExchange(expected: holder, desired: Self.nobody, ordering: .acquiring).exchanged
        else {
            for index in 0..<count { body(index) }
            return
        }
        withoutActuallyEscaping(body) { body in
            let job = withLock {
                let isOwn = holder != Self.anyone
                let threads = isOwn ? ownThreads : self.threads
                let reserved = isOwn ? min(threads, count) : 0
                let job = Job(count: count, threads: threads, reserved: reserved, body: body)
                spawnWorkers(threads - 1)
                current = job
                generation.add(1, ordering: .releasing)
                if threads > 1 { pthread_cond_broadcast(wake) }
                return job
            }
            job.run(0)
            let active = job.complete()
            withLock {
                current = nil
                mostActive = max(mostActive, active)
            }
        }
        turn.store(holder, ordering: .releasing)
    }

    private func spawnWorkers(_ wanted: Int) {
        while workers < wanted {
            workers += 1
            if !startThread({ ThreadPool.shared.work() }) {
                MemoryShortage.end(bytes: 8 << 20, for: "the stack of a worker thread")
            }
        }
    }

    /// The loop of a worker thread: it waits for a job, spinning briefly and then parked, and helps with it.
    private func work() -> Never {
        var seen = 0
        while true {
            var spins = 0
            while generation.load(ordering: .acquiring) == seen, spins < 20_000 { spins += 1 }
            let job: Job? = withLock {
                while generation.load(ordering: .acquiring) == seen { pthread_cond_wait(wake, mutex) }
                seen = generation.load(ordering: .acquiring)
                return current
            }
            job?.help()
        }
    }
}

/// Runs `body(0) … body(count − 1)` on the worker pool, in no order; each call writes only its own range.
///
/// How the work is split may depend on shapes, never on the number of threads: so any number gives the same bits.
package func parallelFor(_ count: Int, _ body: (Int) -> Void) { ThreadPool.run(count, body) }

/// What `body` makes of 0 … count − 1, made as `parallelFor` does.
package func parallelMap<Value>(_ count: Int, _ body: (Int) -> Value) -> [Value] {
    [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
        initialized = count
        guard let values = buffer.baseAddress else { return }
        parallelFor(count) { (values + $0).initialize(to: body($0)) }
    }
}

/// Runs `body` on consecutive chunks of `grain` rows (the last may be shorter) on the worker pool.
package func parallelRows(_ rows: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    precondition(grain > 0, "parallelRows: grain \(grain)")
    parallelFor((rows + grain - 1) / grain) { chunk in
        body(chunk * grain..<min(rows, (chunk + 1) * grain))
    }
}
