import Datasets
import Foundation
import Testing

/// JSON as Python writes it, and the places of what is wrong.
@Suite struct JSONPlaceTests {
    private struct Row: Decodable, Equatable {
        let id: Int?
        let area: Double?
    }

    private func rows(_ text: String) throws -> [Row] {
        try JSONFile.decode([Row].self, from: Data(text.utf8))
    }

    private func place(_ text: String) -> (String, String) {
        do {
            _ = try rows(text)
            return ("", "")
        } catch let fault as JSONFault {
            if case .dataCorrupted(let context) = fault.error { return (fault.place, context.debugDescription) }
            return (fault.place, "")
        } catch { return ("\(error)", "") }
    }

    @Test(arguments: [
        ("NaN", Double.nan), ("Infinity", .infinity), ("-Infinity", -.infinity), ("1e999", .infinity),
        ("-1E+400", -.infinity), ("2.5e0", 2.5), ("null", nil),
    ])
    func numbersThatAreNotFiniteAreRead(text: String, expected: Double?) throws {
        let found = try rows(#"[{"id": 1, "area": \#(text), "other": [NaN, {"a": -Infinity}], "text": "NaN"}]"#)
        try #require(found.count == 1 && found[0].id == 1)
        if let expected, expected.isNaN {
            #expect(found[0].area?.isNaN == true)
        } else {
            #expect(found[0].area == expected)
        }
    }

    /// Columns count characters, not bytes.
    @Test(arguments: [
        ("[{\"id\": 1,,}]", "line 1, column 11"), ("[\n{\"é\": nan}]", "line 2, column 7"),
        ("[{\"id\": 1]", "line 1, column 10"), ("[{\"id\" 1}]", "line 1, column 8"), ("", "line 1, column 1"),
        ("[{\"id\": \"a\n\"}]]", "line 1, column 11"), ("[{\"id\": \"\\x\"}]]", "line 1, column 11"),
        ("[{\"id\": \"no end", "line 1, column 9"), ("[1] 2", "line 1, column 5"), ("[01]", "line 1, column 2"),
        ("[{\"area\": NaN},\r\n {\"id\": 'x'}]", "line 2, column 9"), ("[[[[{]]]]", "line 1, column 6"),
        ("[{\"id\": 1}", "line 1, column 11"), ("\u{FEFF}[tru]", "line 1, column 3"),
    ])
    func faultsHaveLineAndColumn(text: String, expected: String) { #expect(place(text).0 == expected) }

    @Test func whatIsFoundIsNamed() {
        #expect(place("[{\"id\": 1]").1 == "\"]\" (expected \",\" or \"}\")")
        #expect(place("[{\"id\": ü}]").1 == "\"ü\" (expected a value)")
        #expect(place("[").1 == "the text ends (expected a value)")
        #expect(place("[\"\u{1}\"]]").1.hasPrefix("the control character 1"))
    }

    @Test(arguments: [
        ("[{\"id\": 1},\n   {\"id\": \"x\"}]", "line 2, column 11"),
        ("[{\"id\": 1}, {\"x\": {\"id\": [1, {}]},\n \"id\": []}]", "line 2, column 8"),
        ("{\"a\": 1}", "line 1, column 1"), ("[{\"area\": NaN},\n{\"area\": [NaN]}]", "line 2, column 10"),
    ])
    func valuesThatDoNotFitHaveAPlace(text: String, expected: String) { #expect(place(text).0 == expected) }

    /// A list of gigabytes is looked through once, whatever it nests.
    @Test func depthDoesNoHarm() {
        let depth = 200_000
        #expect(place(String(repeating: "[", count: depth)).0 == "line 1, column \(depth + 1)")
    }
}
