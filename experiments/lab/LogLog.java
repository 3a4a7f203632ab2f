import module java.base;

/** What runs cost, by their number of requests. A panel a quantity, a line a mode; logarithmic. */
final class LogLog {

    private static final List<Picture.Colour> COLOURS = // those between are too light for a line
            List.of(Picture.Colour.BLUE, Picture.Colour.ORANGE, Picture.Colour.GREEN);

    private LogLog() {}

    /** How many tasks a run had in flight, and what that cost; NaN where it is not known. */
    static SequencedMap<String, Double> costs(Run run) {
        var late = run.log().lateness();
        var costs = new LinkedHashMap<String, Double>();
        costs.put("in flight", (double) run.log().highest());
        costs.put("lateness, p99 [ms]", late.length == 0 ? Double.NaN : Figures.Percentiles.of(late).p99());
        costs.put("lateness, max [ms]", late.length == 0 ? Double.NaN : late[late.length - 1]);
        costs.put("OS threads", run.figure("OS threads"));
        // Where tasks wait in a queue, their share of the memory is unknown. Elsewhere, the whole growth is divided
        // by the tasks, with what a JVM allocates once; where tasks are few, that is most of it.
        costs.put("memory per task [kB]",
                run.log().highest() < run.log().requests() ? Double.NaN
                        : (run.figure("memory [MB]") - run.figure("memory at the start [MB]")) * 1_000
                                / run.log().highest());
        return costs;
    }

    /** Leaves out runs that are not there, values without a logarithm, and panels without any value. */
    static Picture of(String title, SequencedMap<String, List<Run>> runsByMode) {
        record Point(String mode, double requests, double value) {}
        var points = new LinkedHashMap<String, List<Point>>(); // by cost
        runsByMode.forEach((mode, runs) -> runs.stream().filter(Run::there)
                .forEach(run -> costs(run).forEach((cost, value) -> {
                    if (value > 0) points.computeIfAbsent(cost, _ -> new ArrayList<>())
                            .add(new Point(mode, run.log().requests(), value));
                })));
        var modes = List.copyOf(runsByMode.keySet());
        var panels = new ArrayList<Picture.Panel>();
        points.forEach((cost, all) -> {
            var x = Picture.Axis.powers("requests", all.stream().mapToDouble(Point::requests));
            var y = Picture.Axis.powers(cost, all.stream().mapToDouble(Point::value));
            var curves = modes.stream().<Picture.Mark>map(mode -> {
                var line = all.stream().filter(point -> point.mode.equals(mode)).toList();
                return new Picture.Curve(mode, COLOURS.get(modes.indexOf(mode)), false, false, true,
                        line.stream().mapToDouble(Point::requests).toArray(),
                        line.stream().mapToDouble(Point::value).toArray());
            });
            panels.add(new Picture.Panel(cost + ", by number of requests", x, y, 120, curves.toList()));
        });
        return new Picture(title, title, panels,
                modes.stream().map(mode -> new Picture.Key(mode, COLOURS.get(modes.indexOf(mode)), false)).toList());
    }
}
