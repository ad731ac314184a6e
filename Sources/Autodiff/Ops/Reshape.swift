/// The same values with other axes of the same product; shares the buffer both ways. Saves nothing.
package func reshape(_ x: Variable, _ shape: [Int]) -> Variable {
    let inputShape = x.shape
    return record(x.value.reshaped(shape), inputs: [x]) { dY in [dY.reshaped(inputShape)] }
}
