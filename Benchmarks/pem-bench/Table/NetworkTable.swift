import Engine
import Foundation

/// The papers' networks beside each other: trained alike, scored and measured, entry by entry. What is finished is kept
/// in the folder and not done again.
package struct NetworkTable {
    /// One entry of the table, ready to run.
    package struct Work {
        let entry: TableEntry
        /// Tells its configuration from others.
        let identity: String
        /// Nil where a signal ended it.
        let run: () throws -> TableResult?

        package init(_ entry: TableEntry, identity: String, run: @escaping () throws -> TableResult?) {
            self.entry = entry
            self.identity = identity
            self.run = run
        }
    }

    private let folder: String
    private let note: (String) -> Void

    /// `folder` gets a folder for each entry; `note` is told what is done.
    package init(folder: String, note: @escaping (String) -> Void) {
        self.folder = folder
        self.note = note
    }

    /// The results of all entries in their order; nil where a signal ended one, and the next call goes on from there.
    /// Throws `TableResult.Failure` before anything is run where a folder has the result of another configuration,
    /// and whatever a run throws.
    package func results(_ works: [Work]) throws -> [(entry: TableEntry, result: TableResult)]? {
        var results = try works.map { work in
            try TableResult.read(from: folder + "/" + work.entry.name, configuration: work.identity)
        }
        for (index, work) in works.enumerated() {
            let place = "\(index + 1) of \(works.count): \(work.entry.title)"
            if results[index] != nil {
                note("\(place): finished before")
                continue
            }
            note(place)
            guard let result = try work.run() else {
                note("stopped: the same command goes on from there")
                return nil
            }
            try result.write(to: folder + "/" + work.entry.name)
            results[index] = result
        }
        return zip(works, results).compactMap { work, result in result.map { (work.entry, $0) } }
    }

    /// What the figures are of, and what they can and cannot say.
    package static let explanation = """
        Each network was trained by `Configs/comparison/recipe.cfg` from random weights on 52 synthetic street scenes of
        256×512, and scored on 12 others (panoptic PQ, and mIoU of label maps, in percent; those that learn label maps
        alone have no PQ). Parameters, GMAC
        (multiply-adds of convolutions, linear layers, matrix products and the mixing of class maps), images/s and their
        ratio to T (the time of SGEMM for the same multiply-adds) are of semantic inference of one image of 1024×2048.

        **What it can say**: that every network learns in this program, and what each costs on this machine.

        **What it cannot say**: which network segments better. The papers train from ImageNet weights for 90,000
        iterations on 2,975 photographs, each network at a rate of its own; here one rate, PEM's, holds for all, a few
        pictures are seen a few times, and drop path and the like only hold back. A difference in PQ or mIoU that is not
        well above that of PEM with two seeds is chance; a larger one says who learns faster at this rate.
        """

    /// The columns of `row`.
    package static let columns = [
        "network", "parameters, M", "GMAC", "images/s", "ratio to T", "iterations", "seed", "mIoU", "PQ",
    ]

    /// A row of the table; scores in percent.
    package static func row(_ entry: TableEntry, _ result: TableResult) -> [String] {
        func score(_ value: Double?) -> String { value.map { String(format: "%.1f", $0) } ?? "" }
        return [
            entry.title, String(format: "%.2f", Double(result.parameters) / 1e6),
            String(format: "%.1f", Double(result.macs) / 1e9), String(format: "%.3f", 1 / result.seconds),
            String(format: "%.2f", result.ratio), "\(result.iterations)", "\(result.seed)", score(result.meanIoU),
            score(result.panopticQuality),
        ]
    }
}
