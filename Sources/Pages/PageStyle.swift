/// The look of all pages, on light and dark ground, on desktops and phones.
enum PageStyle {
    /// The style sheet.
    static let sheet: Markup = """
        :root { --ground: #fff; --panel: #f4f6f8; --ink: #1b2026; --faint: #59636e; --line: #d6dce2; --accent: #2f6db5;
          --worse: #b3261e; --better: #1a7038; }
        @media (prefers-color-scheme: dark) {
          :root { --ground: #14171a; --panel: #1e2226; --ink: #e4e8eb; --faint: #9ca6b0; --line: #363d44;
            --accent: #6aa5e8; --worse: #f2867d; --better: #74c98f; }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 1.5rem clamp(.75rem, 3vw, 2rem) 4rem; max-width: 76rem; overflow-wrap: anywhere;
          background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
        h1 { margin: 0 0 .25rem; font-size: 1.6rem; line-height: 1.25; }
        h2 { margin: 2.5rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); font-size: 1.2rem; }
        h3 { margin: 1.5rem 0 .5rem; font-size: 1rem; }
        p { margin: .5rem 0; max-width: 48rem; }
        a { color: var(--accent); }
        code { font: .85em/1.4 ui-monospace, monospace; }
        nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-top: .75rem; }
        .lead, .note, figcaption { color: var(--faint); }
        .note, figcaption { font-size: .87rem; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: .75rem; }
        .tiles div { padding: .6rem .8rem; border-radius: 6px; background: var(--panel); }
        .tiles b { display: block; font-size: 1.5rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
        .tiles span { color: var(--faint); font-size: .87rem; }
        .scroll { overflow: auto; max-height: 80vh; border: 1px solid var(--line); border-radius: 6px; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        .scroll table { width: 100%; overflow-wrap: break-word; }
        th, td { padding: .2rem clamp(.3rem, 1.2vw, .7rem); text-align: left; vertical-align: top; }
        thead th { position: sticky; top: 0; z-index: 2; background: var(--panel); font-weight: 600; }
        tbody tr + tr { border-top: 1px solid var(--line); }
        tfoot tr { border-top: 2px solid var(--line); font-weight: 600; }
        .number { text-align: right; white-space: nowrap; }
        .swatch { display: inline-block; width: .8em; height: .8em; margin-right: .5em; border-radius: 2px;
          border: 1px solid var(--line); vertical-align: -.05em; background: var(--color); }
        .bars { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr max-content; gap: .15rem .75rem; }
        .bars > div { display: grid; grid-template-columns: subgrid; grid-column: 1 / -1; align-items: center; }
        .track { display: block; border-radius: 0 3px 3px 0; background: var(--panel); }
        .track i { display: block; height: .8rem; border-radius: 0 3px 3px 0; background: var(--accent); }
        td.bar { width: 60%; min-width: 3.5rem; vertical-align: middle; }
        .swatches { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; max-width: none; }
        .matrix th, .matrix td { padding: .15rem .3rem; font-size: .78rem; line-height: 1.5; vertical-align: middle; }
        .matrix td { min-width: 2.3em; text-align: right;
          background: color-mix(in srgb, var(--accent) calc(var(--share, 0) * .6%), transparent); }
        .matrix tbody th { position: sticky; left: 0; z-index: 1; background: var(--panel); font-weight: 400;
          white-space: nowrap; }
        .matrix thead th { vertical-align: bottom; font-weight: 400; }
        .matrix thead span { max-height: 11rem; writing-mode: vertical-rl; transform: rotate(180deg); text-align: left;
          white-space: nowrap; }
        .gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 1rem; }
        .pair { grid-template-columns: repeat(auto-fill, minmax(min(100%, 34rem), 1fr)); }
        figure { margin: 0; }
        figure div { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr)); gap: 4px; }
        img { display: block; width: 100%; height: auto; border-radius: 4px; background: var(--panel); }
        .pixels { width: min(100%, 40rem); image-rendering: pixelated; }
        details { margin: .75rem 0; }
        summary { cursor: pointer; color: var(--accent); }
        @media print { .scroll { max-height: none; overflow: visible; } }
        """
}
