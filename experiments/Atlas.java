import module java.base;

/** The table and the picture of how many tasks each framework runs at once, from runs that were stopped while tasks still waited. */
final class Atlas {

    static final List<String> COLUMNS = List.of("framework", "plateau", "what decides it", "waiting tasks run", "on SIGTERM");

    /** What one framework did. */
    record Row(Run run) {

        SequencedMap<String, String> entries() {
            var entries = new LinkedHashMap<String, String>();
            var decides = run.peer == null ? "min(32, CPUs + 4): --executor" : run.peer.decides();
            var values = List.of(run.peer == null ? "server.java" : run.peer.says("Peer") + ": " + run.software(), "" + run.log().highest(), decides,
                    order(run.tasks(), run.stop().answered(), run.log().micros()), onStop());
            for (var i = 0; i < COLUMNS.size(); i++) entries.put(COLUMNS.get(i), values.get(i));
            return entries;
        }

        /** What became of the tasks when the server was sent SIGTERM. */
        private String onStop() {
            var stopped = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(run.stop().moment()));
            var startedLater = run.tasks().stream().filter(task -> task.started() > stopped).count();
            var endedLater = run.tasks().stream().filter(task -> task.started() <= stopped && task.ended() > stopped).count();
            var lost = 3L * run.stop().answered() - run.tasks().size();
            if (run.stop().endedAfterMillis() == null)
                return startedLater > 0 ? "waiting tasks run on, for as long as we watched" : "the server does not end";
            if (lost == 0) return "all run, then the server ends";
            if (startedLater > 0) return "%d waiting tasks still run; after %s s the other %d are lost".formatted(startedLater,
                    analyze.number(Math.round(run.stop().endedAfterMillis() / 100.0) / 10.0), lost);
            var answered =
                    run.stop().answered() < run.requests ? "; only %d of %d requests had been answered".formatted(run.stop().answered(), run.requests)
                            : "";
            return (endedLater > 0 ? "those that run end, those that wait are lost" : "all are lost, those that run too") + answered;
        }
    }

    /** In which order waiting tasks get a free thread; a task waits if it does so for at least half a task time. */
    static String order(List<Run.Task> tasks, int requests, long taskMicros) {
        Predicate<Run.Task> waits = task -> task.started() - task.queued() > taskMicros / 2;
        var firsts = tasks.stream().filter(task -> task.index() == 0).toList();
        var waited = firsts.stream().filter(waits).toList();
        var neverStarted = requests - firsts.size();
        if (waited.isEmpty() && neverStarted == 0) return "none waits";
        // A second task was handed over when all first tasks were; if it starts before one of them, it overtakes it.
        var overtaking = tasks.stream().filter(task -> task.index() > 0).filter(second -> neverStarted > 0
                || waited.stream().anyMatch(first -> first.queued() < second.queued() && first.started() > second.started() + taskMicros / 2))
                .toList();
        var inOrder = 0;
        var reversed = 0;
        for (var one : waited) {
            for (var later : waited) {
                if (later.started() - one.started() < taskMicros / 2) continue; // not clearly the later one
                if (one.queued() < later.queued()) inOrder++;
                if (one.queued() > later.queued()) reversed++;
            }
        }
        if (reversed > inOrder) return "newest first";
        if (overtaking.isEmpty()) return "oldest first";
        return overtaking.stream().noneMatch(waits) ? "a request's own next task first" : "in no fixed order";
    }

    /** The table, as Markdown; the highest plateau first. Empty if no claim has an entry for it. */
    static String table(Collection<Lab.Claim> claims) {
        var rows = rows(claims);
        if (rows.isEmpty()) return "";
        var lines = rows.stream().map(claim -> COLUMNS.stream().map(column -> claim.entry(column).replace("|", "\\|")).toList());
        return Stream.concat(Stream.of(COLUMNS, List.of("---", "---:", "---", "---", "---")), lines)
                .map(cells -> "| " + String.join(" | ", cells) + " |\n").collect(Collectors.joining());
    }

    /** The table for a terminal: three lines a framework. */
    static String text(Collection<Lab.Claim> claims) {
        return rows(claims).stream().map(claim -> "%n%4s  %s%n      decided by %s%n      waiting tasks run: %s; on SIGTERM: %s%n".formatted(
                claim.entry("plateau"), claim.entry("framework"), claim.entry("what decides it"), claim.entry("waiting tasks run"),
                claim.entry("on SIGTERM"))).collect(Collectors.joining());
    }

    private static List<Lab.Claim> rows(Collection<Lab.Claim> claims) {
        return claims.stream().filter(claim -> !claim.entry("framework").isEmpty())
                .sorted(Comparator.comparing((Lab.Claim claim) -> -plateau(claim)).thenComparing(claim -> claim.entry("framework"))).toList();
    }

    private static int plateau(Lab.Claim claim) {
        return Integer.parseInt(claim.entry("plateau"));
    }

    /** A bar a framework; the scale is logarithmic, for one task at once and three hundred are to be seen on one page. */
    static String drawing(Collection<Lab.Claim> claims) {
        var rows = rows(claims);
        var most = rows.stream().mapToInt(Atlas::plateau).max().orElse(1);
        var body = new StringBuilder();
        for (var i = 0; i < rows.size(); i++) {
            var plateau = plateau(rows.get(i));
            var width = 8 + 300 * Math.log(plateau) / Math.log(Math.max(2, most)); // a plateau of one is a bar, too
            body.append("<text x='290' y='%d' text-anchor='end'>%s</text>\n".formatted(40 + 30 * i,
                    rows.get(i).entry("framework").replaceFirst("[:,] .*", "")));
            body.append("<rect x='300' y='%d' width='%s' height='20' fill='#0072b2'/>\n".formatted(24 + 30 * i, analyze.number(width)));
            var inside = width > 60;
            body.append("<text x='%s' y='%d' text-anchor='%s'%s>%d</text>\n".formatted(analyze.number(300 + width + (inside ? -6 : 6)), 40 + 30 * i,
                    inside ? "end" : "start", inside ? " style='fill: #fff'" : "", plateau));
        }
        body.append("<text x='300' y='%d'>tasks at once, on a logarithmic scale</text>\n".formatted(46 + 30 * rows.size()));
        return """
                <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 640 %d' role='img' aria-labelledby='title'>
                <title id='title'>Background tasks that run at once, by framework, as each sees 8 CPUs; the scale is logarithmic</title>
                <style>
                text { font: 16px system-ui, sans-serif; fill: #1f2328 }
                @media (prefers-color-scheme: dark) { text { fill: #f0f6fc } }
                </style>
                %s</svg>
                """.formatted(60 + 30 * rows.size(), body);
    }
}
