import Annotations
import Autodiff
import Criteria
import Layers
import Optimizers
import Recipes
import Segmenters
import Tensors

/// A network with the targets it is held to.
struct BenchModel {
    let name: String
    let file: String
    let inferenceTarget: String
    let trainingTarget: String

    static let all = [
        BenchModel(
            name: "PEM-STDC1", file: "cityscapes_sem_stdc1.cfg", inferenceTarget: "≤ 1.0 T",
            trainingTarget: "≤ 2.0 T, 2 GB"),
        BenchModel(
            name: "PEM-R50", file: "cityscapes_sem.cfg", inferenceTarget: "≤ 0.9 T",
            trainingTarget: "≤ 1.5 T, 3.5 GB"),
    ]

    /// One image of 1024×2048 pixels in memory to its label map.
    func inference(configs: String) throws -> BenchWork {
        let (height, width) = (1024, 2048)
        let run = try RunConfiguration.load(path: configs + "/" + file)
        let segmenter = Segmenter(try Segmenter.Configuration(run), seed: 1)
        let image = Self.picture(height: height, width: width)
        let request = InferenceRequest(
            inputHeight: height, inputWidth: width, imageHeight: height, imageWidth: width, outputHeight: height,
            outputWidth: width, resizesMasksBeforeMixing: run.test.resizesMasksBeforeMixing)
        return BenchWork(multiplyAdds: Double(segmenter.multiplyAdds(height: height, width: width).total)) {
            let batch = segmenter.configuration.normalization.batch([image])
            let predictions = segmenter.predict(batch, .evaluation)
            let labels = predictions.semanticSegmentation(image: 0, request, wantsScores: false).labels
            precondition(labels.count == height * width)
        }
    }

    /// A whole step on two images of 512×1024: forward, criterion, backward, AdamW.
    func training(configs: String) throws -> BenchWork {
        let (height, width) = (512, 1024)
        let run = try RunConfiguration.load(path: configs + "/" + file)
        let segmenter = Segmenter(try Segmenter.Configuration(run), seed: 1)
        let criterion = SetCriterion(SetCriterion.Configuration(run))
        let optimizer = Optimizer(segmenter.store.parameters, run.solver.optimizerConfiguration)
        let image = Self.picture(height: height, width: width)
        let target = Self.blocks(height: height, width: width, classes: run.model.classCount)
        let perImage = Double(segmenter.multiplyAdds(height: height, width: width).total)
        return BenchWork(multiplyAdds: 2 * 3 * perImage) {
            let batch = segmenter.configuration.normalization.batch([image, image])
            var random = StepRandom(seed: 1, step: optimizer.stepCount)
            let predictions = segmenter.predict(batch, .training)
            let terms = try criterion(
                predictions, targets: [target, target], canvas: CanvasSize(height: height, width: width),
                random: &random)
            backward(terms.total)
            try optimizer.step()
        }
    }

    private static func picture(height: Int, width: Int) -> ImagePixels {
        var random = RandomStream(seed: 1, name: "picture")
        return ImagePixels(
            height: height, width: width,
            values: (0..<height * width * 3).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    }

    /// Every class in blocks of 64×64 pixels.
    private static func blocks(height: Int, width: Int, classes: Int) -> MaskTargets {
        let labels = (0..<height * width).map { UInt16(($0 / width / 64 * 5 + $0 % width / 64) % classes) }
        return MaskTargets(labels: labels, height: height, width: width, ignoreLabel: 255)
    }
}
