import module java.base;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import picocli.CommandLine.TypeConversionException;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.Table;

/** How long a task waits when nothing holds it up, and who says so. */
record TaskTime(Duration time, From from) {

    enum From { option, manifest, log, DEFAULT }

    static final TaskTime ARTICLE = new TaskTime(Duration.ofSeconds(3), From.DEFAULT);

    private static final int LARGE = 1 << 20; // bytes; a manifest has about a thousand

    /** What the manifest beside a log states; a large file is none, and no tree is built of it. */
    static Optional<TaskTime> stated(Path manifest) throws IOException {
        if (!Files.isRegularFile(manifest) || Files.size(manifest) > LARGE) return Optional.empty();
        try {
            var text = new JsonMapper().readTree(manifest.toFile()).path("taskTime").asText();
            return Optional.of(new TaskTime(Words.duration(text), From.manifest));
        } catch (TypeConversionException | JsonProcessingException anotherProgramsFile) {
            return Optional.empty();
        }
    }

    /** What a log shows, in microseconds. */
    static TaskTime shown(long micros) {
        return new TaskTime(Duration.of(micros, ChronoUnit.MICROS), From.log);
    }

    /** Of a log with starts: as stated, else the mean; adds remarks where that says little. Null of no task. */
    static TaskTime ofMeasured(Table tasks, Optional<TaskTime> stated, List<String> remarks) {
        if (tasks.isEmpty()) return null;
        var durations = Figures.durations(tasks);
        var mean = (long) LongStream.of(durations).average().orElseThrow();
        var time = stated.orElse(shown(mean));
        if (Figures.differ(durations)) remarks.add(
                ("The durations of the tasks differ more than twofold: the plateau is what holds for half of a window "
                        + "of their mean, %s s.").formatted(Words.number(mean / 1e6)));
        if (stated.isPresent() && durations[0] < time.micros() && shortest(tasks) < time.micros())
            remarks.add("The shortest successful task took less than the %s s that %s.".formatted(
                    Words.number(time.micros() / 1e6), time.from == From.option ? "--task-time states"
                            : "the manifest states; say how long a task waits with --task-time"));
        return time;
    }

    /** How long the shortest successful task took, in microseconds; a failed one may end at any time. */
    private static long shortest(Table tasks) {
        LongColumn started = tasks.longColumn("started"), ended = tasks.longColumn("ended");
        return IntStream.of(tasks.stringColumn("outcome").isEqualTo("ok").toArray())
                .mapToLong(i -> ended.getLong(i) - started.getLong(i)).min().orElse(Long.MAX_VALUE);
    }

    long micros() {
        return time.toNanos() / 1_000;
    }

    /** The task time as the remarks call it. */
    String text() {
        return Words.number(time.toNanos() / 1e9) + " s, " + switch (from) {
            case option -> "as --task-time says";
            case manifest -> "as the manifest says";
            case log -> "as the log shows";
            case DEFAULT -> "as in the article, for the log does not show it; say another with --task-time";
        };
    }
}
