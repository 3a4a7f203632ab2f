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
        costs.put("lateness, median [ms]", late.length == 0 ? Double.NaN : late[(late.length - 1) / 2]);
        costs.put("lateness, max [ms]", late.length == 0 ? Double.NaN : late[late.length - 1]);
        for (var noted : List.of("OS threads", "memory [MB]")) costs.put(noted, run.figure(noted));
        return costs;
    }

    /** Leaves out runs that are not there, values without a logarithm, and panels without any value. */
    static Picture of(String title, List<String> modes, List<List<Run>> runs) {
        record Point(String mode, String cost, double requests, double value) {}
        var points = new ArrayList<Point>();
        for (var i = 0; i < modes.size(); i++) {
            for (var run : runs.get(i).stream().filter(Run::there).toList()) {
                for (var cost : costs(run).entrySet())
                    if (cost.getValue() > 0)
                        points.add(new Point(modes.get(i), cost.getKey(), run.log().requests(), cost.getValue()));
            }
        }
        if (points.isEmpty()) return new Picture(title, title, List.of(), List.of());
        var x = Picture.Axis.powers("requests", points.stream().mapToDouble(Point::requests));
        var panels = new ArrayList<Picture.Panel>();
        var costs = points.stream()
                .collect(Collectors.groupingBy(Point::cost, LinkedHashMap::new, Collectors.toList()));
        costs.forEach((cost, of) -> {
            var marks = new ArrayList<Picture.Mark>();
            of.stream().collect(Collectors.groupingBy(Point::mode, LinkedHashMap::new, Collectors.toList()))
                    .forEach((mode, line) -> marks.add(new Picture.Curve(mode, colour(modes, mode), false, false, true,
                            line.stream().mapToDouble(Point::requests).toArray(),
                            line.stream().mapToDouble(Point::value).toArray())));
            panels.add(new Picture.Panel(cost, x, Picture.Axis.powers(cost, of.stream().mapToDouble(Point::value)),
                    120, marks));
        });
        return new Picture(title, title, panels,
                modes.stream().map(mode -> new Picture.Key(mode, colour(modes, mode), false)).toList());
    }

    private static Picture.Colour colour(List<String> modes, String mode) {
        return COLOURS.get(modes.indexOf(mode) % COLOURS.size());
    }
}
