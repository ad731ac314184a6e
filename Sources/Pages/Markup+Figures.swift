import Annotations

extension Markup {
    /// A number as people read it, with what it is exactly for programs: `<data value="61.234">61.23</data>`. A dash
    /// stands for what is not a number.
    package static func number(_ value: Double, _ text: String) -> Markup {
        value.isFinite ? "<data value=\"\(value)\">\(text)</data>" : "-"
    }

    /// The few numbers that a page is read for.
    package static func tiles(_ tiles: [(name: String, value: Markup)]) -> Markup {
        let parts = tiles.map { tile -> Markup in "<div><b>\(tile.value)</b><span>\(tile.name)</span></div>\n" }
        return "<div class=\"tiles\">\n\(parts)</div>\n"
    }

    /// A colour, as a small square before the name of what has it.
    package static func swatch(_ color: RGBColor) -> Markup {
        let levels = "\(color.red) \(color.green) \(color.blue)"
        return "<span class=\"swatch\" style=\"--color:rgb(\(levels))\"></span>"
    }

    /// What colours mean.
    package static func legend(_ entries: [(name: String, color: RGBColor)]) -> Markup {
        let parts = entries.map { entry -> Markup in "<span>\(swatch(entry.color))\(entry.name)</span>\n" }
        return "<p class=\"note swatches\">\n\(parts)</p>\n"
    }

    /// Bars of `share` 0…1 of the width, between a name and a value each. One that is not a number has no bar.
    package static func bars(_ bars: [(name: Markup, share: Double, value: Markup)]) -> Markup {
        let lines = bars.map { bar -> Markup in
            "<div><span>\(bar.name)</span>\(self.bar(bar.share))<span class=\"number\">\(bar.value)</span></div>\n"
        }
        return "<div class=\"bars\">\n\(lines)</div>\n"
    }

    /// A bar of `share` 0…1 of the width that there is.
    package static func bar(_ share: Double) -> Markup {
        let percent = share.isFinite ? (min(max(share, 0), 1) * 1000).rounded() / 10 : 0
        return "<span class=\"track\"><i style=\"width:\(percent)%\"></i></span>"
    }

    /// A part that is closed until its summary is clicked.
    package static func details(_ summary: String, _ body: Markup) -> Markup {
        "<details><summary>\(summary)</summary>\n\(body)</details>\n"
    }
}
