import Foundation
import FoundationXML
import Profiling
import Testing
import pem_bench

/// What becomes of the figures: Markdown, JSON and the plot.
@Suite struct TableReportTests {
    private static let machine = Data(
        """
        {"cpu": "CPU", "instructionSet": "avx512", "bestInstructionSet": "avx512", "kernels": "SkylakeX",
         "reference": "SkylakeX", "families": {"SkylakeX": 100}, "ownGflops": 101, "peakGflops": 150}
        """.utf8)

    /// Two networks at two sizes, the second with scores where `isScored`; `names` are their titles.
    private static func report(
        _ names: [String] = ["a/one", "b/two"], isScored: Bool, rounds: Int = 2, hasTrained: Bool = false
    ) throws -> TableReport {
        let sizes = [(64, 128), (32, 32)]
        let works = sizes.map { TableNetwork.Work(height: $0, width: $1, windows: 1, macs: $0 * $1 * 1_000_000) }
        let windows = [TableNetwork.Work(height: 64, width: 128, windows: 3, macs: 12_345_000_000)]
        let scores = TableScores(meanIoU: 71.26, panopticQuality: nil, classes: 18)
        let networks = [
            TableNetwork(
                title: names[0], config: "a.cfg", network: "One, 3 layers", classes: 19, parameters: 3_714_000,
                testKeys: ["INPUT.MIN_SIZE_TEST 512"], dataSets: ["set_val"], works: works),
            TableNetwork(
                title: names[1], config: "b.cfg", weights: "b.pth", network: "Two", classes: 150,
                parameters: 12_345_678, dataSets: ["set_val", "other"], reason: isScored ? nil : "no data here",
                scores: isScored ? scores : nil, works: windows),
        ]
        let setting = TableReport.Setting(
            machine: try JSONDecoder().decode(Machine.self, from: machine), compiler: "Swift 6.3", threads: 2,
            rounds: rounds, runsPerRound: 3, plannedRounds: 2)
        let runs = TimedRuns(times: [0.5, 0.25, 0.75, 1], gigaflops: 200, peakBytes: 1_234_000_000)
        let rows = sizes.map { height, width in
            TableReport.Size(
                height: height, width: width,
                rows: networks.compactMap { network in
                    network.work(.init(height: height, width: width)).map { .init(title: network.title, $0, runs) }
                })
        }
        return TableReport(setting, hasTrained: hasTrained, networks: networks, sizes: rows)
    }

    /// numpy.percentile's values.
    @Test(
        arguments: [
            ([3], 95, 3), ([1, 2], 50, 1.5), ([4, 1, 3, 2], 0, 1), ([4, 1, 3, 2], 100, 4), ([4, 1, 3, 2], 95, 3.85),
            ([10, 20, 30, 40, 50], 25, 20), ([5, 1, 2, 2, 8, 13], 90, 10.5),
        ] as [([Double], Double, Double)])
    func percentile(values: [Double], percent: Double, expected: Double) {
        #expect(abs(values.percentile(percent) - expected) < 1e-12)
    }

    private func tables(_ markdown: String) -> [[String]] {
        markdown.split(separator: "\n").filter { $0.hasPrefix("| ") }
            .map { $0.dropFirst(2).dropLast(2).components(separatedBy: " | ") }
    }

