import module java.base;
import com.fasterxml.jackson.databind.json.JsonMapper;
import tech.tablesaw.api.Table;

/** The figures of a log as programs read them: {@code --json}. Times are milliseconds; null is not known. */
record Figures(String log, String form, String mode, int requests, int tasks, int threads, int highest, int plateau,
        String rounds,
        double taskTimeMillis, String taskTimeFrom, double makespanMillis, SequencedMap<String, Double> spreadMillis,
        Percentiles latenessMillis,
        Percentiles waitMillis, int skipped, List<String> remarks) {

    private static final int MOST_ROUNDS = 100; // in JSON

    record Percentiles(double median, double p99, double max) {

        /** By nearest rank; null of nothing. */
        static Percentiles of(double[] ascending) {
            return ascending.length == 0 ? null
                    : new Percentiles(ascending[(ascending.length - 1) / 2],
                            ascending[Math.ceilDiv(99 * ascending.length, 100) - 1], ascending[ascending.length - 1]);
        }
    }

    static Figures of(Log log) {
        var spreads = new LinkedHashMap<String, Double>();
        for (var index : new TreeSet<>(log.tasks().intColumn("task").asSet()))
            spreads.put("" + index, log.spread(index) / 1e3);
        var rounds = rounds(log.tasks());
        return new Figures(log.file().toString(), log.form().name(), log.mode(), log.requests(),
                log.tasks().rowCount(), log.threads(), log.highest(),
                log.plateau(), rounds.size() > MOST_ROUNDS ? null : String.join(" | ", rounds), log.micros() / 1e3,
                log.time().from().name().toLowerCase(Locale.ROOT), log.makespan() / 1e3, spreads,
                Percentiles.of(log.lateness()),
                Percentiles.of(log.waits()), log.skipped(), log.remarks());
    }

    static String json(List<Figures> figures) throws IOException {
        return new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(figures);
    }

    /**
     * What is in flight and what waits, at every moment at which that changes; one microsecond's changes count as
     * one.
     */
    static List<Log.Step> steps(Table tasks) {
        var n = tasks.rowCount();
        var queued = tasks.longColumn("queued").asLongArray();
        var started = tasks.longColumn("started").asLongArray();
        var ended = tasks.longColumn("ended").asLongArray();
        for (var moments : List.of(queued, started, ended)) Arrays.sort(moments);
        var steps = new ArrayList<Log.Step>();
        int q = 0, s = 0, e = 0;
        while (e < n) {
            var at = Math.min(ended[e],
                    Math.min(q < n ? queued[q] : Long.MAX_VALUE, s < n ? started[s] : Long.MAX_VALUE));
            while (q < n && queued[q] == at) q++;
            while (s < n && started[s] == at) s++;
            while (e < n && ended[e] == at) e++;
            steps.add(new Log.Step(at, s - e, q - s));
        }
        return steps;
    }

    /** How long each task took in microseconds, ascending. */
    static long[] durations(Table tasks) {
        var started = tasks.longColumn("started").asLongArray();
        var ended = tasks.longColumn("ended").asLongArray();
        return IntStream.range(0, ended.length).mapToLong(i -> ended[i] - started[i]).sorted().toArray();
    }

    /** Whether their 10th and 90th percentile differ more than twofold. */
    static boolean differ(long[] ascending) {
        var low = ascending[Math.ceilDiv(10 * ascending.length, 100) - 1];
        return ascending[Math.ceilDiv(90 * ascending.length, 100) - 1] > 2 * low;
    }

    /**
     * Of which the plateau must hold half: one task time, the mean where durations differ, or the whole run if that
     * is shorter; microseconds.
     */
    static long window(Log log) {
        var durations = durations(log.tasks());
        var time = differ(durations) ? (long) LongStream.of(durations).average().orElseThrow() : log.micros();
        return Math.min(time, log.steps().getLast().at() - log.steps().getFirst().at());
    }

    /**
     * The largest k for which there is a window in which at least k tasks are in flight for at least half of it, in
     * all.
     */
    static int plateau(List<Log.Step> steps, long window) {
        int low = 0, high = steps.stream().mapToInt(Log.Step::inFlight).max().orElse(0);
        while (low < high) { // what holds for k holds for every smaller one
            var middle = (low + high + 1) / 2;
            if (window > 0 && 2 * longest(steps, middle, window) >= window) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    /**
     * The most microseconds of a window during which at least k tasks are in flight. The best window ends where such
     * a time ends.
     */
    private static long longest(List<Log.Step> steps, int k, long window) {
        var spans = new ArrayDeque<long[]>(); // from, to: in the window that ends with the last of them
        long within = 0, longest = 0;
        for (var i = 0; i + 1 < steps.size(); i++) {
            if (steps.get(i).inFlight() < k) continue;
            var span = new long[]{steps.get(i).at(), steps.get(i + 1).at()};
            spans.add(span);
            within += span[1] - span[0];
            var from = span[1] - window;
            while (spans.peek()[1] <= from) within -= spans.peek()[1] - spans.remove()[0];
            var first = spans.peek();
            if (first[0] < from) {
                within -= from - first[0];
                first[0] = from;
            }
            longest = Math.max(longest, within);
        }
        return longest;
    }

    /**
     * Tasks that had started when the first of them ended, as "12 of index 0, then 8 of 0 and 4 of 1": 0×12, then 0×8
     * 1×4.
     */
    static List<String> rounds(Table tasks) {
        var started = tasks.longColumn("started").asLongArray();
        var ended = tasks.longColumn("ended").asLongArray();
        var index = tasks.intColumn("task").asIntArray();
        // What never ran is in no round
        var ran = IntStream.range(0, ended.length).filter(i -> ended[i] > started[i]).toArray();
        var byStart = IntStream.of(ran).boxed().sorted(Comparator.comparing(i -> started[i])).toList();
        var firstEnd = new long[byStart.size() + 1]; // the first end among the tasks from here on
        firstEnd[byStart.size()] = Long.MAX_VALUE;
        for (var i = byStart.size() - 1; i >= 0; i--) firstEnd[i] = Math.min(firstEnd[i + 1], ended[byStart.get(i)]);
        var rounds = new ArrayList<String>();
        for (int from = 0, to; from < byStart.size(); from = to) {
            to = from + 1;
            while (to < byStart.size() && started[byStart.get(to)] < firstEnd[from]) to++;
            var counts = new TreeMap<Integer, Integer>();
            byStart.subList(from, to).forEach(i -> counts.merge(index[i], 1, Integer::sum));
            rounds.add(counts.entrySet().stream().map(count -> count.getKey() + "×" + count.getValue())
                    .collect(Collectors.joining(" ")));
        }
        return rounds;
    }
}
