import Engine
import Foundation
import Recipes

extension Diagnosis.Section {
    /// The program and the files that come with it.
    static var program: Self {
        let shipped = ShippedConfigurations.files
        let count = shipped.paths.count
        var advice: [String] = []
        if Release.isDebug { advice.append("This is a debug build, many times slower than `make` builds it.") }
        if count == 0 {
            advice.append(
                "No shipped configurations are found: install with `make install`, or stand in the checkout.")
        }
        return Self(
            title: "Program",
            facts: [
                Fact("version", .text(Release.version)),
                Fact("built by", .text("\(Release.compiler), \(Release.build)")),
                Fact("path", .text(Bundle.main.executablePath ?? "unknown")),
                Fact("configurations", .count(count)),
                Fact("their folders", .list(shipped.roots.filter(FileManager.default.fileExists))),
            ], advice: advice)
    }
}
