import ArgumentParser

/// `--overwrite`, which every command that writes has.
package enum Overwriting {
    /// Help on it.
    package static let help = ArgumentHelp(
        "Replace files that this program did not write, or that were changed since.")
}
