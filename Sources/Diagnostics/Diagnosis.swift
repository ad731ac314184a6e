import Checkpoints
import Foundation

/// What a machine, this program on it and its data sets are like, and whether the program computes rightly there.
package struct Diagnosis: Sendable {
    /// Facts of one kind.
    struct Section: Sendable, Equatable {
        let title: String
        let facts: [Fact]
        /// What is not as it should be, and what to do.
        var advice: [String] = []
    }

    let sections: [Section]
    /// Whether the self-test gave what it should.
    package let isRight: Bool

    /// Looks at everything; the speeds, which take some seconds, only where they are wanted. `goldens` are what the
    /// self-test computes. Throws `KernelError` or `ConfigError`.
    package init(measuresSpeed: Bool, goldens: [SelfTestGolden] = SelfTestGolden.all) throws {
        let results = try goldens.map { try $0.run() }
        sections = [
            .program, .system, .processor, try .kernels(), .threads, .memory, .environment, .data,
            measuresSpeed ? try .speed() : nil, .selfTest(results),
        ].compactMap(\.self)
        isRight = results.allSatisfy(\.isRight)
    }

    /// For a person, and for a report of a fault.
    package var lines: [String] {
        let width = sections.flatMap(\.facts).map(\.name.count).max() ?? 0
        let facts = sections.filter { !$0.facts.isEmpty }.flatMap { section in
            [section.title]
                + section.facts.flatMap { fact in
                    Self.wrapped(
                        fact.text, after: "  " + fact.name.padding(toLength: width + 2, withPad: " ", startingAt: 0))
                } + [""]
        }
        let advice = sections.flatMap(\.advice).flatMap { Self.wrapped($0, after: "! ") }
        return facts + (advice.isEmpty ? ["All is as it should be."] : advice)
    }

    /// The same as a JSON object.
    package var json: String {
        let advice = sections.flatMap(\.advice).map(\.jsonQuoted).joined(separator: ", ")
        return jsonObject(
            sections.map { section in
                let name = section.title.lowercased().replacingOccurrences(of: "-", with: "_")
                return (name, jsonObject(section.facts.map(\.member)))
            } + [("advice", "[\(advice)]"), ("self_test_passed", "\(isRight)")])
    }

    /// Lines of at most 80 columns, broken between words; those after the first begin under the first's text.
    static func wrapped(_ text: String, after head: String) -> [String] {
        let indent = String(repeating: " ", count: head.count)
        var lines: [String] = []
        var line = head
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if line.count > indent.count, line.count + 1 + word.count > 80 {
                lines.append(line)
                line = indent
            }
            line += (line.count == indent.count ? "" : " ") + word
        }
        return lines + [line]
    }
}
