import Annotations
import Datasets
import Images
import Testing

@Suite struct SemanticMapperTests {
    private func configuration(
        lengths: [Int] = [20, 30, 45],
        crop: RandomCrop? = RandomCrop(size: .absolute(ImageSize(height: 24, width: 32))),
        flip: Flip = .horizontal
    ) -> StandardAugmentation {
        .init(resize: ResizeShortestEdge(minSizes: lengths, maxSize: 400), crop: crop, randomFlip: flip)
    }

    @Test(arguments: AugmentationReference.shortestEdge.indices)
    func shortestEdgeEqualsDetectron2(index: Int) {
        let (given, expected) = AugmentationReference.shortestEdge[index]
        let resize = ResizeShortestEdge(minSizes: [given[2]], maxSize: given[3])
        let size = resize.size(of: ImageSize(height: given[0], width: given[1]), length: given[2])
        #expect([size.height, size.width] == expected)
    }

    /// Pillow's picture, torch's labels, both cropped after resizing and then flipped.
    @Test(arguments: AugmentationReference.geometry.indices)
    func geometryEqualsTheOfficialOne(index: Int) {
        let (size, crop, flips, expectedPicture, expectedLabels) = AugmentationReference.geometry[index]
        let region = PixelRegion(x: crop[0], y: crop[1], width: crop[2], height: crop[3])
        var picture = TestData.picture(height: size[0], width: size[1])
            .resized(to: ImageSize(height: size[2], width: size[3]), region: region)
        var labels = TestData.labels(height: size[0], width: size[1])
            .resizedNearest(to: ImageSize(height: size[2], width: size[3]), region: region)
        if flips { (picture, labels) = (picture.flippedHorizontally(), labels.flippedHorizontally()) }
        #expect(TestData.hash(picture.values) == expectedPicture)
        #expect(TestData.hash(labels) == expectedLabels)
    }

