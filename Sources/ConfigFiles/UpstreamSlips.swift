import Files
import Foundation

/// Bases that files of the official repositories name and that are not there upstream either. Nothing is guessed: what
/// is not in this table is an error.
enum UpstreamSlips {
    private struct Slip {
        /// The files that name it.
        let files: Set<String>
        /// What they name.
        let base: String
        /// What they mean, which lies in the same folder.
        let meant: String
    }

    private static let table = [
        // PEM's STDC files for ADE20K, panoptic and semantic, were copied from those for Cityscapes.
        Slip(
            files: ["pem_STDC1_bs32_90k.yaml", "pem_STDC2_bs32_90k.yaml"], base: "pem_R50_bs32_90k.yaml",
            meant: "pem_R50_bs32_160k.yaml")
    ]

    /// The path of the base that `file` means by the path `base`; nil where that is there, and where no slip is known.
    static func file(meantBy base: String, in file: String) -> String? {
        let exists = FileManager.default.fileExists(atPath:)
        let name = (base as NSString).lastPathComponent
        guard !exists(base),
            let slip = table.first(where: { $0.base == name && $0.files.contains((file as NSString).lastPathComponent) }
            )
        else { return nil }
        let meant = (FileSystem.folder(of: base) as NSString).appendingPathComponent(slip.meant)
        return exists(meant) ? meant : nil
    }
}
