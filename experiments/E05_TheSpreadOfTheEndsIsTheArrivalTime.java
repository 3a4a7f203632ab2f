///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION The spread of the ends is the arrival time
//JAVA 25+
//SOURCES lab/Experiment.java
//MAIN E05_TheSpreadOfTheEndsIsTheArrivalTime

/*
 * Run it       jbang experiments/E05_TheSpreadOfTheEndsIsTheArrivalTime.java
 * The parts add up exactly:  spread = arrival + printing + timers
 *     arrival   from the first request's arrival to the last one's
 *     timers    spread minus arrival when the output is discarded: the event loop's share
 *     printing  spread minus arrival when lines are written to a file, minus timers
 * Each run's own arrival is subtracted from its spread, so a part may be negative: then it shortens the spread.
 */

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@Lesson(title = "The spread of the ends is the arrival time",
        question = "In the article, the first and the last end of task 2 of a thousand requests lie 1.4 s apart. Its "
                + "author guesses that printing takes the time. Does it?",
        expectation = "No: the requests arrived that far apart, and task 2 of each ends three task times after its "
                + "request arrived. With the output discarded, too, the spread is the time from the first arrival to "
                + "the last.")
class E05_TheSpreadOfTheEndsIsTheArrivalTime extends Experiment {

    static final int CPUS = 8, REQUESTS = 1_000;

    final Run printing = run("server", ours().cpus(CPUS), Load.sequential(async, REQUESTS)).titled("server.java")
            .predicted(Model.eventLoop());
    final Run silent = run("printing-nothing", ours().cpus(CPUS).silent(), Load.sequential(async, REQUESTS))
            .titled("server.java, output discarded").predicted(Model.eventLoop());
    final Run fastapi = run("fastapi", peer("fastapi"), Load.sequential(async, REQUESTS)).titled("FastAPI")
            .predicted(Model.eventLoop()).atLeast(Duration.ofSeconds(2));
    final List<Run> servers = List.of(printing, fastapi);

    @ParameterizedTest(name = "All three thousand tasks end, on one thread: {0}")
    @FieldSource("servers")
    void allEnd(Run run, Claim claim) {
        claim.article("3000 on 1 thread").expected("3000 on 1 thread")
                .seen("%d on %s".formatted(run.tasks().size(), Words.count(run.log().threads(), "thread")));
    }

    @Test
    @DisplayName("Of arrival, printing and timers, arrival is the largest part of the spread of task 2")
    void parts(Claim claim) {
        var parts = parts();
        var words = parts.entrySet().stream().map(part -> "%s %.1f ms".formatted(part.getKey(), part.getValue()))
                .collect(Collectors.joining(", "));
        claim.article("a guess: printing").answer("The spread of task 2 was %.1f ms: %s."
                .formatted(printing.log().spread(2) / 1e3, words)).expected("arrival")
                .seen(Collections.max(parts.entrySet(), Comparator.comparing(part -> Math.abs(part.getValue())))
                        .getKey());
    }

    @Test
    @DisplayName("In FastAPI, too, arrival is a larger part of the spread of task 2 than all else together")
    void partsOfFastApi(Claim claim) {
        var arrival = arrival(fastapi);
        var rest = fastapi.log().spread(2) / 1e3 - arrival;
        claim.article("a guess: printing").expected("arrival")
                .answer("In FastAPI the spread of task 2 was %.1f ms: arrival %.1f ms, all else %.1f ms."
                        .formatted(arrival + rest, arrival, rest))
                .seen(arrival > Math.abs(rest) ? "arrival" : "all else");
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

    static double arrival(Run run) {
        var received = run.log().tasks().longColumn("received");
        return (received.max() - received.min()) / 1e3;
    }

    @Override
    List<Drawing> drawings() {
        return List.of(new Drawing("parts", "The parts of the spread of task 2; a negative part shortens it",
                picture()),
                inFlight(printing, "Tasks in flight over time: they end as far apart as their requests arrived"));
    }

    /** A bar for each part of the spread, from where the one before it ends. */
    private Picture picture() {
        var marks = new ArrayList<Picture.Mark>();
        var legend = new ArrayList<Picture.Key>();
        var at = 0.0;
        for (var part : parts().entrySet()) {
            var next = at + part.getValue();
            var text = "%s: %.1f ms".formatted(part.getKey(), part.getValue());
            var bar = new Picture.Bar(Math.min(at, next), Math.max(at, next), 2.5 - marks.size(), text);
            legend.add(new Picture.Key(text, Picture.Colour.of(marks.size()), false));
            marks.add(new Picture.Bars(part.getKey(), Picture.Colour.of(marks.size()), 0.3, List.of(bar)));
            at = next;
        }
        var title = "What the spread of task 2 is made of";
        var ticks = List.of(new Picture.Tick(0, "0 ms"), new Picture.Tick(at, "%.0f".formatted(at)));
        var panel = new Picture.Panel(title, new Picture.Axis("milliseconds", 0, at, false, ticks),
                new Picture.Axis("parts", 0, 3, false, List.of()), 75, marks);
        return new Picture(title, title, List.of(panel), legend);
    }
}
