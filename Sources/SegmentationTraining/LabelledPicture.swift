public import SegmentationNetworks

/// A picture that a network learns from, with the truth about its pixels.
public struct LabelledPicture: Sendable {
    /// The picture.
    public let picture: Picture
    /// The class of each pixel; `NetworkConfiguration.ignoreLabel` where there is none to be learned.
    public let labels: LabelMap
    /// Numbers by which pixels of one class of things are told apart; those of number 0 are a crowd region. Nil where
    /// objects are not told apart.
    public let objects: LabelMap?
    /// What messages call it, such as its file.
    public let name: String

    /// A picture with maps of its size. Throws `SegmentationError` where they have another.
    public init(
        _ picture: Picture, labels: LabelMap, objects: LabelMap? = nil,
        name: String = "picture"
    ) throws {
        for map in [labels, objects].compactMap(\.self) where map.width != picture.width || map.height != picture.height
        {
            throw SegmentationError(
                place: name, what: "picture and map differ in size",
                expected: "\(picture.width) × \(picture.height)", got: "\(map.width) × \(map.height)",
                advice: "resize or replace one of the two")
        }
        (self.picture, self.labels, self.objects, self.name) = (picture, labels, objects, name)
    }
}
