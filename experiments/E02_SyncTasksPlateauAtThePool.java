///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Sync tasks reach a plateau at the size of the pool
//JAVA 25+
//SOURCES lab.java

/*
 * Question     Twenty requests leave sixty blocking tasks behind. How many of them run at once?
 * Expectation  min(32, cpus + 4), never one more; the rest start in the order in which they came.
 * Run it       jbang experiments/E02_SyncTasksPlateauAtThePool.java
 */

import module java.base;
import org.junit.jupiter.api.*;

@DisplayName("Sync tasks reach a plateau at the size of the pool")
class E02_SyncTasksPlateauAtThePool {

    static final int REQUESTS = 20;
    static final int ARTICLE_CPUS = 8;
    static final int ARTICLE_POOL = poolOn(ARTICLE_CPUS);

    static final Run asInTheArticle = Run.server("events").cpus(ARTICLE_CPUS).predicting(ARTICLE_POOL).requests(server.Mode.sync, REQUESTS);
    static final Run here = Run.server("this-machine").requests(server.Mode.sync, REQUESTS);

    static void main(String... options) {
        Lab.run(options);
    }

    /** The default of concurrent.futures.ThreadPoolExecutor, Python 3.8 to 3.12. */
    static int poolOn(int cpus) {
        return Math.min(32, cpus + 4);
    }

    @Test
    @DisplayName("On the article's 8 CPUs, as many tasks are in flight as the pool has threads, never one more")
    void plateau(TestReporter report) {
        Lab.claim(report, asInTheArticle, "12", ARTICLE_POOL, asInTheArticle.log().highest());
    }

    @Test
    @DisplayName("They hold that plateau and do not just touch it")
    void held(TestReporter report) {
        Lab.claim(report, asInTheArticle, "12", ARTICLE_POOL, asInTheArticle.log().plateau());
    }

    @Test
    @DisplayName("The second round takes the eight first tasks that waited, then four second ones; the last of five is full")
    void rounds(TestReporter report) {
        Lab.claim(report, asInTheArticle, "0×12 | 0×8 1×… (cut)", "0×12 | 0×8 1×4 | 1×12 | 1×4 2×8 | 2×12", asInTheArticle.log().rounds());
    }

    @Test
    @DisplayName("No waiting task is overtaken: none that was handed over later has ended before it starts")
    void fifo(TestReporter report) {
        var tasks = asInTheArticle.tasks();
        var overtaken = tasks.stream().filter(task -> tasks.stream().anyMatch(
                other -> other.queued() > task.queued() && other.ended() < task.started())).count();
        Lab.claim(report, asInTheArticle, "not shown", "0 overtaken", overtaken + " overtaken");
    }

    @Test
    @DisplayName("A request's tasks run one after the other, but not on one thread: a free thread takes whatever waits longest")
    void threadsOfARequest(TestReporter report) {
        var threads = asInTheArticle.tasks().stream().collect(Collectors.groupingBy(Run.Task::request,
                Collectors.mapping(Run.Task::thread, Collectors.toSet())));
        var changed = threads.values().stream().filter(ofRequest -> ofRequest.size() > 1).count();
        // The four second tasks of round two wait while the threads that their first tasks left take waiting first tasks.
        var expected = 2 * ARTICLE_POOL - REQUESTS;
        Lab.claim(report, asInTheArticle, "the same thread", "4 or more of 20 requests change threads", changed + " of 20 requests change threads",
                changed >= expected && Lab.orderWithinRequests(asInTheArticle).equals("0, 1, 2"));
    }

    @Test
    @DisplayName("With the CPUs of this machine, the plateau is min(32, CPUs + 4) as well")
    void plateauHere(TestReporter report) {
        Lab.claim(report, here, "min(32, CPUs + 4)", poolOn(here.cpus()), here.log().highest());
    }
}
