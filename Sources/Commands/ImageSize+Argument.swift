import Annotations
import ArgumentParser

/// `1024x2048` on the command line: height, then width.
extension ImageSize: ExpressibleByArgument {
    package init?(argument: String) {
        let sides = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard sides.count == 2, let height = sides[0], let width = sides[1],
            1...65_536 ~= height, 1...65_536 ~= width
        else { return nil }
        self.init(height: height, width: width)
    }

    package var defaultValueDescription: String { "\(height)x\(width)" }
}
