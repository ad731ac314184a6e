import Tensors
import Testing

@Suite struct TensorTests {
    @Test func buffersComeBackFromThePool() {
        var first: Tensor? = Tensor(zeros: [1 << 20])
        let address = first?.data
        first = nil
        #expect(Tensor(uninitialized: [1 << 20]).data == address)
    }

    @Test func itemsShareTheBuffer() {
        let tensor = Tensor((0..<24).map(Float.init), shape: [4, 2, 3])
        let items = tensor.items(1..<3)
        #expect(items.shape == [2, 2, 3] && items.data == tensor.data + 6)
        #expect(items.items(1..<2).array == [12, 13, 14, 15, 16, 17])
        var sum = items
        sum.accumulate(items)
        #expect(sum.array == items.array.map { 2 * $0 } && tensor.array == (0..<24).map(Float.init))
    }

    @Test func accumulateWritesInPlaceOnlyWhenAlone() {
        var alone = Tensor([1, 2], shape: [2])
        let before = alone.data
        alone.accumulate(Tensor([1, 1], shape: [2]))
        #expect(alone.data == before && alone.array == [2, 3])
        let shared = alone
        alone.accumulate(shared)
        #expect(shared.array == [2, 3] && alone.array == [4, 6])
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity]) func nonFiniteIsSeen(value: Float) {
        let tensor = Tensor(zeros: [100_000])
        #expect(tensor.isFinite)
        tensor.data[99_999] = value
        #expect(!tensor.isFinite)
    }

    @Test func streamsDependOnWhatTheyAreFor() {
        var a = RandomStream(seed: 1, name: "x"), b = RandomStream(seed: 1, name: "x")
        var c = RandomStream(seed: 2, name: "x"), d = RandomStream(seed: 1, name: "y")
        let value = a.next()
        #expect(value == b.next() && value != c.next() && value != d.next())
        #expect((0..<1000).allSatisfy { _ in (0..<7).contains(a.nextInt(below: 7)) })
    }
}
