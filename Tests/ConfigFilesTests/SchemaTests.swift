import ConfigFiles
import Testing

@Suite struct SchemaTests {
    /// Where values of the schema go.
    private struct Solver: Configurable {
        var rate: Float = 0
        var steps: [Int] = []

        static var sections: [SettingSection<Solver>] {
            [
                SettingSection(
                    "SOLVER",
                    [
                        .real("BASE_LR", 0.1, \.rate, in: 0...1, "The rate."),
                        .integers("STEPS", [3], \.steps, in: 0...9, "The steps."),
                        .declared("MAX_ITER", 4, "The last step."), .declared("BIAS", .null, "Not read."),
                        .declared("NAME", "x", "Not read."),
                    ]),
                SettingSection("", [.declared("SEED", -1, "Not read.")]),
            ]
        }
    }

    private func schema() -> ConfigSchema { ConfigSchema(Solver.declarations, openSections: ["FREE"]) }

    @Test func settingsGoWhereTheirPathsSay() throws {
        let reader = ConfigReader(try resolve("SOLVER:\n  BASE_LR: 0.5\n  NAME: y\n"))
        let solver = try Solver(reader)
        #expect(solver.rate == 0.5 && solver.steps == [3])
        #expect(reader.writtenButUnread == ["SOLVER.NAME"] && reader.hasRead(section: "SOLVER"))
        let outside = ConfigReader(try resolve("SOLVER:\n  BASE_LR: 2\n"))
        #expect(throws: ConfigError.self) { try Solver(outside) }
    }

    private func resolve(_ text: String) throws -> ConfigDocument {
        try schema().resolve(.parse(text, name: "my.cfg"))
    }

    @Test func defaultsHoldAndWholeNumbersBecomeReals() throws {
        let document = try resolve(
            "SOLVER:\n  BASE_LR: 1\n  STEPS: (1, 2)\n  BIAS: 3\nFREE:\n  A:\n    B: 1\n")
        #expect(document["SOLVER.BASE_LR"]?.value == .real(1))
        #expect(document["SOLVER.STEPS"]?.value == .list([.integer(1), .integer(2)]))
        #expect(document["SOLVER.MAX_ITER"]?.value == .integer(4))
        #expect(document["FREE.A.B"]?.value == .integer(1))
    }

    @Test func anEmptySectionChangesNothing() throws {
        #expect(try resolve("SOLVER:\n")["SOLVER.MAX_ITER"]?.value == .integer(4))
    }

    @Test func unknownKeyHasPlaceCaretAndNearestKey() {
        let error = #expect(throws: ConfigError.self) { try resolve("SOLVER:\n  BASE_LRR: 1\n") }
        #expect(
            error?.description == """
                my.cfg:2:3: SOLVER.BASE_LRR: unknown key
                      BASE_LRR: 1
                      ^
                  did you mean SOLVER.BASE_LR?
                """)
    }

    /// A misspelt key is never taken for a section, a misspelt section for one alone.
    @Test(arguments: [("SOLVE: 1\n", nil), ("SOLVR:\n  X: 1\n", "did you mean SOLVER?")] as [(String, String?)])
    func aSectionIsNoKey(text: String, hint: String?) {
        let error = #expect(throws: ConfigError.self) { try resolve(text) }
        #expect(error?.kind == .unknownKey && error?.hint == hint, "\(String(describing: error))")
    }

    @Test(arguments: [
        ("SOLVR:\n", ConfigError.Kind.unknownKey), ("SOLVR: {}\n", .unknownKey), ("SOLVER: 3\n", .wrongType),
        ("SEED:\n  A: 1\n", .unknownKey), ("SOLVER:\n  MAX_ITER: 1.5\n", .wrongType),
        ("SOLVER:\n  BASE_LR: fast\n", .wrongType), ("SOLVER:\n  STEPS: 5\n", .wrongType),
        ("SEED: True\n", .wrongType),
        ("SOLVER:\n  NAME: [3]\n", .wrongType), ("SOLVER:\n  MAX_ITER: null\n", .wrongType),
    ])
    func faults(text: String, kind: ConfigError.Kind) {
        #expect(throws: ConfigError.self) { try resolve(text) }.map { #expect($0.kind == kind) }
    }

    @Test func wrongTypeOnTheCommandLine() {
        let error = #expect(throws: ConfigError.self) {
            try schema().resolve(.overrides(["SOLVER.BASE_LR", "fast"]))
        }
        #expect(
            error?.description
                == "command line (SOLVER.BASE_LR fast): SOLVER.BASE_LR: expected a number, got \"fast\"")
    }

    @Test func readerChecksRangesAndRemembers() throws {
        let reader = ConfigReader(try resolve("SOLVER:\n  MAX_ITER: 7\n  STEPS: [1, a]\n  NAME: y\n"))
        #expect(try reader.integer("SOLVER.MAX_ITER", in: 1...9) == 7)
        #expect(reader.writtenButUnread == ["SOLVER.STEPS", "SOLVER.NAME"])
        let range = #expect(throws: ConfigError.self) { try reader.integer("SOLVER.MAX_ITER", in: 1...5) }
        #expect(range?.problem == "expected 1 to 5, got 7")
        #expect(throws: ConfigError.self) { try reader.integers("SOLVER.STEPS") }
        #expect(throws: ConfigError.self) { try reader.integers("SOLVER.STEPS", count: 3...3) }
        let choice = #expect(throws: ConfigError.self) {
            try reader.choice("SOLVER.NAME", ["yy": 1, "z": 2])
        }
        #expect(choice?.problem == "expected one of \"yy\", \"z\", got \"y\"")
        #expect(try reader.optionalReal("SOLVER.BIAS", in: 0...1) == nil)
    }

    @Test func writtenTextReadsBack() throws {
        let document = try resolve("SOLVER:\n  STEPS: []\n  NAME: \"a: b\"\n")
        let again = try schema().resolve(.parse(document.yamlText, name: "again"))
        #expect(again.yamlText == document.yamlText)
        #expect(again["SOLVER.NAME"]?.value == .text("a: b"))
    }
}