    @Test(arguments: [true, false]) func markdown(isScored: Bool) throws {
        let text = try Self.report(isScored: isScored).markdown(plot: isScored ? "plot.svg" : nil)
        #expect(text.contains("![plot](plot.svg)") == isScored)
        #expect(text.contains("rounds: 2;") && text.contains("6 runs of a row") && !text.contains("signal"))
        #expect(text.contains("CPU: CPU") && text.contains("detectron2's rule") && !text.contains("recipe.cfg"))
        let rows = tables(text)
        let scored = isScored ? ["71.3", ""] : []
        let own = ["0.2500", "200", "3.05", "1.60", "0.6250", "0.9625", "1.234 GB"]
        #expect(
            rows.map(\.first) == [
                "network", "---", "a/one", "b/two", "network", "---", "a/one", "b/two", "network", "---", "a/one",
            ])
        #expect(rows[2] == ["a/one", "One, 3 layers", "19", "3.71", "INPUT.MIN_SIZE_TEST 512", "initial", ""])
        #expect(rows[3].suffix(2) == ["`b.pth`", isScored ? "set_val, mean of 18 classes" : "none: no data here"])
        #expect(rows[4].suffix(2) == (isScored ? ["mIoU", "PQ"] : ["95 %, s", "peak memory"]))
        #expect(rows[6] == ["a/one", "19", "3.71", "", "8.19"] + own + (isScored ? ["", ""] : []))
        #expect(rows[7].prefix(5) == ["b/two", "150", "12.35", "3", "12.35"])
        #expect(rows[7].suffix(scored.count) == scored[...])
        for table in [0..<4, 4..<8, 8..<11] { #expect(Set(rows[table].map(\.count)).count == 1) }
        // The comparison of builds reads such tables, too.
        #expect(
            BenchFigures.parse(text).first == BenchFigures(name: "a/one", seconds: 0.25, gigabytes: 1.234))
    }

    @Test func markdownTellsWhatIsMissing() throws {
        let stopped = try Self.report(isScored: false, rounds: 1).markdown()
        #expect(stopped.contains("rounds: 1 of 2, the others stopped by a signal;"))
        #expect(try Self.report(isScored: true, hasTrained: true).markdown().contains("What it cannot say"))
        #expect(try tables(Self.report(["a|b", "c"], isScored: true).markdown())[2].first == "a\\|b")
    }

    @Test(arguments: [true, false]) func json(isScored: Bool) throws {
        let text = try Self.report(isScored: isScored).json()
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let networks = try #require(object["networks"] as? [[String: Any]])
        #expect(networks.map { $0["parameters"] as? Int } == [3_714_000, 12_345_678])
        #expect((networks[1]["scores"] as? [String: Any])?["mean_iou"] as? Double == (isScored ? 71.26 : nil))
        let sizes = try #require(object["sizes"] as? [[String: Any]])
        #expect(sizes.map { $0["width"] as? Int } == [128, 32])
        let row = try #require((sizes[0]["rows"] as? [[String: Any]])?.first)
        #expect(row["times"] as? [Double] == [0.5, 0.25, 0.75, 1] && row["peak_bytes"] as? Int == 1_234_000_000)
        #expect(row["seconds"] as? Double == 0.25 && row["images_per_second"] as? Double == 1.6)
        let setting = try #require(object["setting"] as? [String: Any])
        #expect(setting["rounds"] as? Int == 2 && setting["threads"] as? Int == 2)
    }

    /// What an SVG reader sees: names of elements, attributes, and texts.
    private final class Picture: NSObject, XMLParserDelegate {
        var circles: [(x: Double, y: Double)] = []
        var texts: [String] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            if name == "circle" {
                circles.append((Double(attributes["cx"] ?? "") ?? .nan, Double(attributes["cy"] ?? "") ?? .nan))
            }
            if name == "text" { texts.append("") }
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) {
            if !texts.isEmpty { texts[texts.count - 1] += text }
        }
    }

    private func read(_ svg: String) throws -> Picture {
        let picture = Picture()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = picture
        try #require(parser.parse(), "\(String(describing: parser.parserError))")
        return picture
    }

    /// Of rows with scores those alone, where there are any; every panel says what stands upwards.
    @Test(arguments: [
        (true, 2, ["mIoU, %", "multiply-adds, 10⁹"]), (false, 3, ["multiply-adds, 10⁹", "multiply-adds, 10⁹"]),
    ])
    func plot(isScored: Bool, points: Int, upwards: [String]) throws {
        let plot = try Self.report(["a<&>b", "c"], isScored: isScored).plot
        let note = isScored ? "; 1 without a score is not shown" : ""
        #expect(plot.panels.map(\.title) == ["One image of 64×128, 2 threads" + note, "One image of 32×32, 2 threads"])
        #expect(plot.panels.map(\.yTitle) == upwards)
        let picture = try read(plot.svg)
        #expect(picture.circles.count == points)
        let texts = picture.texts.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        #expect(texts.count { $0 == "images/s" } == 2 && texts.contains(upwards[0]))
        #expect(texts.count { $0 == "a<&>b" } == (isScored ? 1 : 2) && texts.contains("c"))
    }

    @Test func pointsStandInOrder() throws {
        let points = (0..<5).map { TablePlot.Point(name: "n\($0)", x: pow(3, Double($0)), y: Double($0 * $0 + 1)) }
        for isLogarithmic in [false, true] {
            let panel = TablePlot.Panel(title: "t", yTitle: "y", isLogarithmic: isLogarithmic, points: points)
            let circles = try read(TablePlot([panel]).svg).circles
            for (a, b) in zip(circles, circles.dropFirst()) { #expect(a.x < b.x && a.y > b.y) }
            #expect(circles.allSatisfy { 80...920 ~= $0.x && 40...420 ~= $0.y })
        }
    }

    @Test(
        arguments: [
            ([0.5, 20], true, [0.5, 1, 2, 5, 10, 20]), ([1.3, 1.3], true, [1.15, 1.2, 1.25, 1.3, 1.35, 1.4, 1.45]),
            ([0, 100], false, [0, 20, 40, 60, 80, 100]),
            ([71.2, 71.2], false, [70.8, 71, 71.2, 71.4, 71.6]),
            ([30, 46], false, [30, 32, 34, 36, 38, 40, 42, 44, 46]),
        ] as [([Double], Bool, [Double])])
    func axis(values: [Double], isLogarithmic: Bool, ticks: [Double]) {
        let axis = PlotAxis(values, isLogarithmic: isLogarithmic, from: 100, to: 0)
        #expect(axis.ticks.count == ticks.count)
        for (tick, expected) in zip(axis.ticks, ticks) { #expect(abs(tick - expected) < 1e-9) }
        for value in values + axis.ticks { #expect(0...100 ~= axis.place(value)) }
    }

    /// Thirty networks in a crowd.
    @Test func namesStandApart() {
        var random = SystemRandomNumberGenerator()
        let points = (0..<30).map { index in
            (
                name: "family/network_\(index)", x: Double.random(in: 300...600, using: &random),
                y: Double.random(in: 150...300, using: &random)
            )
        }
        let boxes = PlotLabels(points, left: 80, right: 920, top: 40, bottom: 420).boxes
        for (index, box) in boxes.enumerated() {
            #expect(box.x >= 80 && box.x + box.width <= 920 && box.y >= 40 && box.y <= 406)
            #expect(boxes.indices.allSatisfy { $0 == index || !boxes[$0].meets(box) })
        }
    }
}
