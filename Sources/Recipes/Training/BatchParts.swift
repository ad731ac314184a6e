import Configurations
import Criteria
import Layers

extension RunConfiguration {
    /// What SOLVER.ACCUMULATE changes beside the memory of a step, in lines for a person.
    package func partNotes(_ store: ParameterStore, _ criterion: any Criterion) -> [String] {
        let parts = solver.accumulation
        guard parts > 1 else { return [] }
        let affected = [
            store.normalizesByBatch ? "batch norm takes its statistics" : nil,
            criterion.dependsOnWholeBatch ? "the loss is computed" : nil,
        ].compactMap(\.self)
        if affected.isEmpty { return [] }
        return [
            "note: SOLVER.ACCUMULATE \(parts): \(affected.joined(separator: " and ")) from "
                + "\(solver.imagesPerBatch / parts) of \(solver.imagesPerBatch) images at a time, as on \(parts) GPUs "
                + "without synchronisation" + (solver.sumsByImage ? "; SOLVER.SUMS_BY_IMAGE does not change that" : "")
        ]
    }
}
