import Annotations
import CKernels
import Kernels
import Tensors

/// The matched masks of one image and their segments, compared at the size of the canvas.
struct FullMasks {
    /// Masks that a kernel takes side by side.
    static let lanes = Int(pk_mask_lanes)

    /// What the losses of a mask are made of.
    struct Sums {
        /// Σ α_t · (1 − p_t)² · −log p_t.
        let focal: Double
        /// Σ s · t.
        let products: Double
        /// Σ s.
        let values: Double
        /// Σ t.
        let area: Double
    }

    private let logits: Tensor
    private let segments: [Int]
    private let layers: [Int32]
    private let layerCount, segmentCount: Int
    private let imageSize: ImageSize
    private let rows, columns: ResizeAxis
    private let alpha: Float
    private let bandRows: Int

    /// logits [hw, R], the segment of each mask, fewer of them than R where R fills whole vectors; a task takes
    /// `bandRows` rows of the logits.
    init(
        logits: Tensor, segments: [Int], _ targets: MaskTargets, _ rows: ResizeAxis, _ columns: ResizeAxis,
        alpha: Float, bandRows: Int
    ) {
        precondition(
            targets.height <= rows.view.output && targets.width <= columns.view.output,
            "targets of \(targets.height)×\(targets.width) on a canvas of \(rows.view.output)×\(columns.view.output)")
        (self.logits, self.segments, self.rows, self.columns) = (logits, segments, rows, columns)
        (self.alpha, self.bandRows) = (alpha, bandRows)
        layers = targets.layers.count == 1 ? targets.layers[0] : Array(targets.layers.joined())
        (layerCount, segmentCount) = (targets.layers.count, targets.classes.count)
        imageSize = ImageSize(height: targets.height, width: targets.width)
    }

    /// The sums of each mask, row by row of the canvas, and where they are wanted the gradients of the focal sum, of
    /// the products and of the values by the logits: [3, hw, R].
    func sums(withGradients: Bool) -> (sums: [Sums], gradients: Tensor?) {
        let (height, size) = (rows.view.output, 3 * Self.lanes)
        let parts = ScratchBuffer(repeating: 0.0, count: logits.channels / Self.lanes * height * size)
        let gradients = withGradients ? Tensor(zeros: [3] + logits.shape) : nil
        forEachBand { group, band, masks in
            let line = Tensor(uninitialized: [4, columns.view.input, Self.lanes])
            let unused = ScratchBuffer(repeating: 0.0, count: size)
            for row in rows.readers(of: band) {
                // Two bands read what lies between them; the upper one counts it.
                let counts = band.contains(Int(rows.view.lower[row]))
                guard counts || withGradients else { continue }
                pk_full_mask_sums(
                    masks, row, band.lowerBound, band.upperBound, line.data,
                    counts ? parts.data + (group * height + row) * size : unused.data,
                    gradients.map { $0.data + group * Self.lanes }, logits.count)
            }
        }
        var areas = [Double](repeating: 0, count: segmentCount)
        for segment in layers where segment >= 0 { areas[Int(segment)] += 1 }
        let sums = segments.enumerated().map { index, segment in
            let first = parts.data + index / Self.lanes * height * size + index % Self.lanes
            func sum(_ place: Int) -> Double {
                (0..<height).reduce(0) { $0 + first[$1 * size + place * Self.lanes] }
            }
            return Sums(focal: sum(0), products: sum(1), values: sum(2), area: areas[segment])
        }
        return (sums, gradients)
    }

    /// Runs `body` for every group of masks and band of the logits' rows.
    private func forEachBand(
        _ body: (_ group: Int, _ band: Range<Int>, _ masks: UnsafePointer<pk_masks>) -> Void
    ) {
        let height = rows.view.input
        let bands = (height + bandRows - 1) / bandRows
        let groups = logits.channels / Self.lanes
        let wanted = (0..<groups * Self.lanes).map { $0 < segments.count ? Int32(segments[$0]) : -2 }
        parallelFor(groups * bands) { task in
            let (group, start) = (task / bands, task % bands * bandRows)
            withUnsafePointer(to: rows.view) { rows in
                withUnsafePointer(to: columns.view) { columns in
                    layers.withUnsafeBufferPointer { layers in
                        wanted.withUnsafeBufferPointer { wanted in
                            var masks = pk_masks(
                                logits: logits.data + group * Self.lanes, stride: logits.channels, rows: rows,
                                columns: columns, segments: layers.baseAddress, layers: layerCount,
                                height: imageSize.height, width: imageSize.width,
                                wanted: wanted.baseAddress.map { $0 + group * Self.lanes }, alpha: alpha)
                            body(group, start..<min(height, start + bandRows), &masks)
                        }
                    }
                }
            }
        }
    }
}
