import module java.base;

/**
 * Writes a picture as SVG: small, the same bytes everywhere, readable on a phone, in light, dark and grey, with a
 * tooltip a bar.
 */
final class Svg {

    private static final double LEFT = 56, RIGHT = 624; // of 640
    private static final int MOST = 68; // letters in a line; a longer text is set narrower

    private final StringBuilder body = new StringBuilder();
    private double top = 8;

    private Svg() {}

    static String of(Picture picture) {
        var svg = new Svg();
        picture.panels().forEach(svg::panel);
        svg.legend(picture.legend());
        return """
                <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 640 %s' role='img' aria-labelledby='title desc'>
                <title id='title'>%s</title>
                <desc id='desc'>%s</desc>
                <style>
                text { font: 16px system-ui, sans-serif; fill: #1f2328 } path { fill: none } \
                .grid { stroke: #818b9840 }
                @media (prefers-color-scheme: dark) { text { fill: #f0f6fc } }
                </style>
                %s</svg>
                """
                .formatted(number(svg.top + 8), escaped(picture.title()), escaped(picture.description()), svg.body);
    }

    private void panel(Picture.Panel panel) {
        text(LEFT, top + 16, "start", panel.title());
        top += 30;
        var grid = Double.NEGATIVE_INFINITY;
        for (var tick : panel.x().ticks()) {
            var x = x(panel, tick.at());
            path("class='grid'", "M%s %sv%s".formatted(number(x), number(top), number(panel.height() + 4)));
            if (x - grid > 12.0 * tick.label().length()) text(Math.min(x, RIGHT - 4 * tick.label().length()),
                    top + panel.height() + 20, "middle", tick.label());
            grid = x;
        }
        var labelled = new ArrayList<Double>();
        for (var tick : panel.y().ticks()) {
            var y = y(panel, tick.at());
            if (labelled.stream().anyMatch(other -> Math.abs(other - y) < 18)) continue;
            labelled.add(y);
            text(LEFT - 8, y + 5, "end",
                    tick.label().length() <= 5 ? tick.label() // "…12" of pool-1-thread-12, "…ver" of server
                            : tick.label().replaceFirst("^.*\\D(?=\\d{1,3}$)|^.*(?=.{3}$)", "…"));
        }
        for (var mark : panel.marks()) {
            switch (mark) {
                case Picture.Bars bars -> bars(panel, bars);
                case Picture.Curve curve -> curve(panel, curve);
                case Picture.Label label ->
                    text(x(panel, label.x()) + 6, y(panel, label.y()) + 5, "start", label.text());
            }
        }
        top += panel.height() + 30;
    }

    private static double x(Picture.Panel panel, double value) {
        return LEFT + (RIGHT - LEFT) * panel.x().at(value);
    }

    private double y(Picture.Panel panel, double value) {
        return top + panel.height() * (1 - panel.y().at(value));
    }

    /** A bar ends a little early, so that one that follows at once is seen as another. */
    private void bars(Picture.Panel panel, Picture.Bars bars) {
        body.append("<g stroke='%s' stroke-width='%s'>\n".formatted(bars.colour().hex,
                number(bars.width() * panel.height())));
        for (var bar : bars.bars()) {
            var from = x(panel, bar.from());
            body.append(
                    "<path d='M%s %sH%s'><title>%s</title></path>\n".formatted(number(from), number(y(panel, bar.y())),
                            number(Math.max(x(panel, bar.to()) - 1, from + 0.5)), escaped(bar.tooltip())));
        }
        body.append("</g>\n");
    }

    private void curve(Picture.Panel panel, Picture.Curve curve) {
        var path = new StringBuilder();
        for (var i = 0; i < curve.x().length; i++) {
            var x = number(x(panel, curve.x()[i]));
            var y = number(y(panel, curve.y()[i]));
            path.append(i == 0 ? "M" + x + " " + y : curve.steps() ? "H" + x + "V" + y : "L" + x + " " + y);
            if (curve.markers()) path.append("m-4 0h8m-4-4v8m0-4");
        }
        path("stroke='%s' stroke-width='2.5'%s".formatted(curve.colour().hex,
                curve.dashed() ? " stroke-dasharray='6 4'" : ""), path.toString());
    }

    private void legend(List<Picture.Key> keys) {
        var at = LEFT;
        for (var key : keys) {
            var width = (key.colour() == Picture.Colour.NONE ? 0 : 20) + 8.5 * key.text().length();
            if (at > LEFT && at + width > RIGHT) {
                at = LEFT;
                top += 24;
            }
            if (key.colour() != Picture.Colour.NONE)
                path("stroke='%s' stroke-width='%s'".formatted(key.colour().hex, key.dashed() ? "3" : "12"),
                        "M%s %s%s".formatted(number(at), number(top + 11), key.dashed() ? "h6m3 0h5" : "h14"));
            text(at + (key.colour() == Picture.Colour.NONE ? 0 : 20), top + 16, "start", key.text());
            at += width + 24;
        }
        top += 24;
    }

    private void text(double x, double y, String anchor, String text) {
        var narrower = text.length() <= MOST ? ""
                : " lengthAdjust='spacingAndGlyphs' textLength='%s'".formatted(number(RIGHT - x));
        body.append("<text x='%s' y='%s' text-anchor='%s'%s>%s</text>\n".formatted(number(x), number(y), anchor,
                narrower, escaped(text)));
    }

    private void path(String attributes, String data) {
        body.append("<path %s d='%s'/>\n".formatted(attributes, data));
    }

    private static String number(double value) {
        return BigDecimal.valueOf(value).setScale(1, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
    }

    static String escaped(String text) {
        return text.replaceAll("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\ufffe\uffff]", "?").replace("&", "&amp;")
                .replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;").replace("\"",
                        "&quot;");
    }
}
