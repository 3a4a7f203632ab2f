import module java.base;

/** The picture of how late tasks ended: the share of the tasks that were at most so late, a line a log. */
final class Lateness {

    private Lateness() {}

    private static final int STEPS = 200; // that an eye can tell apart; the last one is exact

    /** Whether a log is measured and so large that single tasks tell little. */
    static boolean isWorthAPicture(Log log) {
        return log.requests() > Timeline.MOST_REQUESTS && log.isDueKnown();
    }

    /** Of logs whose tasks were due at known times. */
    static Picture of(List<Log> logs) {
        var marks = new ArrayList<Picture.Mark>();
        var legend = new ArrayList<Picture.Key>();
        var values = DoubleStream.builder();
        for (var i = 0; i < logs.size(); i++) {
            var late = logs.get(i).lateness();
            var x = IntStream.rangeClosed(1, STEPS)
                    .mapToDouble(n -> Math.max(0.001, late[(int) Math.ceil(n / (double) STEPS * late.length) - 1]))
                    .toArray();
            DoubleStream.of(x).forEach(values);
            var name = logs.get(i).name();
            marks.add(new Picture.Curve(name, Picture.Colour.of(i), true, false, false, x,
                    IntStream.rangeClosed(1, STEPS).mapToDouble(n -> n / (double) STEPS).toArray()));
            legend.add(new Picture.Key(name, Picture.Colour.of(i), false));
        }
        var share = new Picture.Axis("share of the tasks", 0, 1, false,
                List.of(new Picture.Tick(1, "all"), new Picture.Tick(0.5, "half")));
        return new Picture("Lateness: how long after it was due a task ended [ms]",
                "The share of tasks that ended at most that late.",
                List.of(new Picture.Panel("Lateness: how long after it was due a task ended [ms]",
                        Picture.Axis.powers("milliseconds", values.build()), share, 200, marks)),
                legend);
    }
}
