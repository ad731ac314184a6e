import Annotations
import Images

/// Shares of rows in columns, the larger the darker: numbers where there are few names, else a picture.
package struct PageMatrix: Sendable {
    private let names: [String]
    /// Of each row [K, K]; NaN in rows without any.
    private let shares: [[Double]]
    /// What rows and columns are.
    private let rowTitle: String, columnTitle: String

    /// More names are a picture.
    private static let mostNames = 40

    /// A square matrix; shares are 0…1.
    package init(_ names: [String], shares: [[Double]], rows: String, columns: String) {
        precondition(
            shares.count == names.count && shares.allSatisfy { $0.count == names.count },
            "PageMatrix: \(shares.count) rows for \(names.count) names")
        self.names = names
        self.shares = shares
        rowTitle = rows
        columnTitle = columns
    }

    /// The matrix, and what it shows below.
    package var markup: Markup {
        let note: Markup = """
            <p class="note">Rows: \(rowTitle), columns: \(columnTitle), in percent of the row. Rows without a number \
            have no pixels.</p>

            """
        return "\(names.count > Self.mostNames ? picture : table)\(note)"
    }

    private var table: Markup {
        let titles = names.map { name -> Markup in "<th><span>\(name)</span></th>" }
        let lines = zip(names, shares).map { name, row -> Markup in
            "<tr><th>\(name)</th>\(row.map(Self.cell))</tr>\n"
        }
        return """
            <div class="scroll matrix"><table>
            <thead><tr><th></th>\(titles)</tr></thead>
            <tbody>
            \(lines)</tbody>
            </table></div>

            """
    }

    /// Whole percents; less than half a percent is not told.
    private static func cell(_ share: Double) -> Markup {
        let percent = share.isFinite ? Int((100 * share).rounded()) : 0
        return percent == 0 ? "<td></td>" : "<td style=\"--share:\(percent)\">\(percent)</td>"
    }

    /// A square of pixels a share, on the darkest ground.
    private var picture: Markup {
        let side = max(1, 600 / names.count)
        let levels = shares.map { $0.map { $0.isFinite ? 255 * min(max($0, 0), 1).squareRoot() : 0 } }
        let (low, high): ([Double], [Double]) = ([20, 23, 26], [255, 220, 120])
        let rows = levels.flatMap { row -> ArraySlice<UInt8> in
            let line = row.flatMap { level in
                let color = zip(low, high).map { UInt8($0 + ($1 - $0) * level / 255) }
                return (0..<side).flatMap { _ in color }
            }
            return (0..<side).flatMap { _ in line }[...]
        }
        let size = ImageSize(height: side * names.count, width: side * names.count)
        let image = Image<UInt8>(size: size, channels: 3, values: rows)
        let description = "\(rowTitle) against \(columnTitle)"
        let png = (try? ImageFile.png(image, place: description)).map {
            Picture($0, .png, width: size.width, height: size.height, description: description)
        }
        return png?.markup(isPixels: true) ?? ""
    }
}
