import Autodiff
import Layers
import Tensors

/// The attention of a Swin block with its norm and its residual (swin.py WindowAttention, and what
/// SwinTransformerBlock has around it).
struct WindowAttention {
    private let queryKeyValue: RowLayers
    private let projection: RowLayers
    private let bias: Parameter?
    private let table: Parameter
    private let heads: Int
    private let channels: Int
    private let shape: WindowShape
    private let scale: Float

    /// Names `relative_position_bias_table`, `qkv`, `proj`; `norm` is the one before the attention.
    init(
        _ scope: ParameterScope, norm: LayerNorm, _ configuration: SwinTransformer.Configuration, stage: Int,
        shifts: Bool
    ) {
        let side = configuration.windowSize
        channels = configuration.channels(stage: stage)
        heads = configuration.headCounts[stage]
        precondition(channels % heads == 0, "Swin: \(channels) channels, \(heads) heads")
        shape = WindowShape(side: side, shift: shifts ? side / 2 : 0)
        scale = configuration.queryScale ?? 1 / Float(channels / heads).squareRoot()
        table = scope.parameter(
            "relative_position_bias_table", [(2 * side - 1) * (2 * side - 1), heads], .normal(deviation: 0.02))
        if configuration.resizesPositionTables { table.conversion = resizedPositionTable }
        let qkv = scope.child("qkv")
        let (weight, bound) = (
            qkv.parameter("weight", [3 * channels, channels], .torchDefault), 1 / Double(channels).squareRoot()
        )
        bias = configuration.hasQKVBias ? qkv.parameter("bias", [3 * channels], .uniform(bound: bound)) : nil
        queryKeyValue = RowLayers([.norm(norm), .linear(weight, bias: bias)])
        projection = RowLayers([.linear(scope.child("proj"), inputs: channels, outputs: channels)])
    }

    /// x plus the attention to it: [B, H, W, C] -> [B, H, W, C].
    func callAsFunction(_ x: Variable, _ dropPath: DropPath, _ context: ForwardContext) -> Variable {
        context.count(paddedWork(x.shape))
        let mixed = windowAttention(
            queryKeyValue(x, context), padding: bias?.variable(in: context), table: table.variable(in: context),
            heads: heads, shape, scale: scale)
        return projection(mixed, addedTo: x, dropPath, context)
    }

    /// Scores and mixing, and what the official linear layers do for padded tokens, which need nothing here.
    private func paddedWork(_ shape: [Int]) -> ForwardWork {
        let side = self.shape.side
        func padded(_ length: Int) -> Int { (length + side - 1) / side * side }
        let tokens = shape[0] * padded(shape[1]) * padded(shape[2])
        let added = tokens - shape[0] * shape[1] * shape[2]
        return ForwardWork(products: 2 * tokens * side * side * channels + 4 * added * channels * channels)
    }
}

/// A table [(2w − 1)², heads] for windows of another size; nil where `count` positions are no square.
private func resizedPositionTable(_ values: [Float], shape: [Int], to official: [Int]) -> [Float]? {
    func span(_ shape: [Int]) -> Int { Int(Double(shape[0]).squareRoot().rounded()) }
    let (old, new) = (span(shape), span(official))
    guard shape.count == 2, shape[1] == official[1], old * old == shape[0] else { return nil }
    let table = Variable(Tensor(values, shape: [1, old, old, shape[1]]))
    return resizeBicubic(table, height: new, width: new).value.array
}
