///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Sync tasks reach a plateau at the size of the pool
//JAVA 25+
//SOURCES lab.java

/*
 * Question     Twenty requests leave sixty blocking tasks behind. How many of them run at once?
 * Expectation  min(32, cpus + 4), never one more; the rest start in the order in which they came. FastAPI has 40 slots
 *              today: the pool of 2021 was asyncio's, and since 2021 (Starlette 0.15) it is AnyIO's. Which waiting task
 *              gets a free slot depends on AnyIO's version: the one that came last (3.6.2), or the one that came first.
 * Run it       jbang experiments/E02_SyncTasksPlateauAtThePool.java
 */

import module java.base;
import org.junit.jupiter.api.*;

@DisplayName("Sync tasks reach a plateau at the size of the pool")
class E02_SyncTasksPlateauAtThePool {

    static final int REQUESTS = 20;
    static final int ARTICLE_CPUS = 8;
    static final int ARTICLE_POOL = poolOn(ARTICLE_CPUS);

    static final int SLOTS_TODAY = 40; // total_tokens of AnyIO's default limiter
    static final int REQUESTS_TODAY = 60; // more than there are slots

    static final Run asInTheArticle =
            Run.server("server").cpus(ARTICLE_CPUS).predicting(new Model.Slots(ARTICLE_POOL)).requests(server.Mode.sync, REQUESTS)
                    .taskTimeAtLeast(Duration.ofSeconds(1));
    static final Run here = Run.server("this-machine").predicting(new Model.Slots(poolOn(Runtime.getRuntime().availableProcessors())))
            .requests(server.Mode.sync, REQUESTS).taskTime(Duration.ofSeconds(1)); // with 2 CPUs there are ten rounds
    static final Run fastapi = Run.peer(Peer.named("fastapi")).predicting(new Model.Slots(SLOTS_TODAY)).requests(server.Mode.sync, REQUESTS_TODAY);

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
        Lab.claim(report, asInTheArticle, "0×12 | 0×8 1×… (cut)", asInTheArticle.model().rounds(), asInTheArticle.log().rounds());
    }

    @Test
    @DisplayName("No waiting task is overtaken: none that was handed over later has ended before it starts")
    void fifo(TestReporter report) {
        Lab.claim(report, asInTheArticle, "not shown", "0 overtaken", overtaken(asInTheArticle) + " overtaken");
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

    @Test
    @DisplayName("FastAPI today: of 60 tasks that came at once 40 start, whatever the CPUs, and 20 wait until one of those has ended")
    void plateauOfFastApi(TestReporter report) {
        var firstEnd = fastapi.tasks().stream().mapToLong(Run.Task::ended).min().orElseThrow();
        report.publishEntry("answer", "%s: highest concurrency %d. Version 3.6.2 of AnyIO may let in more than 40 when its queue runs empty."
                .formatted(fastapi.software(), fastapi.log().highest()));
        Lab.claim(report, fastapi, "12", SLOTS_TODAY, (int) fastapi.tasks().stream().filter(task -> task.started() < firstEnd).count());
    }

    @Test
    @DisplayName("FastAPI today: five rounds where a free slot goes to the oldest waiting task; where it goes to the newest, as in AnyIO 3.6.2, four to six")
    void roundsOfFastApi(TestReporter report) {
        var newestFirst = overtaken(fastapi) > 0;
        report.publishEntry("answer",
                "%s gives a free slot to the %s waiting task.".formatted(fastapi.software(), newestFirst ? "newest" : "oldest"));
        // How many old waiters slip in between depends on how many tasks the event loop sees end in one turn.
        var rounds = fastapi.log().rounds();
        var count = rounds.split(" \\| ").length;
        Lab.claim(report, fastapi, "in the order in which they came", newestFirst ? "4 to 6 rounds" : fastapi.model().rounds(), rounds,
                newestFirst ? count >= 4 && count <= 6 : rounds.equals(fastapi.model().rounds()));
    }

    /** How many tasks waited while one that was handed over later ran to its end. */
    static long overtaken(Run run) {
        var tasks = run.tasks();
        return tasks.stream().filter(task -> tasks.stream().anyMatch(
                other -> other.queued() > task.queued() && other.ended() < task.started())).count();
    }
}
