import Annotations
import Testing

@Suite struct RunLengthMaskTests {
    private static let polygons: [([Double], Int, String)] = [
        (
            [10.2, 8.7, 30.9, 12.1, 25.5, 28.3, 12.0, 25.0], 286,
            "i<2V19G5K0010O000001O0001O01O000000N3L3M3M3Mod0"
        ),
        ([0, 0, 20, 0, 20, 9.5, 0, 9.5], 200, "0:n00000000000000000000000000000000000000PS1"),
        (
            [33.3, 35.8, 5.1, 30.2, 38.9, 21.4, 47.0, 44.6], 327,
            "f91V11000000O2O000O10001O0O1000001N1000000O2O00000O101O000O2O1O001002M3M2N3M3Mc2"
        ),
        ([-4, 2, 12, 2, 12, 60, -4, 60], 456, "2V12000000000000000000000n\\1"),
        ([3, 3, 3, 20, 17, 3], 118, "k3`0h0O1O1O1N2O1O1O1O1N2O1O1O1OfV1"),
    ]

    /// Areas and texts from pycocotools (mask.frPyObjects, 40 rows and 48 columns).
    @Test(arguments: polygons) func polygonsAreDrawnAsPycocotoolsDoes(
        polygon: [Double], area: Int, text: String
    ) throws {
        let mask = try RunLengthMask(height: 40, width: 48, polygons: [polygon], place: "p")
        #expect(mask.area == area)
        #expect(mask.text == text)
        #expect(try RunLengthMask(height: 40, width: 48, text: text, place: "p") == mask)
    }

    @Test func polygonsAreMerged() throws {
        let mask = try RunLengthMask(
            height: 40, width: 48, polygons: Self.polygons.prefix(3).map(\.0), place: "p")
        #expect(mask.area == 793)
    }

    @Test func runsGoDownTheColumns() throws {
        // 2 rows, 3 columns: the second column, and the top of the third.
        let inside: Set = [1, 4, 2]
        let mask = RunLengthMask(height: 2, width: 3) { inside.contains($0) }
        #expect(mask.counts == [2, 3, 1])
        #expect(mask.bits == [false, true, true, false, true, false])
        let first = RunLengthMask(height: 2, width: 3) { $0 == 0 }
        #expect(first.counts == [0, 1, 5])
    }

    @Test(arguments: [1, 5, 63, 64, 65, 130]) func bitsByRowsAreTheSameMask(width: Int) {
        let rowWords = (width + 63) / 64
        // Padding is set and must not count.
        let words = (0..<7 * rowWords).map { (UInt64($0) + 3) &* 0x9E37_79B9_7F4A_7C15 | 1 << 63 }
        let mask = RunLengthMask(height: 7, width: width) {
            words[$0 / width * rowWords + $0 % width / 64] >> UInt64($0 % width % 64) & 1 == 1
        }
        #expect(RunLengthMask(height: 7, width: width, words: words) == mask)
    }

    @Test func intersectionsAreThoseOfBits() throws {
        let masks = try Self.polygons.map {
            try RunLengthMask(height: 40, width: 48, polygons: [$0.0], place: "p")
        }
        for first in masks {
            for second in masks {
                let shared = zip(first.bits, second.bits).filter { $0 && $1 }.count
                #expect(first.intersection(second) == shared)
            }
        }
        let nothing = RunLengthMask(height: 40, width: 48) { _ in false }
        #expect(nothing.area == 0 && nothing.intersection(masks[0]) == 0)
    }

    @Test func damagedMasksAreNamed() {
        #expect(throws: InputError.self) { try RunLengthMask(height: 2, width: 2, counts: [3], place: "a") }
        #expect(throws: InputError.self) {
            try RunLengthMask(height: 2, width: 2, counts: [6, -2], place: "a")
        }
        #expect(throws: InputError.self) { try RunLengthMask(height: 2, width: 2, text: "S", place: "a") }
        #expect(throws: InputError.self) { try RunLengthMask(height: 2, width: 2, text: "~~", place: "a") }
        #expect(throws: InputError.self) {
            try RunLengthMask(height: 2, width: 2, polygons: [[1, 1, 2, 2]], place: "a")
        }
        let error = #expect(throws: InputError.self) {
            try RunLengthMask(
                height: 2, width: 2, polygons: [[1, 1, 2, 2, 1e9, 3]], place: "gt.json: annotation 5")
        }
        #expect(error?.place == "gt.json: annotation 5")
    }
}
