import Annotations
import Datasets
import Images
import Testing

/// The data of mmsegmentation's, SegFormer's and PIDNet's recipes. Expected values are from Tools/reference/recipes.py.
@Suite struct RecipeAugmentationTests {
    @Test(
        arguments: [
            ([512, 683], [2048, 512], 0.5, [256, 342]), ([683, 512], [2048, 512], 1.7361, [1185, 888]),
            ([300, 2000], [2048, 512], 1.3, [399, 2662]), ([1024, 2048], [2048, 1024], 0.7777, [796, 1592]),
            ([97, 101], [2048, 640], 1.99, [1273, 1325]), ([360, 480], [480, 360], 1.25, [450, 600]),
        ] as [([Int], [Int], Double, [Int])])
    func scaledBoundsAreMMCVs(image: [Int], sides: [Int], scale: Double, expected: [Int]) {
        let resize = ScaledResize(.bounds(longest: sides[0], shortest: sides[1]), scales: 0.5...2)
        let size = resize.size(of: ImageSize(height: image[0], width: image[1]), scale: scale)
        #expect([size.height, size.width] == expected)
    }

    @Test(
        arguments: [
            ([1024, 2048], 2048, 0, [512, 1024]), ([1024, 2048], 2048, 16, [2151, 4301]),
            ([720, 960], 960, 3, [576, 768]), ([961, 720], 960, 7, [1152, 863]), ([33, 57], 64, 11, [59, 102]),
        ] as [([Int], Int, Int, [Int])])
    func scaledLongestEdgesArePIDNets(image: [Int], base: Int, step: Int, expected: [Int]) {
        let resize = ScaledResize(.longest(base), scales: 0.5...2.1, step: 0.1)
        let size = resize.size(of: ImageSize(height: image[0], width: image[1]), scale: 0.5 + Double(step) / 10)
        #expect([size.height, size.width] == expected)
    }

    @Test func scalesAreDrawnFromTheWholeRange() {
        let (any, steps) = (
            ScaledResize(.longest(64), scales: 0.5...2), ScaledResize(.longest(64), scales: 0.5...2.1, step: 0.1)
        )
        var (least, most) = (Double.infinity, 0.0)
        var seen: [Double: Int] = [:]
        for index in 0..<3400 {
            var random = SampleRandom(seed: 4, epoch: 0, index: index)
            let scale = any.drawScale(&random)
            (least, most) = (min(least, scale), max(most, scale))
            seen[steps.drawScale(&random), default: 0] += 1
        }
        #expect(0.5..<0.51 ~= least && 1.99...2 ~= most)
        // random.randint(0, 16) / 10: 17 values, about 200 times each.
        #expect(Set(seen.keys) == Set((0...16).map { 0.5 + Double($0) / 10 }))
        #expect(seen.values.allSatisfy { 130..<270 ~= $0 })
    }

