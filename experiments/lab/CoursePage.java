//FILES course.html
//DEPS org.commonmark:commonmark-ext-gfm-tables:0.27.0

import module java.base;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.*;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/** The whole course as one HTML file, for reading from disk: the index, then the page of each lesson. */
final class CoursePage {

    private static final List<org.commonmark.Extension> TABLES = List.of(TablesExtension.create());

    private CoursePage() {}

    static String html(Path folder, String title, String index, List<Verdict> verdicts) throws IOException {
        var body = new StringBuilder(html(folder, "", index, 0));
        for (var verdict : verdicts) body.append("<article id=\"%s\">\n%s</article>\n".formatted(verdict.number(),
                html(folder, verdict.lesson() + "/", LessonPage.markdown(verdict), 1)));
        return Index.resource("course.html").replace("{title}", title).replace("{body}", body);
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
