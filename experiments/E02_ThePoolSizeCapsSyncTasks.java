///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The pool size caps sync tasks
//JAVA 25+
//SOURCES lab/Experiment.java
//MAIN E02_ThePoolSizeCapsSyncTasks

/*
 * Run it       jbang experiments/E02_ThePoolSizeCapsSyncTasks.java
 */

import module java.base;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@Lesson(title = "The pool size caps sync tasks",
        question = "Twenty requests leave sixty blocking tasks behind. How many run concurrently?",
        expectation = "min(32, CPUs + 4): 12 on the article's 8 CPUs, never 13. The others wait, FIFO. Five full "
                + "rounds, 15 s.")
class E02_ThePoolSizeCapsSyncTasks extends Experiment {

    static final int CPUS = 8, POOL = 12, REQUESTS = 20;
    static final int CPUS_HERE = Runtime.getRuntime().availableProcessors();

    final Run pool = run("pool-of-12", ours().cpus(CPUS), Load.sequential(sync, REQUESTS))
            .titled("8 CPUs, so 12 threads").predicted(Model.fifo(POOL)).atLeast(Duration.ofSeconds(1));
    final Run here = run("this-machine", ours().tasks(1), Load.sequential(sync, 2 * REQUESTS)) // more than 32
            .titled("the CPUs of this machine").predicted(Model.fifo(Math.min(32, CPUS_HERE + 4)))
            .taskTime(Duration.ofSeconds(1)); // on 2 CPUs, there are seven rounds

    @Test
    @DisplayName("12 tasks are in flight, never 13")
    void cap(Claim claim) {
        claim.article(12).answer("At most %d tasks were in flight, on %s; the last one ended after %.1f s."
                .formatted(pool.log().highest(), Words.count(pool.log().threads(), "thread"),
                        pool.log().makespan() / 1e6))
                .expected(POOL).seen(pool.log().highest());
    }

    @Test
    @DisplayName("12 in flight is a plateau: the run holds it and does not just touch it")
    void plateau(Claim claim) {
        claim.article(12).expected(POOL).seen(pool.log().plateau());
    }

    @Test
    @DisplayName("The second round runs the eight first tasks (index 0) that waited, and four second tasks")
    void rounds(Claim claim) {
        claim.article("0×12 | 0×8 … (its log ends)").expected("0×12 | 0×8 1×4 | 1×12 | 1×4 2×8 | 2×12")
                .seen(pool.log().rounds());
    }

    @Test
    @DisplayName("Waiting tasks start FIFO: no task ends before one that was submitted earlier has started")
    void fifo(Claim claim) {
        var tasks = pool.tasks();
        var overtaken = tasks.stream().filter(task -> tasks.stream()
                .anyMatch(other -> other.queued() > task.queued() && other.ended() < task.started())).count();
        claim.expected("0 overtaken").seen(overtaken + " overtaken");
    }

    @Test
    @DisplayName("Twelve threads run all sixty tasks: an idle thread is reused before a new one is made")
    void reused(Claim claim) {
        claim.expected("60 tasks on 12 threads")
                .seen("%d tasks on %d threads".formatted(pool.tasks().size(), pool.log().threads()));
    }

    @Test
    @DisplayName("A request's tasks run in order, but not on one thread: a free thread takes the task that has "
            + "waited longest")
    void threadsOfARequest(Claim claim) {
        var changed = pool.tasks().stream().collect(Collectors.groupingBy(Run.Task::request,
                Collectors.mapping(Run.Task::thread, Collectors.toSet()))).values().stream()
                .filter(threads -> threads.size() > 1).count();
        // In round two, eight threads take first tasks, so the four second tasks run on other threads than before.
        claim.article("the same thread").expected("in order, 4 or more of 20 requests change threads")
                .seen("%s; %d of 20 requests change threads".formatted(pool.order(), changed),
                        changed >= 4 && pool.order().equals("0, 1, 2"));
    }

    @Test
    @DisplayName("A task is submitted when the one before it has ended, and waits in the queue like any other")
    void submitted(Claim claim) {
        var tasks = pool.tasks().stream().collect(Collectors.groupingBy(Run.Task::request)).values();
        var tooEarly = tasks.stream().flatMap(ofOne -> IntStream.range(1, ofOne.size())
                .filter(i -> ofOne.get(i).queued() < ofOne.get(i - 1).ended()).boxed()).count();
        var half = pool.log().micros() / 2;
        var waited = pool.tasks().stream().filter(task -> task.started() - task.queued() > half).count();
        claim.expected("0 too early; 8 or more waited in the queue").seen(
                "%d too early; %d waited in the queue".formatted(tooEarly, waited),
                tooEarly == 0 && waited >= 8);
    }

    @Test
    @DisplayName("With the CPUs of this machine the cap is min(32, CPUs + 4) as well")
    void capHere(Claim claim) {
        claim.article("min(32, CPUs + 4)").expected(Math.min(32, here.manifest().cpusSeen() + 4))
                .seen(here.log().highest());
    }
}
