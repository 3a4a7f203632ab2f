///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Only a durable executor survives its submitter
//JAVA 25+
//SOURCES lab/Experiment.java
//SOURCES executors/HazelcastWays.java
//MAIN E21_OnlyADurableExecutorSurvivesItsSubmitter

/*
 * Run it       jbang experiments/E21_OnlyADurableExecutorSurvivesItsSubmitter.java
 *
 * Three processes of executors/HazelcastWays.java form a cluster. One submits the tasks; then it, or another one, is
 * killed (kill -9). In logs, thread 2105 is process 2, way 1, task 5.
 */

import module java.base;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@Lesson(title = "Only a durable executor survives its submitter", engine = true,
        question = "A Hazelcast cluster gets 36 tasks each by submitToMember (index 0), submit (1) and a "
                + "DurableExecutorService (2). A process is killed. Which tasks are lost, and which run again?",
        expectation = "Of the killed process's tasks, those of submitToMember are lost; those of submit run again, "
                + "unless that process had submitted them; durable ones, of which others have copies, always do.")
class E21_OnlyADurableExecutorSurvivesItsSubmitter extends Experiment {

    static final int TASKS = HazelcastWays.TASKS; // in each way: 36, of 2 s
    static final long FULL = 999L * HazelcastWays.MILLIS; // microseconds; what is shorter was killed

    final List<Run> submitterKilled = IntStream.rangeClosed(1, 3).mapToObj(n -> killing("submitter", n)).toList();
    final List<Run> anotherKilled = IntStream.rangeClosed(1, 3).mapToObj(n -> killing("another", n)).toList();

    Run killing(String victim, int n) {
        var run = observed(victim + "-killed-" + n, "# 36 tasks in each way, then kill -9", Duration.ofSeconds(2),
                (lab, _) -> kill(victim, lab.java(), Files.createFile(lab.folder().resolve("starts-and-ends"))));
        return run == runs.getFirst() ? run : run.unhurried();
    }

    @Override
    List<Drawing> drawings() { return List.of(timeline(runs.getFirst(), "A bar for each time that a task ran")); }

    /** Kills a process while tasks run; returns a row for each run of a task. */
    static List<Model.Row> kill(String victim, List<String> options, Path file) throws Exception {
        var java = Stream.concat(Stream.of(Proc.jdk("java"), "-Dcluster.name=lab-" + UUID.randomUUID()),
                Stream.concat(options.stream(), Stream.of(HazelcastWays.class.getName()))).toList();
        try (var first = ServerProcess.start(java);
                var _ = ServerProcess.start(java);
                var submitter = ServerProcess.start(Stream.concat(java.stream(), Stream.of("" + file)).toList())) {
            var killed = victim.equals("submitter") ? submitter : first;
            var itsOwn = Pattern.compile("(?m)^%d,(\\d)".formatted(killed.process().pid())); // the ways of its tasks
            for (var looks = 0; itsOwn.matcher(Files.readString(file)).results().map(m -> m.group(1)).distinct()
                    .count() < 3; Thread.sleep(20))
                if (looks++ == 12_000) throw new IOException("no task started in the process to kill");
            killed.close();
            var moment = HazelcastExecutor.now();
            if (killed == first) submitter.process().waitFor(Duration.ofMinutes(2)); // all have ended, or are lost
            for (var patience = moment + 120_000_000;;) { // microseconds; then a durable task is lost, too
                Thread.sleep(20);
                var rows = rows(file, killed.process().pid(), moment);
                var durable = rows.stream().filter(row -> row.task() == HazelcastWays.DURABLE)
                        .filter(row -> row.ended() - row.started() >= FULL).map(Model.Row::request).distinct().count();
                if ((durable == TASKS || HazelcastExecutor.now() > patience)
                        && rows.stream().allMatch(row -> row.ended() >= 0))
                    return rows;
            }
        } finally {
            Files.delete(file);
        }
    }

    /** A row a run; one without an end ended with its process, or has not ended: -1. */
    static List<Model.Row> rows(Path file, long killed, long moment) throws IOException {
        var ends = HazelcastWays.runs(file);
        var processes = ends.keySet().stream().map(List::getFirst).distinct().toList();
        var begun = ends.keySet().stream().mapToLong(run -> run.get(3)).min().orElse(0);
        var ran = new HashSet<List<Long>>(); // way, number
        return ends.entrySet().stream().map(run -> {
            int way = run.getKey().get(1).intValue(), number = run.getKey().get(2).intValue();
            long process = run.getKey().getFirst(), queued = run.getKey().get(3) - begun;
            if (!ran.add(run.getKey().subList(1, 3))) queued = Math.max(queued, moment - begun); // since the kill
            var start = run.getKey().getLast() - begun;
            var end = run.getValue() >= 0 ? run.getValue() : process == killed ? Math.max(moment, start + begun) : -1;
            return new Model.Row(number, way, "sync", 1_000 * (1 + processes.indexOf(process)) + 100 * way + number,
                    queued, queued, start, end < 0 ? end : end - begun);
        }).toList();
    }

    @ParameterizedTest(name = "submitToMember loses the tasks of the killed process: {0}")
    @FieldSource("runs")
    void toMember(Run run, Claim claim) { judge(claim, run, HazelcastWays.TO_MEMBER, true); }

    @ParameterizedTest(name = "submit runs the tasks of the killed process again, unless it submitted them: {0}")
    @FieldSource("runs")
    void submit(Run run, Claim claim) { judge(claim, run, HazelcastWays.SUBMIT, submitterKilled.contains(run)); }

    @ParameterizedTest(name = "A durable executor runs the tasks of the killed process again: {0}")
    @FieldSource("runs")
    void durable(Run run, Claim claim) { judge(claim, run, HazelcastWays.DURABLE, false); }

    void judge(Claim claim, Run run, int way, boolean loses) {
        var tasks = run.tasks().stream().filter(task -> task.index() == way).toList();
        var again = tasks.size() - tasks.stream().map(Run.Task::request).distinct().count();
        var full = tasks.stream().filter(task -> task.ended() - task.started() >= FULL);
        var lost = TASKS - full.map(Run.Task::request).distinct().count();
        if (run == submitterKilled.getFirst() || run == anotherKilled.getFirst())
            claim.answer("%s, index %d: %d of 36 tasks lost, %d ran again.".formatted(run, way, lost, again));
        claim.expected(loses ? "some lost, none ran again" : "none lost, some ran again").seen(
                "%d of 36 lost, %d ran again".formatted(lost, again),
                loses ? lost > 0 && again == 0 : lost == 0 && again > 0);
    }
}
