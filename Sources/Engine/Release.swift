/// This release of the package.
package enum Release {
    /// Its version, which stands here alone; semantic versioning.
    package static let version = "0.1.0"

    /// The compiler that built the program.
    package static let compiler: String = {
        #if compiler(>=6.4)
            "Swift 6.4 or newer"
        #elseif compiler(>=6.3)
            "Swift 6.3"
        #else
            "Swift 6.2"
        #endif
    }()

    /// How the program was built: debug builds check more and take many times as long.
    package static let build = isDebug ? "debug build" : "release build"

    /// Whether it is a debug build.
    package static let isDebug: Bool = {
        #if DEBUG
            true
        #else
            false
        #endif
    }()
}
