///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Each framework has its own plateau
//JAVA 25+
//SOURCES lab/Experiment.java
//MAIN E18_EachFrameworkHasItsOwnPlateau

/*
 * Run it       jbang experiments/E18_EachFrameworkHasItsOwnPlateau.java
 *
 * It downloads the frameworks on the JVM. SIGTERM comes when some tasks run and others are queued.
 */

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@Lesson(title = "Each framework has its own plateau",
        question = "Three hundred concurrent requests leave nine hundred blocking tasks behind. How many of these "
                + "run concurrently in each framework? In which order do the others start, and what becomes of them "
                + "on SIGTERM? All keep their defaults, except for Helidon's virtual threads.",
        expectation = "As many as each framework's documentation says for 8 CPUs, never more: 12 in server.java; for "
                + "the others, see experiments/peers.",
        downloads = true)
class E18_EachFrameworkHasItsOwnPlateau extends Experiment {

    static final int CPUS = 8, REQUESTS = 300, OUR_POOL = 12;

    final Run ours = framework("server", "server.java", ours());
    final List<Run> peers = Peer.all().stream()
            .map(peer -> framework(peer.name(), peer.name(), peer(peer.name()))).toList();

    Run framework(String name, String title, Target server) {
        return run(name, server.cpus(CPUS), Load.concurrent(sync, REQUESTS, REQUESTS))
                .titled(title).atLeast(Duration.ofSeconds(3)).stoppedAmid(); // 300 answers take a new server a while
    }

    @ParameterizedTest(name = "As many tasks run concurrently as its documentation says, never more: {0}")
    @FieldSource("runs")
    void plateau(Run run, Claim claim) {
        int highest = run.log().highest(), plateau = run.log().plateau(), documented = documented(run);
        var about = run.manifest().about(); // null of our own
        claim.answer(inShort(run) + ".")
                .figure("framework", run == ours ? "server.java" : about.peer() + ": " + about.software())
                .figure("plateau", plateau)
                .figure("what decides it", run == ours ? "min(32, CPUs + 4): --executor" : about.decidedBy())
                .figure("queued tasks start", Queueing.order(run.tasks(), run.manifest().stop().answered(),
                        run.log().micros()))
                .figure("on SIGTERM", onSigterm(run))
                .expected(documented)
                .seen(highest == plateau ? plateau : "%d, and %d for a moment".formatted(plateau, highest),
                        plateau == documented && highest == documented);
    }

    @Test
    @DisplayName("No framework runs a request's tasks concurrently, or in another order than 0, 1, 2")
    void order(Claim claim) {
        var seen = runs.stream().filter(Run::there).collect(Collectors.groupingBy(Run::order, TreeMap::new,
                Collectors.mapping(run -> run.title, Collectors.joining(", "))));
        claim.expected("0, 1, 2, or as many of them as there was time for").seen(String.join("; ", seen.entrySet()
                .stream().map(each -> each.getKey() + ": " + each.getValue()).toList()), seen.keySet().stream()
                        .allMatch(order -> order.matches("(0|0, 1|0, 1, 2)( or (0, 1|0, 1, 2))*")));
    }

    private String inShort(Run run) {
        var name = run == ours ? run.title : run.manifest().about().peer().replaceFirst(",.*", "");
        var unbounded = run != ours && run.manifest().about().plateau() == null;
        return (unbounded ? "%s: no plateau, all %d" : "%s: %d").formatted(name, run.log().plateau());
    }

    private int documented(Run run) {
        return run == ours ? OUR_POOL : Objects.requireNonNullElse(run.manifest().about().plateau(), REQUESTS);
    }

    /** What became of the tasks when the server was sent SIGTERM. */
    private static String onSigterm(Run run) {
        var stop = run.manifest().stop();
        var stopped = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(stop.moment()));
        var startedLater = run.tasks().stream().filter(task -> task.started() > stopped).count();
        var endedLater = run.tasks().stream().filter(task -> task.ended() > stopped).count() - startedLater;
        var lost = 3L * stop.answered() - run.tasks().size();
        if (stop.endedAfterMillis() == null)
            return startedLater == 0 ? "the server does not end"
                    : "queued tasks still start; the lab kills the server after 12 task times";
        if (lost == 0) return "all tasks run, then the server ends";
        if (startedLater > 0) return "%d more tasks start; the server ends after %.1f s, and %d tasks are lost"
                .formatted(startedLater, stop.endedAfterMillis() / 1e3, lost);
        var fate = endedLater > 0 ? "running tasks end, queued ones are lost" : "all tasks are lost, running ones too";
        return stop.answered() == REQUESTS ? fate
                : fate + "; only %d of %d requests had been answered".formatted(stop.answered(), REQUESTS);
    }

    @Override
    List<Drawing> drawings() {
        var bars = new ArrayList<Picture.Bar>();
        var marks = new ArrayList<Picture.Mark>();
        var there = runs.stream().filter(Run::there).sorted(Comparator.comparing(run -> run.log().plateau())).toList();
        for (var run : there) { // the highest plateau at the top
            marks.add(new Picture.Label(run.log().plateau(), bars.size() + 0.5, inShort(run)));
            bars.add(new Picture.Bar(0.7, run.log().plateau(), bars.size() + 0.5, inShort(run)));
        }
        if (!bars.isEmpty()) marks.addFirst(new Picture.Bars("plateau", Picture.Colour.BLUE, 0.7 / bars.size(), bars));
        var ticks = Stream.of(1, 10, 100, 1_000).map(at -> new Picture.Tick(at, "" + at)).toList();
        var title = "Plateau of each framework; those on the JVM see 8 CPUs";
        var panel = new Picture.Panel(title, new Picture.Axis("tasks in flight", 0.7, 30_000, true, ticks), // for text
                new Picture.Axis("framework", 0, Math.max(1, bars.size()), false, List.of()),
                Math.max(30, 30 * bars.size()), marks);
        return List.of(new Drawing("frameworks", title, new Picture(title, title, List.of(panel), List.of())));
    }
}
