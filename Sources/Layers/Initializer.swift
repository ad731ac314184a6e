import Glibc
import Tensors

/// How a parameter starts, by PyTorch's and fvcore's rules. Fans are those of the official shape.
package enum Initializer: Sendable {
    /// The same value everywhere.
    case constant(Float)
    /// These, in official order.
    case values([Float])
    /// Uniform in ±bound.
    case uniform(bound: Double)
    /// Normal with mean 0.
    case normal(deviation: Double)
    /// torch.nn's default of Linear and Conv2d weights: kaiming_uniform_(a = √5), so ±1/√fan_in.
    case torchDefault
    /// xavier_uniform_: ±√(6 / (fan_in + fan_out)).
    case xavierUniform
    /// kaiming_normal_(a = 1), mode fan_in: deviation 1/√fan_in.
    case kaimingNormalFanIn
    /// fvcore's c2_msra_fill: kaiming_normal_, mode fan_out, ReLU: deviation √(2/fan_out).
    case msra
    /// fvcore's c2_xavier_fill: kaiming_uniform_(a = 1): ±√(3/fan_in).
    case caffe2Xavier
    /// PEM pem_pixel_decoder.py `_deconv_init`: output channel 0 interpolates bilinearly, the rest as torch's default.
    case bilinearUpsampling

    /// Values in official order for a parameter of the official `shape`.
    func values(shape: [Int], stream: inout RandomStream) -> [Float] {
        let count = shape.reduce(1, *)
        let receptive = shape.dropFirst(2).reduce(1, *)
        let fanIn = Double((shape.count > 1 ? shape[1] : 1) * receptive)
        let fanOut = Double((shape.first ?? 1) * receptive)
        switch self {
        case .constant(let value): return Array(repeating: value, count: count)
        case .values(let values):
            precondition(values.count == count, "\(values.count) initial values for shape \(shape)")
            return values
        case .uniform(let bound): return Self.uniform(count, bound, &stream)
        case .normal(let deviation): return Self.normal(count, deviation, &stream)
        case .torchDefault: return Self.uniform(count, 1 / sqrt(fanIn), &stream)
        case .xavierUniform: return Self.uniform(count, sqrt(6 / (fanIn + fanOut)), &stream)
        case .kaimingNormalFanIn: return Self.normal(count, 1 / sqrt(fanIn), &stream)
        case .msra: return Self.normal(count, sqrt(2 / fanOut), &stream)
        case .caffe2Xavier: return Self.uniform(count, sqrt(3 / fanIn), &stream)
        case .bilinearUpsampling:
            return Self.bilinear(shape, Self.uniform(count, 1 / sqrt(fanIn), &stream))
        }
    }

    private static func uniform(_ count: Int, _ bound: Double, _ stream: inout RandomStream) -> [Float] {
        (0..<count).map { _ in Float(bound * (2 * stream.nextUniform() - 1)) }
    }

    private static func normal(_ count: Int, _ deviation: Double, _ stream: inout RandomStream) -> [Float] {
        (0..<count).map { _ in Float(deviation * stream.nextNormal()) }
    }

    // PARITY: PEM pem_pixel_decoder.py DeformLayer._deconv_init writes only w[:, 0]; the other output channels keep
    // the default initialisation.
    private static func bilinear(_ shape: [Int], _ rest: [Float]) -> [Float] {
        var values = rest
        let (outputs, height, width) = (shape[1], shape[2], shape[3])
        let half = Double((height + 1) / 2)
        let centre = (2 * half - 1 - half.truncatingRemainder(dividingBy: 2)) / (2 * half)
        for input in 0..<shape[0] {
            for y in 0..<height {
                for x in 0..<width {
                    let weight = (1 - abs(Double(y) / half - centre)) * (1 - abs(Double(x) / half - centre))
                    values[(input * outputs * height + y) * width + x] = Float(weight)
                }
            }
        }
        return values
    }
}
