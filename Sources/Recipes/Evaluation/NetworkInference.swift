import Annotations
import Autodiff
import Images
import Layers
import Scoring
import Segmenters
import Tensors

/// From pixels to class numbers, segments and instances.
struct NetworkInference {
    /// What the network predicts for a picture, and the size of its padded input.
    struct Output {
        let predictions: MaskPredictions
        fileprivate let image: RGBImage
        fileprivate let inputHeight, inputWidth: Int
    }

    private let segmenter: Segmenter
    private let test: RunConfiguration.Test
    private let augmentation: RunConfiguration.Test.Augmentation?

    /// With TEST.SLIDE where it is enabled, and TEST.AUG where it is and is wanted.
    init(_ segmenter: Segmenter, _ run: RunConfiguration, augments: Bool) {
        self.segmenter = segmenter
        test = run.test
        augmentation = augments ? run.test.augmentation : nil
    }

    /// What the network predicts for a picture as it gets it.
    func predict(_ image: RGBImage) -> Output {
        let batch = segmenter.configuration.normalization.batch([ImagePixels(image)])  // [1, H, W, 3]
        return Output(
            predictions: segmenter.predict(batch, .evaluation), image: image, inputHeight: batch.shape[1],
            inputWidth: batch.shape[2])
    }

    /// The results of `tasks` for the original picture, `height` × `width`, from the picture as the network
    /// gets it. Segments and instances need `isThing` of every class.
    func callAsFunction(
        _ image: RGBImage, height: Int, width: Int, _ tasks: InferenceTasks, isThing: [Bool]
    ) -> ImagePrediction {
        if augmentation != nil || test.slide != nil {
            return ImagePrediction(
                size: ImageSize(height: height, width: width), labels: labels(of: image, height: height, width: width))
        }
        return self(predict(image), height: height, width: width, tasks, isThing: isThing)
    }

    /// The same of what the network predicted already, whatever TEST.AUG and TEST.SLIDE say.
    func callAsFunction(
        _ output: Output, height: Int, width: Int, _ tasks: InferenceTasks, isThing: [Bool]
    ) -> ImagePrediction {
        var result = ImagePrediction(size: ImageSize(height: height, width: width))
        if tasks.contains(.semantic) {
            let semantic = output.predictions.semanticSegmentation(
                image: 0, request(output, height, width), wantsScores: false)
            result.labels = LabelImage(width: width, height: height, values: semantic.labels)
        }
        if tasks.contains(.panoptic) {
            result.panoptic = output.predictions.panopticSegmentation(
                image: 0, request(output, height, width), isThing: isThing,
                objectMaskThreshold: Float(test.objectMaskThreshold), overlapThreshold: Float(test.overlapThreshold))
        }
        if tasks.contains(.instance) {
            result.instances = output.predictions.instanceSegmentation(
                image: 0, request(output, height, width), count: test.detectionsPerImage, isThing: isThing)
        }
        return result
    }

    /// The class of each pixel of the original picture, `height` × `width`, from the picture as the network
    /// gets it.
    func labels(of image: RGBImage, height: Int, width: Int) -> LabelImage {
        guard let augmentation else { return labels(mixing(image, height, width), height, width) }
        // Mask2Former's SemanticSegmentorWithTTA: scores at the original size, added view by view, then divided.
        let sums = Tensor(zeros: [height, width, segmenter.configuration.transformerDecoder.classCount])
        var count: Float = 0
        for view in augmentation.views(of: image) {
            count += 1
            mixing(view.image, height, width).add(resizedTo: height, width, to: sums, isMirrored: view.isMirrored)
        }
        divide(sums) { [count] _, _ in count }
        return labels(SemanticMixing(scores: sums), height, width)
    }

    private func labels(_ mixing: SemanticMixing, _ height: Int, _ width: Int) -> LabelImage {
        let result = mixing.labels(resizedTo: height, width, wantsScores: false)
        return LabelImage(width: width, height: height, values: result.labels)
    }

    /// Class scores of a picture as the network gets it, yet to be resized to `height` × `width`.
    private func mixing(_ image: RGBImage, _ height: Int, _ width: Int) -> SemanticMixing {
        guard let slide = test.slide else {
            let output = predict(image)
            return output.predictions.semanticMixing(image: 0, request(output, height, width))
        }
        let windows = SlidingWindows(slide, height: image.height, width: image.width)
        let classCount = segmenter.configuration.transformerDecoder.classCount
        let sums = Tensor(zeros: [image.height, image.width, classCount])
        for region in windows.regions {
            let output = predict(image.cropped(to: region))
            output.predictions.semanticMixing(image: 0, request(output, region.height, region.width))
                .add(resizedTo: region.height, region.width, to: sums, x: region.x, y: region.y)
        }
        func counts(_ ranges: [Range<Int>], _ length: Int) -> [Float] {
            (0..<length).map { place in Float(ranges.count { $0.contains(place) }) }
        }
        let (rows, columns) = (counts(windows.rows, image.height), counts(windows.columns, image.width))
        divide(sums) { y, x in rows[y] * columns[x] }
        return SemanticMixing(scores: sums)
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
            inputHeight: output.inputHeight, inputWidth: output.inputWidth, imageHeight: output.image.height,
            imageWidth: output.image.width, outputHeight: height, outputWidth: width,
            resizesMasksBeforeMixing: test.resizesMasksBeforeMixing)
    }
}
