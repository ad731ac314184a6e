/// HTML that shows what it was made of: text becomes markup only escaped.
///
/// A literal is markup; what it interpolates is text, a number, or other markup:
/// `let cell: Markup = "<td>\(name)</td>"`. So names out of data files cannot become elements.
package struct Markup: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// As it stands in the page.
    package private(set) var html: String

    /// Nothing.
    package static let empty = Markup(html: "")

    /// Escaped text.
    package init(text: String) { html = Self.escaped(text) }

    package init(stringLiteral value: String) { html = value }

    package init(stringInterpolation: StringInterpolation) { html = stringInterpolation.html }

    private init(html: String) { self.html = html }

    /// One after the other.
    package init(_ parts: some Sequence<Markup>) { html = parts.reduce(into: "") { $0 += $1.html } }

    package static func += (left: inout Markup, right: Markup) { left.html += right.html }

    /// What HTML takes for its own is written as references, in attributes too; control characters, which it does
    /// not allow, as U+FFFD.
    private static func escaped(_ text: String) -> String {
        var html = ""
        html.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\"": html += "&quot;"
            case "'": html += "&#39;"
            case "\t", "\n": html.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value): html += "\u{FFFD}"
            default: html.unicodeScalars.append(scalar)
            }
        }
        return html
    }

    /// Collects literals and what stands between them.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var html = ""

        package init(literalCapacity: Int, interpolationCount: Int) { html.reserveCapacity(2 * literalCapacity) }

        package mutating func appendLiteral(_ literal: String) { html += literal }
        package mutating func appendInterpolation(_ text: String) { html += Markup.escaped(text) }
        package mutating func appendInterpolation(_ number: Int) { html += String(number) }
        package mutating func appendInterpolation(_ number: Double) { html += "\(number)" }
        package mutating func appendInterpolation(_ markup: Markup) { html += markup.html }
        package mutating func appendInterpolation(_ parts: [Markup]) { for part in parts { html += part.html } }
    }
}
