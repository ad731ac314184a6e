import Foundation

/// Seconds as `3:07`, `2:03:07` or `1 d 02:03`.
package func durationText(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    let (days, hours, minutes) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60)
    if days > 0 { return String(format: "%d d %02d:%02d", days, hours, minutes) }
    if hours > 0 { return String(format: "%d:%02d:%02d", hours, minutes, whole % 60) }
    return String(format: "%d:%02d", minutes, whole % 60)
}
