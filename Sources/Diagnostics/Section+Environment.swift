import Foundation

extension Diagnosis.Section {
    /// Variables that this program, or what it loads, reads; those of data sets stand with these.
    static var environment: Self {
        let prefixes = ["PEM_", "OPENBLAS_", "OMP_", "LD_", "NO_COLOR"]
        let set = ProcessInfo.processInfo.environment.filter { variable in
            prefixes.contains(where: variable.key.hasPrefix)
        }
        return Self(
            title: "Environment",
            facts: set.sorted { $0.key < $1.key }.map { Fact($0.key, .text($0.value)) })
    }
}