    /// mmcv's rescale, then SegFormer's alignment, each by OpenCV; ratios as in mmsegmentation's aug-test.
    @Test(
        arguments: [
            ([60, 90], [256, 64], 32, nil, [64, 96], 0x5B1B_241E_37D5_1EEE),
            ([90, 61], [256, 64], 32, 0.75, [96, 64], 0x2D4F_E956_BF7D_5CBC),
            ([50, 300], [256, 64], 32, 1.25, [64, 320], 0x606E_6877_175F_311F),
            ([48, 80], [96, 48], 0, 1.75, [84, 140], 0xD2A2_D916_80CC_8CBE),
        ] as [([Int], [Int], Int, Double?, [Int], UInt64)])
    func evaluationIsAligned(
        image: [Int], sides: [Int], alignment: Int, ratio: Double?, size: [Int], picture: UInt64
    ) {
        let mapper = EvaluationMapper(
            minSize: sides[1], maxSize: sides[0], resampling: .openCV, alignment: alignment)
        let original = TestData.picture(height: image[0], width: image[1])
        let resized = mapper.resized(original, ratio: ratio)
        #expect([resized.height, resized.width] == size && TestData.hash(resized.values) == picture)
        if ratio == nil { #expect(mapper.size(of: original.size) == resized.size) }
    }

    @Test func withoutASizePicturesKeepTheirsAndRatiosAreOfIt() {
        let picture = TestData.picture(height: 30, width: 50)
        let whole = EvaluationMapper(minSize: 0, maxSize: 1, resampling: .openCV)
        #expect(whole.resized(picture) == picture)
        #expect(whole.resized(picture, ratio: 0.5).size == ImageSize(height: 15, width: 25))
        let aligned = EvaluationMapper(minSize: 0, maxSize: 1, alignment: 32)
        #expect(aligned.resized(picture).size == ImageSize(height: 32, width: 64))
    }

    private func configuration(crop: Int) -> StandardAugmentation {
        var standard = StandardAugmentation(
            resize: ResizeShortestEdge(minSizes: [1], maxSize: 1),
            crop: RandomCrop(size: .absolute(ImageSize(height: crop, width: crop))), colorAugmentation: false,
            randomFlip: .none, padsToCrop: true)
        standard.scaledResize = ScaledResize(.bounds(longest: 96, shortest: 64), scales: 1...1)
        standard.resampling = .openCV
        return standard
    }

    private func sample(_ standard: StandardAugmentation) -> (image: Image<UInt8>, labels: LabelImage) {
        var random = SampleRandom(seed: 0, epoch: 0, index: 0)
        let sample = SemanticMapper(standard, marksBoundaries: true).augment(
            TestData.picture(height: 60, width: 90), TestData.labels(height: 60, width: 90), ignoreLabel: 200,
            random: &random)
        #expect(sample.boundaries?.size == sample.labels.size)
        return (sample.image, sample.labels)
    }

    /// The crop is larger than the image, which is resized to 64×96 as OpenCV does it.
    @Test func paddingIsGreyBlackOrLeftToTheBatch() {
        var standard = configuration(crop: 100)
        let size = ImageSize(height: 64, width: 96)
        let (picture, labels) = (
            TestData.picture(height: 60, width: 90).resizedAsOpenCV(to: size),
            TestData.labels(height: 60, width: 90).resizedNearest(to: size, rule: .openCV)
        )
        let target = ImageSize(height: 100, width: 100)
        for (padding, level) in [(Padding.grey, UInt8(128)), (.black, 0)] {
            standard.padding = padding
            #expect(sample(standard).image == picture.padded(to: target, fill: [level, level, level]))
        }
        standard.padding = .mean
        let result = sample(standard)
        #expect(result.image == picture)
        #expect(result.labels == labels.padded(to: target, fill: [200]))
        standard.padsToCrop = false
        standard.sizeDivisibility = 70
        let cut = sample(standard)
        #expect(cut.image == picture.cropped(to: PixelRegion(x: 0, y: 0, width: 70, height: 64)))
        #expect(cut.labels.size == ImageSize(height: 70, width: 70))
    }

    @Test func aCropIsComputedAloneAsOpenCVDoesIt() {
        let standard = configuration(crop: 40)
        let (image, labels) = sample(standard)
        let whole = TestData.picture(height: 60, width: 90).resizedAsOpenCV(to: ImageSize(height: 64, width: 96))
        let map = TestData.labels(height: 60, width: 90)
            .resizedNearest(to: ImageSize(height: 64, width: 96), rule: .openCV)
        let places = (0...24).flatMap { y in (0...56).map { PixelRegion(x: $0, y: y, width: 40, height: 40) } }
        #expect(places.contains { whole.cropped(to: $0) == image && map.cropped(to: $0) == labels })
    }

    /// detectron2 looks at nine crops and takes the tenth as it is; mmsegmentation at ten before the eleventh.
    @Test(arguments: [1, 10, 11]) func aCropIsDrawnSoManyTimes(attempts: Int) {
        let crop = RandomCrop(
            size: .absolute(ImageSize(height: 4, width: 4)), singleCategoryMaxArea: 0.75, attempts: attempts)
        var random = SampleRandom(seed: 0, epoch: 0, index: 0)
        var looks = 0
        // One class alone is never balanced, and neither is nothing but the ignore label.
        for label in [UInt16(3), 255] {
            looks = 0
            _ = crop.drawRegion(in: ImageSize(height: 40, width: 40), ignoreLabel: 255, random: &random) {
                looks += 1
                return LabelImage(size: $0.size, values: [UInt16](repeating: label, count: 16))
            }
            #expect(looks == attempts - 1)
        }
    }

    @Test func theLargestTurnOfTheHueCanBeLeftOut() {
        var turns: Set<Int> = []
        for index in 0..<2000 {
            var random = SampleRandom(seed: 5, epoch: 0, index: index)
            if let hue = ColorAugmentation(&random, hues: -18...17).hue { turns.insert(hue) }
        }
        #expect(turns == Set(-18...17))
    }
}
