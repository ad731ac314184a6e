import Annotations
import Datasets
import Inference
import Testing

/// The sizes that TEST.AUG makes of a picture as the network gets it without.
@Suite struct AugmentedViewsTests {
    /// detectron2's ResizeShortestEdge, with MIN_SIZES and MAX_SIZE of Mask2Former's files of ADE20K and Cityscapes.
    @Test(
        arguments: [
            (
                [512, 683], [256, 384, 512, 640, 768, 896], 3584,
                [[256, 342], [384, 512], [512, 683], [640, 854], [768, 1025], [896, 1195]]
            ),
            // A strip that MAX_SIZE_TEST made lower than MIN_SIZE_TEST: its own sides count, and the limit holds.
            (
                [400, 2048], [256, 384, 512, 640, 768, 896], 3584,
                [[256, 1311], [384, 1966], [512, 2621], [640, 3277], [700, 3584], [700, 3584]]
            ),
            ([1024, 2048], [512, 1792], 4096, [[512, 1024], [1792, 3584]]),
        ] as [([Int], [Int], Int, [[Int]])])
    func sizesAreTheOfficialOnes(image: [Int], lengths: [Int], limit: Int, expected: [[Int]]) {
        var augmentation = InferenceConfiguration().augmentation
        (augmentation.minSizes, augmentation.maxSize) = (lengths, limit)
        let size = ImageSize(height: image[0], width: image[1])
        let picture = Image<UInt8>(
            size: size, channels: 3, values: (0..<3 * size.area).map { UInt8(truncatingIfNeeded: $0 / 3 % size.width) })
        var sizes: [[Int]] = []
        var last: Image<UInt8>?
        for (index, view) in augmentation.views(of: picture, EvaluationMapper(minSize: 0, maxSize: 1)).enumerated() {
            #expect(view.isMirrored == (index % 2 == 1))
            if let last, view.isMirrored {
                #expect(view.image.values.prefix(3) == last.values[(3 * last.width - 3)..<3 * last.width])
            } else {
                sizes.append([view.image.height, view.image.width])
            }
            last = view.image
        }
        #expect(sizes == expected)
    }
}
