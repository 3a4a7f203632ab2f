//DEPS org.commonmark:commonmark-ext-gfm-tables:0.27.0

import module java.base;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.*;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/** The whole course as one HTML file, for reading from disk: the index, then the page of each lesson. */
final class CoursePage {

    private static final List<org.commonmark.Extension> TABLES = List.of(TablesExtension.create());
    private static final String PAGE =
            """
                    <!DOCTYPE html>
                    <html lang="en">
                    <head>
                    <meta charset="UTF-8">
                    <meta name="viewport" content="width=device-width, initial-scale=1">
                    <title>%s</title>
                    <style>
                    :root { color-scheme: light dark }
                    body { font: 17px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
                    h1, h2, h3 { line-height: 1.2 } h2 { margin-top: 3rem }
                    img { display: block; width: 100%%; max-width: 52rem; height: auto }
                    table { display: block; overflow-x: auto; border-collapse: collapse; font-size: 0.9em }
                    th, td { text-align: left; vertical-align: top; padding: 0.3em 0.8em 0.3em 0;
                             border-bottom: 1px solid #8884 }
                    td[align=right], th[align=right] { text-align: right }
                    th { vertical-align: bottom } td:nth-child(2):not([align]) { min-width: 11em }
                    pre { overflow-x: auto; padding: 0.8em; background: #8882; border-radius: 6px; font-size: 0.85em }
                    </style>
                    </head>
                    <body>
                    %s</body>
                    </html>
                    """;

    private CoursePage() {}

    static String html(Path folder, String title, String index, List<Verdict> verdicts) {
        var html = new StringBuilder(html(folder, "", index, 0));
        for (var verdict : verdicts) html.append("<article id=\"%s\">\n%s</article>\n".formatted(verdict.number(),
                html(folder, verdict.lesson() + "/", LessonPage.markdown(verdict), 1)));
        return PAGE.formatted(title, html);
    }

    /** One page as HTML: headings so many levels lower, links to pages as anchors, pictures inlined. */
    private static String html(Path folder, String lesson, String markdown, int lower) {
        var page = Parser.builder().extensions(TABLES).build().parse(markdown);
        page.accept(new AbstractVisitor() {
            @Override
            public void visit(Heading heading) {
                heading.setLevel(heading.getLevel() + lower);
                visitChildren(heading);
            }

            @Override
            public void visit(Link link) {
                link.setDestination(anchor(lesson, link.getDestination()));
                visitChildren(link);
            }

            @Override
            public void visit(Image image) {
                try {
                    image.setDestination("data:image/svg+xml;base64," + Base64.getEncoder().encodeToString(
                            Files.readAllBytes(folder.resolve(lesson + image.getDestination()))));
                } catch (IOException notThere) { // then the browser shows its caption
                }
                visitChildren(image);
            }
        });
        return HtmlRenderer.builder().extensions(TABLES).build().render(page)
                .replace("<h2>How to read</h2>", "<h2 id=\"how-to-read\">How to read</h2>");
    }

    /** E02_…/README.md is #E02, ../README.md the beginning; another file lies in the lesson's folder. */
    private static String anchor(String lesson, String link) {
        if (link.matches("(\\.\\./)?E\\d+_\\w+/README\\.md"))
            return "#" + link.replaceFirst("^\\.\\./", "").replaceFirst("_.*", "");
        if (link.startsWith("../README.md")) return link.replaceFirst("^\\.\\./README\\.md#?", "#");
        return link.contains("://") || link.startsWith("#") ? link : lesson + link;
    }
}
