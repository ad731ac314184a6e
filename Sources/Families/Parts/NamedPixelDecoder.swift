import ConfigFiles
import Layers
import MaskClassifiers

/// A pixel decoder that configurations can choose.
package protocol NamedPixelDecoder: PixelDecoderConfiguration, Configurable {
    /// What MODEL.SEM_SEG_HEAD.PIXEL_DECODER_NAME calls it.
    static var name: String { get }
    /// Whether it has an encoder whose map a query decoder can read.
    static var hasEncoder: Bool { get }
    /// For a person: "6 encoder layers".
    var title: String { get }
}

/// The pixel decoders that configurations can choose, PEM's aside: a new one adds its name here.
package let namedPixelDecoders: [any NamedPixelDecoder.Type] = [
    MSDeformAttnPixelDecoder.Configuration.self, BasePixelDecoder.Configuration.self,
    TransformerEncoderPixelDecoder.Configuration.self,
]

extension ConfigReader {
    /// The pixel decoder that the configuration names among `decoders`. Throws `ConfigError`.
    func pixelDecoder(among decoders: [any NamedPixelDecoder.Type]) throws -> any NamedPixelDecoder {
        let key = "MODEL.SEM_SEG_HEAD.PIXEL_DECODER_NAME"
        let name = try text(key)
        guard let decoder = decoders.first(where: { $0.name == name }) else {
            throw invalid(
                key, "expected one of \(decoders.map { "\"\($0.name)\"" }.joined(separator: ", ")), got \"\(name)\"")
        }
        return try decoder.init(self)
    }

    /// Throws `ConfigError` where the channels of a pixel decoder do not fit the groups of its norms, and the heads and
    /// positions of its encoder.
    fileprivate func check(channels: Int, norm: NormKind, heads: Int?) throws {
        let divisors = (norm == .group ? [32] : []) + (heads.map { [4, $0] } ?? [])
        guard divisors.contains(where: { channels % $0 != 0 }) else { return }
        var needs = norm == .group ? ["of 32, the groups of a GroupNorm"] : []
        if let heads { needs.append("of 4 and of MODEL.MASK_FORMER.NHEADS (\(heads))") }
        throw invalid(
            "MODEL.SEM_SEG_HEAD.CONVS_DIM",
            "expected a multiple \(needs.joined(separator: ", and ")), got \(channels)")
    }

    /// TRANSFORMER_ENC_LAYERS of the pixel decoder.
    fileprivate func encoderLayers() throws -> Int {
        try integer("MODEL.SEM_SEG_HEAD.TRANSFORMER_ENC_LAYERS", in: 0...1000)
    }

    /// MASK_FORMER.NHEADS.
    fileprivate func heads() throws -> Int { try integer("MODEL.MASK_FORMER.NHEADS", in: 1...1024) }
}

extension MSDeformAttnPixelDecoder.Configuration: NamedPixelDecoder {
    package static let name = "MSDeformAttnPixelDecoder"
    package static let hasEncoder = true
    package static var sections: [SettingSection<Self>] {
        [
            pixelDecoderSection(channels: \.channels, maskDimension: \.maskDimension, norm: .anyNorm(\.norm)),
            deformableEncoderSection,
        ]
    }

    package var title: String { "\(layerCount) encoder layers" }

    package mutating func finish(_ reader: ConfigReader) throws {
        headCount = try reader.heads()
        layerCount = try reader.encoderLayers()
        dropout = try reader.dropout()
        // The encoder's input has GroupNorm always.
        try reader.check(channels: channels, norm: .group, heads: headCount)
    }
}

extension BasePixelDecoder.Configuration: NamedPixelDecoder {
    package static let name = "BasePixelDecoder"
    package static let hasEncoder = false
    package static var sections: [SettingSection<Self>] {
        [pixelDecoderSection(channels: \.channels, maskDimension: \.maskDimension, norm: .anyNorm(\.norm))]
    }

    package var title: String { "FPN" }

    package mutating func finish(_ reader: ConfigReader) throws {
        // PARITY: this decoder has no encoder, whatever is asked for.
        if try reader.encoderLayers() > 0 { reader.ignore("MODEL.SEM_SEG_HEAD.TRANSFORMER_ENC_LAYERS") }
        try reader.check(channels: channels, norm: norm, heads: nil)
    }
}

extension TransformerEncoderPixelDecoder.Configuration: NamedPixelDecoder {
    package static let name = "TransformerEncoderPixelDecoder"
    package static let hasEncoder = true
    package static var sections: [SettingSection<Self>] {
        BasePixelDecoder.Configuration.sections.map { $0.at(\.base) }
    }

    package var title: String { "FPN with \(layerCount) encoder layers" }

    package mutating func finish(_ reader: ConfigReader) throws {
        headCount = try reader.heads()
        layerCount = try reader.encoderLayers()
        dropout = try reader.dropout()
        feedForwardChannels = try reader.integer("MODEL.MASK_FORMER.DIM_FEEDFORWARD", in: 1...1_000_000)
        normalizesFirst = try reader.boolean("MODEL.MASK_FORMER.PRE_NORM")
        try reader.check(channels: base.channels, norm: base.norm, heads: headCount)
    }
}
