/// The same values with other axes of the same product; shares the buffer both ways. Saves nothing.
package func reshape(_ x: Variable, _ shape: [Int]) -> Variable {
    let inputShape = x.shape
    let saved = x.saved
    return record(x.value.reshaped(shape), inputs: [x], remade: { saved().reshaped(shape) }) { dY in
        [dY.reshaped(inputShape)]
    }
}
