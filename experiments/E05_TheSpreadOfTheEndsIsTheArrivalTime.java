///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The spread of the ends is the arrival time
//JAVA 25+
//SOURCES lab/Experiment.java
//MAIN E05_TheSpreadOfTheEndsIsTheArrivalTime

/*
 * Run it       jbang experiments/E05_TheSpreadOfTheEndsIsTheArrivalTime.java
 *
 * The parts add up exactly:  spread = arrival + printing + timers
 *     arrival   from the first request's arrival to the last one's
 *     timers    what the spread exceeds the arrival by when nothing is printed: how late the event loop was
 *     printing  what the spread exceeds the arrival by when lines are printed, less the timers
 * Two runs may be subtracted here, because each is compared with its own arrival first. A part below zero means that the first tasks were later than
 * the last ones.
 */

import module java.base;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@Isolated // in tests it needs the machine alone
@Lesson(title = "The spread of the ends is the arrival time",
        question = "A thousand requests, and the ends of task 2 lie 1.4 s apart. The article's author guesses that printing takes the time. Does it?",
        expectation = "No: the requests arrived that far apart, and each task ends three task times after its request arrived. Without printing, "
                + "the spread stays the same.")
class E05_TheSpreadOfTheEndsIsTheArrivalTime extends Experiment {

    static final int CPUS = 8, REQUESTS = 1_000;

    final Run printing = run("server", ours().cpus(CPUS), sequential(async, REQUESTS)).titled("server.java")
            .predicted(Model.eventLoop());
    final Run silent = run("printing-nothing", ours().cpus(CPUS).silent(), sequential(async, REQUESTS))
            .titled("server.java, printing nothing")
            .predicted(Model.eventLoop());
    final Run fastapi =
            run("fastapi", peer("fastapi"), sequential(async, REQUESTS)).titled("FastAPI").predicted(Model.eventLoop())
                    .atLeast(Duration.ofSeconds(2));
    final List<Run> servers = List.of(printing, fastapi);

    @ParameterizedTest(name = "All three thousand tasks end, on one thread: {0}")
    @FieldSource("servers")
    void allEnd(Run run, Claim claim) {
        claim.article("3000 on 1 thread").expected("3000 on 1 thread")
                .seen("%d on %d thread".formatted(run.tasks().size(), run.log().threads()));
    }

    @Test
    @DisplayName("Of arrival, printing and timers, arrival is the largest part of the spread of task 2")
    void parts(Claim claim) {
        var parts = parts();
        var largest = Collections.max(parts.entrySet(), Map.Entry.comparingByValue()).getKey();
        claim.article("a guess: printing")
                .answer("Of the %.1f ms between the first and the last end of task 2, %s.".formatted(
                        printing.log().spread(2) / 1e3,
                        parts.entrySet().stream()
                                .map(part -> "%s is %.1f ms".formatted(part.getKey(), part.getValue()))
                                .collect(Collectors.joining(", "))))
                .expected("arrival").seen(largest);
    }

    @Test
    @DisplayName("In FastAPI, too, arrival is the larger part of the spread of task 2, and all else the smaller")
    void partsOfFastApi(Claim claim) {
        var arrival = arrival(fastapi);
        var rest = fastapi.log().spread(2) / 1e3 - arrival;
        claim.article("a guess: printing")
                .answer("In FastAPI the spread of task 2 was %.1f ms: arrival %.1f ms, all else %.1f ms."
                        .formatted(arrival + rest, arrival, rest))
                .expected("arrival").seen(arrival > Math.abs(rest) ? "arrival" : "all else");
    }

    /** The parts of the spread in milliseconds. */
    SequencedMap<String, Double> parts() {
        var parts = new LinkedHashMap<String, Double>();
        parts.put("arrival", arrival(printing));
        var timers = silent.log().spread(2) / 1e3 - arrival(silent);
        parts.put("printing", printing.log().spread(2) / 1e3 - parts.get("arrival") - timers);
        parts.put("timers", timers);
        return parts;
    }

    /** Milliseconds from the first request's arrival to the last one's. */
    static double arrival(Run run) {
        var received = run.log().tasks().longColumn("received");
        return (received.max() - received.min()) / 1e3;
    }

    @Override
    List<Drawing> drawings() {
        return List.of(
                inFlight(printing,
                        "Tasks in flight over time: they come and go as the requests arrived, dashed as predicted"),
                timeline(printing, "The tasks as bars on the one thread"));
    }
}
