import module java.base;

/** The picture of concurrency and queue over time. */
final class InFlight {

    private InFlight() {}

    private static final int COLUMNS = 568; // of pixels

    /**
     * Dashed is what was predicted, if anything was; else the level that is expected, if that is not 0; else the
     * plateau.
     */
    static Picture of(Log log, Optional<Log> predicted, int expected) {
        var logs = Stream.concat(Stream.of(log), predicted.stream()).toList();
        var end = Math.max(1e-6,
                logs.stream().mapToDouble(each -> each.seconds(each.steps().getLast().at())).max().orElseThrow());
        var plateau = log.plateau();
        var level = expected > 0 ? expected : plateau;
        var most = logs.stream().mapToInt(each -> each.steps().most()).max().orElse(1);
        var top = Math.max(1, Math.max(most, level));
        var ticks = Stream.of(predicted.isPresent() ? log.highest() : level, log.highest(), top, 0).distinct()
                .map(tasks -> new Picture.Tick(tasks, tasks < 10_000 ? "" + tasks : Math.round(tasks / 1e3) + "k"))
                .toList(); // the most telling first: of two that lie close together, the first is drawn
        var marks = new ArrayList<Picture.Mark>();
        var legend = new ArrayList<>(List.of(new Picture.Key("in flight", Picture.Colour.BLUE, false)));
        if (log.known().queues()) {
            marks.add(curve("queued", Picture.Colour.GREY, false, log, Steps::waiting, end));
            legend.add(new Picture.Key("queued", Picture.Colour.GREY, false));
        }
        marks.add(curve("in flight", Picture.Colour.BLUE, false, log, Steps::inFlight, end));
        if (predicted.isPresent())
            marks.add(curve("predicted", Picture.Colour.ORANGE, true, predicted.get(), Steps::inFlight, end));
        else marks.add(new Picture.Curve(expected > 0 ? "expected" : "plateau", Picture.Colour.ORANGE, true, true,
                false, new double[]{0, end},
                new double[]{level, level}));
        var dashed = predicted.isPresent() ? "in flight, predicted"
                : expected > 0 ? "expected %d, measured %d".formatted(level, plateau)
                : "plateau " + level;
        legend.add(new Picture.Key(dashed, Picture.Colour.ORANGE, true));
        return new Picture(Timeline.title(log),
                "Tasks in flight over time; highest %d, plateau %d.".formatted(log.highest(), plateau),
                List.of(new Picture.Panel(Timeline.title(log), Picture.Axis.seconds(end, log.micros() / 1e6),
                        new Picture.Axis("tasks", 0, top, false, ticks), 200, marks)),
                legend);
    }

    private interface Tasks {
        int at(Steps steps, int step);
    }

    /** Steps; of the many in one column of pixels, the lowest, the highest and the last. */
    private static Picture.Curve curve(String name, Picture.Colour colour, boolean dashed, Log log, Tasks tasks,
            double end) {
        var points = new ArrayList<double[]>();
        points.add(new double[]{0, 0});
        var steps = log.steps();
        for (int from = 0, to; from < steps.size(); from = to) {
            var column = column(log, steps.at(from), end);
            to = from;
            int low = Integer.MAX_VALUE, high = 0, last = 0;
            for (; to < steps.size() && column(log, steps.at(to), end) == column; to++) {
                last = tasks.at(steps, to);
                low = Math.min(low, last);
                high = Math.max(high, last);
            }
            var x = log.seconds(steps.at(from));
            for (var value : to == from + 1 ? new int[]{last} : new int[]{low, high, last}) {
                if (points.getLast()[1] != value) points.add(new double[]{x, value});
            }
        }
        points.add(new double[]{log.seconds(steps.getLast().at()), tasks.at(steps, steps.size() - 1)});
        return new Picture.Curve(name, colour, true, dashed, false,
                points.stream().mapToDouble(point -> point[0]).toArray(),
                points.stream().mapToDouble(point -> point[1]).toArray());
    }

    private static long column(Log log, long at, double end) {
        return (long) (COLUMNS * log.seconds(at) / end);
    }
}
