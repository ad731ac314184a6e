import Autodiff
import Layers
import Tensors

/// A sublayer in which queries read a feature map; residual and norms are its own.
package protocol QueryCrossAttention {
    /// Whether it reads the memory with its position added, so that this can be done as the memory is made; else it
    /// gets the two apart.
    var readsPositionedMemory: Bool { get }
    /// Queries [B, Q, C] with their position [Q, C] -> [B, Q, C]. `maskLogits` [B, H · W, Q], at the memory's size,
    /// are negative where a query's mask of the layer before is not; nil where the decoder has no such masks.
    func callAsFunction(
        _ queries: Variable, position: Variable, memory: QueryMemory, maskLogits: Tensor?, _ context: ForwardContext
    ) -> Variable
}

/// A feature map that queries read.
package struct QueryMemory {
    /// [B, H, W, C].
    package let map: Variable
    /// Its position, of the same shape; nil where it has been added to the map.
    package let position: Tensor?
    /// The sum of the two in a pass that records a graph, one for all layers; nil where there is none.
    package let positioned: Variable?

    /// A map and, where they are kept apart, its position.
    package init(map: Variable, position: Tensor?, _ context: ForwardContext) {
        (self.map, self.position) = (map, position)
        positioned = context.recordsGradients ? position.map { add(map, Variable($0)) } : nil
    }
}
