import module java.base;

/** The picture with a bar for each task, a lane a request or, where there are many, a thread. */
final class Timeline {

    private Timeline() {}

    static final int MOST_REQUESTS = 60; // above that a lane is a thread
    private static final int MOST_ROWS = 240, MOST_BARS = 400; // that an eye can tell apart, and that make some 40 kB
    private static final int WAIT = -1; // in place of a task index: the task is queued

    private record Piece(int row, double from, double to, int index, int tasks, String what) {}

    private record Lanes(String unit, List<Piece> pieces, SortedMap<Integer, String> firstRows, int rows) {}

    /** The timelines of logs, one above the other on one time axis. */
    static Picture of(List<Log> logs) {
        var end = logs.stream().mapToDouble(log -> log.seconds(log.steps().getLast().at())).max().orElse(1);
        var axis = Picture.Axis.seconds(Math.max(1e-6, end), logs.isEmpty() ? 1 : logs.getFirst().micros() / 1e6);
        var units = new TreeSet<String>();
        var indices = new TreeSet<Integer>();
        var panels = new ArrayList<Picture.Panel>();
        for (var log : logs) {
            var lanes = lanes(log);
            units.add(lanes.unit);
            var most = Math.max(20, MOST_BARS / logs.size());
            var many = Math.clamp(lanes.rows, 1, Math.max(1, MOST_ROWS / logs.size()));
            var pieces = thinned(lanes, many, most, axis.to());
            while (many > 20 && pieces.size() > 2 * most) // long bars in each row would make the picture large
                pieces = thinned(lanes, many /= 2, most, axis.to());
            var rows = many;
            var marks = new ArrayList<Picture.Mark>();
            pieces.stream().collect(Collectors.groupingBy(Piece::index, TreeMap::new, Collectors.toList()))
                    .forEach((index, of) -> {
                        indices.add(index);
                        marks.add(new Picture.Bars(name(index), colour(index),
                                (index == WAIT ? 0.2 : rows > MOST_REQUESTS ? 1 : 0.8) / rows, of.stream()
                                        .map(piece -> new Picture.Bar(piece.from, piece.to, piece.row + 0.5,
                                                tooltip(piece)))
                                        .toList()));
                    });
            var ticks = lanes.firstRows.entrySet().stream()
                    .map(lane -> new Picture.Tick(lane.getKey() * rows / (double) lanes.rows + 0.5, lane.getValue()))
                    .toList();
            panels.add(new Picture.Panel(title(log), axis, new Picture.Axis(lanes.unit, rows, 0, false, ticks),
                    Math.clamp(rows * 16, 96, 320), marks));
        }
        var legend = new ArrayList<Picture.Key>();
        indices.stream().sorted(Comparator.comparing(index -> index == WAIT ? Integer.MAX_VALUE : index))
                .forEach(index -> legend.add(new Picture.Key(name(index), colour(index), false)));
        legend.add(new Picture.Key("a lane is a " + String.join(" or a ", units), Picture.Colour.NONE, false));
        return new Picture(logs.stream().map(Timeline::title).collect(Collectors.joining("; ")),
                "Each bar is a task from its start to its end, each "
                        + "lane a request or a thread. Rounds: "
                        + logs.stream().map(Timeline::firstRounds).collect(Collectors.joining("; ")),
                panels, legend);
    }

    /** What a log holds, in one line. */
    static String title(Log log) {
        return "%s: %s, %s, at most %d in flight on %s".formatted(log.mode(), Words.count(log.requests(), "request"),
                Words.count(log.tasks().rowCount(), "task"), log.highest(), Words.count(log.threads(), "thread"));
    }

    /** The first of the rounds, for where there is little room. */
    static String firstRounds(Log log) {
        var rounds = Figures.rounds(log.tasks());
        return String.join(" | ", rounds.subList(0, Math.min(12, rounds.size())))
                + (rounds.size() <= 12 ? "" : " | … and %d more".formatted(rounds.size() - 12));
    }

