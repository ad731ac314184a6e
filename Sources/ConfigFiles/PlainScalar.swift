/// How an unquoted YAML scalar reads: YAML 1.1 null, booleans and numbers, then detectron2's Python
/// literals, else text.
func plainScalar(_ text: String) -> ConfigValue {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": return .boolean(true)
    case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": return .boolean(false)
    case ".inf", ".Inf", ".INF", "+.inf": return .real(.infinity)
    case "-.inf", "-.Inf", "-.INF": return .real(-.infinity)
    case ".nan", ".NaN", ".NAN": return .real(.nan)
    default: return quotedScalar(text)
    }
}

/// How a quoted scalar reads: a Python literal where it is one (as detectron2 does), else text.
func quotedScalar(_ text: String) -> ConfigValue {
    PythonLiteral.parse(text) ?? .text(text)
}
