import Annotations

/// A class of pixels: road, person, sky.
public struct SegmentationClass: Sendable, Hashable {
    /// Its number, as label maps hold it.
    public let number: Int
    /// Its name.
    public let name: String
    /// Whether its objects are told apart, as those of persons are and those of sky are not.
    public let isThing: Bool
    /// Red, green and blue of the colour that it is drawn in.
    public let red, green, blue: UInt8

    /// A class of one's own. Its colour is one of `number`'s, far from those of its neighbours, until it is given.
    public init(
        number: Int, name: String, isThing: Bool = false, color: (red: UInt8, green: UInt8, blue: UInt8)? = nil
    ) {
        let own = RGBColor.distinct(max(number, 0) + 1)[max(number, 0)]
        (self.number, self.name, self.isThing) = (number, name, isThing)
        (red, green, blue) = color ?? (own.red, own.green, own.blue)
    }

    /// The classes of a table.
    static func all(of table: ClassTable) -> [SegmentationClass] {
        table.names.indices.map { number in
            let color = table.colors[number]
            return SegmentationClass(
                number: number, name: table.names[number], isThing: table.isThing[number],
                color: (color.red, color.green, color.blue))
        }
    }
}
