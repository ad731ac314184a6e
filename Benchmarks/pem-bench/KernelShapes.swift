import Autodiff
import Kernels
import Networks
import Tensors

/// A dense convolution of one image.
struct ConvolutionShape {
    let kernel: Int
    let stride: Int
    let inputs: Int
    let outputs: Int
    let height: Int
    let width: Int

    private init(_ kernel: Int, _ stride: Int, _ inputs: Int, _ outputs: Int, _ height: Int, _ width: Int) {
        (self.kernel, self.stride, self.inputs, self.outputs) = (kernel, stride, inputs, outputs)
        (self.height, self.width) = (height, width)
    }

    /// The shapes that weigh most in PEM-STDC1 and PEM-R50 at 1024×2048.
    static let all = [
        ConvolutionShape(3, 1, 64, 64, 256, 512), ConvolutionShape(3, 1, 128, 128, 128, 256),
        ConvolutionShape(3, 1, 256, 256, 64, 128), ConvolutionShape(3, 1, 512, 512, 32, 64),
        ConvolutionShape(3, 1, 128, 64, 128, 256), ConvolutionShape(3, 1, 64, 32, 128, 256),
        ConvolutionShape(1, 1, 64, 64, 256, 512), ConvolutionShape(1, 1, 64, 256, 256, 512),
        ConvolutionShape(1, 1, 256, 128, 256, 512), ConvolutionShape(1, 1, 1024, 256, 64, 128),
        ConvolutionShape(1, 1, 512, 2048, 32, 64), ConvolutionShape(3, 2, 128, 128, 256, 512),
        ConvolutionShape(3, 2, 32, 64, 512, 1024), ConvolutionShape(3, 2, 3, 32, 1024, 2048),
        ConvolutionShape(7, 2, 3, 64, 1024, 2048),
    ]

    var works: [KernelWork] {
        let geometry = ConvolutionGeometry(kernel: kernel, stride: stride, padding: kernel / 2)
        let x = KernelShapes.random([1, height, width, inputs])
        let weight = KernelShapes.random([outputs, kernel, kernel, inputs])
        let size = geometry.outputSize(height: height, width: width)
        let dY = KernelShapes.random([1, size.height, size.width, outputs])
        let count = geometry.multiplyAdds(input: x.shape, outputs: outputs)
        let window = "\(kernel)×\(kernel)" + (stride > 1 ? " stride \(stride)" : "")
        let name = "\(window) \(inputs)-\(outputs) @\(height)×\(width)"
        let rearranges = kernel == 3 && stride == 1
        var works = [
            KernelWork(name + ", forward" + (rearranges ? ", F(4×4), evaluation" : ""), count) {
                _ = convolve(x, weight: weight, geometry, epilogue: Epilogue(relu: true))
            }
        ]
        if rearranges {
            works.append(
                KernelWork(name + ", forward, F(2×2), training", count) {
                    _ = convolve(x, weight: weight, geometry, algorithm: .winograd2)
                })
        }
        // The image needs no gradient.
        if inputs > 3 {
            works.append(
                KernelWork(name + ", data gradient", count) {
                    _ = convolutionDataGradient(dY, weight: weight, geometry, inputShape: x.shape)
                })
        }
        works.append(
            KernelWork(name + ", weight gradient", count) {
                _ = convolutionWeightGradient(x, dY: dY, geometry)
            })
        return works
    }
}

/// The other kernels.
enum KernelShapes {
    private static let window = ConvolutionGeometry(kernel: 3, stride: 1, padding: 1)

    static func depthwise(_ channels: Int, _ height: Int, _ width: Int) -> [KernelWork] {
        let x = random([1, height, width, channels])
        let weight = random([3, 3, channels])
        let name = "depthwise 3×3 \(channels) @\(height)×\(width)"
        return [
            KernelWork(name + ", forward", 9 * x.count) { _ = convolveDepthwise(x, weight: weight, window) },
            KernelWork(name + ", data gradient", 9 * x.count) {
                _ = depthwiseDataGradient(x, weight: weight, window, inputShape: x.shape)
            },
            KernelWork(name + ", weight gradient", 9 * x.count) { _ = depthwiseWeightGradient(x, dY: x, window) },
        ]
    }

