import Autodiff
import Tensors

/// Gathers the gradients of a test's leaves by number.
package final class Gradients {
    private var gathered: [Tensor?]

    /// Room for `count` gradients.
    package init(count: Int) { gathered = Array(repeating: nil, count: count) }

    /// A leaf whose gradient is kept under `index`.
    package func leaf(_ index: Int, _ value: Tensor) -> Variable {
        Variable(leaf: value) { self.gathered[index] = $0 }
    }

    /// The gradient of leaf `index`; an empty tensor if none came.
    package subscript(_ index: Int) -> Tensor { gathered[index] ?? Tensor([], shape: [0]) }
}
