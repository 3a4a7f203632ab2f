import module java.base;
import tech.tablesaw.plotly.components.*;
import tech.tablesaw.plotly.traces.ScatterTrace;
import tech.tablesaw.plotly.traces.Trace;

/**
 * Writes a picture as a page to zoom in, by Tablesaw's Plotly. Panels lie one below the other on one vertical axis,
 * the first at the top.
 */
final class Plotly {

    private static final String SCRIPT = "/META-INF/resources/webjars/plotly.js-dist/2.35.3/plotly.js";

    private Plotly() {}

    /** The page; it looks for Plotly at this address. */
    static String page(Picture picture, String plotlyJs) {
        var traces = new ArrayList<Trace>();
        var single = picture.panels().size() == 1;
        for (var i = 0; i < picture.panels().size(); i++) {
            var panel = picture.panels().get(i);
            for (var mark : panel.marks()) {
                var shift = single ? 0.0 : i;
                switch (mark) {
                    case Picture.Bars bars -> traces.add(bars(panel, bars, single, shift));
                    case Picture.Curve curve -> traces.add(ScatterTrace
                            .builder(curve.x(), ys(panel, curve.y(), single, shift)).name(text(curve.name()))
                            .mode(curve.markers() ? ScatterTrace.Mode.LINE_AND_MARKERS : ScatterTrace.Mode.LINE)
                            .line(Line.builder().shape(curve.steps() ? Line.Shape.HV : Line.Shape.LINEAR)
                                    .color(curve.colour().hex)
                                    .dash(curve.dashed() ? Line.Dash.DASH : Line.Dash.SOLID).build())
                            .build());
                    case Picture.Label _ -> {} // the bar beside it shows its value when one points at it
                }
            }
        }
        var first = picture.panels().getFirst();
        var plain = single && first.y().from() < first.y().to();
        var layout = Layout.builder(text(picture.title())).autosize(true).showLegend(true)
                .xAxis(Axis.builder().title(first.x().name())
                        .type(first.x().logarithmic() ? Axis.Type.LOG : Axis.Type.LINEAR).build())
                .yAxis(Axis.builder().title(plain ? first.y().name() : first.y().name() + "s, the first at the top")
                        .type(plain && first.y().logarithmic() ? Axis.Type.LOG : Axis.Type.LINEAR)
                        .tickSettings(TickSettings.builder().tickMode(TickSettings.TickMode.AUTO).showTickLabels(plain)
                                .build())
                        .build())
                .build();
        var figure = new Figure(layout, Config.builder().responsive(true).displayLogo(false).build(),
                traces.toArray(Trace[]::new));
        return Page.pageBuilder(figure, "picture").plotlyJsLocation(plotlyJs).build().asJavascript()
                .replace("<div id='picture' >", "<div id='picture' style='height: 95vh'>")
                .replaceFirst("height: \\d+,\\s+width: \\d+,", "");
    }

    /** Plotly takes HTML; it stands in a string of JavaScript, which Tablesaw does not escape. */
    private static String text(String text) {
        return Svg.escaped(text).replace("\\", "&#92;").replaceAll("\\p{Cntrl}", " ");
    }

    /** NaN lifts the pen between two bars. */
    private static Trace bars(Picture.Panel panel, Picture.Bars bars, boolean single, double shift) {
        var x = bars.bars().stream().flatMapToDouble(bar -> DoubleStream.of(bar.from(), bar.to(), Double.NaN))
                .toArray();
        var y = bars.bars().stream().flatMapToDouble(bar -> DoubleStream.of(bar.y(), bar.y(), Double.NaN)).toArray();
        var texts = bars.bars().stream().flatMap(bar -> Stream.of(text(bar.tooltip()), text(bar.tooltip()), ""))
                .toArray(String[]::new);
        return ScatterTrace.builder(x, ys(panel, y, single, shift)).mode(ScatterTrace.Mode.LINE)
                .name(text(bars.name()))
                .text(texts).line(Line.builder()
                        .width(Math.clamp(bars.width() * 360, 1, 16)).color(bars.colour().hex).build())
                .build();
    }

    /**
     * As they are where there is one panel that counts upwards; else from 0 to 1 within a panel, and a panel below
     * the other.
     */
    private static double[] ys(Picture.Panel panel, double[] values, boolean single, double shift) {
        if (single && panel.y().from() < panel.y().to()) return values;
        return DoubleStream.of(values).map(value -> Double.isNaN(value) ? value : 0.9 * panel.y().at(value) - shift)
                .toArray();
    }

    /** Puts Plotly into a folder, unless it is there, and returns the path from a page to it. */
    static String script(Path page, Path folder) throws IOException {
        var script = folder.toAbsolutePath().normalize().resolve("plotly.js");
        if (Files.notExists(script)) {
            try (var plotly = new InputStreamReader(Plotly.class.getResourceAsStream(SCRIPT))) {
                Pictures.write(script, plotly::transferTo);
            }
        }
        return page.toAbsolutePath().normalize().getParent().relativize(script).toString().replace('\\', '/');
    }
}