    /// Offsets are spread like N(0, 2 pixels).
    static func deformable(_ channels: Int, _ height: Int, _ width: Int) -> [KernelWork] {
        let x = random([1, height, width, channels])
        let offsets = random([1, height, width, 27], deviation: 2)
        let weight = random([channels, 3, 3, channels])
        let dY = random(x.shape)
        let name = "deformable 3×3 \(channels) @\(height)×\(width)"
        let count = height * width * weight.count
        return [
            KernelWork(name + ", forward", count) {
                _ = deformableConvolve(x, offsetMask: offsets, weight: weight, epilogue: Epilogue(relu: true))
            },
            gradients(name, count, of: [x, offsets, weight], dY) {
                deformableConvolution($0[0], offsetMask: $0[1], weight: $0[2])
            },
        ]
    }

    /// The sampling of an encoder of three maps, the finest of this size, 8 heads of 32 channels, 4 points a head and
    /// map; offsets are spread like N(0, 2 pixels).
    static func deformableAttention(_ height: Int, _ width: Int) -> [KernelWork] {
        let levels = TokenLevels([4, 2, 1].map { ((height + $0 - 1) / $0, (width + $0 - 1) / $0) })
        let tokens = [1, levels.count]
        let inputs = [
            random(tokens + [256]), random(tokens + [192], deviation: 2), softmax(random(tokens + [8, 12])),
        ].map { $0.reshaped(tokens + [$0.count / levels.count]) }
        let dY = random(tokens + [256])
        func attended(_ x: [Variable]) -> Variable {
            Autodiff.deformableAttention(values: x[0], offsets: x[1], weights: x[2], levels: levels, heads: 8)
        }
        let name = "deformable attention, \(levels.count) queries from @\(height)×\(width)"
        let count = levels.count * 256 * 12 * 4
        return [
            KernelWork(name + ", forward", count) { _ = attended(inputs.map { Variable($0) }) },
            gradients(name, count, of: inputs, dY, attended),
        ]
    }

    static func groupNorm(_ channels: Int, _ height: Int, _ width: Int) -> [KernelWork] {
        let inputs = [random([1, height, width, channels]), random([channels]), random([channels])]
        func normalized(_ x: [Variable]) -> Variable {
            Autodiff.groupNorm(x[0], weight: x[1], bias: x[2], groups: 32, epsilon: 1e-5, relu: true)
        }
        let name = "group norm \(channels) @\(height)×\(width)"
        return [
            KernelWork(name + ", forward", inputs[0].count) { _ = normalized(inputs.map { Variable($0) }) },
            gradients(name, inputs[0].count, of: inputs, random(inputs[0].shape), normalized),
        ]
    }

    /// The backward pass of an op.
    private static func gradients(
        _ name: String, _ count: Int, of inputs: [Tensor], _ dY: Tensor, _ op: @escaping ([Variable]) -> Variable
    ) -> KernelWork {
        KernelWork(
            name + ", all gradients", count,
            preparing: {
                let y = op(inputs.map { Variable(leaf: $0) { _ in } })
                let loss = record(Tensor([0], shape: [1]), inputs: [y]) { _ in [dY] }
                return { backward(loss) }
            })
    }

    static func transposed(_ channels: Int, _ height: Int, _ width: Int) -> [KernelWork] {
        let geometry = ConvolutionGeometry(kernel: 4, stride: 2, padding: 1)
        let x = random([1, height, width, channels])
        let weight = random([channels, 4, 4, channels])
        let dY = random([1, 2 * height, 2 * width, channels])
        let count = geometry.transposedMultiplyAdds(input: x.shape, outputs: channels)
        let name = "transposed 4×4 stride 2 \(channels) @\(height)×\(width)"
        return [
            KernelWork(name + ", forward, F(5×5), evaluation", count) {
                _ = convolveTransposed(x, weight: weight, geometry, epilogue: Epilogue(relu: true))
            },
            KernelWork(name + ", forward, F(3×3), training", count) {
                _ = convolveTransposed(x, weight: weight, geometry, algorithm: .winograd2)
            },
            KernelWork(name + ", data gradient", count) {
                _ = convolve(dY, weight: weight, geometry, algorithm: .winograd2)
            },
            KernelWork(name + ", weight gradient", count) { _ = convolutionWeightGradient(dY, dY: x, geometry) },
        ]
    }

