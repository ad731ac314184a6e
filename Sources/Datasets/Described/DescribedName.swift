/// `folder:FILE:SPLIT`: a split of a data set that a file describes.
struct DescribedName {
    static let prefix = "folder:"

    /// The description file.
    let path: String
    let split: String

    /// Throws `DatasetError` for any other name.
    init(_ name: String) throws {
        let body = name.dropFirst(Self.prefix.count)
        guard name.hasPrefix(Self.prefix), let colon = body.lastIndex(of: ":"), colon != body.startIndex,
            body.index(after: colon) != body.endIndex
        else {
            throw DatasetError(
                name, [.other("", "expected folder:FILE.json:SPLIT")], advice: "for example folder:camvid.json:train")
        }
        path = String(body[..<colon])
        split = String(body[body.index(after: colon)...])
    }
}
