import ArgumentParser
import Commands
import Diagnostics
import Engine

@main
struct DoctorCommand: RootCommand {
    static let configuration = CommandConfiguration(
        commandName: "pem-doctor",
        abstract: "Look at this machine and at the program on it, and say what is not as it should be.",
        discussion: """
            Shows versions, the processor's features and the kernels chosen for it, threads, memory and its bounds, \
            data sets that are found, and the rate of matrix products (SGEMM) beside what the processor's registers \
            reach. A self-test computes a small network, forward and backward, and compares with what the official \
            code computes; the exit status is 1 where they differ.

            The whole output is what a report of a fault needs: paste it, or attach what --json writes.

            EXAMPLES
              pem-doctor
              pem-doctor --json > doctor.json
              PEM_KERNELS=avx2 pem-doctor --quick
            """,
        version: CommandRunner.version)

    @Flag(help: "Write a JSON object instead of lines.")
    var json = false

    @Flag(help: "Leave the speeds out, which take some seconds.")
    var quick = false

    @Option(help: ArgumentHelp("Threads (default: one a core).", valueName: "n"))
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads: expected at least 1, got \(threads)") }
    }

    func run() throws {
        try CommandRunner.run {
            try CommandRunner.startThreads(threads)
            let console = Console()
            if !json { console.live("looking at this machine ...") }
            let diagnosis = try Diagnosis(measuresSpeed: !quick)
            if json {
                console.line(diagnosis.json)
            } else {
                diagnosis.lines.forEach(console.line)
                console.line("To report a fault, paste all of this, or attach what `pem-doctor --json` writes.")
            }
            return diagnosis.isRight ? 0 : 1
        }
    }
}
