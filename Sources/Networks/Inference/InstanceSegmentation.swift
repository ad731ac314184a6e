import Annotations
import CKernels
import Tensors

extension MaskPredictions {
    /// Instance segmentation of one image of the batch (maskformer_model.py instance_inference): the `count` pairs of
    /// query and class with the largest class probabilities, in that order, of which only things are kept where
    /// `isThing` (a place for every class) is given: the official code asks for that where panoptic inference is on.
    /// Masks are always resized to the output first.
    package func instanceSegmentation(
        image: Int, _ request: InferenceRequest, count: Int, isThing: [Bool]? = nil
    ) -> [PredictedInstance] {
        let chosen = bestPairs(image: image, count: count).filter { isThing?[$0.category] ?? true }
        let queries = Set(chosen.map(\.query)).sorted()
        guard !queries.isEmpty else { return [] }
        let masks = InstanceMasks(outputMasks(image: image, queries: queries, request))
        let places = Dictionary(uniqueKeysWithValues: zip(queries, queries.indices))
        return chosen.compactMap { pair in
            places[pair.query].map {
                PredictedInstance(
                    category: pair.category, query: pair.query, score: pair.score * masks.qualities[$0],
                    mask: masks.masks[$0])
            }
        }
    }

    /// By descending probability; of equal ones the first query, then the first class.
    private func bestPairs(image: Int, count: Int) -> [(query: Int, category: Int, score: Float)] {
        let probabilities = classProbabilities(image: image)
        let (values, classes) = (probabilities.array, probabilities.shape[1])
        return values.indices.sorted { (values[$1], $0) < (values[$0], $1) }.prefix(count).map {
            ($0 / classes, $0 % classes, values[$0])
        }
    }
}

/// The pixels where mask logits are positive, and how sure they are: gathered row by row as bits.
private struct InstanceMasks {
    let masks: [RunLengthMask]
    /// Mean probability of the pixels in each mask; 0 where there are none.
    let qualities: [Float]

    init(_ resampler: MapResampler) {
        let (height, width, count) = (resampler.size.height, resampler.size.width, resampler.channels)
        let rowWords = (width + MapResampler.span - 1) / MapResampler.span
        let maskWords = height * rowWords
        // [Q, H, words]: a word is a span of pixels.
        let bits = ScratchBuffer<UInt64>(repeating: 0, count: count * maskWords)
        // [H, Q]: added in the order of rows, whoever gathered them.
        let sums = ScratchBuffer(repeating: 0.0, count: height * count)
        parallelRows(height, grain: 4) { rows in
            let row = Tensor(uninitialized: [resampler.rowCount])
            let span = Tensor(uninitialized: [MapResampler.span, count])
            for y in rows {
                resampler.combineRow(y, into: row.data)
                for word in 0..<rowWords {
                    let start = word * MapResampler.span
                    let range = start..<min(width, start + MapResampler.span)
                    resampler.values(of: row.data, range, into: span.data)
                    pk_inside_pixels(
                        span.data, range.count, count, bits.data + y * rowWords + word, maskWords,
                        sums.data + y * count)
                }
            }
        }
        masks = parallelMap(count) { mask in
            RunLengthMask(
                height: height, width: width,
                words: Array(UnsafeBufferPointer(start: bits.data + mask * maskWords, count: maskWords)))
        }
        let sumsOfRows = sums.array
        qualities = masks.enumerated().map { mask, pixels in
            let sum = (0..<height).reduce(0.0) { $0 + sumsOfRows[$1 * count + mask] }
            return Float(sum / (Double(pixels.area) + 1e-6))
        }
        withExtendedLifetime(bits) {}
    }
}
