///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The ends of a thousand async tasks lie apart because their requests did, not because of printing
//JAVA 25+
//SOURCES lab.java

/*
 * Question     A thousand requests, and the ends of task 2 lie 1.4 s apart. The article's author guesses that printing
 *              takes the time, and asks readers to check it.
 * Expectation  They lie apart because the requests did: each task ends three task times after its request came. So the
 *              spread stays the same when nothing is printed.
 * Run it       jbang experiments/E05_TheSpreadIsTheArrivalTime.java
 *
 * The spread is split without a rest:  spread = arrival + printing + timers
 *     arrival   from the first request's arrival to the last one's
 *     printing  what the spread exceeds the arrival by, less what it does in the same run printing to nowhere
 *     timers    what the spread exceeds the arrival by when nothing is printed: how late the event loop was
 * A part is below zero where the first tasks were later than the last ones.
 */

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("The ends of a thousand async tasks lie apart because their requests did")
class E05_TheSpreadIsTheArrivalTime {

    static final int REQUESTS = 1_000;

    static final Run printing = Run.server("server").cpus(8).predicting(new Model.EventLoop()).requests(server.Mode.async, REQUESTS);
    static final Run silent =
            Run.server("printing-nothing").cpus(8).predicting(new Model.EventLoop()).printsNothing().requests(server.Mode.async, REQUESTS);

    static final Run fastapi = Run.peer(Peer.named("fastapi")).predicting(new Model.EventLoop()).requests(server.Mode.async, REQUESTS);
    static final List<Run> servers = List.of(printing, fastapi);

    static void main(String... options) {
        Lab.run(options);
    }

    @ParameterizedTest(name = "All three thousand tasks end, on one thread: {0}")
    @FieldSource("servers")
    void allEnd(Run run, TestReporter report) {
        Lab.claim(report, run, "3000 on 1 thread", "3000 on 1 thread", "%d on %d thread".formatted(run.tasks().size(), run.log().threads()));
    }

    @Test
    @DisplayName("Of arrival, printing and timers, arrival is the largest part of the spread of task 2")
    void parts(TestReporter report) {
        var spread = printing.log().spread(2);
        var arrival = arrival(printing);
        var timers = silent.log().spread(2) - arrival(silent);
        var print = spread - arrival - timers;
        var parts = Map.of("the requests' arrival", arrival, "printing", print, "the timers' lateness", timers);
        var largest = Collections.max(parts.entrySet(), Map.Entry.comparingByValue()).getKey();
        parts.forEach((part, micros) -> report.publishEntry("part: " + part, analyze.millis(micros)));
        report.publishEntry("answer", "Of the %s ms between the first and the last end of task 2, %s ms were the requests' arrival, %s ms printing "
                .formatted(analyze.millis(spread), analyze.millis(arrival), analyze.millis(print))
                + "and %s ms the timers' lateness. So it was %s.".formatted(analyze.millis(timers), largest));
        Lab.claim(report, printing, "a guess: printing", "the requests' arrival", largest);
    }

    @Test
    @DisplayName("In FastAPI, too, arrival is the larger part of the spread of task 2, and all else the smaller")
    void partsOfFastApi(TestReporter report) {
        var rest = fastapi.log().spread(2) - arrival(fastapi);
        report.publishEntry("answer",
                "In FastAPI %s ms lay between the first and the last end of task 2: %s ms were the requests' arrival, %s ms all else."
                        .formatted(analyze.millis(fastapi.log().spread(2)), analyze.millis(arrival(fastapi)), analyze.millis(rest)));
        Lab.claim(report, fastapi, "a guess: printing", "the requests' arrival",
                arrival(fastapi) > Math.abs(rest) ? "the requests' arrival" : "all else");
    }

    /** Microseconds from the first request's arrival to the last one's. */
    static long arrival(Run run) {
        var received = run.log().tasks().longColumn("received");
        return (long) (received.max() - received.min());
    }
}
