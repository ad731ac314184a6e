import Annotations
import Foundation

/// Writing of one size. Letters are drawn from strokes (`Glyphs`), smooth at any size. Other alphabets are spelled in
/// ASCII; a character that cannot be is a box.
package struct Lettering: Sendable, Equatable {
    /// The strokes of one character as lines from point to point, in pixels from the left end of the text and the top
    /// of its line.
    typealias Letter = [[SIMD2<Double>]]

    /// Units of `Glyphs` from the baseline to the top of a capital, from the top of a line to the baseline and to
    /// the next line, between letters, and for a space.
    private static let (capital, ascent, line, gap, space) = (10.0, 12.5, 17.0, 2.4, 4.0)
    /// The grid's y of the baseline.
    private static let baseline = 3.0

    /// Pixels of a unit of `Glyphs`.
    private let unit: Double

    /// Letters whose capitals are so many pixels high.
    package init(capital pixels: Double) {
        precondition(pixels > 0, "Lettering: capitals of \(pixels) pixels")
        unit = pixels / Self.capital
    }

    /// Letters that are read easily beside a picture of this size.
    package init(beside picture: ImageSize) {
        self.init(capital: max(9, Double(min(picture.height, picture.width)) / 50))
    }

    /// Half the width of a stroke, in pixels.
    var reach: Double { max(0.55, 0.62 * unit) }

    /// Pixels from the top of a line to that of the next.
    package var lineHeight: Int { Int((Self.line * unit).rounded(.up)) }

    /// Pixels that a text is wide.
    package func width(of text: String) -> Int { Int(layout(text).end.rounded(.up)) }

    /// The letters of a text, and where it ends.
    func layout(_ text: String) -> (letters: [Letter], end: Double) {
        var (letters, left, end) = ([Letter](), reach, 0.0)
        for character in Self.spelled(text) {
            let strokes = (Glyphs.strokes[character] ?? Glyphs.box).split(separator: " ").map(Self.points)
            let width = strokes.joined().map(\.x).max()
            let origin = SIMD2(left, Self.ascent * unit)
            letters.append(
                strokes.map { Self.spline($0).map { origin + SIMD2($0.x, Self.baseline - $0.y) * unit } })
            end = left + (width ?? 0) * unit + reach
            left += ((width ?? Self.space - Self.gap) + Self.gap) * unit
        }
        return (letters, end)
    }

    private static func spelled(_ text: String) -> String {
        if text.allSatisfy(\.isASCII) { return text }
        return text.applyingTransform(StringTransform("Any-Latin; Latin-ASCII"), reverse: false) ?? text
    }

    /// Points of a stroke as `Glyphs` writes it.
    private static func points(_ stroke: Substring) -> [SIMD2<Double>] {
        let digits = stroke.compactMap(\.hexDigitValue).map(Double.init)
        return stride(from: 0, to: digits.count - 1, by: 2).map { SIMD2(digits[$0], digits[$0 + 1]) }
    }

    /// The quadratic B-spline of these points as a line from point to point.
    private static func spline(_ points: [SIMD2<Double>]) -> [SIMD2<Double>] {
        guard points.count > 2 else { return points }
        let pieces = 6
        var line = [points[0]]
        for index in 1..<points.count - 1 {
            let (start, control, next) = (line[line.count - 1], points[index], points[index + 1])
            let end = index == points.count - 2 ? next : (control + next) / 2
            if control == start || control == end {
                line.append(end)
            } else {
                line += (1...pieces).map { piece in
                    let t = Double(piece) / Double(pieces)
                    return start * (1 - t) * (1 - t) + control * 2 * t * (1 - t) + end * t * t
                }
            }
        }
        return line
    }
}
