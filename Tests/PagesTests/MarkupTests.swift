import Pages
import Testing

@Suite struct MarkupTests {
    @Test(arguments: [
        ("a & b", "a &amp; b"), ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("\" onload='x'", "&quot; onload=&#39;x&#39;"),
        ("a\u{0}\u{1B}[31m\u{7F}\u{9B}b", "a\u{FFFD}\u{FFFD}[31m\u{FFFD}\u{FFFD}b"),
        ("a\tb\nc", "a\tb\nc"), ("Straße 道路 🚗", "Straße 道路 🚗"), ("&lt;", "&amp;lt;"),
    ])
    func textIsEscaped(text: String, html: String) {
        #expect(Markup(text: text).html == html)
        #expect(("<td title=\"\(text)\">\(text)</td>" as Markup).html == "<td title=\"\(html)\">\(html)</td>")
    }

    @Test func markupStaysMarkup() {
        let cells: [Markup] = ["<td>\(1)</td>", "<td>\("<")</td>"]
        let row: Markup = "<tr>\(cells)\(cells[0])</tr>"
        #expect(row.html == "<tr><td>1</td><td>&lt;</td><td>1</td></tr>")
        #expect(Markup(cells).html == cells.map(\.html).joined())
    }

    @Test func barsKeepWithinTheirTrack() {
        for (share, width) in [(0.5, "50.0"), (1.5, "100.0"), (-1, "0.0"), (.nan, "0.0")] {
            #expect(Markup.bar(share).html.contains("width:\(width)%"))
        }
        #expect(Markup.number(.nan, "nan").html == "-")
        #expect(Markup.number(61.234, "61.23").html == "<data value=\"61.234\">61.23</data>")
    }

    @Test func aPageFetchesNothingAndRunsNothing() {
        let name = "<img src=http://example.org/x>"
        let html = Page(title: name, lead: "\(name)", [.init("a", name, "<p>1</p>"), .init("b", "B", "<p>2</p>")]).html
        #expect(html.hasPrefix("<!DOCTYPE html>\n") && html.contains("default-src 'none'; img-src data:"))
        #expect(!html.contains("<img") && !html.contains("<script") && !html.contains("<link"))
        #expect(html.contains("<a href=\"#a\">") && html.contains("<section id=\"b\">\n<h2>B</h2>\n<p>2</p>"))
    }
}
