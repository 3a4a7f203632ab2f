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
 * executors/HazelcastExecutor.java runs tasks on the free slots of a cluster. Thread 205 is slot 5 of member 2. A task
 * is timed by its member's clock; those of several hosts may differ by milliseconds.
 */

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@Lesson(title = "The plateau of a cluster is the sum of its members'", engine = true,
        question = "72 requests leave a task each. How many run concurrently on a cluster of one, two or three "
                + "members with 12 slots each (a slot runs one task at a time)? And if a member joins in the middle?",
        expectation = "12, 24, 36, never more: six, three, two full rounds, as on one machine with that many threads. "
                + "A member that joins takes twelve of the queued tasks immediately: 24 from then on.")
class E19_ThePlateauOfAClusterIsTheSumOfItsMembers extends Experiment {

    static final int SLOTS = 12, REQUESTS = 72;
    static final Duration TASK_TIME = Duration.ofSeconds(1); // all requests have arrived before the first task ends

    record Expected(Run run, int slots, String rounds, int ofEachSlot) {
        @Override
        public String toString() { return "" + run; }
    }

    final List<Expected> clusters = List.of(
            new Expected(members("one-member", 1), 12, "0×12 | 0×12 | 0×12 | 0×12 | 0×12 | 0×12", 6),
            new Expected(members("two-members", 2), 24, "0×24 | 0×24 | 0×24", 3),
            new Expected(members("three-members", 3), 36, "0×36 | 0×36", 2));
    final Run joining = run("a-member-joins", "# 36 requests, 12 a second until a member has joined, 48", cluster -> {
        var member = CompletableFuture.runAsync(cluster::join);
        for (cluster.send(3 * SLOTS); !member.isDone(); cluster.send(SLOTS)) Thread.sleep(TASK_TIME);
        member.join(); // fails if it did
        cluster.send(4 * SLOTS);
    });

    Run members(String name, int members) {
        return run(name, "jbang client.java 0 72 # members: HazelcastExecutor.java; server: --tasks 1", cluster -> {
            IntStream.range(1, members).parallel().forEach(_ -> cluster.join());
            cluster.send(REQUESTS);
        }).predicted(Model.fifo(SLOTS * members)).unhurried();
    }

    Run run(String name, String description, Cluster.Story story) {
        return observed(name, description, TASK_TIME, (lab, _) -> Cluster.run(lab, HazelcastExecutor.class,
                HazelcastExecutor.Remote.class, TASK_TIME, story));
    }

    @ParameterizedTest(name = "As many tasks run concurrently as the members have slots, never more: {0}")
    @FieldSource("clusters")
    void concurrently(Expected expected, Claim claim) {
        var log = expected.run.log();
        claim.answer("%s: at most %d in flight.".formatted(expected, log.highest()))
                .expected("%d, plateau %1$d".formatted(expected.slots))
                .seen("%d, plateau %d".formatted(log.highest(), log.plateau()));
    }

    @ParameterizedTest(name = "Tasks run in full rounds, as on one machine with that many threads: {0}")
    @FieldSource("clusters")
    void rounds(Expected expected, Claim claim) {
        claim.expected(expected.rounds).seen(expected.run.log().rounds());
    }

    @ParameterizedTest(name = "All slots run the same number of tasks: {0}")
    @FieldSource("clusters")
    void shared(Expected expected, Claim claim) {
        var each = expected.run.tasks().stream()
                .collect(Collectors.groupingBy(Run.Task::thread, Collectors.counting())).values();
        claim.expected("%d slots, %d tasks each".formatted(expected.slots, expected.ofEachSlot))
                .seen("%d slots, %s tasks each".formatted(each.size(), Verdict.also(each.stream().map(n -> "" + n))));
    }

    @Test
    @DisplayName("A member that joins raises the plateau: 12 run until it takes its first task, then 24")
    void joins(Claim claim) {
        var tasks = joining.tasks();
        var before = tasks.stream().map(Run.Task::started).filter(at -> at < joined()).mapToLong(at -> tasks.stream()
                .filter(task -> task.started() <= at && at < task.ended()).count()).max().orElse(0);
        claim.expected("12, then 24, plateau 24")
                .seen("%d, then %d, plateau %d".formatted(before, joining.log().highest(), joining.log().plateau()));
    }

    private long joined() { // when the second member's first task started
        return joining.tasks().stream().filter(task -> task.thread() > 200).mapToLong(Run.Task::started).min()
                .orElseThrow();
    }

    @Override
    List<Drawing> drawings() {
        var picture = InFlight.of(joining.log(), Optional.empty(), 24);
        var x = joining.log().seconds(joined());
        var marks = picture.panels().getFirst().marks();
        marks.add(new Picture.Curve("joined", Picture.Colour.PINK, false, false, false, new double[]{x, x},
                new double[]{0, 24}));
        marks.add(new Picture.Label(x, 2, "a second member joins"));
        var all = clusters.stream().map(cluster -> inFlight(cluster.run, "All slots are taken: " + cluster));
        return Stream.concat(Stream.of(new Drawing("joined", "A second member joins: 12 more run", picture)), all)
                .toList();
    }
}
