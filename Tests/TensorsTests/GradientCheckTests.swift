import TestSupport
import Testing

@Suite struct GradientCheckTests {
    // Channels that divide the count, a prime, more channels than samples, one channel, one entry.
    @Test(arguments: [[1, 8, 8, 4], [2, 5, 11, 27], [3, 97], [2, 5, 100], [7, 1], [1]], [1, 30, 60])
    func everyChannelIsSampled(shape: [Int], samples: Int) {
        let entries = sampledEntries(of: shape, about: samples)
        let (count, channels) = (shape.reduce(1, *), shape[shape.count - 1])
        #expect(Set(entries.map { $0 % channels }).count == channels)
        #expect(entries.count >= min(samples, count) && Set(entries).isSubset(of: 0..<count))
    }
}
