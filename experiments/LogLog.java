import module java.base;
import org.junit.jupiter.api.TestReporter;

/** Small multiples, a panel a quantity: what runs of an experiment took for their number of requests, both axes logarithmic. */
final class LogLog {

    private static final String ENTRY = "log-log: ";
    private static final List<String> DASHES = List.of("none", "10 7", "2 6"); // and markers, so that lines differ in grey as well
    private static final List<String> MARKERS = List.of("m-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0z", "m-5-5h10v10h-10z", "m0-7l7 12h-14z");

    /** A run of that many requests took so much of a quantity. */
    record Point(String quantity, String series, double requests, double value) {}

    /** Whole powers of ten, from the one to the other. */
    record Axis(int low, int high) {

        /** As short as holds these values, and a power of ten at least. */
        static Axis of(DoubleStream values) {
            var logarithms = values.map(Math::log10).summaryStatistics();
            var low = (int) Math.floor(logarithms.getMin());
            return new Axis(low, Math.max(low + 1, (int) Math.ceil(logarithms.getMax())));
        }

        /** 0 at the low end, 1 at the high one. */
        double at(double value) {
            return (Math.log10(value) - low) / (high - low);
        }

        /** The powers of ten, or every second, third, … if there are many. */
        IntStream ticks() {
            return IntStream.iterate(low, power -> power <= high, power -> power + Math.ceilDiv(high - low, 4));
        }
    }

    /** Publishes a point with a claim, of which the notebook makes the picture; a claim has one of a quantity. */
    static void publish(TestReporter report, String quantity, String series, int requests, double value) {
        report.publishEntry(ENTRY + quantity, "%s %s %s".formatted(series, requests, value));
    }

    /** What claims published, by quantity and series in the order in which they came; zero and NaN have no logarithm. */
    static SequencedMap<String, SequencedMap<String, List<Point>>> panels(Collection<Lab.Claim> claims) {
        var panels = new LinkedHashMap<String, SequencedMap<String, List<Point>>>();
        for (var claim : claims) {
            for (var entry : claim.entries().entrySet()) {
                var words = Pattern.compile("(.+) (\\S+) (\\S+)").matcher(entry.getValue());
                if (!entry.getKey().startsWith(ENTRY) || !words.matches()) continue;
                var point = new Point(entry.getKey().substring(ENTRY.length()), words.group(1), Double.parseDouble(words.group(2)),
                        Double.parseDouble(words.group(3)));
                if (point.requests > 0 && point.value > 0) panels.computeIfAbsent(point.quantity, _ -> new LinkedHashMap<>())
                        .computeIfAbsent(point.series, _ -> new ArrayList<>()).add(point);
            }
        }
        return panels;
    }

    /** The picture as SVG; empty if no claim published a point. */
    static String drawing(Collection<Lab.Claim> claims) {
        var panels = panels(claims);
        if (panels.isEmpty()) return "";
        var all = panels.values().stream().flatMap(panel -> panel.values().stream()).flatMap(List::stream).toList();
        var series = all.stream().map(Point::series).distinct().toList();
        var requests = Axis.of(all.stream().mapToDouble(Point::requests));
        var body = new StringBuilder();
        var cell = 0;
        for (var panel : panels.entrySet()) {
            var values = Axis.of(panel.getValue().values().stream().flatMap(List::stream).mapToDouble(Point::value));
            body.append("<g transform='translate(%d %d)'>\n<text x='8' y='20' class='title'>%s</text>\n"
                    .formatted(cell % 2 * 320, cell++ / 2 * 215, panel.getKey()));
            requests.ticks()
                    .forEach(power -> body.append("<path class='grid' d='M%1$s 35V175'/>\n<text x='%1$s' y='201' text-anchor='middle'>%2$s</text>\n"
                            .formatted(x(requests, Math.pow(10, power)), label(power))));
            values.ticks().forEach(
                    power -> body.append("<path class='grid' d='M60 %1$sh236'/>\n<text x='48' y='%1$s' dy='6' text-anchor='end'>%2$s</text>\n"
                            .formatted(y(values, Math.pow(10, power)), label(power))));
            panel.getValue().forEach((name, points) -> body.append(line(series.indexOf(name), points.stream()
                    .sorted(Comparator.comparing(Point::requests)).map(point -> x(requests, point.requests) + " " + y(values, point.value))
                    .toList())));
            body.append("</g>\n");
        }
        body.append("<g transform='translate(%d %d)'>\n".formatted(cell % 2 * 320, cell / 2 * 215)); // the legend takes the next cell
        for (var i = 0; i < series.size(); i++) {
            var y = 48 + 28 * i;
            body.append(line(i, List.of("60 " + y, "90 " + y, "120 " + y)));
            body.append("<text x='136' y='%d'>%s</text>\n".formatted(y + 6, series.get(i)));
        }
        body.append("<text x='60' y='%d'>from left to right: requests;</text>\n".formatted(64 + 28 * series.size()));
        body.append("<text x='60' y='%d'>both axes are logarithmic</text>\n</g>\n".formatted(88 + 28 * series.size()));
        return """
                <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 640 %d' role='img' aria-labelledby='title desc'>
                <title id='title'>%s, by the number of requests; both axes are logarithmic</title>
                <desc id='desc'>%s</desc>
                <style>
                text { font: 18px system-ui, sans-serif; fill: #1f2328 } .title { font-weight: 600 } path { fill: none } .grid { stroke: #818b9840 }
                @media (prefers-color-scheme: dark) { text { fill: #f0f6fc } }
                </style>
                %s</svg>
                """.formatted(Math.max(Math.ceilDiv(cell, 2) * 215, cell / 2 * 215 + 105 + 28 * series.size()), String.join(", ", panels.keySet()),
                all.stream().map(point -> "%s, %s, %s requests: %s".formatted(point.quantity, point.series, analyze.number(point.requests),
                        analyze.number(point.value))).collect(Collectors.joining("; ")),
                body);
    }

    private static String line(int series, List<String> places) {
        var colour = analyze.colour(List.of(0, 1, 3).get(series % 3)); // the ones between are too light for a line
        return "<path stroke='%s' stroke-width='3' stroke-dasharray='%s' d='M%s'/>\n".formatted(colour, DASHES.get(series % 3),
                String.join("L", places))
                + places.stream().map(place -> "<path style='fill: %s' d='M%s%s'/>\n".formatted(colour, place, MARKERS.get(series % 3)))
                        .collect(Collectors.joining());
    }

    private static String x(Axis axis, double value) {
        return analyze.number(60 + 236 * axis.at(value));
    }

    private static String y(Axis axis, double value) {
        return analyze.number(175 - 140 * axis.at(value));
    }

    /** 0.1, 100, 1k, 100k, 1M. */
    private static String label(int power) {
        return BigDecimal.ONE.scaleByPowerOfTen(power - (power < 3 ? 0 : power < 6 ? 3 : 6)).toPlainString()
                + (power < 3 ? "" : power < 6 ? "k" : "M");
    }
}
