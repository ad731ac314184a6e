import Glibc

/// Starts a thread that ends with `body`, and says whether the system had room for one: Foundation's `Thread` does not
/// tell.
package func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
    let work = Unmanaged.passRetained(ThreadWork(run: body))
    var thread = pthread_t()
    let status = pthread_create(
        &thread, nil,
        { context in
            context.map { Unmanaged<ThreadWork>.fromOpaque($0).takeRetainedValue().run() }
            return nil
        }, work.toOpaque())
    if status != 0 {
        work.release()
        return false
    }
    pthread_detach(thread)
    return true
}

/// What a thread does.
private final class ThreadWork: Sendable {
    let run: @Sendable () -> Void

    init(run: @escaping @Sendable () -> Void) { self.run = run }
}