    private static Lanes lanes(Log log) {
        var unit = log.requests() > MOST_REQUESTS ? "thread" : "request";
        var sorted = IntStream.range(0, log.tasks().rowCount()).boxed()
                .sorted(Comparator.<Integer>comparingLong(log.tasks().longColumn("started")::getLong)
                        .thenComparing(log.tasks().intColumn("request")::getInt))
                .toList();
        var lanes = new LinkedHashMap<Number, List<Integer>>();
        for (var i : sorted)
            lanes.computeIfAbsent(unit.equals("thread") ? (Number) log.tasks().longColumn("thread").getLong(i)
                    : log.tasks().intColumn("request").getInt(i), _ -> new ArrayList<>()).add(i);
        var pieces = new ArrayList<Piece>();
        var firstRows = new TreeMap<Integer, String>();
        var rows = 0;
        for (var lane : lanes.entrySet()) {
            firstRows.put(rows, lane.getKey().toString());
            var free = new PriorityQueue<long[]>(Comparator.comparing((long[] row) -> row[0])); // from when, row
            for (var i : lane.getValue()) { // tasks that overlap in a lane lie in rows of their own
                long queued = log.tasks().longColumn("queued").getLong(i),
                        started = log.tasks().longColumn("started").getLong(i),
                        ended = log.tasks().longColumn("ended").getLong(i);
                var row = free.isEmpty() || free.peek()[0] > started ? rows++ : (int) free.remove()[1];
                free.add(new long[]{ended, row});
                var index = log.tasks().intColumn("task").getInt(i);
                var what = "request %d, task %d".formatted(log.tasks().intColumn("request").getInt(i), index);
                if (unit.equals("request") && started > queued)
                    pieces.add(new Piece(row, log.seconds(queued), log.seconds(started), WAIT, 1, what + " queued"));
                pieces.add(new Piece(row, log.seconds(started), log.seconds(ended), index, 1,
                        what + ", thread " + log.tasks().longColumn("thread").getLong(i)));
            }
        }
        return new Lanes(unit, pieces, firstRows, rows);
    }

    /** Pieces of one index that overlap or follow each other closely become one, until there are few enough. */
    private static List<Piece> thinned(Lanes lanes, int rows, int most, double end) {
        var sorted = lanes.pieces.stream()
                .map(piece -> new Piece((int) ((long) piece.row * rows / lanes.rows), piece.from, piece.to,
                        piece.index, 1, piece.what))
                .filter(piece -> piece.index != WAIT || piece.to - piece.from > end / 300)
                .sorted(Comparator.comparing(Piece::index).thenComparing(Piece::row).thenComparing(Piece::from))
                .toList();
        var narrow = end / 568; // a pixel
        var pieces = merged(sorted, narrow);
        while (pieces.size() > most && narrow < end) pieces = merged(sorted, narrow *= 2);
        return pieces;
    }

    private static List<Piece> merged(List<Piece> sorted, double narrow) {
        var merged = new ArrayList<Piece>();
        for (var piece : sorted) {
            var last = merged.isEmpty() ? null : merged.getLast();
            var joins = last != null && last.index == piece.index && last.row == piece.row
                    && (piece.from < last.to || piece.from < last.to + narrow && piece.to - piece.from < 3 * narrow);
            if (joins) merged.set(merged.size() - 1,
                    new Piece(piece.row, last.from, Math.max(last.to, piece.to), piece.index, last.tasks + 1,
                            piece.what));
            else merged.add(piece);
        }
        return merged;
    }

    private static String tooltip(Piece piece) {
        return "%s: %s s to %s s".formatted(
                piece.tasks == 1 ? piece.what : piece.tasks + " tasks of index " + piece.index,
                Words.number(piece.from), Words.number(piece.to));
    }

    private static String name(int index) {
        return index == WAIT ? "queued" : "task " + index;
    }

    private static Picture.Colour colour(int index) {
        return index == WAIT ? Picture.Colour.GREY : Picture.Colour.of(index);
    }
}