    @Test func aSampleDependsOnSeedEpochAndIndexOnly() {
        let mapper = SemanticMapper(configuration())
        let image = TestData.picture(height: 60, width: 80)
        let labels = TestData.labels(height: 60, width: 80)
        func sample(_ seed: UInt64, _ epoch: Int, _ index: Int) -> Image<UInt8> {
            var random = SampleRandom(seed: seed, epoch: epoch, index: index)
            return mapper.augment(image, labels, ignoreLabel: 255, random: &random).image
        }
        #expect(sample(1, 2, 3) == sample(1, 2, 3))
        let others = [sample(1, 2, 3), sample(2, 2, 3), sample(1, 3, 3), sample(1, 2, 4)]
        for first in others.indices { for second in 0..<first { #expect(others[first] != others[second]) } }
    }

    /// Colour left out: what comes out is the picture resized, cut and perhaps mirrored, labels in step with
    /// it.
    @Test(arguments: [Flip.none, .horizontal, .vertical])
    func labelsMoveWithThePicture(flip: Flip) {
        var configuration = configuration(lengths: [60], flip: flip)
        configuration.colorAugmentation = false
        // The picture shows its labels: red = label.
        let labels = TestData.labels(height: 60, width: 80)
        let image = Image<UInt8>(
            size: labels.size, channels: 3, values: labels.values.flatMap { [UInt8($0), 0, 0] })
        var results: Set<[UInt16]> = []
        for index in 0..<20 {
            var random = SampleRandom(seed: 0, epoch: 0, index: index)
            let result = SemanticMapper(configuration).augment(
                image, labels, ignoreLabel: 255, random: &random)
            #expect(result.labels.width == 32 && result.labels.height == 24)
            #expect(
                stride(from: 0, to: 24 * 32 * 3, by: 3).map { UInt16(result.image.values[$0]) }
                    == result.labels.values)
            results.insert(result.labels.values)
        }
        #expect(results.count > 10)
    }

    @Test func aCropAvoidsWhereOneClassCoversTooMuch() {
        // Left half one class, right half many: only windows that see enough of the right are balanced.
        var labels = TestData.labels(height: 40, width: 80)
        for y in 0..<40 { for x in 0..<40 { labels.values[y * 80 + x] = 0 } }
        let crop = RandomCrop(size: .absolute(ImageSize(height: 20, width: 20)), singleCategoryMaxArea: 0.6)
        var balanced = 0
        for index in 0..<200 {
            var random = SampleRandom(seed: 9, epoch: 0, index: index)
            let region = crop.drawRegion(in: ImageSize(height: 40, width: 80), ignoreLabel: 255, random: &random) {
                labels.cropped(to: $0)
            }
            #expect(region.fits(ImageSize(height: 40, width: 80)))
            if crop.isBalanced(labels.cropped(to: region), ignoreLabel: 255) { balanced += 1 }
        }
        // One window in three is unbalanced; ten in a row one time in 3^10.
        #expect(balanced >= 199)
    }

    @Test func balanceCountsOnlyLabelledPixelsAndNeedsTwoClasses() {
        func isBalanced(_ values: [UInt16]) -> Bool {
            RandomCrop(size: .absolute(ImageSize(height: 1, width: 4)), singleCategoryMaxArea: 0.75)
                .isBalanced(
                    LabelImage(size: ImageSize(height: 1, width: values.count), values: values), ignoreLabel: 255)
        }
        #expect(isBalanced([0, 1, 255, 255]))
        #expect(!isBalanced([0, 0, 255, 255]))
        #expect(!isBalanced([255, 255, 255, 255]))
        #expect(!isBalanced([0, 0, 0, 1]), "the share must be below the limit, not at it")
        #expect(isBalanced([0, 0, 1, 255]))
    }

    /// Boundaries of the whole label map, in step with it; no boundary is where the image is padded.
    @Test func boundariesMoveWithTheLabels() {
        let values = (0..<30 * 40).map { (pixel: Int) -> UInt16 in UInt16(pixel % 40 / 13 + pixel / 440) }
        let labels = LabelImage(size: ImageSize(height: 30, width: 40), values: values)
        var configuration = configuration(
            lengths: [30], crop: RandomCrop(size: .absolute(ImageSize(height: 40, width: 40))), flip: .none)
        (configuration.colorAugmentation, configuration.padsToCrop) = (false, true)
        func boundaries(_ configuration: StandardAugmentation, marks: Bool = true) -> LabelImage? {
            var random = SampleRandom(seed: 0, epoch: 0, index: 0)
            let image = TestData.picture(height: 30, width: 40)
            return SemanticMapper(configuration, marksBoundaries: marks)
                .augment(image, labels, ignoreLabel: 255, random: &random).boundaries
        }
        let whole = labels.boundaries(ignoreLabel: 255)
        #expect(whole.values.contains(1))
        #expect(boundaries(configuration)?.values == whole.values + Array(repeating: 0, count: 400))
        #expect(boundaries(configuration, marks: false) == nil)
        (configuration.crop, configuration.resize) = (nil, ResizeShortestEdge(minSizes: [60], maxSize: 400))
        // Found before the labels are enlarged: each of their pixels becomes four.
        #expect(boundaries(configuration) == whole.resizedNearest(to: ImageSize(height: 60, width: 80)))
    }

    @Test func smallImagesAreCroppedToThemselvesAndPadded() {
        var configuration = configuration(lengths: [16])
        func sizes(_ configuration: StandardAugmentation) -> (
            [Int], (image: Image<UInt8>, labels: LabelImage, boundaries: LabelImage?)
        ) {
            var random = SampleRandom(seed: 0, epoch: 0, index: 0)
            let result = SemanticMapper(configuration).augment(
                TestData.picture(height: 32, width: 48), TestData.labels(height: 32, width: 48),
                ignoreLabel: 200,
                random: &random)
            return (
                [result.image.height, result.image.width, result.labels.height, result.labels.width], result
            )
        }
        #expect(sizes(configuration).0 == [16, 24, 16, 24])
        configuration.padsToCrop = true
        let (size, padded) = sizes(configuration)
        #expect(size == [24, 32, 24, 32])
        #expect(padded.image.values.suffix(3) == [128, 128, 128])
        #expect(padded.labels.values.last == 200)
        configuration.padsToCrop = false
        configuration.sizeDivisibility = 20
        #expect(sizes(configuration).0 == [20, 20, 20, 20])
    }

    @Test(arguments: [
        RandomCrop.Size.relative(height: 0.5, width: 0.3), .relativeRange(height: 0.5, width: 0.3),
        .absoluteRange(smallest: 10, largest: 100),
    ])
    func everyKindOfCropLiesInTheImage(size: RandomCrop.Size) {
        for index in 0..<50 {
            var random = SampleRandom(seed: 0, epoch: 1, index: index)
            let region = RandomCrop(size: size).drawRegion(
                in: ImageSize(height: 33, width: 57), ignoreLabel: 255, random: &random
            ) { _ in TestData.labels(height: 1, width: 1) }
            #expect(region.fits(ImageSize(height: 33, width: 57)))
            #expect(region.height >= 10 && region.width >= 10)
        }
    }

    @Test func evaluationKeepsLabelsAndOriginalSize() throws {
        let folder = try TemporaryFolder()
        try folder.image("a.png", width: 40, height: 20)
        try folder.labels("a_labels.png", width: 40, height: 20) { $0 % 40 == 39 ? 255 : UInt16($0 % 19) }
        let dataset = SegmentationDataset(
            name: "one", classes: .cityscapes, labelMap: LabelMap(classes: .cityscapes),
            items: [
                .init(id: "a", imagePath: folder.path + "/a.png", labelPath: folder.path + "/a_labels.png")
            ])
        let sample = try EvaluationMapper(minSize: 10, maxSize: 100).sample(of: dataset, index: 0)
        #expect([sample.image.height, sample.image.width, sample.size.height, sample.size.width] == [10, 20, 20, 40])
        #expect(sample.image == TestData.picture(height: 20, width: 40).resized(to: ImageSize(height: 10, width: 20)))
        #expect(sample.labels?.values.count == 800 && sample.labels?.values.last == 255)
        let training = try SemanticMapper(configuration()).sample(of: dataset, seed: 1, epoch: 0, index: 0)
        #expect(training.targets.layers[0].count == training.image.width * training.image.height)
        #expect(
            training.targets.classes
                == Set(try #require(training.labels).values).subtracting([255]).map { Int($0) }.sorted())
    }
}
