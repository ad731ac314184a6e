import Foundation
import TestSupport
import Testing

/// What an installation has of the programs (`make test-install` makes one).
@Suite(.serialized) struct InstallationTests {
    @Test(arguments: CommandLineTests.commands) func everyCommandTellsTheVersion(command: String) throws {
        let result = try Command.run(command, ["--version"])
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(result.output.wholeMatch(of: /PEM \d+\.\d+\.\d+\n/) != nil, "\(result.output)")
        #expect(result.output == (try Command.run("pem-train", ["--version"]).output))
    }

    @Test(arguments: CommandLineTests.commands, ["bash", "zsh", "fish"])
    func everyCommandHasCompletions(command: String, shell: String) throws {
        let result = try Command.run(command, ["--generate-completion-script", shell])
        #expect(result.status == 0 && result.errors.isEmpty && result.output.contains(command))
        #expect(result.output.contains(command == "pem-data" ? "synth" : "threads") || command == "pem-convert")
    }

    /// Bash completes shipped configurations by their paths, and files.
    @Test func configurationsAreCompleted() throws {
        let project = try TinyProject()
        let script = try Command.run("pem-train", ["--generate-completion-script", "bash"]).output
        try script.write(toFile: project.file("completions"), atomically: true, encoding: .utf8)
        func completions(of word: String) throws -> [Substring] {
            let line = "pem-train --config \(word)"
            let program = """
                cd '\(project.path)'; source ./completions; pem-train() { \"$0\" \"$@\"; }
                COMP_WORDS=(pem-train --config '\(word)'); COMP_CWORD=2; COMP_LINE='\(line)'; COMP_POINT=\(line.count)
                _pem-train pem-train '\(word)' --config 2> /dev/null; printf '%s\\n' \"${COMPREPLY[@]}\"
                """
            let shell = "exec bash -c '\(program.replacingOccurrences(of: "'", with: "'\\''"))' \"$0\""
            return try Command.run("pem-train", [], shell: shell).output.split(separator: "\n")
        }
        #expect(
            try completions(of: "pem/cityscapes_sem_st") == [
                "pem/cityscapes_sem_stdc1.cfg", "pem/cityscapes_sem_stdc2.cfg",
            ])
        #expect(try completions(of: "ti") == ["tiny.cfg"])
    }

    /// Where no checkout is around, the configurations of the installation are found by name.
    @Test func configurationsLieBesideTheProgram() throws {
        let project = try TinyProject()
        let files = FileManager.default
        for folder in ["prefix/bin", "prefix/share/pem/Configs/pem/Base", "elsewhere"] {
            try files.createDirectory(atPath: project.file(folder), withIntermediateDirectories: true)
        }
        try files.copyItem(
            atPath: project.file("tiny.cfg"), toPath: project.file("prefix/share/pem/Configs/pem/own.cfg"))
        let (program, built) = (project.file("prefix/bin/pem-train"), try Command.path(of: "pem-train"))
        // On another disk there is no second name for a file.
        do { try files.linkItem(atPath: built, toPath: program) } catch {
            try files.copyItem(atPath: built, toPath: program)
        }
        let shell = "cd '\(project.file("elsewhere"))' && exec '\(program)' \"$@\""
        let found = try Command.run("pem-train", ["--config", "own.cfg", "--keys"], shell: shell)
        #expect(found.status == 0 && found.output.contains("OUTPUT_DIR"), "\(found.errors)")
        #expect(try Command.run("pem-train", ["--config", "demo.cfg", "--keys"], shell: shell).status == 1)
    }
}
