import module java.base;

/** Reads the log for programs: a row a task with all moments, measured. */
final class Csv {

    private Csv() {}

    static Log.Read read(Path file, List<String> lines, Optional<TaskTime> stated) throws IOException {
        var tasks = Log.emptyTable();
        for (var i = 1; i < lines.size(); i++) {
            var cells = lines.get(i).split(",", -1);
            try {
                if (cells.length != 9 || !cells[2].matches("sync|async") || cells[8].isEmpty())
                    throw new IllegalArgumentException();
                var moments = new long[4];
                for (var m = 0; m < 4; m++) {
                    moments[m] = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(cells[4 + m]));
                    if (m > 0 && moments[m] < moments[m - 1]) throw new IllegalArgumentException();
                }
                var request = Integer.parseInt(cells[0]);
                var index = Integer.parseInt(cells[1]);
                var thread = Long.parseLong(cells[3]);
                if (request < 0 || index < 0) throw new IllegalArgumentException();
                tasks.intColumn("request").append(request);
                tasks.intColumn("task").append(index);
                tasks.stringColumn("mode").append(cells[2]);
                tasks.longColumn("thread").append(thread);
                for (var m = 0; m < 4; m++) tasks.longColumn(4 + m).append(moments[m]);
                tasks.stringColumn("outcome").append(cells[8]);
            } catch (IllegalArgumentException | DateTimeException e) {
                throw new IOException(
                        "%s, line %d: not a row of %s: %s".formatted(file, i + 1, Log.COLUMNS, lines.get(i)));
            }
        }
        if (tasks.isEmpty()) return new Log.Read(tasks, null, 0, List.of());
        var durations = Figures.durations(tasks);
        var mean = (long) LongStream.of(durations).average().orElse(0);
        var time = stated.orElse(new TaskTime(Duration.of(mean, ChronoUnit.MICROS), TaskTime.From.log));
        var remarks = new ArrayList<String>();
        if (Figures.differ(durations)) remarks.add(
                ("The durations of the tasks differ more than twofold: the plateau is what holds for half of a window "
                        + "of their mean, %s s.").formatted(Words.number(mean / 1e6)));
        if (stated.isPresent() && durations[0] < time.micros())
            remarks.add("The shortest task took less than %s s; say how long a task waits with --task-time."
                    .formatted(Words.number(time.micros() / 1e6)));
        return new Log.Read(tasks, time, 0, remarks);
    }
}
