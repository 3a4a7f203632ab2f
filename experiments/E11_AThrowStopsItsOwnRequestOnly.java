///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION A task that throws stops the rest of its own request's tasks, and nobody else's
//JAVA 25+
//SOURCES lab.java

/*
 * Question     The first task that runs throws. Which tasks do not run because of it, and who is left waiting?
 *              (Asked in Starlette's issues 1589 and 3194.)
 * Expectation  The two after it in the same request do not run. All tasks of all other requests do, so that of twelve tasks
 *              ten are logged, one of them with the failure's class; nobody waits, and the server comes to its end.
 * Run it       jbang experiments/E11_AThrowStopsItsOwnRequestOnly.java
 */

import module java.base;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A task that throws stops the rest of its own request's tasks, and nobody else's")
class E11_AThrowStopsItsOwnRequestOnly {

    static final int REQUESTS = 4;
    static final int POOL = 12; // the article's, on 8 CPUs
    static final long MILLIS = 100;

    // The prediction is that of a run in which nothing throws: the two tasks that it has and the log has not are the lost ones.
    static final Map<server.Mode, Run> runs = Map.of(
            server.Mode.sync, throwing("sync").predicting(new Model.Slots(POOL)).requests(server.Mode.sync, REQUESTS),
            server.Mode.async, throwing("async").predicting(new Model.Slots(1)).requests(server.Mode.async, REQUESTS)); // it holds the loop

    static void main(String... options) {
        Lab.run(options);
    }

    static Run throwing(String name) {
        return Run.server(name, "--work", "class:" + ThrowsTheFirstTime.class.getName()).cpus(8)
                .taskTime(Duration.ofMillis(MILLIS));
    }

    /** What tasks do here: all wait, and the first that came then throws. It is surely some request's task 0. */
    public static final class ThrowsTheFirstTime implements Runnable {
        private final AtomicInteger count = new AtomicInteger();

        @Override
        public void run() {
            var first = count.getAndIncrement() == 0;
            try {
                Thread.sleep(MILLIS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (first) throw new IllegalStateException("the first one");
        }
    }

    @ParameterizedTest(name = "Of the request whose first task threw, no other task ran: {0}")
    @EnumSource
    void rest(server.Mode mode, TestReporter report) {
        var run = runs.get(mode);
        var seen = requests(run).stream().filter(outcomes -> !Set.of("ok").containsAll(outcomes)).toList();
        Lab.claim(report, run, "not asked", "1 task: IllegalStateException",
                seen.stream().map(E11_AThrowStopsItsOwnRequestOnly::text).collect(Collectors.joining("; ")));
    }

    @ParameterizedTest(name = "All three tasks of every other request ran: {0}")
    @EnumSource
    void others(server.Mode mode, TestReporter report) {
        var run = runs.get(mode);
        var whole = requests(run).stream().filter(List.of("ok", "ok", "ok")::equals).count();
        Lab.claim(report, run, "not asked", REQUESTS - 1L, whole);
    }

    @ParameterizedTest(name = "Nobody is left waiting: the server came to its end, with all tasks logged but the two that were given up: {0}")
    @EnumSource
    void nobodyWaits(server.Mode mode, TestReporter report) {
        var run = runs.get(mode); // a server that waits for a task that never comes would not end, and there would be no run to judge
        Lab.claim(report, run, "not asked", 3 * REQUESTS - 2, run.tasks().size());
    }

    static String text(List<String> outcomes) {
        return "%d task%s: %s".formatted(outcomes.size(), outcomes.size() == 1 ? "" : "s", String.join(", ", outcomes).replace("java.lang.", ""));
    }

    /** For each request, the outcomes of its tasks. */
    static List<List<String>> requests(Run run) {
        var outcomes = new TreeMap<Integer, List<String>>();
        for (var row : run.log().tasks()) outcomes.computeIfAbsent(row.getInt("request"), _ -> new ArrayList<>()).add(row.getString("outcome"));
        return List.copyOf(outcomes.values());
    }
}
