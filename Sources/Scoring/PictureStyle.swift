/// How a prediction is shown: drawn over its picture, and as polygons.
package struct PictureStyle: Sendable, Equatable {
    /// How much of the classes' colours covers the picture, 0...1.
    package var opacity = 0.5
    /// Instances of a lower score are left out.
    package var leastScore: Float = 0.5
    /// Names stand in the segments that are large enough for them, of instances with their scores.
    package var hasNames = true
    /// Below the picture stands what the colours of its classes mean.
    package var hasLegend = true
    /// The picture as it is stands on the left.
    package var isBesidePicture = false
    /// Polygons are written.
    package var hasPolygons = false
    /// They leave out corners within so many pixels of the line without them.
    package var polygonTolerance = 1.0

    package init() {}
}
