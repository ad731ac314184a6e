/// A page in one file: it fetches nothing and runs nothing, which its content security policy says too.
package struct Page: Sendable {
    /// A part of the page, below a title that the page's list of contents leads to.
    package struct Section: Sendable {
        /// Unique in the page: letters and digits.
        package let id: String
        package let title: String
        package let body: Markup

        package init(_ id: String, _ title: String, _ body: Markup) {
            precondition(
                !id.isEmpty && id.utf8.allSatisfy { Character(Unicode.Scalar($0)).isLetter || (48...57).contains($0) },
                "Page.Section: id \"\(id)\"")
            self.id = id
            self.title = title
            self.body = body
        }
    }

    package let title: String
    /// What the page is about, below its title.
    package let lead: Markup
    package let sections: [Section]

    package init(title: String, lead: Markup, _ sections: [Section]) {
        precondition(Set(sections.map(\.id)).count == sections.count, "Page: two sections of one id")
        self.title = title
        self.lead = lead
        self.sections = sections
    }

    /// The file's text, in UTF-8.
    package var html: String {
        let contents = sections.map { section -> Markup in "<a href=\"#\(section.id)\">\(section.title)</a>" }
        let parts = sections.map { section -> Markup in
            """
            <section id="\(section.id)">
            <h2>\(section.title)</h2>
            \(section.body)
            </section>

            """
        }
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title)</title>
            <style>
            \(PageStyle.sheet)
            </style>
            </head>
            <body>
            <header>
            <h1>\(title)</h1>
            <div class="lead">\(lead)</div>
            <nav>\(contents)</nav>
            </header>
            <main>
            \(parts)</main>
            </body>
            </html>

            """
        return page.html
    }

    /// Pictures within the page and its own style, no scripts, nothing from elsewhere.
    private static let policy: Markup = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
}
