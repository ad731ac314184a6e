import Foundation
import Images
import TestSupport
import Testing

/// The page of an evaluation as a browser reads it, and the comparison of two.
@Suite(.serialized) struct ReportTests {
    /// A class name that would run in a page that took it for markup.
    private static let hostile = "<script>document.title='x'</script>\"><img src=http://example.org/x onerror=alert(1)>"

    /// A project whose third class has that name, trained for a moment.
    private func project() throws -> TinyProject {
        let project = try TinyProject()
        let description = project.file("tiny.json")
        let text = try String(contentsOfFile: description, encoding: .utf8)
        let name = Self.hostile.replacingOccurrences(of: "\"", with: "\\\"")
        try text.replacingOccurrences(of: "\"box\"", with: "\"\(name)\"").write(
            toFile: description, atomically: true, encoding: .utf8)
        let training = try project.train("run", ["SOLVER.MAX_ITER", "2", "TEST.EVAL_PERIOD", "0"])
        try #require(training.status == 0, "\(training.errors)")
        return project
    }

    private func evaluate(_ project: TinyProject, _ output: String, _ more: [String] = []) throws -> Command.Result {
        try Command.run(
            "pem-eval", project.options(output) + ["--weights", project.file("run/model_final.safetensors")] + more)
    }

    @Test(.enabled(if: Browser.path != nil, "no Chromium, and no PEM_BROWSER"))
    func aBrowserShowsTheScoresOfTheFile() throws {
        let project = try project()
        let evaluation = try evaluate(project, "scores")
        try #require(evaluation.status == 0, "\(evaluation.errors)")
        #expect(evaluation.output.contains("report: \(project.file("scores/report.html"))\n"))
        let (page, messages) = try Browser.load(project.file("scores/report.html"))
        #expect(messages == [], "script errors, or something from elsewhere")
        #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("<title>Evaluation on "))

        // Nothing but pictures within the page, and names as text.
        for tag in ["<script", "<link", "<iframe", "onerror=\"", "http-equiv=\"refresh"] {
            #expect(!page.contains(tag), "\(tag)")
        }
        let sources = page.matches(of: /(?:src|href)="([^"]*)"/).map { String($0.1) }
        #expect(sources.allSatisfy { $0.hasPrefix("data:image/") || $0.hasPrefix("#") })
        #expect(page.contains(Self.hostile.replacing("<", with: "&lt;").replacing(">", with: "&gt;")))

