import SegmentationNetworks
import SegmentationTraining

/// Pictures of discs and squares on a striped ground, with their labels: 0 ground, 1 discs, 2 squares.
enum Shapes {
    /// Picture `index`, the same each time.
    static func sample(_ index: Int) throws -> LabelledPicture {
        let (width, height) = (128, 96)
        var state = UInt64(index) &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var rgb: [UInt8] = []
        for pixel in 0..<width * height {
            let stripe = pixel / width / 8 % 2
            let grey = UInt8(90 + 10 * stripe + random(24))
            rgb += [grey, grey, grey]
        }
        var labels = [UInt16](repeating: 0, count: width * height)
        var objects = labels
        for object in 1...4 {
            let (kind, radius) = (1 + random(2), 8 + random(10))
            let (centerX, centerY) = (random(width), random(height))
            let (bright, dark) = (UInt8(200 + random(50)), UInt8(50 + random(60)))
            let color = kind == 1 ? [bright, dark, dark] : [dark, dark, bright]
            for y in max(0, centerY - radius)..<min(height, centerY + radius) {
                for x in max(0, centerX - radius)..<min(width, centerX + radius) {
                    let (dx, dy) = (x - centerX, y - centerY)
                    guard kind == 2 || dx * dx + dy * dy < radius * radius else { continue }
                    let pixel = y * width + x
                    labels[pixel] = UInt16(kind)
                    objects[pixel] = UInt16(object)
                    for channel in 0..<3 { rgb[3 * pixel + channel] = color[channel] }
                }
            }
        }
        return try LabelledPicture(
            Picture(width: width, height: height, rgb: rgb),
            labels: LabelMap(width: width, height: height, values: labels),
            objects: LabelMap(width: width, height: height, values: objects), name: "shapes \(index)")
    }
}
