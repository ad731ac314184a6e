import Annotations
import Images
import Testing

@Suite struct ResizeTests {
    @Test(arguments: ImageFixtures.all?.resize ?? [])
    func bilinearIsPillowsToTheBit(_ picture: ImageFixtures.Picture) throws {
        let source = try ImageFile.readRGB(ImageFixtures.path("source.png"))
        let expected = try ImageFixtures.image(picture)
        #expect(difference(source.resized(to: picture.size), expected) == nil)
    }

    @Test(arguments: [(53, 31), (12, 9), (37, 40), (60, 23), (37, 23), (30, 7)])
    func partOfAResizeIsTheCropOfTheWhole(_ width: Int, _ height: Int) throws {
        let source = try ImageFile.readRGB(ImageFixtures.path("source.png"))
        let labels = try ImageFile.readLabels(ImageFixtures.path("labels_source.png"))
        let size = ImageSize(height: height, width: width)
        for region in [
            PixelRegion(x: 0, y: 0, width: 1, height: 1), PixelRegion(x: 3, y: 2, width: 7, height: 5),
            PixelRegion(x: width - 4, y: height - 3, width: 4, height: 3),
        ] {
            let image = source.resized(to: size).cropped(to: region)
            #expect(difference(source.resized(to: size, region: region), image) == nil)
            let map = labels.resizedNearest(to: size).cropped(to: region)
            #expect(
                difference(labels.resizedNearest(to: size, region: region), map) == nil)
        }
    }

    @Test(arguments: ImageFixtures.all?.nearest ?? [])
    func nearestIsTorchsOnDoubles(_ labels: ImageFixtures.Labels) throws {
        let source = try ImageFile.readLabels(ImageFixtures.path("labels_source.png"))
        let expected = try ImageFixtures.labelImage(labels)
        #expect(
            difference(source.resizedNearest(to: labels.size), expected) == nil)
    }

    @Test(arguments: ImageFixtures.all?.axis ?? [])
    func nearestRoundsAsTorch(_ axis: ImageFixtures.Axis) {
        let line = LabelImage(size: ImageSize(height: 1, width: axis.size), values: (0..<UInt16(axis.size)).map { $0 })
        #expect(line.resizedNearest(to: ImageSize(height: 1, width: axis.sources.count)).values == axis.sources)
        let column = LabelImage(size: ImageSize(height: axis.size, width: 1), values: line.values)
        #expect(column.resizedNearest(to: ImageSize(height: axis.sources.count, width: 1)).values == axis.sources)
    }
}
