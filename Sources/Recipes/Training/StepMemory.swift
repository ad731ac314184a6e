import Annotations
import Configurations
import Datasets
import Engine
import Layers
import Networks
import Optimizers
import Tensors

/// What a training step needs, estimated before the first one, since a batch scheduler or the kernel kills a process
/// that takes too much without a word.
struct StepMemory {
    /// What helps where a step is too large.
    static let advice = "lower INPUT.CROP.SIZE or SOLVER.IMS_PER_BATCH, or raise SOLVER.ACCUMULATE"

    /// Bytes that a step takes beyond what tensors hold now.
    let bytes: Int

    /// A step of `network`, `images` images of `canvas` at once: a gradient and the moments for each parameter, and
    /// what one small image of the same network keeps for its derivatives, as many times as the pixels go into those of
    /// the images.
    init(_ network: any Network, _ rule: UpdateRule, images: Int, canvas: ImageSize, seed: UInt64) {
        let learned = network.store.parameters.filter(\.isTrainable).reduce(0) { $0 + $1.value.count }
        let full = network.input.padded(canvas)
        let probe = network.input.padded(
            ImageSize(height: min(canvas.height, 256), width: min(canvas.width, 256)))
        var context = ForwardContext.trainingWithFrozenStatistics
        context.random = ImageStreams(seed: seed, step: 0, firstImage: 0)
        let before = StoragePool.statistics.liveBytes
        let prediction = network(Tensor(zeros: [1, probe.height, probe.width, network.input.mean.count]), context)
        let kept = StoragePool.statistics.liveBytes - before
        withExtendedLifetime(prediction) {}
        let pixels = Double(images * full.area) / Double(probe.area)
        bytes = learned * (1 + rule.momentCount) * MemoryLayout<Float>.stride + Int(Double(kept) * pixels)
    }

    /// What is told where the step does not fit; nil where it does.
    func warning(_ bound: MemoryBound?) -> String? {
        guard let bound, bytes > bound.bytes else { return nil }
        func gigabytes(_ bytes: Int) -> String { String(format: "%.1f GB", Double(bytes) / 1e9) }
        return "warning: a training step needs about \(gigabytes(bytes)), and \(bound.owner) has "
            + "\(gigabytes(bound.bytes)) left; \(Self.advice)"
    }
}

extension RunConfiguration {
    /// The largest input that training may meet, padding left out; where images are neither cropped nor jittered, that
    /// of the longest side.
    var largestTrainingSize: ImageSize {
        switch input.mapper {
        case .jitteredInstance, .jitteredPanoptic:
            return ImageSize(height: input.jitter.imageSize, width: input.jitter.imageSize)
        case .semantic, .panoptic, .instance, .detrPanoptic: break
        }
        let resize = input.augmentation.resize
        let whole =
            input.augmentation.scaledResize?.largest
            ?? ImageSize(height: min(resize.minSizes.max() ?? 0, resize.maxSize), width: resize.maxSize)
        // DETR's crops are enlarged to whole images' sizes.
        switch input.mapper == .detrPanoptic ? nil : input.augmentation.crop?.size {
        case .absolute(let size): return size
        case .absoluteRange(_, let largest): return ImageSize(height: largest, width: largest)
        case .relative(let height, let width), .relativeRange(let height, let width):
            return ImageSize(
                height: Int(height * Double(whole.height)), width: Int(width * Double(whole.width)))
        case nil: return whole
        }
    }
}
