///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The executor of your framework: how many background tasks it runs at once, and what becomes of the others
//JAVA 25+
//SOURCES lab.java

/*
 * Question     Three hundred requests at once leave nine hundred blocking tasks behind. How many of them run at once in each
 *              framework, with its own defaults and its documented way to run work after the answer? In which order do the
 *              others wait, and what becomes of them when the server is stopped?
 * Expectation  As many at once as the framework's documentation says for 8 CPUs (Plateau, in the peer's file).
 * Run it       jbang experiments/P01_TheAtlas.java
 */

import module java.base;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("The executor of your framework decides how many background tasks run at once")
class P01_TheAtlas {

    static final int REQUESTS = 300;
    static final int CPUS = 8;
    static final Duration LEAST = Duration.ofSeconds(3); // a server that has just started needs a while to answer three hundred
    static final int OUR_POOL = Math.min(32, CPUS + 4);

    static final List<Run> servers = Stream.concat(Stream.of(Run.server("server")), Peer.all().stream().map(peer -> Run.peer(peer)))
            .map(run -> run.cpus(CPUS).requests(server.Mode.sync, REQUESTS).stoppedWhileBusy().taskTimeAtLeast(LEAST)).toList();

    static void main(String... options) {
        Lab.run(options);
    }

    @ParameterizedTest(name = "{0}: as many tasks run at once as its documentation says")
    @FieldSource("servers")
    void plateau(Run run, TestReporter report) {
        new Atlas.Row(run).entries().forEach(report::publishEntry);
        Lab.claim(report, run, "-", run.peer == null ? OUR_POOL : run.peer.plateau(REQUESTS), run.log().highest());
    }

    @ParameterizedTest(name = "{0}: the tasks of a request run one after the other")
    @FieldSource("servers")
    void order(Run run, TestReporter report) {
        // The server was stopped while it was busy, so of some requests not all tasks are there.
        var seen = Set.of(Lab.orderWithinRequests(run).split(" or "));
        Lab.claim(report, run, "-", "0, 1, 2 or what there was time for", String.join(" or ", new TreeSet<>(seen)),
                Set.of("0", "0, 1", "0, 1, 2").containsAll(seen));
    }
}
