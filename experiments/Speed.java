import module java.base;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** What {@code jbang bench} measured, kept beside a notebook: a row a server and round, and what it was measured on. */
record Speed(String command, Run.Machine machine, List<Row> rows) {

    /** One server in one round; a number that could not be measured is NaN. */
    record Row(String server, String software, int round, double requestsPerSecond, double p99Millis, double bytesPerTask, double spreadMillis,
            double startMillis) {}

    private record Column(String title, ToDoubleFunction<Row> value, boolean ratio) {}

    private static final List<Column> COLUMNS = List.of(new Column("requests/s", Row::requestsPerSecond, true),
            new Column("p99 of the answer [ms]", Row::p99Millis, false),
            new Column("memory a task in flight [kB]", row -> row.bytesPerTask / 1e3, false),
            new Column("spread of task 2 at 1,000 requests [ms]", Row::spreadMillis, false),
            new Column("start to first answer [ms]", Row::startMillis, false));
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    static Speed read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), Speed.class);
    }

    void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, JSON.writeValueAsString(this) + "\n");
    }

    /** Medians and ranges over the rounds, with the ratio of requests to ours, as Markdown. */
    String table() {
        var byServer = rows.stream().collect(Collectors.groupingBy(Row::software, LinkedHashMap::new, Collectors.toList()));
        var ours = rows.stream().filter(row -> row.server.equals("ours")).toList();
        var text =
                new StringBuilder("| server | ").append(COLUMNS.stream().map(Column::title).collect(Collectors.joining(" | "))).append(" |\n| --- |")
                        .append(" ---: |".repeat(COLUMNS.size())).append('\n');
        byServer.forEach((server, rounds) -> {
            text.append("| ").append(server);
            for (var column : COLUMNS) {
                text.append(" | ").append(figure(rounds, column));
                if (column.ratio && !ours.isEmpty() && !rounds.equals(ours)) text.append(", %s of ours".formatted(analyze.number(
                        Notebook.median(values(rounds, column)) / Notebook.median(values(ours, column)))));
            }
            text.append(" |\n");
        });
        return text.toString();
    }

    /** What became of the two expectations; empty unless ours, FastAPI and another on the JVM were measured. */
    String verdict() {
        var requests = rows.stream().collect(Collectors.groupingBy(Row::server, LinkedHashMap::new, Collectors.collectingAndThen(Collectors.toList(),
                rounds -> Notebook.median(values(rounds, COLUMNS.getFirst())))));
        var onTheJvm = requests.keySet().stream().filter(server -> Peer.named(server).onTheJvm())
                .max(Comparator.comparing(requests::get));
        if (!requests.keySet().containsAll(List.of("ours", "fastapi")) || onTheJvm.isEmpty()) return "";
        var ours = requests.get("ours");
        return "Ours answers %s times as many requests as FastAPI (expected: 20 or more), and %s of %s, the best on the JVM (expected: 0.75 or more).\n"
                .formatted(number(ours / requests.get("fastapi")), number(ours / requests.get(onTheJvm.get())), onTheJvm.get());
    }

    private static String figure(List<Row> rounds, Column column) {
        var values = values(rounds, column);
        return "%s (%s to %s)".formatted(number(Notebook.median(values)), number(values[0]), number(values[values.length - 1]));
    }

    private static double[] values(List<Row> rounds, Column column) {
        return rounds.stream().mapToDouble(column.value).sorted().toArray();
    }

    /** Three digits that count; a benchmark has no more. */
    private static String number(double value) {
        if (Double.isNaN(value)) return "-";
        var rounded = new BigDecimal(value).round(new MathContext(3)).doubleValue();
        return rounded >= 100 ? String.format(Locale.ROOT, "%,.0f", rounded) : analyze.number(rounded);
    }
}
