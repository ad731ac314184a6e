import Files
import Scoring

/// The page of an evaluation, and the table of its images beside it.
struct EvaluationPageFiles {
    let page: String
    let images: ImageScores

    /// What `write` makes.
    static let names = [EvaluationPage.fileName, ImageScores.fileName]

    /// Writes both into a folder; gives the path of the page. Throws `FileError`.
    func write(to folder: OutputFolder) throws(FileError) -> String {
        try AtomicFile.write(images.csv, to: folder.path + "/" + ImageScores.fileName, listed: folder.list)
        let path = folder.path + "/" + EvaluationPage.fileName
        try AtomicFile.write(page, to: path, listed: folder.list)
        return path
    }
}
