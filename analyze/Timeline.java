import module java.base;
import it.unimi.dsi.fastutil.longs.Long2ObjectLinkedOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;

/** The picture with a bar for each task, a lane a request or, where there are many, a thread. */
final class Timeline {

    private Timeline() {}

    static final int MOST_REQUESTS = 60; // above that a lane is a thread
    private static final int MOST_ROWS = 240, MOST_BARS = 380; // that an eye can tell apart, and that make some 40 kB
    private static final int WAIT = -1; // in place of a task index: the task is queued
    private static final int LARGE = 200_000; // tasks; above that, what lies within a pixel is one piece at once

    /** A bar: one task, or several; {@code task} is the row of the last one in the log. */
    private record Piece(int row, double from, double to, int index, int tasks, int task) {}

    /**
     * Where each task lies.
     *
     * @param order     the tasks in the order of their starts
     * @param rowOf     the row of each task
     * @param firstRows of each lane, with the lane's name
     */
    private record Lanes(Log log, String unit, int[] order, int[] rowOf, SortedMap<Integer, String> firstRows,
            int rows) {}

    /** The timelines of logs, one above the other on one time axis. */
    static Picture of(List<Log> logs) {
        var end = logs.stream().mapToDouble(log -> log.seconds(log.steps().getLast().at())).max().orElse(1);
        var axis = Picture.Axis.seconds(Math.max(1e-6, end), logs.isEmpty() ? 1 : logs.getFirst().micros() / 1e6);
        var units = new TreeSet<String>();
        var indices = new TreeSet<Integer>();
        var panels = new ArrayList<Picture.Panel>();
        boolean overlapping = false, merged = false;
        for (var log : logs) {
            var lanes = lanes(log);
            units.add(lanes.unit);
            overlapping |= lanes.rows > lanes.firstRows.size();
            var most = Math.max(20, MOST_BARS / logs.size());
            var many = Math.clamp(lanes.rows, 1, Math.max(1, MOST_ROWS / logs.size()));
            var pieces = thinned(lanes, many, most, axis.to());
            while (many > 20 && pieces.size() > most) // long bars in each row would make the picture large
                pieces = thinned(lanes, many /= 2, most, axis.to());
            merged |= pieces.stream().anyMatch(piece -> piece.tasks > 1);
            var rows = many;
            var marks = new ArrayList<Picture.Mark>();
            pieces.stream().collect(Collectors.groupingBy(Piece::index, TreeMap::new, Collectors.toList()))
                    .forEach((index, of) -> {
                        indices.add(index);
                        marks.add(new Picture.Bars(name(index), colour(index),
                                (index == WAIT ? 0.2 : rows > MOST_REQUESTS ? 1 : 0.8) / rows, of.stream()
                                        .map(piece -> new Picture.Bar(piece.from, piece.to, piece.row + 0.5,
                                                tooltip(log, piece)))
                                        .toList()));
                    });
            var ticks = lanes.firstRows.entrySet().stream()
                    .map(lane -> new Picture.Tick(lane.getKey() * rows / (double) lanes.rows + 0.5, lane.getValue()))
                    .toList();
            panels.add(new Picture.Panel(heading(log, logs), axis, new Picture.Axis(lanes.unit, rows, 0, false, ticks),
                    Math.clamp(rows * 16, 96, 320), marks));
        }
        var legend = new ArrayList<Picture.Key>();
        indices.stream().sorted(Comparator.comparing(index -> index == WAIT ? Integer.MAX_VALUE : index))
                .forEach(index -> legend.add(new Picture.Key(name(index), colour(index), false)));
        var more = overlapping ? "; tasks that overlap have rows of their own" : "";
        legend.add(new Picture.Key("a lane is a " + String.join(" or a ", units) + more, Picture.Colour.NONE, false));
        if (merged) legend.add(new Picture.Key("a bar may stand for several tasks", Picture.Colour.NONE, false));
        return new Picture(logs.stream().map(Timeline::title).collect(Collectors.joining("; ")),
                "A bar is a task from its start to its end, or several tasks. Rounds: "
                        + logs.stream().map(Rounds::text).collect(Collectors.joining("; ")),
                panels, legend);
    }

    /** What a log holds, with its name where another one holds as much. */
    private static String heading(Log log, List<Log> logs) {
        var alike = logs.stream().filter(other -> title(other).equals(title(log))).count() > 1;
        return (alike ? log.name() + ", " : "") + title(log);
    }

    /** What a log holds, in one line. */
    static String title(Log log) {
        return "%s: %s%s, at most %d in flight%s".formatted(log.mode(),
                log.requests() > 0 ? Words.count(log.requests(), "request") + ", " : "",
                Words.count(log.tasks().rowCount(), "task"), log.highest(), log.onThreads());
    }

    /** A lane while its tasks are put into rows: its number, its first task, and from when each row is free. */
    private record Lane(int number, int first, PriorityQueue<long[]> rows) {}

