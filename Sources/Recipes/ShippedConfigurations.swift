import ConfigFiles
import Foundation

/// Where the configurations lie that come with the programs.
enum ShippedConfigurations {
    /// `Configs` of the current folder, then of the checkout that the running program was built in.
    static let files: ShippedFiles = {
        var roots = ["Configs"]
        var folder = URL(fileURLWithPath: Bundle.main.executablePath ?? "/").resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let configs = folder.appendingPathComponent("Configs").path
            if FileManager.default.fileExists(atPath: configs + "/pem/Base") {
                roots.append(configs)
                break
            }
        }
        return ShippedFiles(roots: roots)
    }()
}
