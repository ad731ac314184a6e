import Datasets
import Foundation
import Recipes

extension Diagnosis.Section {
    /// Where data sets are looked for, and what is there.
    static var data: Self {
        let environment = ProcessInfo.processInfo.environment
        let root = DatasetCatalog.folder(nil)
        let isSet = environment["DETECTRON2_DATASETS"] != nil
        let families = DatasetFamily.all.map { family in
            let parts = family.parts(under: root)
            return Fact(family.name, parts.isEmpty ? .text("none") : .list(parts))
        }
        let described = ShippedConfigurations.files.descriptions.compactMap { path in
            DescribedData(path: path, environment: environment)
        }
        return Self(
            title: "Data",
            facts: [Fact("root", .text(root), note: "DETECTRON2_DATASETS is \(isSet ? "set" : "not set")")] + families
                + described.map { Fact($0.name, .text($0.finding)) })
    }
}
