/// The letters of `Lettering`: printable ASCII as strokes on a grid.
///
/// A stroke is a line of points, each the hexadecimal digits of x and y: y is 3 on the baseline, 10 at the height of
/// small letters, 13 at that of capitals, 0 at the lower end of a "p". It is the quadratic B-spline of its points:
/// it begins in the first, ends in the last, and is tangent to the lines between the others at their middles. A point
/// that stands twice is a corner, a stroke of one point is a dot.
enum Glyphs {
    /// Strokes by character, apart by spaces. None for the space itself.
    static let strokes: [Character: String] = [
        " ": "", "!": "0d06 03", "\"": "0d0a 2d2a", "#": "132d 435d 0a6a 0666", "$": "6b6d0d0868630305 3f31",
        "%": "2d4d49090d2d 779793535777 138d", "&": "731a1d5d5a06035377", "'": "0d0a", "(": "2e0b0421",
        ")": "0e2b2401", "*": "2d27 0b49 4b09", "+": "0767 3a34", ",": "1300", "-": "0747", ".": "03", "/": "015e",
        "0": "3d6d63030d3d", "1": "0b2d2d23", "2": "0b0d6d69030363", "3": "0b0d6d6828 2868630305",
        "4": "535d5d060676", "5": "6d0d0d08086a630305", "6": "5d0d0363690906", "7": "0d6d6d23",
        "8": "3d6d68080d3d 386863030838", "9": "13636d0d07676a", ":": "03 09", ";": "19 1300", "<": "5b070753",
        "=": "0969 0565", ">": "0b575703", "?": "0b0d5d582826 23", "@": "5a7a76363a5a 7a75959d0d0272",
        "A": "034d4d83 2767", "B": "0d030373780808 0d0d6d680808", "C": "7b6d0d036375", "D": "030d0d7d730303",
        "E": "6d0d0d030363 0858", "F": "6d0d0d03 0858", "G": "7b6d0d0373787848", "H": "030d 737d 0878", "I": "030d",
        "J": "4d4646430305", "K": "030d 6d07 2963", "L": "0d030363", "M": "030d0d46468d8d83", "N": "030d0d73737d",
        "O": "4d8d83030d4d", "P": "030d0d7d770707", "Q": "4d8d83030d4d 5682", "R": "030d0d7d770707 3773",
        "S": "6b6d0d0868630305", "T": "0d8d 4d43", "U": "0d0606037376767d", "V": "0d43438d", "W": "0d23234b4b63638d",
        "X": "0d73 037d", "Y": "0d4848 8d48 4843", "Z": "0d7d7d030373", "[": "2e0e0e010121", "\\": "0e51",
        "]": "0e2e2e212101", "^": "0a3d3d6a", "_": "0161", "`": "0e2b", "a": "090a5a575753 575707035356",
        "b": "0d03 070a6a630306", "c": "595a0a035354", "d": "6d63 676a0a036366", "e": "0767676a0a036364",
        "f": "4d1d1a1a13 0a3a", "g": "6a6363600001 676a0a036366", "h": "0d03 070a5a575753", "i": "0a03 0d",
        "j": "2a22222000 2d", "k": "0d03 5a05 2753", "l": "0d05050323", "m": "0a03 070a4a474743 474a8a878783",
        "n": "0a03 070a5a575753", "o": "3a6a63030a3a", "p": "0a00 070a6a630306", "q": "6a60 676a0a036366",
        "r": "0a03 070a4a", "s": "595a0a0657530304", "t": "1d15151343 0a3a", "u": "0a0606035356 5a53",
        "v": "0a33336a", "w": "0a2323494963638a", "x": "0a53 035a", "y": "0a33 6a20", "z": "0a5a5a030353",
        "{": "3e1e180808 08181131", "|": "0e01", "}": "0e2e2838 38282101", "~": "0619375568",
    ]
    /// Stands for a character that has no strokes.
    static let box = "030d0d6d6d636303"
}
