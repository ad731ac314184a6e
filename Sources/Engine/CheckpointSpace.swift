import Foundation
import Layers

/// What the checkpoints of a run take on the disk, in bytes.
package struct CheckpointSpace {
    /// Weights alone.
    package let weights: Int
    /// Weights and moments.
    package let checkpoint: Int
    /// All that may lie there at once: a new checkpoint is written before the oldest goes, and the best weights come
    /// beside them.
    package let most: Int

    /// `moments` is what the optimiser remembers of each parameter, `kept` the number of checkpoints that stay.
    package init(_ store: ParameterStore, moments: Int, kept: Int) {
        weights = 4 * store.parameters.reduce(0) { $0 + $1.officialShape.reduce(1, *) }
        checkpoint = weights * (1 + moments)
        most = checkpoint * (kept + 1) + weights
    }

    /// Bytes for a person.
    package static func text(_ bytes: Int) -> String {
        bytes < 1_000_000_000
            ? String(format: "%.1f MB", Double(bytes) / 1e6) : String(format: "%.1f GB", Double(bytes) / 1e9)
    }
}
