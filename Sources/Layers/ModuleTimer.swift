/// Adds up the time that modules take. Names nest: what runs within "backbone" as "res2" is "backbone.res2".
package final class ModuleTimer {
    private let clock = ContinuousClock()
    private var path: [String] = []
    /// Seconds by name since the last reset, those of modules within included.
    package private(set) var seconds: [String: Double] = [:]

    /// A timer that has seen nothing.
    package init() {}

    /// Forgets what was measured.
    package func reset() { seconds = [:] }

    func measure<Result>(_ name: String, _ work: () throws -> Result) rethrows -> Result {
        path.append(name)
        let start = clock.now
        defer {
            let parts = start.duration(to: clock.now).components
            let elapsed = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
            seconds[path.joined(separator: "."), default: 0] += elapsed
            path.removeLast()
        }
        return try work()
    }
}
