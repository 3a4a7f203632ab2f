import module java.base;

/**
 * What {@code jbang bench} measured: bench.json, from which its README.md is made.
 *
 * @param command what repeats it
 * @param rows    a row a server and round, in the order in which they were measured
 */
record Speed(String command, Manifest.Machine machine, List<Row> rows) {

    static final String OURS = "ours", FASTAPI = "fastapi", FILE = "bench.json";

    /** One server in one round; a number that could not be measured is NaN. */
    record Row(String server, String software, boolean onTheJvm, int round, double requestsPerSecond, double p99Millis,
            double bytesPerTask,
            double spreadMillis, double startMillis) {}

    private record Column(String title, ToDoubleFunction<Row> value, boolean ratio) {}

    private static final List<Column> COLUMNS = List.of(new Column("requests/s", Row::requestsPerSecond, true),
            new Column("p99 of the answer [ms]", Row::p99Millis, false),
            new Column("memory a task in flight [kB]", row -> row.bytesPerTask / 1e3, false),
            new Column("spread of task 2 at 1,000 requests [ms]", Row::spreadMillis, false),
            new Column("start to first answer [ms]", Row::startMillis, false));

    /**
     * Reads bench.json of a folder.
     *
     * @throws IOException if it is not there or not readable
     */
    static Speed read(Path folder) throws IOException {
        return Verdict.JSON.readValue(folder.resolve(FILE).toFile(), Speed.class);
    }

    /** Writes bench.json and README.md. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(FILE), Verdict.JSON.writeValueAsString(this) + "\n");
        Files.writeString(folder.resolve("README.md"),
                """
                        # How fast each server answers

                        %s
                        ## To repeat it

                        ```
                        %s
                        ```

                        `wrk` sends `GET /?as_async=1` over %d connections, from the same CPUs. Each request leaves \
                        three tasks of 3 s behind, and each
                        task prints its line, to nowhere. All servers are measured in turn, then all again. Warm-up \
                        before measuring, longer than the
                        three tasks of a request take.

                        [All lessons](../README.md)
                        """
                        .formatted(markdown(), command, Bench.CONNECTIONS));
    }

    /** The table, the verdict and the machine: what the README shows as well. */
    String markdown() {
        return "%s\n%sMedians of %d rounds (lowest to highest). **Machine.** %s\n".formatted(table(),
                verdict().isEmpty() ? "" : verdict() + "\n",
                rows.stream().mapToInt(Row::round).max().orElse(0), LessonPage.machine(machine));
    }

    /** Medians and ranges over the rounds, with the ratio of requests to ours. */
    String table() {
        var ours = of(OURS);
        var byServer =
                rows.stream().collect(Collectors.groupingBy(Row::software, LinkedHashMap::new, Collectors.toList()));
        var head = Stream.concat(Stream.of("server"), COLUMNS.stream().map(Column::title)).toList();
        var table = new ArrayList<>(List.of(head));
        byServer.forEach((software, rounds) -> table.add(Stream.concat(Stream.of(software),
                COLUMNS.stream().map(column -> figure(rounds, column) + (!column.ratio || ours.isEmpty()
                        || rounds.equals(ours) ? ""
                                : ", %s of ours".formatted(number(median(rounds, column) / median(ours, column))))))
                .toList()));
        return Markdown.table(table, true);
    }

    /** What became of the two expectations; empty unless ours, FastAPI and another on the JVM were measured. */
    String verdict() {
        var requests = COLUMNS.getFirst();
        var onTheJvm =
                rows.stream().filter(row -> row.onTheJvm && !row.server.equals(OURS)).map(Row::server).distinct()
                        .max(Comparator.comparing(server -> median(of(server), requests)));
        if (of(OURS).isEmpty() || of(FASTAPI).isEmpty() || onTheJvm.isEmpty()) return "";
        var ours = median(of(OURS), requests);
        return ("Ours answers %s times as many requests as FastAPI (expected: 20 or more), and %s of %s, "
                + "the best on the JVM (expected: 0.75 or more).\n")
                .formatted(number(ours / median(of(FASTAPI), requests)),
                        number(ours / median(of(onTheJvm.get()), requests)), onTheJvm.get());
    }

    private List<Row> of(String server) {
        return rows.stream().filter(row -> row.server.equals(server)).toList();
    }

    private static String figure(List<Row> rounds, Column column) {
        var values = values(rounds, column);
        return "%s (%s to %s)".formatted(number(Verdict.median(values)), number(values.getFirst()),
                number(values.getLast()));
    }

    private static double median(List<Row> rounds, Column column) {
        return Verdict.median(values(rounds, column));
    }

    private static List<Double> values(List<Row> rounds, Column column) {
        return rounds.stream().mapToDouble(column.value).sorted().boxed().toList();
    }

    /** Three digits that count; a benchmark has no more. */
    private static String number(double value) {
        if (Double.isNaN(value)) return "-";
        var rounded = new BigDecimal(value).round(new MathContext(3)).doubleValue();
        return rounded < 1_000 ? Words.number(rounded) : "%,.0f".formatted(rounded);
    }
}
