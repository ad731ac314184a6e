import Annotations
import Images
import Layers
import Networks
import Tensors

/// From pixels to class numbers, segments and instances.
struct NetworkInference {
    /// What the network predicts for a picture, and the size of its padded input.
    struct Output {
        let prediction: any Prediction
        fileprivate let image: RGBImage
        fileprivate let inputSize: ImageSize
    }

    private let network: any Network
    private let test: RunConfiguration.Test
    private let augmentation: RunConfiguration.Test.Augmentation?

    /// With TEST.SLIDE where it is enabled, and TEST.AUG where it is and is wanted.
    init(_ network: any Network, _ run: RunConfiguration, augments: Bool) {
        self.network = network
        test = run.test
        augmentation = augments ? run.test.augmentation : nil
    }

    /// What the network predicts for a picture as it gets it.
    func predict(_ image: RGBImage) -> Output {
        let batch = network.input.batch([ImagePixels(image)])  // [1, H, W, 3]
        return Output(
            prediction: network(batch, .evaluation), image: image,
            inputSize: ImageSize(height: batch.shape[1], width: batch.shape[2]))
    }

    /// The results of `tasks` for the original picture, `height` × `width`, from the picture as the network
    /// gets it. Segments and instances need `isThing` of every class.
    func callAsFunction(
        _ image: RGBImage, height: Int, width: Int, _ tasks: InferenceTasks, isThing: [Bool]
    ) -> ImagePrediction {
        if augmentation != nil || test.slide != nil {
            return ImagePrediction(
                height: height, width: width, labels: labels(of: image, height: height, width: width))
        }
        return self(predict(image), height: height, width: width, tasks, isThing: isThing)
    }

    /// The same of what the network predicted already, whatever TEST.AUG and TEST.SLIDE say.
    func callAsFunction(
        _ output: Output, height: Int, width: Int, _ tasks: InferenceTasks, isThing: [Bool]
    ) -> ImagePrediction {
        var result = ImagePrediction(height: height, width: width)
        if tasks.contains(.semantic) {
            let semantic = output.prediction.semanticSegmentation(
                image: 0, request(output, height, width), wantsScores: false)
            result.labels = LabelImage(width: width, height: height, values: semantic.labels)
        }
        if tasks.contains(.panoptic) {
            result.panoptic = output.prediction.masks?.panopticSegmentation(
                image: 0, request(output, height, width), isThing: isThing,
                objectMaskThreshold: Float(test.objectMaskThreshold), overlapThreshold: Float(test.overlapThreshold))
        }
        if tasks.contains(.instance) {
            result.instances = output.prediction.masks?.instanceSegmentation(
                image: 0, request(output, height, width), count: test.detectionsPerImage, isThing: isThing)
        }
        return result
    }

    /// The class of each pixel of the original picture, `height` × `width`, from the picture as the network
    /// gets it.
    func labels(of image: RGBImage, height: Int, width: Int) -> LabelImage {
        guard let augmentation else { return labels(scores(image, height, width), height, width) }
        // Mask2Former's SemanticSegmentorWithTTA: scores at the original size, added view by view, then divided.
        let sums = Tensor(zeros: [height, width, network.classCount])
        var count: Float = 0
        for view in augmentation.views(of: image) {
            count += 1
            scores(view.image, height, width).add(to: sums, isMirrored: view.isMirrored)
        }
        divide(sums) { [count] _, _ in count }
        return labels(
            PixelScores(scores: sums, output: ImageSize(height: height, width: width)), height, width)
    }

    private func labels(_ scores: PixelScores, _ height: Int, _ width: Int) -> LabelImage {
        let result = scores.labels(wantsScores: false)
        return LabelImage(width: width, height: height, values: result.labels)
    }

    /// Class scores, at `height` × `width`, of a picture as the network gets it.
    private func scores(_ image: RGBImage, _ height: Int, _ width: Int) -> PixelScores {
        guard let slide = test.slide else {
            let output = predict(image)
            return output.prediction.scores(image: 0, request(output, height, width))
        }
        let windows = SlidingWindows(slide, height: image.height, width: image.width)
        let sums = Tensor(zeros: [image.height, image.width, network.classCount])
        for region in windows.regions {
            let output = predict(image.cropped(to: region))
            output.prediction.scores(image: 0, request(output, region.height, region.width))
                .add(to: sums, x: region.x, y: region.y)
        }
        func counts(_ ranges: [Range<Int>], _ length: Int) -> [Float] {
            (0..<length).map { place in Float(ranges.count { $0.contains(place) }) }
        }
        let (rows, columns) = (counts(windows.rows, image.height), counts(windows.columns, image.width))
        divide(sums) { y, x in rows[y] * columns[x] }
        return PixelScores(scores: sums, output: ImageSize(height: height, width: width))
    }

    /// Divides the scores [H, W, K] of each pixel in place.
    private func divide(_ scores: Tensor, by count: (_ y: Int, _ x: Int) -> Float) {
        let (width, classes) = (scores.shape[1], scores.shape[2])
        parallelRows(scores.shape[0], grain: 16) { rows in
            for y in rows {
                for x in 0..<width {
                    let (pixel, count) = (scores.data + (y * width + x) * classes, count(y, x))
                    if count != 1 { for kind in 0..<classes { pixel[kind] /= count } }
                }
            }
        }
    }

    private func request(_ output: Output, _ height: Int, _ width: Int) -> InferenceRequest {
        InferenceRequest(
            input: output.inputSize, image: ImageSize(height: output.image.height, width: output.image.width),
            output: ImageSize(height: height, width: width), resizesMasksBeforeMixing: test.resizesMasksBeforeMixing)
    }
}
