///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The plateau of a cluster is the sum of its members'
//JAVA 25+
//SOURCES lab/Experiment.java
//SOURCES lab/Cluster.java
//SOURCES executors/HazelcastExecutor.java
//MAIN E19_ThePlateauOfAClusterIsTheSumOfItsMembers

/*
 * Run it       jbang experiments/E19_ThePlateauOfAClusterIsTheSumOfItsMembers.java
 *
 * The server's executor, executors/HazelcastExecutor.java, keeps one queue and sends each task to a member of a
 * Hazelcast cluster that has a free slot. Each member is a process, the server the first of them. Thread 205 of a log
 * is slot 5 of member 2, and that member's clock tells when its tasks start and end.
 */

import module java.base;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@Lesson(title = "The plateau of a cluster is the sum of its members'",
        question = "72 requests leave a task each. How many run concurrently on one, two, three members with 12 slots "
                + "each? And if a member joins in the middle?",
        expectation = "12, 24, 36, never more: six, three, two full rounds, as on one machine with so many threads. "
                + "A member that joins takes twelve of the waiting tasks at once: 24 from there on.")
class E19_ThePlateauOfAClusterIsTheSumOfItsMembers extends Experiment {

    static final int SLOTS = 12, REQUESTS = 72;
    static final Duration TASK_TIME = Duration.ofSeconds(1); // all requests have arrived before the first task ends

    record Expected(Run run, int slots, String rounds, int ofEachSlot) {
        @Override
        public String toString() { return "" + run; }
    }

    final List<Expected> clusters = List.of(
            new Expected(of(1, "one-member").unhurried(), 12, "0×12 | 0×12 | 0×12 | 0×12 | 0×12 | 0×12", 6),
            new Expected(of(2, "two-members"), 24, "0×24 | 0×24 | 0×24", 3),
            new Expected(of(3, "three-members").unhurried(), 36, "0×36 | 0×36", 2));
    final Run joining = observed("a-member-joins", "24 requests; 12 more each second until a second member has "
            + "joined; then 48", TASK_TIME, folder -> {
                try (var cluster = cluster(folder)) {
                    var member = CompletableFuture.runAsync(cluster::join);
                    for (cluster.send(2 * SLOTS); !member.isDone(); cluster.send(SLOTS)) Thread.sleep(TASK_TIME);
                    member.join(); // fails if it did
                    cluster.send(4 * SLOTS);
                    return cluster.rows();
                }
            });

    static Cluster cluster(Path folder) throws Exception {
        return new Cluster(HazelcastExecutor.class, HazelcastExecutor.Remote.class, TASK_TIME, folder);
    }

    Run of(int members, String name) {
        return observed(name, "jbang client.java 0 72, when all members have joined", TASK_TIME, folder -> {
            try (var cluster = cluster(folder)) {
                IntStream.range(1, members).parallel().forEach(_ -> cluster.join());
                cluster.send(REQUESTS);
                return cluster.rows();
            }
        }).predicted(Model.fifo(SLOTS * members));
    }

    @ParameterizedTest(name = "As many tasks run concurrently as the members have slots, never more: {0}")
    @FieldSource("clusters")
    void concurrently(Expected expected, Claim claim) {
        var log = expected.run.log();
        claim.expected("%d, plateau %1$d".formatted(expected.slots))
                .seen("%d, plateau %d".formatted(log.highest(), log.plateau()));
    }

    @ParameterizedTest(name = "Tasks run in full rounds, as on one machine with so many threads: {0}")
    @FieldSource("clusters")
    void rounds(Expected expected, Claim claim) {
        claim.expected(expected.rounds).seen(expected.run.log().rounds());
    }

    @ParameterizedTest(name = "No slot idles while tasks wait, so all run equally many: {0}")
    @FieldSource("clusters")
    void shared(Expected expected, Claim claim) {
        var each = expected.run.tasks().stream().collect(Collectors.groupingBy(Run.Task::thread,
                Collectors.counting())).values();
        claim.expected("%d slots, tasks of each: [%d]".formatted(expected.slots, expected.ofEachSlot))
                .seen("%d slots, tasks of each: %s".formatted(each.size(), new TreeSet<>(each)));
    }

    @Test
    @DisplayName("A member that joins raises the plateau: until its first task starts 12 run, half a task time later 24")
    void joins(Claim claim) {
        long joined = joined(), half = TASK_TIME.dividedBy(2).toNanos() / 1_000;
        claim.expected("12, then 24, never more").seen("%d, then %d, %s".formatted(inFlight(joined - 1),
                inFlight(joined + half), joining.log().highest() > 24 ? "then more" : "never more"));
    }

    private long joined() { // the start of the second member's first task
        var tasks = joining.tasks().stream().filter(task -> task.thread() > 200);
        return tasks.mapToLong(Run.Task::started).min().orElseThrow();
    }

    private long inFlight(long moment) {
        return joining.tasks().stream().filter(task -> task.started() <= moment && moment < task.ended()).count();
    }

    @Override
    List<Drawing> drawings() {
        var picture = InFlight.of(joining.log(), Optional.empty(), 24);
        var moment = joining.log().seconds(joined());
        picture.panels().getFirst().marks().addAll(List.of(
                new Picture.Curve("a second member joins", Picture.Colour.PINK, false, false, false,
                        new double[]{moment, moment}, new double[]{0, 24}),
                new Picture.Label(moment, 26, "a second member joins")));
        return Stream.concat(Stream.of(new Drawing("joined", "A second member joins: 12 more at a time", picture)),
                clusters.stream().map(cluster -> inFlight(cluster.run, "As many in flight as there are slots: "
                        + cluster))).toList();
    }
}
