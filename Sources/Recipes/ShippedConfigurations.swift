import ConfigFiles
import Foundation

/// Where the configurations lie that come with the programs.
package enum ShippedConfigurations {
    /// `Configs` of the current folder, then what belongs to the running program: `share/pem/Configs` where it is
    /// installed (`make install`), or those of the checkout that it was built in.
    package static let files: ShippedFiles = {
        var roots = ["Configs"]
        var folder = URL(fileURLWithPath: Bundle.main.executablePath ?? "/").resolvingSymlinksInPath()
        search: while folder.path != "/" {
            folder.deleteLastPathComponent()
            for name in ["share/pem/Configs", "Configs"] {
                let configs = folder.appendingPathComponent(name).path
                if FileManager.default.fileExists(atPath: configs + "/pem/Base") {
                    roots.append(configs)
                    break search
                }
            }
        }
        return ShippedFiles(roots: roots)
    }()
}
