import ArgumentParser
import Scoring

/// How results are drawn.
struct DrawingOptions: ParsableArguments {
    /// All of them, for messages.
    static let names = "--side-by-side, --opacity, --no-names, --no-legend, --json and --polygon-tolerance"

    @Flag(help: "Put the picture as it is on the left of its overlay.")
    var sideBySide = false

    @Option(help: ArgumentHelp("How much of the classes' colours covers the picture.", valueName: "0...1"))
    var opacity = PictureStyle().opacity

    @Flag(inversion: .prefixedNo, help: "Write names into segments that are large enough, of instances with scores.")
    var names = PictureStyle().hasNames

    @Flag(inversion: .prefixedNo, help: "Put a legend of the classes that are there below the overlay.")
    var legend = PictureStyle().hasLegend

    @Flag(help: "Write polygons, too.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Leave out corners of polygons within so many pixels of the line without them; 0: none.",
            valueName: "pixels"))
    var polygonTolerance = PictureStyle().polygonTolerance

    /// Whether anything differs from what it is without an option.
    var isUsed: Bool { style != PictureStyle() }

    var style: PictureStyle {
        var style = PictureStyle()
        style.isBesidePicture = sideBySide
        style.opacity = opacity
        style.hasNames = names
        style.hasLegend = legend
        style.hasPolygons = json
        style.polygonTolerance = polygonTolerance
        return style
    }

    func validate() throws {
        guard 0...1 ~= opacity else { throw ValidationError("--opacity: expected 0 to 1, got \(opacity)") }
        guard 0...1000 ~= polygonTolerance else {
            throw ValidationError("--polygon-tolerance: expected 0 to 1000 pixels, got \(polygonTolerance)")
        }
    }
}
