//FILES speed.md

import module java.base;

/**
 * What {@code jbang bench} measured: bench.json, from which its README.md and its picture are made.
 *
 * @param command  what repeats it
 * @param rows     a row a server and round, in the order in which they were measured
 * @param startUps what a user types, a row a round
 * @param startUpMachine what those ran on, where they were measured apart; else null
 */
record Speed(String command, Manifest.Machine machine, List<Row> rows, List<StartUp> startUps,
        Manifest.Machine startUpMachine) {

    static final String OURS = "ours", FASTAPI = "fastapi", FILE = "bench.json", PICTURE = "speed.svg";

    /** One server in one round; a number that could not be measured is NaN. */
    record Row(String server, String software, boolean onTheJvm, int round, double requestsPerSecond,
            double requestsPerSecondOf1000, double p99Millis, double liveBytes, double residentBytes,
            double spreadMillis, double startMillis) {}

    /** A measure, and what it means for a server if its number is larger than ours, or smaller. */
    private record Measure(String title, ToDoubleFunction<Row> value, String more, String less) {}

    private static final List<Measure> MEASURES = List.of(
            new Measure("requests/s over 64 connections", Row::requestsPerSecond, "faster", "slower"),
            new Measure("requests/s over 1,000", Row::requestsPerSecondOf1000, "faster", "slower"),
            new Measure("p99 of the answer at half load [ms]", Row::p99Millis, "slower", "faster"),
            new Measure("live heap per request [kB]", row -> row.liveBytes / 1e3, "more", "less"),
            new Measure("resident memory per request [kB]", row -> row.residentBytes / 1e3, "more", "less"),
            new Measure("spread of task 2 at 1,000 requests [ms]", Row::spreadMillis, "wider", "narrower"),
            new Measure("start to first answer [ms]", Row::startMillis, "slower", "faster"));
    private static final List<Measure> TO_DECIDE_BY = List.of(MEASURES.get(0), MEASURES.get(2), MEASURES.get(3));

    /**
     * Reads bench.json of a folder.
     *
     * @throws IOException if it is not there or not readable
     */
    static Speed read(Path folder) throws IOException {
        return Verdict.JSON.readValue(folder.resolve(FILE).toFile(), Speed.class);
    }

    /** Writes bench.json, README.md and the picture. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(FILE), Verdict.JSON.writeValueAsString(this) + "\n");
        Files.writeString(folder.resolve(PICTURE), Svg.of(picture()));
        Files.writeString(folder.resolve("README.md"), page());
    }

    /** The page: picture, tables, what repeats it, and how it was measured. */
    String page() throws IOException {
        var commands = command + (startUpMachine == null ? ""
                : "\njbang bench --start-ups --rounds " + startRounds());
        return Index.resource("speed.md").replace("{picture}", PICTURE).replace("{commands}", commands)
                .replace("{connections}", "" + Bench.CONNECTIONS)
                .replace("{requests}", "%,d".formatted(Bench.IN_FLIGHT))
                .replace("{summary}", markdown()).replace("{measures}", table(MEASURES, true));
    }

    /** The table that a reader decides by, the verdict and the machine: what the README shows as well. */
    String markdown() {
        var apart = startUpMachine == null ? ""
                : "The starts were measured separately, in %d rounds. **Machine.** %s\n\n"
                        .formatted(startRounds(), LessonPage.machine(startUpMachine));
        return ("%s\n%s%s%sMedians of %d rounds; in brackets, the ratio to server.java and its 99 %% interval. "
                + "**Machine.** %s\n").formatted(table(TO_DECIDE_BY, false),
                        verdict().isEmpty() ? "" : verdict() + "\n",
                        startUps.isEmpty() ? "" : StartUp.markdown(startUps) + "\n", apart,
                        rows.stream().mapToInt(Row::round).max().orElse(0), LessonPage.machine(machine));
    }

    private int startRounds() { return startUps.stream().mapToInt(StartUp::round).max().orElse(0); }

    private String table(List<Measure> measures, boolean ranges) {
        var table = new ArrayList<>(List.of(
                Stream.concat(Stream.of("server"), measures.stream().map(Measure::title)).toList()));
        for (var server : servers()) table.add(Stream.concat(Stream.of(ranges ? software(server) : inShort(server)),
                measures.stream().map(measure -> cell(server, measure, ranges))).toList());
        return Markdown.table(table, true);
    }

    private String cell(String server, Measure measure, boolean ranges) {
        var values = of(server).map(measure.value::applyAsDouble).filter(value -> !value.isNaN()).sorted().toList();
        if (values.isEmpty()) return "-";
        var range = " (%s to %s)".formatted(number(values.getFirst()), number(values.getLast()));
        var median = Verdict.median(values);
        var ours = ours(measure);
        var shrank = of(server).filter(row -> Math.min(measure.value.applyAsDouble(row),
                ours.getOrDefault(row.round, 1.0)) <= 0).count(); // no ratio can tell of these
        var shown = (median < 0 ? "-" : number(median)) + (ranges ? range : "");
        if (server.equals(OURS)) return shown;
        var compared = shrank > 0 ? "in %d of %d rounds, its memory or ours did not grow".formatted(shrank,
                values.size())
                : said(ratio(server, measure), measure);
        return shown + (ranges ? "; " + compared : " (" + compared + ")");
    }

    private static String said(Ratio ratio, Measure measure) {
        if (Double.isNaN(ratio.middle())) return "nothing to compare";
        return "%s, %s: %s".formatted(number(ratio.middle()), Double.isInfinite(ratio.high()) ? "too few rounds"
                : number(ratio.low()) + " to " + number(ratio.high()), switch (ratio.side()) {
                    case more -> measure.more;
                    case less -> measure.less;
                    case cannotTell -> "cannot tell";
                });
    }

    /** Of each round. */
    private Map<Integer, Double> ours(Measure measure) {
        return of(OURS).collect(Collectors.toMap(Row::round, measure.value::applyAsDouble));
    }

    /** A server against ours, in the rounds in which both were measured. */
    private Ratio ratio(String server, Measure measure) {
        var ours = ours(measure);
        return Ratio.of(of(server).mapToDouble(row -> measure.value.applyAsDouble(row)
                / ours.getOrDefault(row.round, Double.NaN)).filter(ratio -> ratio > 0).toArray());
    }

    /** What became of the two expectations; empty unless ours, FastAPI and another on the JVM were measured. */
    String verdict() {
        var requests = MEASURES.getFirst();
        var onTheJvm = rows.stream().filter(row -> row.onTheJvm && !row.server.equals(OURS)).map(Row::server)
                .distinct().filter(server -> !Double.isNaN(ratio(server, requests).middle()))
                .max(Comparator.comparing(server -> ratio(server, requests).middle()));
        if (!servers().containsAll(List.of(OURS, FASTAPI)) || onTheJvm.isEmpty()) return "";
        Ratio fastapi = ratio(FASTAPI, requests), best = ratio(onTheJvm.get(), requests);
        return ("server.java answers %s times as many requests as FastAPI (%s), and %s times as many as %s, "
                + "the best other server on the JVM in this table (%s).\n").formatted(number(1 / fastapi.middle()),
                        expected(fastapi, 20), number(1 / best.middle()), inShort(onTheJvm.get()),
                        expected(best, 0.75));
    }

    /** Of ours, so that everything is the other way round. */
    private static String expected(Ratio theirs, double least) {
        var interval = Double.isInfinite(theirs.high()) ? ""
                : "%s to %s; ".formatted(number(1 / theirs.high()), number(1 / theirs.low()));
        return interval + "expected: %s or more; %s".formatted(Words.number(least), theirs.atMost(1 / least));
    }

    /** A bar a server: the interval of its requests per second, ours being 1. */
    private Picture picture() {
        var requests = MEASURES.getFirst();
        var others = servers().stream().filter(server -> !server.equals(OURS)).toList();
        var ratios = others.stream().map(server -> ratio(server, requests)).toList();
        var ends = Stream.concat(Stream.of(1.0), ratios.stream().flatMap(ratio -> Stream.of(ratio.low(), ratio.high(),
                ratio.middle()))).filter(end -> end > 0 && Double.isFinite(end)).mapToDouble(end -> end);
        var x = Picture.Axis.powers("", ends);
        var marks = new ArrayList<Picture.Mark>();
        for (var i = 0; i < others.size(); i++) {
            var ratio = ratios.get(i);
            var y = others.size() - i - 0.7;
            var text = inShort(others.get(i)) + ": " + said(ratio, requests);
            marks.add(new Picture.Bars(others.get(i), switch (ratio.side()) {
                case more -> Picture.Colour.GREEN;
                case less -> Picture.Colour.ORANGE;
                case cannotTell -> Picture.Colour.GREY;
            }, 0.25 / others.size(), List.of(new Picture.Bar(Math.max(ratio.low(), x.from()),
                    Math.min(ratio.high(), x.to()), y, text))));
            marks.add(new Picture.Label(x.from(), y + 0.4, text));
        }
        var title = "Requests per second over 64 connections, ours being 1";
        return new Picture(title, title + "; a bar is the interval in which the ratio lies with 99 % confidence",
                List.of(new Picture.Panel(title, x, new Picture.Axis("", 0, others.size(), false, List.of()),
                        40.0 * others.size(), marks)),
                List.of(new Picture.Key("faster", Picture.Colour.GREEN, false),
                        new Picture.Key("slower", Picture.Colour.ORANGE, false),
                        new Picture.Key("cannot tell", Picture.Colour.GREY, false),
                        new Picture.Key("a bar is the 99 % interval", Picture.Colour.NONE, false)));
    }

    private List<String> servers() {
        return rows.stream().map(Row::server).distinct().sorted(Comparator.comparing(server -> !server.equals(OURS)))
                .toList();
    }

    private Stream<Row> of(String server) {
        return rows.stream().filter(row -> row.server.equals(server));
    }

    private String software(String server) {
        return of(server).findFirst().orElseThrow().software;
    }

    /** The framework and its version, without what it stands on. */
    private String inShort(String server) {
        return software(server).replaceFirst(",.*", "");
    }

    /** Three digits that count; a benchmark has no more. */
    static String number(double value) {
        if (!Double.isFinite(value)) return "-";
        var rounded = new BigDecimal(value).round(new MathContext(3)).doubleValue();
        return rounded < 1_000 ? Words.number(rounded) : "%,.0f".formatted(rounded);
    }
}
