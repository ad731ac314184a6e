import ConfigFiles
import Configurations
import Families
import Foundation
import Recipes
import Testing

/// What users write where a text, a list of names, or a pair of key and value is expected.
@Suite struct WordsTests {
    private static let pem = """
        MODEL:
          META_ARCHITECTURE: MaskFormer
          RESNETS: {OUT_FEATURES: [res2, res3, res4, res5]}
          SEM_SEG_HEAD:
            {NAME: MaskFormerHead, PIXEL_DECODER_NAME: PEM_Pixel_Decoder, NORM: BN,
             IN_FEATURES: [res2, res3, res4, res5]}
          MASK_FORMER: {TRANSFORMER_DECODER_NAME: PEMTransformerDecoder}
        """

    private let schema = ConfigSchema(
        SettingSection<Void>(
            "",
            [
                .declared("NAME", "x", "A text."), .declared("NAMES", [], "Texts."),
                .declared("PARTS", ["a"], "Texts."), .declared("SIZES", [1], "Whole numbers."),
                .declared("S.COUNT", 1, "A whole number."),
            ]
        ).declarations)

    @Test(arguments: ["20241126", "2024_11_26", "1e3", "007", "0x10", "on", "no", "True", "-3", ".5"])
    func whatLooksLikeANumberIsATextWhereOneIsExpected(text: String) throws {
        let typed = try schema.resolve(.overrides(["NAME", text]))
        let plain = try schema.resolve(.parse("NAME: \(text)\n", name: "x.cfg"))
        let quoted = try schema.resolve(.parse("NAME: \"\(text)\"\n", name: "x.cfg"))
        for document in [typed, plain, quoted] {
            #expect(document["NAME"]?.value == .text(text))
            // What is written out is read back, once more and again.
            let again = try schema.resolve(.parse(document.yamlText, name: "config.yaml"))
            #expect(again["NAME"]?.value == .text(text) && again.yamlText == document.yamlText)
        }
    }

    @Test func whatIsNoTextStaysAnError() {
        for text in ["NAME: null\n", "NAME: [1]\n", "NAME: {A: 1}\n", "S: {COUNT: many}\n"] {
            #expect(throws: ConfigError.self) { try self.schema.resolve(.parse(text, name: "x.cfg")) }
        }
    }

    @Test func aNameAloneIsAListOfOne() throws {
        for (words, expected) in [
            (["NAMES", "a_train"], [ConfigValue.text("a_train")]), (["NAMES", "('a', 'b')"], ["a", "b"]),
            (["NAMES", ""], []),
        ] { #expect(try schema.resolve(.overrides(words))["NAMES"]?.value == .list(expected)) }
        #expect(try schema.resolve(.parse("PARTS: res5\n", name: "x"))["PARTS"]?.value == ["res5"])
        #expect(throws: ConfigError.self) { try self.schema.resolve(.overrides(["SIZES", "many"])) }
        #expect(throws: ConfigError.self) { try self.schema.resolve(.overrides(["SIZES", "3"])) }
    }

    @Test(
        arguments: [
            (["SOLVER.MAX_ITER"], "SOLVER.MAX_ITER", nil), (["A.B", "1", "SOLVER.MAX_ITER"], "SOLVER.MAX_ITER", nil),
            (["SOLVER.MAX_ITER", "SOLVER.BASE_LR", "0.1"], "SOLVER.MAX_ITER", "the key SOLVER.BASE_LR follows"),
            (
                ["SOLVER.BASE_LR=0.1"], "SOLVER.BASE_LR",
                "write KEY VALUE with a space, not KEY=VALUE: SOLVER.BASE_LR 0.1"
            ),
            (["SOLVER.BASE_LR=0.1", "SOLVER.MAX_ITER=3"], "SOLVER.BASE_LR", "with a space"),
            (["A.B", "1", "SOLVER.MAX_ITER=3", "A.C", "2"], "SOLVER.MAX_ITER", "with a space"),
            (["OUTPUT_DIR=out", "SEED", "1"], "OUTPUT_DIR", "OUTPUT_DIR out"),
        ] as [([String], String, String?)])
    func aKeyWithoutAValueIsNamed(words: [String], key: String, hint: String?) {
        let error = #expect(throws: ConfigError.self) { try ConfigDocument.overrides(words) }
        #expect(error?.key == key && error?.problem == "the value is missing")
        #expect(hint.map { error?.hint?.contains($0) == true } ?? (error?.hint == nil), "\(String(describing: error))")
    }

    @Test func valuesMayLookLikePairs() throws {
        let document = try ConfigDocument.overrides(["NAME", "a=b", "S.COUNT", "1.5"])
        #expect(document["NAME"]?.value == .text("a=b") && document["S.COUNT"]?.value == .real(1.5))
    }

    @Test func textsOfOptionsAreTakenAsTheyStand() throws {
        let path = NSTemporaryDirectory() + "words-\(UUID().uuidString).cfg"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Self.pem.write(toFile: path, atomically: true, encoding: .utf8)
        for text in ["1", "None", "'q'", "(1, 2)", "~", "yes", "a: b # c"] {
            let run = try RunSetup(
                path: path, overrides: ["OUTPUT_DIR", "x"], texts: ["OUTPUT_DIR": text], families: networkFamilies
            ).configuration
            #expect(run.outputDirectory == text)
            let again = try RunConfiguration.parse(yaml: run.resolvedText, name: "x", families: networkFamilies)
            #expect(again.outputDirectory == text)
        }
    }

    /// The official STDC freezes nothing: a wish for it is listed, 0 asks for what is done.
    @Test(arguments: [("2", true), ("1", true), ("0", false)])
    func freezingSTDCHasNoEffect(value: String, isListed: Bool) throws {
        func keys(_ backbone: String) throws -> [String] {
            let words = ["MODEL.BACKBONE.NAME", backbone, "MODEL.BACKBONE.FREEZE_AT", value]
            return try RunConfiguration.parse(yaml: Self.pem, name: "x", overrides: words, families: networkFamilies)
                .keysWithoutEffect
        }
        #expect(try keys("D2STDCnet") == (isListed ? ["MODEL.BACKBONE.FREEZE_AT"] : []))
        #expect(try keys("build_resnet_backbone").isEmpty)
    }
}