    /// Masked attention of 100 queries in 8 heads, half of all positions masked.
    static func maskedAttention(pixels: Int) -> [KernelWork] {
        let (queries, channels, heads) = (100, 256, 8)
        let (q, k) = (random([1, queries, channels]), random([1, pixels, channels]))
        let (v, logits) = (random([1, pixels, channels]), random([1, pixels, queries]))
        func attended(_ inputs: [Variable]) -> Variable {
            Autodiff.maskedAttention(inputs[0], inputs[1], inputs[2], heads: heads, maskLogits: logits)
        }
        let name = "masked attention, \(queries) queries, \(pixels) pixels"
        let product = queries * pixels * channels
        return [
            KernelWork(name + ", forward", 2 * product) { _ = attended([q, k, v].map { Variable($0) }) },
            KernelWork(
                name + ", all gradients", 5 * product,
                preparing: {
                    let y = attended([q, k, v].map { Variable(leaf: $0) { _ in } })
                    let loss = record(Tensor([0], shape: [1]), inputs: [y]) { _ in [q] }
                    return { backward(loss) }
                }),
        ]
    }

    /// 32 channels a head, as in every Swin Transformer; the padding's multiply-adds are not counted.
    static func windows(side: Int, heads: Int, _ height: Int, _ width: Int) -> [KernelWork] {
        let channels = 32 * heads
        let inputs = [
            random([1, height, width, 3 * channels]), random([3 * channels]),
            random([(2 * side - 1) * (2 * side - 1), heads]),
        ]
        let dY = random([1, height, width, channels])
        let name = "windows of \(side), \(heads)×32 @\(height)×\(width)"
        let count = 2 * height * width * side * side * channels
        func attention(_ inputs: [Variable]) -> Variable {
            Autodiff.windowAttention(
                inputs[0], padding: inputs[1], table: inputs[2], heads: heads,
                WindowShape(side: side, shift: side / 2), scale: 1 / Float(32).squareRoot())
        }
        return [
            KernelWork(name + ", forward", count) { _ = attention(inputs.map { Variable($0) }) },
            KernelWork(
                name + ", all gradients", count,
                preparing: {
                    let y = attention(inputs.map { Variable(leaf: $0) { _ in } })
                    let loss = record(Tensor([0], shape: [1]), inputs: [y]) { _ in [dY] }
                    return { backward(loss) }
                }),
        ]
    }

    /// Counted as one multiply-add a value.
    static func elements(_ channels: Int, _ height: Int, _ width: Int) -> [KernelWork] {
        let x = random([1, height, width, channels])
        let weight = random([channels])
        let size = "\(channels) @\(height)×\(width)"
        return [
            KernelWork("layer norm \(size), forward", x.count) {
                _ = layerNorm(Variable(x), weight: Variable(weight), bias: Variable(weight), epsilon: 1e-5)
            },
            KernelWork("GELU \(size), forward", x.count) { _ = gelu(Variable(x)) },
        ]
    }

    /// From mask logits at stride 4 of 100 queries to a label map.
    static func semantic(_ classes: Int, _ height: Int, _ width: Int) -> KernelWork {
        let queries = 100
        let logits = random([height / 4, width / 4, queries])
        let probabilities = Tensor(repeating: 1 / Float(classes), shape: [queries, classes])
        let name = "semantic inference, \(queries) masks, \(classes) classes, \(height)×\(width)"
        func run() {
            let masks = MapResampler(
                logits, rows: ResizeTaps(bilinear: height / 4, to: height),
                columns: ResizeTaps(bilinear: width / 4, to: width))
            _ = PixelScores(masks: masks, classProbabilities: probabilities).labels(wantsScores: false)
        }
        return KernelWork(name, queries * classes * height * width, run)
    }

    /// Normal values: with too many equal ones or denormals a kernel could be timed on what networks never see.
    static func random(_ shape: [Int], deviation: Float = 1) -> Tensor {
        var random = RandomStream(seed: 1, name: "\(shape)")
        let count = shape.reduce(1, *)
        // A table, since the largest shapes have 67 million values.
        let table = (0..<4096).map { _ in deviation * Float(random.nextNormal()) }
        let tensor = Tensor(uninitialized: shape)
        for index in 0..<count { tensor.data[index] = table[(index &+ index >> 12 &* 17) & 4095] }
        return tensor
    }
}

extension ConvolutionGeometry {
    /// Multiply-adds of a convolution of [B, H, W, I] to `outputs` channels, taps on the padding counted.
    package func multiplyAdds(input: [Int], outputs: Int) -> Int {
        let size = outputSize(height: input[1], width: input[2])
        return input[0] * size.height * size.width * taps * input[3] * outputs
    }

    /// Multiply-adds of a transposed convolution of [B, H, W, I] to `outputs` channels.
    package func transposedMultiplyAdds(input: [Int], outputs: Int) -> Int {
        input.reduce(1, *) * taps * outputs
    }
}
