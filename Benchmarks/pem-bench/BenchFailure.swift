/// What ended a benchmark: what, where, and what to do.
package struct BenchFailure: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}
