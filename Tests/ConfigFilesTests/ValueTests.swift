import ConfigFiles
import Testing

@Suite struct ValueTests {
    @Test(
        arguments: [
            ("(512, 1024)", ConfigValue.list([.integer(512), .integer(1024)])),
            ("(0.8,)", .list([.real(0.8)])),
            ("(0.8)", .real(0.8)),
            ("()", .list([])),
            ("[1, [2, 'a']]", .list([.integer(1), .list([.integer(2), .text("a")])])),
            ("(\"cityscapes_fine_sem_seg_train\",)", .list([.text("cityscapes_fine_sem_seg_train")])),
            ("True", .boolean(true)), ("False", .boolean(false)), ("None", .null),
            ("1e-6", .real(1e-6)), ("-3", .integer(-3)), ("1_000", .integer(1000)), (".5", .real(0.5)),
            ("5.", .real(5)),
            ("0x10", .integer(16)), ("'it''s'", nil), ("ADAMW", nil), ("", nil), ("(1, 2", nil), ("1 2", nil),
            ("(,)", nil),
            ("007", nil), ("nan", nil), ("inf", nil), ("1e", nil), ("5e400", .real(.infinity)), ("1-2", nil),
            ("[1 2]", nil),
        ] as [(String, ConfigValue?)])
    func pythonLiterals(text: String, expected: ConfigValue?) {
        #expect(PythonLiteral.parse(text) == expected)
    }

    @Test func literalsNestedTooDeeplyAreText() {
        #expect(PythonLiteral.parse(String(repeating: "[", count: 100_000)) == nil)
    }

    @Test(arguments: [
        "[int(x * 0.1 * 1024) for x in range(5, 21)]", "[ int( y * 0.1*1024 ) for y in range( 5,21 ) ]",
    ])
    func computedListOfTheOfficialFiles(expression: String) throws {
        let document = try ConfigDocument.parse(
            "A: !!python/object/apply:eval [\"\(expression)\"]", name: "test")
        let expected = [
            512, 614, 716, 819, 921, 1024, 1126, 1228, 1331, 1433, 1536, 1638, 1740, 1843, 1945, 2048,
        ]
        #expect(document["A"]?.value == .list(expected.map(ConfigValue.integer)))
    }

    @Test(arguments: [
        "__import__('os').getcwd()", "[int(x * 0.1 * 1024) for y in range(5, 21)]",
        "[int(x * 2) for x in range(0, 999999)]",
        "[x for x in range(3)]",
    ])
    func otherExpressionsAreRefused(expression: String) {
        let error = #expect(throws: ConfigError.self) {
            try ConfigDocument.parse("A: !!python/object/apply:eval [\"\(expression)\"]", name: "test")
        }
        #expect(error?.kind == .syntax)
        #expect(error?.problem.contains("not evaluated") == true)
    }

    @Test(arguments: [
        ("a: ~", ConfigValue.null), ("a:", .null), ("a: yes", .boolean(true)), ("a: Off", .boolean(false)),
        ("a: 1e-6", .real(1e-6)), ("a: \"1e-6\"", .real(1e-6)),
        ("a: '(1, 2)'", .list([.integer(1), .integer(2)])),
        ("a: [2,2,2]", .list([.integer(2), .integer(2), .integer(2)])), ("a: \"\"", .text("")),
        ("a: detectron2://x/R-50.pkl", .text("detectron2://x/R-50.pkl")), ("a: \"yes\"", .text("yes")),
        ("a: !!python/tuple [1, 2]", .list([.integer(1), .integer(2)])), ("a: -.inf", .real(-.infinity)),
    ])
    func yamlValues(text: String, expected: ConfigValue) throws {
        #expect(try ConfigDocument.parse(text, name: "test")["a"]?.value == expected)
    }

    @Test(arguments: [
        ConfigValue.text("a \"b\" \\ \n c"), .text("(1, 2)"), .text("None"), .text(""), .text("yes: no # x"),
        .real(1e-6), .real(3), .real(-.infinity), .integer(-7), .boolean(true), .null,
        .list([.text("x"), .list([.real(0.5)])]),
    ])
    func writtenValuesReadBack(value: ConfigValue) throws {
        let document = try ConfigDocument.parse("a: \(value)", name: "test")
        #expect(document["a"]?.value == value)
    }

    @Test(
        arguments: [
            ("SOLVER.BASE_LRR", "SOLVER.BASE_LR"), ("solver.base_lr", "SOLVER.BASE_LR"),
            ("MODEL.NUM_CLASSES", "MODEL.HEAD.NUM_CLASSES"), ("SOLVER.BSAE_LR", "SOLVER.BASE_LR"),
            ("QWERTYUIOP", nil),
        ] as [(String, String?)])
    func nearestNames(name: String, expected: String?) {
        let known = ["SOLVER.BASE_LR", "SOLVER.MAX_ITER", "MODEL.HEAD.NUM_CLASSES", "MODEL.HEAD.NORM"]
        #expect(nearestName(to: name, among: known) == expected)
    }

    /// A key of the same section goes before one of the same name elsewhere.
    @Test(
        arguments: [
            ("A.SEG.DROPOUT", "A.SEG.DROPOUT_RATIO"), ("A.MIT.DROP_RATE", "A.MIT.DROP_PATH_RATE"),
            ("A.MIT.DROP_PATH_RTE", "A.MIT.DROP_PATH_RATE"), ("a.mit.drop_rate", "A.MIT.DROP_PATH_RATE"),
            ("A.MIT.DROPOUT", "A.MASK.DROPOUT"), ("A.NOWHERE.DROP_RATE", "A.SWIN.DROP_RATE"), ("A.MIT.QWERTYUIOP", nil),
        ] as [(String, String?)])
    func nearestKeys(key: String, expected: String?) {
        let known = [
            "A.MASK.DROPOUT", "A.SWIN.DROP_RATE", "A.MIT.DEPTHS", "A.MIT.DROP_PATH_RATE", "A.SEG.EMBED_DIM",
            "A.SEG.DROPOUT_RATIO",
        ]
        #expect(nearestKey(to: key, among: known) == expected)
    }
}
