import Annotations
import Testing

@Suite struct LabelBoundariesTests {
    /// Cells of random classes, some ignored, and the boundaries that OpenCV 5.0 finds in them by PIDNet's rule: how
    /// many pixels, and the FNV-1a hash of the map.
    struct Case: Sendable, CustomTestStringConvertible {
        let height, width, cell, classes, count: Int
        let hash: UInt64
        var testDescription: String { "\(height)×\(width), cells of \(cell), \(classes) classes" }

        /// Ignored pixels are `ignored`.
        func labels(seed: Int, ignored: UInt16) -> LabelImage {
            var state = UInt32(seed)
            let across = (width + cell - 1) / cell
            let cells = (0..<(height + cell - 1) / cell * across).map { _ -> UInt16 in
                state = state &* 1_664_525 &+ 1_013_904_223
                let label = Int(state >> 16) % (classes + 1)
                return label < classes ? UInt16(label) : ignored
            }
            return LabelImage(
                size: ImageSize(height: height, width: width),
                values: (0..<height * width).map { cells[$0 / width / cell * across + $0 % width / cell] })
        }
    }

    static let cases = [
        Case(height: 40, width: 48, cell: 9, classes: 4, count: 631, hash: 0xc410_fb6b_f68c_cbc6),
        Case(height: 40, width: 48, cell: 9, classes: 150, count: 757, hash: 0x8d05_ba9c_61f5_361e),
        Case(height: 33, width: 61, cell: 5, classes: 2, count: 926, hash: 0x399b_02f1_e7bb_592b),
        Case(height: 64, width: 50, cell: 7, classes: 19, count: 1836, hash: 0x4191_3b4c_1020_ef4d),
        Case(height: 37, width: 41, cell: 2, classes: 3, count: 775, hash: 0x53d8_d0a9_edf8_79ea),
        Case(height: 48, width: 48, cell: 1, classes: 2, count: 1490, hash: 0x5387_3e36_7d75_7f13),
        Case(height: 48, width: 48, cell: 1, classes: 19, count: 1488, hash: 0x7533_a533_cabd_a935),
        Case(height: 12, width: 40, cell: 4, classes: 3, count: 0, hash: 0xfcfd_a4c0_7d71_b8a5),
        Case(height: 13, width: 40, cell: 4, classes: 3, count: 80, hash: 0x9e78_35f4_80b3_3a15),
        Case(height: 40, width: 40, cell: 50, classes: 3, count: 0, hash: 0xa947_e505_90de_8025),
    ]

    @Test(arguments: Array(cases.enumerated()), [255, 200] as [UInt16])
    func boundariesAreOpenCVs(numbered: (offset: Int, element: Case), ignored: UInt16) {
        let expected = numbered.element
        let found = expected.labels(seed: numbered.offset + 1, ignored: ignored).boundaries(ignoreLabel: Int(ignored))
        #expect(found.values.reduce(0) { $0 + Int($1) } == expected.count)
        #expect(
            found.values.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
                == expected.hash)
    }

    @Test func smallMapsHaveNone() {
        let labels = LabelImage(size: ImageSize(height: 1, width: 2), values: [0, 1])
        #expect(labels.boundaries(ignoreLabel: 255).values == [0, 0])
    }
}
