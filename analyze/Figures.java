import module java.base;
import com.fasterxml.jackson.databind.json.JsonMapper;
import tech.tablesaw.api.*;

/** The figures of a log as programs read them: {@code --json}. Times are milliseconds; null is not known. */
record Figures(String log, String form, String mode, int requests, int tasks, int threads, int highest, int plateau,
        String rounds, double taskTimeMillis, String taskTimeFrom, double makespanMillis,
        SequencedMap<String, Double> spreadMillis, Percentiles latenessMillis, Percentiles waitMillis, int skipped,
        List<String> remarks) {

    private static final int MOST_ROUNDS = 100; // in JSON

    record Percentiles(double median, double p99, double max) {

        /** By nearest rank; null of nothing. */
        static Percentiles of(double[] ascending) {
            return ascending.length == 0 ? null
                    : new Percentiles(ascending[(ascending.length - 1) / 2],
                            ascending[Math.toIntExact(Math.ceilDiv(99L * ascending.length, 100)) - 1],
                            ascending[ascending.length - 1]);
        }
    }

    static Figures of(Log log) {
        var spreads = new LinkedHashMap<String, Double>();
        spreads(log.tasks()).forEach((index, spread) -> spreads.put("" + index, spread / 1e3));
        var rounds = Rounds.of(log, MOST_ROUNDS);
        return new Figures(log.file().toString(), log.form(), log.mode(), log.requests(), log.tasks().rowCount(),
                log.threads(), log.highest(), log.plateau(),
                rounds.count() > MOST_ROUNDS ? null : String.join(" | ", rounds.first()), log.micros() / 1e3,
                log.time().from().name().toLowerCase(Locale.ROOT), log.makespan() / 1e3, spreads,
                Percentiles.of(log.lateness()), Percentiles.of(log.waits()), log.skipped(), log.remarks());
    }

    /** For programs: an array with an object a log. */
    static String json(List<Log> logs) throws IOException {
        return new JsonMapper().writerWithDefaultPrettyPrinter()
                .writeValueAsString(logs.stream().map(Figures::of).toList());
    }

    /** For people: the table, then of each log its first rounds and its remarks. */
    static String text(List<Log> logs) {
        var lines = new ArrayList<>(List.of(table(logs), "Times are in milliseconds."));
        for (var log : logs) {
            var name = name(log, logs);
            lines.add("%s: rounds %s".formatted(name, Rounds.text(log)));
            for (var remark : log.remarks()) lines.add("%s: %s".formatted(name, remark));
        }
        return String.join(System.lineSeparator(), lines);
    }

    /** With its folder and its ending, if another log has the same name. */
    private static String name(Log log, List<Log> logs) {
        var isOne = logs.stream().filter(other -> other.name().equals(log.name())).count() == 1;
        return isOne ? log.name()
                : log.file().toAbsolutePath().getParent().getFileName() + "/" + log.file().getFileName();
    }

    /** A row a log, a column a figure that one of them has. */
    private static String table(List<Log> logs) {
        var rows = logs.stream().map(log -> of(log).cells()).toList();
        var table = Table.create("", StringColumn.create("log"), StringColumn.create("mode"));
        var columns = rows.stream().flatMap(cells -> cells.keySet().stream()).distinct().toList();
        columns.forEach(column -> table.addColumns(StringColumn.create(column)));
        for (var i = 0; i < rows.size(); i++) {
            var row = table.appendRow();
            row.setString("log", name(logs.get(i), logs));
            row.setString("mode", logs.get(i).mode());
            for (var column : columns)
                row.setString(column, Words.number(rows.get(i).getOrDefault(column, Double.NaN)));
        }
        return table.printAll();
    }

    private SequencedMap<String, Double> cells() {
        var cells = new LinkedHashMap<String, Double>();
        cells.put("requests", requests == 0 ? Double.NaN : requests); // the log does not tell
        cells.put("tasks", (double) tasks);
        cells.put("threads", threads == 0 ? Double.NaN : threads);
        cells.put("highest", (double) highest);
        cells.put("plateau", (double) plateau);
        spreadMillis.forEach((index, spread) -> cells.put("spread of " + index, spread));
        if (latenessMillis != null) {
            cells.put("late: median", latenessMillis.median);
            cells.put("late: p99", latenessMillis.p99);
            cells.put("late: max", latenessMillis.max);
        }
        return cells;
    }

    /** By index, microseconds from the first end to the last. */
    static SortedMap<Integer, Long> spreads(Table tasks) {
        var ends = new TreeMap<Integer, long[]>(); // the first and the last
        var indices = tasks.intColumn("task").asIntArray();
        for (var i = 0; i < indices.length; i++) {
            var ended = tasks.longColumn("ended").getLong(i);
            var of = ends.computeIfAbsent(indices[i], _ -> new long[]{ended, ended});
            of[0] = Math.min(of[0], ended);
            of[1] = Math.max(of[1], ended);
        }
        var spreads = new TreeMap<Integer, Long>();
        ends.forEach((index, of) -> spreads.put(index, of[1] - of[0]));
        return spreads;
    }

    /** How long each task took in microseconds, ascending. */
    static long[] durations(Table tasks) {
        var started = tasks.longColumn("started").asLongArray();
        var ended = tasks.longColumn("ended").asLongArray();
        for (var i = 0; i < ended.length; i++) ended[i] -= started[i];
        Arrays.sort(ended);
        return ended;
    }

    /** Whether their 10th and 90th percentile differ more than twofold. */
    static boolean differ(long[] ascending) {
        var low = ascending[(int) Math.ceilDiv(10L * ascending.length, 100) - 1];
        return ascending[(int) Math.ceilDiv(90L * ascending.length, 100) - 1] > 2 * low;
    }

    /** Of which the plateau must hold half: one task time, or the mean where durations differ; microseconds. */
    static long window(Log log) {
        var durations = durations(log.tasks());
        return differ(durations) ? (long) LongStream.of(durations).average().orElseThrow() : log.micros();
    }
}
