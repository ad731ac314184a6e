import Foundation

/// Points with names in a picture: images a second to the right, a score or multiply-adds upwards; a panel for each
/// size, one below the other. SVG.
package struct TablePlot {
    /// A network in a panel.
    package struct Point: Equatable {
        package let name: String
        package let x, y: Double

        package init(name: String, x: Double, y: Double) { (self.name, self.x, self.y) = (name, x, y) }
    }

    /// The points at a size, and what stands upwards.
    package struct Panel: Equatable {
        package let title: String
        package let yTitle: String
        /// Whether equal steps upwards are equal factors.
        let isLogarithmic: Bool
        let points: [Point]

        package init(title: String, yTitle: String, isLogarithmic: Bool, points: [Point]) {
            (self.title, self.yTitle, self.isLogarithmic, self.points) = (title, yTitle, isLogarithmic, points)
        }
    }

    private static let (width, height) = (960.0, 480.0)
    /// Of a panel: where its points are, in pixels of the picture.
    private static let (left, right, top, bottom) = (80.0, 920.0, 40.0, 420.0)
    /// Colours that those who confuse red and green can tell apart (Okabe and Ito).
    private static let colors = [
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000",
    ]

    package let panels: [Panel]

    package init(_ panels: [Panel]) { self.panels = panels }

    /// The picture. Networks of one folder of configurations have one colour.
    package var svg: String {
        let groups = panels.flatMap(\.points).map { Self.group($0.name) }
        var order: [String] = []
        for group in groups where !order.contains(group) { order.append(group) }
        let height = Self.height * Double(panels.count)
        let content = panels.enumerated().map { index, panel in
            "<g transform=\"translate(0 \(Self.text(Self.height * Double(index))))\">\n" + Self.body(panel, order)
                + "</g>\n"
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.text(Self.width))" height="\(Self.text(height))" \
            viewBox="0 0 \(Self.text(Self.width)) \(Self.text(height))" font-family="sans-serif" font-size="12">
            <rect width="100%" height="100%" fill="white"/>
            \(content.joined())</svg>

            """
    }

    private static func group(_ name: String) -> String {
        name.components(separatedBy: CharacterSet(charactersIn: "/,")).first ?? name
    }

    private static func body(_ panel: Panel, _ groups: [String]) -> String {
        let x = PlotAxis(panel.points.map(\.x), isLogarithmic: true, from: left, to: right)
        let y = PlotAxis(panel.points.map(\.y), isLogarithmic: panel.isLogarithmic, from: bottom, to: top)
        var lines = [
            element("text", panel.title, [("x", left), ("y", 24)], "font-size=\"15\" font-weight=\"bold\""),
            element("text", "images/s", [("x", (left + right) / 2), ("y", 465)], "text-anchor=\"middle\""),
            "<text transform=\"translate(24 \(text((top + bottom) / 2))) rotate(-90)\" text-anchor=\"middle\">"
                + escaped(panel.yTitle) + "</text>",
        ]
        for tick in x.ticks {
            lines.append(line(x.place(tick), top, x.place(tick), bottom, "#ddd"))
            lines.append(
                element("text", label(tick), [("x", x.place(tick)), ("y", bottom + 18)], "text-anchor=\"middle\""))
        }
        for tick in y.ticks {
            lines.append(line(left, y.place(tick), right, y.place(tick), "#ddd"))
            lines.append(
                element("text", label(tick), [("x", left - 8), ("y", y.place(tick) + 4)], "text-anchor=\"end\""))
        }
        lines.append(
            element(
                "rect", "", [("x", left), ("y", top), ("width", right - left), ("height", bottom - top)],
                "fill=\"none\" stroke=\"#888\""))
        let places = panel.points.map { (name: $0.name, x: x.place($0.x), y: y.place($0.y)) }
        let labels = PlotLabels(places, left: left, right: right, top: top, bottom: bottom)
        for (place, box) in zip(places, labels.boxes) {
            let color = colors[(groups.firstIndex(of: group(place.name)) ?? 0) % colors.count]
            if let (toX, toY) = box.leader(from: place.x, place.y) {
                lines.append(line(place.x, place.y, toX, toY, color))
            }
            lines.append("<circle cx=\"\(text(place.x))\" cy=\"\(text(place.y))\" r=\"4\" fill=\"\(color)\"/>")
            lines.append(element("text", place.name, [("x", box.x), ("y", box.baseline)], "fill=\"\(color)\""))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func element(_ name: String, _ content: String, _ numbers: [(String, Double)], _ more: String)
        -> String
    {
        let attributes = numbers.map { "\($0)=\"\(text($1))\"" }.joined(separator: " ")
        return "<\(name) \(attributes) \(more)>\(escaped(content))</\(name)>"
    }

    private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ color: String) -> String {
        "<line x1=\"\(text(x1))\" y1=\"\(text(y1))\" x2=\"\(text(x2))\" y2=\"\(text(y2))\" stroke=\"\(color)\"/>"
    }

    private static func label(_ value: Double) -> String { String(format: "%.6g", value) }
    private static func text(_ value: Double) -> String { String(format: "%.6g", (value * 10).rounded() / 10) }

    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;")
    }
}
