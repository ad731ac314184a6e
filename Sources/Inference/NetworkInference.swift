import Annotations
import Datasets
import Images
import Layers
import Networks
import Scoring
import Tensors

/// From pixels to class numbers, segments and instances, for any network.
package struct NetworkInference {
    /// What the network predicts for a picture, and the sizes of the picture and its padded input.
    package struct Output {
        /// Of one image.
        package let prediction: any Prediction
        fileprivate let image, input: ImageSize
    }

    private let network: any Network
    private var configuration: InferenceConfiguration
    /// How views are made of a picture.
    private let views: EvaluationMapper

    /// `mapper` is that of INPUT; `augments` says whether TEST.AUG holds where it is enabled.
    package init(
        _ network: any Network, _ configuration: InferenceConfiguration, _ mapper: EvaluationMapper, augments: Bool
    ) {
        self.network = network
        self.configuration = configuration
        views = mapper
        if !augments { self.configuration.augmentation.isEnabled = false }
    }

    /// How pictures come in: as the network gets them, but whole where views are ratios.
    package var mapper: EvaluationMapper { averagesProbabilities ? EvaluationMapper(minSize: 0, maxSize: 1) : views }

    /// mmsegmentation's `aug_test`, and not detectron2's.
    private var averagesProbabilities: Bool {
        configuration.augmentation.isEnabled && !configuration.augmentation.ratios.isEmpty
    }

    /// What the network predicts for a picture as it gets it.
    package func predict(_ image: Image<UInt8>) -> Output {
        let batch = network.input.batch([image])  // [1, H, W, 3]
        return Output(
            prediction: network(batch, .evaluation), image: image.size,
            input: ImageSize(height: batch.shape[1], width: batch.shape[2]))
    }

    /// The results of `tasks` for the original picture of `size`, from the picture as `mapper` makes it. Segments
    /// and instances need `isThing` of every class.
    package func callAsFunction(
        _ image: Image<UInt8>, size: ImageSize, _ tasks: InferenceTasks, isThing: [Bool]
    ) -> ImagePrediction {
        if configuration.augmentation.isEnabled || configuration.slide.isEnabled {
            return ImagePrediction(size: size, labels: averagedLabels(of: image, size))
        }
        return self(predict(image), size: size, tasks, isThing: isThing)
    }

    /// The same of what the network predicted already, whatever TEST.AUG and TEST.SLIDE say.
    package func callAsFunction(
        _ output: Output, size: ImageSize, _ tasks: InferenceTasks, isThing: [Bool]
    ) -> ImagePrediction {
        let (prediction, request) = (output.prediction, request(output, size))
        var result = ImagePrediction(size: size)
        if tasks.contains(.semantic) {
            let semantic = prediction.semanticSegmentation(image: 0, request, wantsScores: false)
            result.labels = LabelImage(size: size, values: semantic.labels)
        }
        guard let masks = prediction.masks else { return result }
        if tasks.contains(.panoptic) {
            result.panoptic = masks.panopticSegmentation(
                image: 0, request, isThing: isThing, objectMaskThreshold: configuration.objectMaskThreshold,
                overlapThreshold: configuration.overlapThreshold)
        }
        if tasks.contains(.instance) {
            result.instances = masks.instanceSegmentation(
                image: 0, request, count: configuration.detectionsPerImage, isThing: isThing)
        }
        return result
    }

    /// The class of each pixel of the original picture, by scores averaged over views and windows.
    private func averagedLabels(of image: Image<UInt8>, _ size: ImageSize) -> LabelImage {
        guard configuration.augmentation.isEnabled else { return labels(scores(image, size)) }
        // Mask2Former's SemanticSegmentorWithTTA and mmsegmentation's aug_test: scores or probabilities at the original
        // size, added view by view, then divided.
        let sums = Tensor(zeros: [size.height, size.width, network.classCount])
        var count: Float = 0
        for view in configuration.augmentation.views(of: image, views) {
            count += 1
            scores(view.image, size).add(
                to: sums, isMirrored: view.isMirrored, asProbabilities: averagesProbabilities)
        }
        divide(sums) { [count] _, _ in count }
        return labels(PixelScores(scores: sums, output: size))
    }

    private func labels(_ scores: PixelScores) -> LabelImage {
        LabelImage(size: scores.output, values: scores.labels(wantsScores: false).labels)
    }

    /// Class scores of a picture as the network gets it, at the size of the original.
    package func scores(_ image: Image<UInt8>, _ size: ImageSize) -> PixelScores {
        guard configuration.slide.isEnabled else {
            let output = predict(image)
            return output.prediction.scores(image: 0, request(output, size))
        }
        let windows = SlidingWindows(configuration.slide, image.size)
        let sums = Tensor(zeros: [image.height, image.width, network.classCount])
        var areLogits = false
        for region in windows.regions {
            let output = predict(image.cropped(to: region))
            let window = ImageSize(height: region.height, width: region.width)
            let scores = output.prediction.scores(image: 0, request(output, window))
            scores.add(to: sums, x: region.x, y: region.y)
            areLogits = scores.areLogits
        }
        func counts(_ ranges: [Range<Int>], _ length: Int) -> [Float] {
            (0..<length).map { pixel in Float(ranges.count { $0.contains(pixel) }) }
        }
        let (rows, columns) = (counts(windows.rows, image.height), counts(windows.columns, image.width))
        divide(sums) { y, x in rows[y] * columns[x] }
        return PixelScores(scores: sums, output: size, areLogits: areLogits)
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

    private func request(_ output: Output, _ size: ImageSize) -> InferenceRequest {
        InferenceRequest(
            input: output.input, image: output.image, output: size,
            resizesMasksBeforeMixing: configuration.resizesMasksBeforeMixing)
    }
}