        // Two images: one is the worst, one the best unless they are alike, each with truth and prediction.
        let csv = String(decoding: try #require(project.bytes("scores/per_image.csv")), as: UTF8.self)
        let lines = csv.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        try #require(lines.count == 3 && lines[0].prefix(3) == ["data_set", "image", "sem_seg/mIoU"])
        let pictures = sources.filter { $0.hasPrefix("data:image/jpeg;base64,") }
        #expect(pictures.count == (lines[1][2] == lines[2][2] ? 2 : 4))
        for picture in pictures {
            let data = try #require(Data(base64Encoded: String(picture.dropFirst("data:image/jpeg;base64,".count))))
            let path = project.file("picture.jpg")
            try data.write(to: URL(fileURLWithPath: path))
            #expect(try ImageFile.readRGB(path).width == 128)
        }

        let scores = try #require(try project.scores("scores")["sem_seg"])
        let tiles = page.matches(of: /<b>(?:<data value="([^"]*)">[^<]*<\/data>|-)<\/b><span>([^<]*)<\/span>/)
        #expect(tiles.map { String($0.2) } == ["mIoU", "fwIoU", "mACC", "pACC"])
        for tile in tiles { #expect(tile.1.flatMap { Double($0) } == scores[String(tile.2)], "\(tile.2)") }
        for (title, name) in [("ground", "ground"), ("sky", "sky"), ("&gt;", Self.hostile)] {
            let row = try #require(page.firstMatch(of: try Regex("\(title)</td><td class=\"bar\">.*</tr>")))
            let values = String(page[row.range]).matches(of: /<td class="number">(?:<data value="([^"]*)">|-)/)
            #expect(values.count == 3)
            #expect(values[0].1.flatMap { Double($0) } == scores["IoU-" + name])
            #expect(values[1].1.flatMap { Double($0) } == scores["ACC-" + name])
        }
        let results = try JSONSerialization.jsonObject(with: try #require(project.bytes("scores/results.json")))
        let run = try #require((results as? [String: [String: Any]])?["run"])
        let digest = try #require((run["weights"] as? [String: Any])?["sha256"] as? String)
        #expect(page.contains(digest))
        #expect(page.contains("<code>SOLVER.MAX_ITER</code></td><td><code>8</code>"))

        // All images, the worst first, as in the table beside the page.
        let worst = lines.dropFirst().sorted { Double($0[2]) ?? .nan < Double($1[2]) ?? .nan }
        let rows = page.matches(of: /<tr><td>(street[01])<\/td><td class="number">([0-9.]+)<\/td>/)
        #expect(rows.map { $0.1 } == worst.map { $0[1] })
        #expect(rows.map { $0.2 } == worst.map { Substring(String(format: "%.2f", Double($0[2]) ?? .nan)) })
    }

    /// Scores do not depend on whether a page is made; without it nothing else is written.
    @Test func thePageCanBeLeftOut() throws {
        let project = try project()
        for (output, more) in [("with", []), ("without", ["--no-report"])] {
            #expect(try evaluate(project, output, more).status == 0)
        }
        #expect(project.bytes("with/results.json") == project.bytes("without/results.json"))
        let names = { try FileManager.default.contentsOfDirectory(atPath: project.file($0)).sorted() }
        #expect(try names("with") == [".pem-files", "per_image.csv", "report.html", "results.json"])
        #expect(try names("without") == [".pem-files", "results.json"])

        // A page that someone else wrote stays.
        try "mine".write(toFile: project.file("without/report.html"), atomically: true, encoding: .utf8)
        let refused = try evaluate(project, "without")
        #expect(refused.status == 1 && refused.errors.contains("report.html"), "\(refused.errors)")
        #expect(project.bytes("without/report.html") == Data("mine".utf8))
    }

    @Test func predictionsOfAnotherProgramHaveAPageToo() throws {
        let project = try project()
        let saving = ["--save-predictions", project.file("p"), "--format", "labels"]
        #expect(try evaluate(project, "scores", saving).status == 0)
        let options = ["--predictions", project.file("p"), "--format", "labels"] + project.options("files")
        let scored = try Command.run("pem-eval", options)
        #expect(scored.status == 0, "\(scored.errors)")
        #expect(project.bytes("files/per_image.csv") == project.bytes("scores/per_image.csv"))
        let page = String(decoding: try #require(project.bytes("files/report.html")), as: UTF8.self)
        #expect(page.contains("<td>street1</td>") && !page.contains("data:image/jpeg"))
    }

    @Test func twoResultsAreCompared() throws {
        let project = try project()
        #expect(try evaluate(project, "a").status == 0)
        #expect(try evaluate(project, "b", ["INPUT.MIN_SIZE_TEST", "48"]).status == 0)
        let result = try Command.run("pem-eval", ["--compare", project.file("a"), project.file("b/results.json")])
        #expect(result.status == 0, "\(result.errors)")
        for text in ["\nsem_seg ", "\nmIoU ", "\nIoU of classes ", "\nsky ", "  INPUT.MIN_SIZE_TEST: 64 | 48\n"] {
            #expect(result.output.contains(text), "\(result.output)")
        }
        let one = try Command.run("pem-eval", ["--compare", project.file("a")])
        #expect(one.status == 64 && one.errors.contains("--compare: expected two"), "\(one.errors)")
    }
}
