import Annotations
import Images

/// The objects of an image of annotations_instance: red is an object's class, 1 to 100, green its number in
/// the image; pixels of number 0 belong to none.
struct ADE20KObjects {
    let size: ImageSize
    /// [H * W]: the object of each pixel; 0 is none.
    let numbers: [UInt8]
    /// Class of `ClassTable.ade20kThings` by number, in the order of the numbers.
    let objects: [(number: UInt8, thing: Int)]

    /// Reads an image. Throws `InputError`, and `DatasetError` for an object of several classes or of none.
    init(path: String) throws {
        let picture = try ImageFile.readNumbers(path)
        size = picture.size
        var (numbers, classes) = ([UInt8](), [Set<UInt8>](repeating: [], count: 256))
        numbers.reserveCapacity(size.area)
        var last: (red: UInt8, number: UInt8) = (0, 0)
        for pixel in 0..<size.area {
            let (red, number) = (picture.values[3 * pixel], picture.values[3 * pixel + 1])
            numbers.append(number)
            if number == 0 || (red, number) == last { continue }
            classes[Int(number)].insert(red)
            last = (red, number)
        }
        self.numbers = numbers
        objects = try Self.objects(classes, path: path)
    }

    private static func objects(_ classes: [Set<UInt8>], path: String) throws -> [(UInt8, Int)] {
        var (objects, problems) = ([(UInt8, Int)](), [DatasetProblem]())
        let last = ClassTable.ade20kThings.count
        for (number, found) in classes.enumerated() where !found.isEmpty {
            if let only = found.first, found.count == 1, 1...last ~= Int(only) {
                objects.append((UInt8(number), Int(only) - 1))
            } else {
                let got = found.sorted().map(String.init).joined(separator: " and ")
                problems.append(
                    .other(path, "object \(number) is of class \(got) (expected one class of 1 to \(last))"))
            }
        }
        if !problems.isEmpty {
            throw DatasetError("ade20k", problems, advice: "fetch annotations_instance.tar again")
        }
        return objects
    }

    /// Pixels and boxes of the objects, in their order.
    var extents: [PanopticList.Segment.Extent] {
        let all = PanopticList.Segment.Extent.all(numbers, width: size.width)
        return objects.map { all[Int($0.number)] }
    }
}
