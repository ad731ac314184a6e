import Images
import Testing

@Suite struct ResizeTests {
    @Test(arguments: ImageFixtures.all?.resize ?? [])
    func bilinearIsPillowsToTheBit(_ picture: ImageFixtures.Picture) throws {
        let source = try ImageFile.readRGB(ImageFixtures.path("source.png"))
        let expected = try ImageFixtures.image(picture)
        #expect(difference(source.resized(width: picture.width, height: picture.height), expected) == nil)
    }

    @Test(arguments: [(53, 31), (12, 9), (37, 40), (60, 23), (37, 23), (30, 7)])
    func partOfAResizeIsTheCropOfTheWhole(_ width: Int, _ height: Int) throws {
        let source = try ImageFile.readRGB(ImageFixtures.path("source.png"))
        let labels = try ImageFile.readLabels(ImageFixtures.path("labels_source.png"))
        for region in [
            PixelRegion(x: 0, y: 0, width: 1, height: 1), PixelRegion(x: 3, y: 2, width: 7, height: 5),
            PixelRegion(x: width - 4, y: height - 3, width: 4, height: 3),
        ] {
            let image = source.resized(width: width, height: height).cropped(to: region)
            #expect(difference(source.resized(width: width, height: height, region: region), image) == nil)
            let map = labels.resizedNearest(width: width, height: height).cropped(to: region)
            #expect(
                difference(labels.resizedNearest(width: width, height: height, region: region), map) == nil)
        }
    }

    @Test(arguments: ImageFixtures.all?.nearest ?? [])
    func nearestIsTorchsOnDoubles(_ labels: ImageFixtures.Labels) throws {
        let source = try ImageFile.readLabels(ImageFixtures.path("labels_source.png"))
        let expected = try ImageFixtures.labelImage(labels)
        #expect(
            difference(source.resizedNearest(width: labels.width, height: labels.height), expected) == nil)
    }

    @Test(arguments: ImageFixtures.all?.axis ?? [])
    func nearestRoundsAsTorch(_ axis: ImageFixtures.Axis) {
        let line = LabelImage(width: axis.size, height: 1, values: (0..<UInt16(axis.size)).map { $0 })
        #expect(line.resizedNearest(width: axis.sources.count, height: 1).values == axis.sources)
        let column = LabelImage(width: 1, height: axis.size, values: line.values)
        #expect(column.resizedNearest(width: 1, height: axis.sources.count).values == axis.sources)
    }
}