    private static Lanes lanes(Log log) {
        var unit = log.known().requests() && log.requests() <= MOST_REQUESTS ? "request"
                : log.threads() > 0 ? "thread" : "log";
        long[] started = log.moments("started"), ended = log.moments("ended"), threads = log.moments("thread");
        var requests = log.tasks().intColumn("request").asIntArray();
        var order = log.order();
        var lanes = new Long2ObjectLinkedOpenHashMap<Lane>();
        var laneOf = new int[order.length];
        var rowOf = new int[order.length];
        for (var i : order) {
            var key = unit.equals("request") ? requests[i] : unit.equals("thread") ? threads[i] : 0;
            var lane = lanes.computeIfAbsent(key, _ -> new Lane(lanes.size(), i, new PriorityQueue<>(
                    Comparator.comparingLong((long[] row) -> row[0]))));
            var rows = lane.rows; // tasks that overlap in a lane lie in rows of their own
            var row = rows.isEmpty() || rows.peek()[0] > started[i] ? new long[]{0, rows.size()} : rows.remove();
            row[0] = ended[i];
            rows.add(row);
            laneOf[i] = lane.number;
            rowOf[i] = (int) row[1];
        }
        var firstRows = new TreeMap<Integer, String>();
        var firstRow = new int[lanes.size() + 1];
        for (var lane : lanes.values()) {
            firstRows.put(firstRow[lane.number], switch (unit) {
                case "request" -> log.named(requests[lane.first]);
                case "thread" -> log.named(threads[lane.first]);
                default -> "";
            });
            firstRow[lane.number + 1] = firstRow[lane.number] + lane.rows.size();
        }
        for (var i : order) rowOf[i] += firstRow[laneOf[i]];
        return new Lanes(log, unit, order, rowOf, firstRows, firstRow[lanes.size()]);
    }

    /** Pieces of one index that overlap or follow each other closely become one, until there are few enough. */
    private static List<Piece> thinned(Lanes lanes, int rows, int most, double end) {
        var narrow = end / 568; // a pixel
        var all = pieces(lanes, rows, end, lanes.order.length > LARGE ? narrow : -1);
        all.sort(Comparator.comparing(Piece::index).thenComparing(Piece::row).thenComparing(Piece::from));
        var pieces = merged(all, narrow);
        while (pieces.size() > most && narrow < end) pieces = merged(all, narrow *= 2);
        return pieces;
    }

    /** A piece a task and a wait; those that join are one from the start, unless {@code narrow} is negative. */
    private static List<Piece> pieces(Lanes lanes, int rows, double end, double narrow) {
        var log = lanes.log;
        long[] queued = log.moments("queued"), started = log.moments("started"), ended = log.moments("ended");
        var indices = log.tasks().intColumn("task").asIntArray();
        var pieces = new ArrayList<Piece>();
        var lasts = new Long2ObjectOpenHashMap<Piece>(); // by row and index
        for (var i : lanes.order) {
            var row = (int) ((long) lanes.rowOf[i] * rows / lanes.rows);
            double from = log.seconds(started[i]), wait = from - log.seconds(queued[i]);
            if (lanes.unit.equals("request") && wait > end / 300)
                pieces.add(new Piece(row, log.seconds(queued[i]), from, WAIT, 1, i));
            var piece = new Piece(row, from, log.seconds(ended[i]), indices[i], 1, i);
            if (narrow < 0) {
                pieces.add(piece);
                continue;
            }
            var key = (long) row << 32 | indices[i];
            var last = lasts.get(key);
            if (last != null && !joins(last, piece, narrow)) pieces.add(last);
            lasts.put(key, last != null && joins(last, piece, narrow) ? joined(last, piece) : piece);
        }
        pieces.addAll(lasts.values());
        return pieces;
    }

    private static boolean joins(Piece last, Piece piece, double narrow) {
        return piece.from < last.to || piece.from < last.to + narrow && piece.to - piece.from < 3 * narrow;
    }

    private static Piece joined(Piece last, Piece piece) {
        return new Piece(piece.row, last.from, Math.max(last.to, piece.to), piece.index, last.tasks + piece.tasks,
                piece.task);
    }

    private static List<Piece> merged(List<Piece> sorted, double narrow) {
        var merged = new ArrayList<Piece>();
        for (var piece : sorted) {
            var last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && last.index == piece.index && last.row == piece.row && joins(last, piece, narrow))
                merged.set(merged.size() - 1, joined(last, piece));
            else merged.add(piece);
        }
        return merged;
    }

    private static String tooltip(Log log, Piece piece) {
        var request = !log.known().requests() ? ""
                : "request %s, ".formatted(log.named(log.tasks().intColumn("request").getInt(piece.task)));
        var thread = log.threads() > 0 ? ", thread " + log.named(log.tasks().longColumn("thread").getLong(piece.task))
                : "";
        var index = piece.index == WAIT ? "queued" : "of index " + piece.index;
        var what = piece.tasks > 1 ? piece.tasks + " tasks " + index
                : request + "task " + log.tasks().intColumn("task").getInt(piece.task)
                        + (piece.index == WAIT ? " queued" : thread);
        return "%s: %s s to %s s".formatted(what, Words.number(piece.from), Words.number(piece.to));
    }

    private static String name(int index) { return index == WAIT ? "queued" : "task " + index; }

    private static Picture.Colour colour(int index) {
        return index == WAIT ? Picture.Colour.GREY : Picture.Colour.of(index);
    }
}
