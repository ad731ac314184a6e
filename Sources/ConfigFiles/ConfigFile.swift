import Files
import Foundation

extension ConfigDocument {
    /// Reads a file and, beneath it, the files its `_BASE_` names (one or a list; relative to the file, else among
    /// those that are `shipped`; `~` for home). Throws `ConfigError`: unreadable file, bad syntax, a base that is
    /// missing or leads back here.
    package static func read(path: String, shipped: ShippedFiles = ShippedFiles()) throws -> ConfigDocument {
        try read(path: path, namedAt: nil, above: [], shipped)
    }

    /// Reads YAML text that is complete in itself; `name` stands for the file in messages.
    package static func parse(_ text: String, name: String) throws -> ConfigDocument {
        var reader = YAMLText(text, name: name)
        let document = try reader.read()
        if let base = document[baseKey] {
            throw ConfigError(.syntax, at: base.keyOrigin, "\(baseKey) needs a file to be relative to")
        }
        return document
    }

    private static let baseKey = "_BASE_"

    private static func read(
        path: String, namedAt origin: ConfigOrigin?, above: [String], _ shipped: ShippedFiles
    ) throws -> ConfigDocument {
        let url = URL(fileURLWithPath: (path as NSString).expandingTildeInPath)
        let identity = url.standardizedFileURL.resolvingSymlinksInPath().path
        if let start = above.firstIndex(of: identity) {
            let cycle = (above[start...] + [identity]).map { ($0 as NSString).lastPathComponent }
            throw ConfigError(
                .baseCycle, at: origin, key: baseKey,
                "leads back to itself: \(cycle.joined(separator: " → "))")
        }
        var reader = YAMLText(try text(of: url, shownAs: path, namedAt: origin), name: path)
        var document = try reader.read()
        guard let base = document[baseKey] else { return document }
        document.remove(baseKey)
        var result = ConfigDocument()
        for name in try baseNames(base) {
            var basePath = try resolved(name, from: path, among: shipped, at: base.origin)
            if let meant = UpstreamSlips.file(meantBy: basePath, in: path) {
                result.warnings.append(
                    "\(base.origin): \(baseKey): \(name) does not exist, upstream neither; \(meant) is meant and taken")
                basePath = meant
            }
            result = result.overlaid(
                by: try read(path: basePath, namedAt: base.origin, above: above + [identity], shipped))
        }
        return result.overlaid(by: document)
    }

    private static func baseNames(_ entry: Entry) throws -> [String] {
        let names: [ConfigValue] = if case .list(let values) = entry.value { values } else { [entry.value] }
        return try names.map { name in
            guard case .text(let text) = name, !text.isEmpty else {
                throw ConfigError(
                    .wrongType, at: entry.origin, key: baseKey, "expected a file name, got \(name)")
            }
            return text
        }
    }

    private static func resolved(
        _ name: String, from path: String, among shipped: ShippedFiles, at origin: ConfigOrigin
    ) throws -> String {
        if name.contains("://") {
            throw ConfigError(
                .unreadable, at: origin, key: baseKey, "expected a local file, got the address \(name)")
        }
        if name.hasPrefix("/") || name.hasPrefix("~") { return name }
        let beside = path.contains("/") ? (FileSystem.folder(of: path) as NSString).appendingPathComponent(name) : name
        if FileManager.default.fileExists(atPath: beside) { return beside }
        return try shipped.file(name, at: origin, key: baseKey) ?? beside
    }

    private static func text(of url: URL, shownAs path: String, namedAt origin: ConfigOrigin?) throws
        -> String
    {
        func unreadable(_ problem: String, hint: String? = nil) -> ConfigError {
            ConfigError(
                .unreadable, at: origin, key: origin == nil ? nil : baseKey, "\(path): \(problem)", hint: hint
            )
        }
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw unreadable("no such file", hint: nearestFileHint(to: url))
        }
        guard !FileSystem.isFolder(url.path) else { throw unreadable("expected a file, got a folder") }
        guard let data = FileManager.default.contents(atPath: url.path) else {
            throw unreadable("can't be read (permission?)")
        }
        guard let text = String(data: data, encoding: .utf8) else { throw unreadable("expected UTF-8 text") }
        return text
    }
}
