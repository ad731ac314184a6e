import Autodiff

/// Linear layers with ReLU between them (DETR's MLP): names `layers.0`, `layers.1`, ….
package struct MultiLayerPerceptron {
    private let layers: [Linear]

    /// `depth` layers: inputs -> hidden … hidden -> outputs.
    package init(_ scope: ParameterScope, inputs: Int, hidden: Int, outputs: Int, depth: Int) {
        let sizes = [inputs] + Array(repeating: hidden, count: depth - 1) + [outputs]
        layers = (0..<depth).map {
            Linear(scope.child("layers").child($0), inputs: sizes[$0], outputs: sizes[$0 + 1])
        }
    }

    /// [..., inputs] -> [..., outputs].
    package func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        var y = x
        for (index, layer) in layers.enumerated() {
            y = layer(y, context)
            if index < layers.count - 1 { y = relu(y) }
        }
        return y
    }
}
