/// The one computed list of the official files, `[int(x * 0.1 * 1024) for x in range(5, 21)]`, recognised
/// by its form: a variable times constants, over a range. Nothing is ever evaluated; every other expression
/// gives nil.
func evaluatedList(_ expression: String) -> [Int]? {
    let form =
        #/
        \[\s* int\( \s*(\w+) ((?: \s*\*\s* [0-9]+ (?:\.[0-9]*)? )+) \s*\)
        \s*for\s+ (\w+) \s+in\s+ range\( \s*([0-9]{1,6})\s* , \s*([0-9]{1,6})\s* \) \s*\]
        /#
    guard let match = expression.wholeMatch(of: form), match.1 == match.3,
        let first = Int(match.4), let end = Int(match.5), end - first <= 10_000
    else { return nil }
    var factors: [Double] = []
    for word in match.2.split(separator: "*") {
        switch number(word.filter { !$0.isWhitespace }) {
        case .integer(let value): factors.append(Double(value))
        case .real(let value): factors.append(value)
        default: if !word.allSatisfy(\.isWhitespace) { return nil }
        }
    }
    var values: [Int] = []
    for x in first..<max(first, end) {
        // Left to right, as Python multiplies: int(9 * 0.1 * 1024) is 921, not 922.
        guard let value = Int(exactly: factors.reduce(Double(x), *).rounded(.towardZero)) else { return nil }
        values.append(value)
    }
    return values
}
