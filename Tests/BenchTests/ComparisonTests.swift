import Recipes
import Testing
import pem_bench

/// Tables of two builds, read and compared.
@Suite struct ComparisonTests {
    private static let markdown = """
        # Benchmarks

        - CPU: AMD EPYC, 2 cores

        ## Targets
        One image of 1024×2048.

        | work | seconds | median | SGEMM GFLOP/s | ratio to T | target | peak memory |
        | --- | --- | --- | --- | --- | --- | --- |
        | inference 1024×2048, PEM-STDC1 | 0.816 | 0.822 | 200 | 0.89 | ≤ 1.0 T | 0.81 GB |
        | training step, batch 2 at 512×1024, PEM-R50 | 4.243 | 4.443 | 199 | 1.17 | ≤ 1.5 T, 3.5 GB | 3.22 GB |

        ## Kernels by shape

        | kernel | seconds | median |
        | --- | --- | --- |
        | 1×1 64-64 @256×512, forward | 0.0059 | 0.0061 |
        | cut off | 0.5 |

        ## Files of weights

        | open, ms | load, s |
        | --- | --- |
        | 5.0 | 0.071 |
        """

    @Test func tablesWithSecondsAreRead() {
        #expect(
            BenchFigures.parse(Self.markdown) == [
                BenchFigures(name: "inference 1024×2048, PEM-STDC1", seconds: 0.816, gigabytes: 0.81),
                BenchFigures(name: "training step, batch 2 at 512×1024, PEM-R50", seconds: 4.243, gigabytes: 3.22),
                BenchFigures(name: "1×1 64-64 @256×512, forward", seconds: 0.0059, gigabytes: nil),
            ])
    }

    /// The median of the pairs' ratios, which is not the ratio of the medians.
    @Test func pairsAreCompared() {
        func table(_ name: String, _ seconds: Double, _ gigabytes: Double?) -> [BenchFigures] {
            [
                BenchFigures(name: name, seconds: seconds, gigabytes: gigabytes),
                BenchFigures(name: "own \(seconds)", seconds: 1, gigabytes: nil),
            ]
        }
        let pairs = [(1.0, 2.0), (3, 2), (4, 1), (2, 4)].map { [table("a", $0.0, 0.5), table("a", $0.1, 0.25)] }
        #expect(
            BuildComparison.rows(pairs) == [
                ["a", "2.500", "2.000", "1.000 (0.500 to 4.000)", "0.5000", "0.2500", "2.000 (2.000 to 2.000)"]
            ])
    }

    @Test func kernelsHaveNoMemory() {
        let pairs = [[2.0, 1.0].map { [BenchFigures(name: "k", seconds: $0, gigabytes: nil)] }]
        #expect(BuildComparison.rows(pairs) == [["k", "2.000", "1.000", "2.000 (2.000 to 2.000)", "", "", ""]])
    }

    @Test(arguments: [([3.0], 3.0), ([4, 1, 2], 2), ([4, 1, 2, 3], 2.5)] as [([Double], Double)])
    func median(values: [Double], expected: Double) { #expect(values.median == expected) }
}
