import Files
import Foundation
import SwiftProtobuf

/// A file of TensorBoard's: values and pictures by tags and steps, in TensorFlow's records (length, checksum of the
/// length, an `Event`, checksum of the event; tensorflow/core/lib/io/record_writer.cc).
///
/// TensorBoard reads the files of a folder one after another, by their names. The second event of each says with which
/// step it begins: what earlier files have of that step and later ones is dropped. A record that a killed program left
/// half-written ends its file. Bytes that a full disk does not take wait for the next ones.
package final class EventFile {
    private static let prefix = "events.out.tfevents."

    private let file: PatientFile

    /// Begins a new file in `folder`, the last one by its name, for `step` and later ones. Throws
    /// `FileError.unwritable`.
    package init(in folder: String, fromStep step: Int) throws {
        file = try PatientFile(folder + "/" + Self.newName(in: folder))
        var version = Tensorboard_Event()
        version.fileVersion = "brain.Event:2"
        try append(version)
        var start = Tensorboard_Event()
        start.step = Int64(step)
        start.sessionLog.status = .start
        try append(start)
    }

    /// Adds values of a step; those that are not finite are left out. Throws `FileError.unwritable`, but not for a full
    /// disk.
    package func add(step: Int, values: [(tag: String, value: Double)]) throws {
        try append(
            step,
            values.filter(\.value.isFinite).map { tag, number in
                var value = Tensorboard_Summary.Value()
                value.tag = tag
                value.simpleValue = Float(number)
                return value
            })
    }

    /// Adds pictures of a step. Throws `FileError.unwritable`, but not for a full disk.
    package func add(step: Int, pictures: [(tag: String, picture: EncodedPicture)]) throws {
        try append(
            step,
            pictures.map { tag, picture in
                var value = Tensorboard_Summary.Value()
                value.tag = tag
                value.image.height = Int32(picture.height)
                value.image.width = Int32(picture.width)
                value.image.colorspace = 3
                value.image.encodedImageString = Data(picture.bytes)
                return value
            })
    }

    /// Writes what waits for room on the disk. Throws `FileError.unwritable`.
    package func finish() throws(FileError) { try file.finish() }

    private func append(_ step: Int, _ values: [Tensorboard_Summary.Value]) throws {
        if values.isEmpty { return }
        var event = Tensorboard_Event()
        event.step = Int64(step)
        event.summary.value = values
        try append(event)
    }

    private func append(_ event: Tensorboard_Event) throws {
        var event = event
        event.wallTime = Date().timeIntervalSince1970
        let bytes: [UInt8] = try event.serializedBytes()
        let length = Self.bytes(UInt64(bytes.count))
        try file.append(
            length + Self.bytes(MaskedChecksum.of(length)) + bytes + Self.bytes(MaskedChecksum.of(bytes)))
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    /// The seconds since 1970, or one more than the latest file's where that is later.
    private static func newName(in folder: String) -> String {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let seconds = names.filter { $0.hasPrefix(prefix) }.compactMap { name in
            Int(name.dropFirst(prefix.count).prefix { $0 != "." })
        }
        let now = Int(Date().timeIntervalSince1970)
        return prefix + String(format: "%010ld", max(now, (seconds.max() ?? 0) + 1)) + ".pem"
    }
}
