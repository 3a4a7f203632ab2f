import module java.base;

/**
 * Reads the log for people, the article's form: a line at a task's end, so that its start is inferred as the end
 * minus the task time.
 */
final class Lines {

    private Lines() {}

    static final Pattern END =
            Pattern.compile("(\\d{4}-\\d\\d-\\d\\d)[ T](\\d\\d:\\d\\d:\\d\\d)([.,]\\d{1,9})?(Z|[+-]\\d\\d:?\\d\\d)? "
                    + "\\[(\\d+)](\\d+) (sync|async) end");
    /** A line of a server, but no end. */
    private static final Pattern OTHER = Pattern.compile("main thread: \\d+|(INFO|WARNING|ERROR): .*|\\s*");

    static Log.Read read(List<String> lines, Optional<TaskTime> stated) {
        var ends = new ArrayList<TaskTime.End>();
        var seen = new HashSet<TaskTime.End>();
        int skipped = 0, repeated = 0;
        for (var line : lines) {
            var found = END.matcher(line);
            var any = false;
            while (found.find()) {
                any = true;
                var end = end(found);
                if (end == null) skipped++;
                else if (!seen.add(end) && end.mode().equals("sync")) repeated++;
                else ends.add(end);
            }
            if (!any && !OTHER.matcher(line).matches()) skipped++;
        }
        var remarks = new ArrayList<String>();
        var shown = TaskTime.of(ends);
        var time = stated.orElse(shown.time());
        if (stated.isEmpty()) remarks.addAll(shown.remarks());
        remarks.addFirst("Starts are inferred as end minus the task time: %s.".formatted(time.text()));
        if (repeated > 0) remarks.add(
                "%d sync ends repeat exactly and are counted once: the log holds them twice.".formatted(repeated));
        if (skipped > 0) remarks.add("Skipped %d lines that are no line of a server.".formatted(skipped));
        var tasks = Log.emptyTable();
        append(tasks, ends, time, remarks);
        return new Log.Read(tasks, time, skipped, remarks);
    }

    /** Null if it names a day or an hour that does not exist. */
    private static TaskTime.End end(Matcher found) {
        try {
            var offset = found.group(4) == null ? "Z" : found.group(4);
            var moment = found.group(1) + "T" + found.group(2)
                    + Objects.requireNonNullElse(found.group(3), "").replace(',', '.');
            var at = LocalDateTime.parse(moment).toInstant(
                    ZoneOffset.of(offset.matches("[+-]\\d{4}") ? offset.substring(0, 3) + ":" + offset.substring(3)
                            : offset));
            return new TaskTime.End(ChronoUnit.MICROS.between(Instant.EPOCH, at), Long.parseLong(found.group(5)),
                    Integer.parseInt(found.group(6)),
                    found.group(7));
        } catch (DateTimeException | NumberFormatException e) {
            return null;
        }
    }

    /**
     * Tasks of one duration end in the order in which they began, so the n-th end of an index is the n-th request's
     * of that mode.
     */
    private static void append(tech.tablesaw.api.Table tasks, List<TaskTime.End> ends, TaskTime time,
            List<String> remarks) {
        // By mode, sync first, and index
        var counts = new TreeMap<String, TreeMap<Integer, Integer>>(Comparator.reverseOrder());
        for (var end : ends)
            counts.computeIfAbsent(end.mode(), _ -> new TreeMap<>()).merge(end.index(), 1, Integer::sum);
        var first = new HashMap<String, Integer>(); // request of a mode
        var next = 0;
        for (var mode : counts.entrySet()) {
            first.put(mode.getKey(), next);
            next += Collections.max(mode.getValue().values());
            var least = Collections.min(mode.getValue().values());
            if (least < Collections.max(mode.getValue().values()))
                remarks.add(
                        ("Not every index has as many %s ends (%s), so which request a task belongs to is a guess: a "
                                + "task failed, or the log was cut.")
                                .formatted(mode.getKey(), mode.getValue().entrySet().stream()
                                        .map(index -> "index %d has %d".formatted(index.getKey(), index.getValue()))
                                        .collect(Collectors.joining(", "))));
        }
        var numbered = new HashMap<String, Integer>();
        var lastEnd = new HashMap<Long, Long>();
        var overlapping = new TreeSet<Long>();
        for (var end : ends) {
            var started = end.at() - time.micros();
            if (end.mode().equals("sync")) {
                var previous = lastEnd.put(end.thread(), end.at());
                if (previous != null && started < previous) {
                    if (previous - started < time.micros() / 20) started = previous; // sleeps may be short
                    else overlapping.add(end.thread());
                }
            }
            tasks.intColumn("request")
                    .append(first.get(end.mode()) + numbered.merge(end.mode() + end.index(), 1, Integer::sum) - 1);
            tasks.intColumn("task").append(end.index());
            tasks.stringColumn("mode").append(end.mode());
            tasks.longColumn("thread").append(end.thread());
            for (var column : List.of("received", "queued", "started")) tasks.longColumn(column).append(started);
            tasks.longColumn("ended").append(end.at());
            tasks.stringColumn("outcome").append("ok");
        }
        if (!overlapping.isEmpty()) remarks.add(
                ("Thread %s would run more than one sync task at once, which is impossible: the task time is "
                        + "shorter, or this is the log of more than one process.").formatted(
                                overlapping.stream().limit(3).map(String::valueOf).collect(Collectors.joining(", "))));
    }
}
