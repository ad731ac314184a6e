import ConfigFiles
import MaskClassifiers
import Networks

extension StandardTransformerDecoder.Configuration {
    /// MaskFormer's decoder as a configuration asks for it. Throws `ConfigError`.
    init(_ reader: ConfigReader) throws {
        self.init()
        try standardDecoderSection.decode(reader, into: &self)
        dropout = try reader.dropout()
        encoderLayerCount = try reader.integer("MODEL.MASK_FORMER.ENC_LAYERS", in: 0...1000)
        classCount = try reader.integer("MODEL.SEM_SEG_HEAD.NUM_CLASSES")
        try checkQueryChannels(self, reader)
        let key = "MODEL.MASK_FORMER.TRANSFORMER_IN_FEATURE"
        memory = try reader.choice(key, standardMemories)
        let pixelDecoder = try reader.text("MODEL.SEM_SEG_HEAD.PIXEL_DECODER_NAME")
        if memory == .encoder, namedPixelDecoders.contains(where: { $0.name == pixelDecoder && !$0.hasEncoder }) {
            throw reader.invalid(
                key, "\(pixelDecoder) has no transformer encoder",
                hint: "\(TransformerEncoderPixelDecoder.Configuration.name) has one")
        }
    }
}

/// What MaskFormer's decoder can read.
let standardMemories: KeyValuePairs<String, StandardTransformerDecoder.Memory> = [
    "transformer_encoder": .encoder, "pixel_embedding": .maskFeatures, "res2": .backbone("res2"),
    "res3": .backbone("res3"), "res4": .backbone("res4"), "res5": .backbone("res5"),
]

extension ConfigReader {
    /// MASK_FORMER.DROPOUT.
    func dropout() throws -> Double { try real("MODEL.MASK_FORMER.DROPOUT", in: 0...0.999) }
}
