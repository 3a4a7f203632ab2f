import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.*;

@DisplayName("jbang bench")
class BenchTest {

    static final Manifest.Machine MACHINE =
            new Manifest.Machine("A CPU", 8, "16 GiB", "Linux 6.1", "OpenJDK 25", "2026-01-26T02:46:24.017Z",
                    "ff005d9", "clean");

    @TempDir
    Path folder;

    /** Eight rounds of ours and of another server, whose numbers are ours times a factor. */
    private static Stream<Speed.Row> rounds(String server, double... factors) {
        return IntStream.rangeClosed(1, factors.length).mapToObj(round -> row(server, round,
                10_000 * round * factors[round - 1], 2 * factors[round - 1]));
    }

    private static final double[] ONES = {1, 1, 1, 1, 1, 1, 1, 1};

    @Test
    @DisplayName("The table has medians, and ratios of pairs with what can be said of them, of rows made by hand")
    void table() {
        var half = new double[]{0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
        var about = new double[]{0.9, 1.1, 0.9, 1.1, 0.9, 1.1, 0.9, 1.1};
        var speed = new Speed("jbang bench", MACHINE, Stream.of(rounds("about", about), rounds("ours", ONES),
                rounds("half", half), rounds("few", 2, 2)).flatMap(Function.identity()).toList(), List.of(), null);
        assertEquals("""
                | server | requests/s over 64 connections | p99 of the answer at half load [ms] | \
                live heap per request [kB] |
                | --- | ---: | ---: | ---: |
                | ours | 45,000 | 2 | 0.4 |
                | about | 44,500 (1, 0.9 to 1.1: cannot tell) | 2 (1, 0.9 to 1.1: cannot tell) | \
                0.4 (1, 1 to 1: cannot tell) |
                | half | 22,500 (0.5, 0.5 to 0.5: slower) | 1 (0.5, 0.5 to 0.5: faster) | \
                0.4 (1, 1 to 1: cannot tell) |
                | few | 30,000 (2, too few rounds: cannot tell) | 4 (2, too few rounds: cannot tell) | \
                0.4 (1, too few rounds: cannot tell) |
                """, speed.markdown().lines().takeWhile(line -> line.startsWith("|"))
                .collect(Collectors.joining("\n", "", "\n")));
    }

    @Test
    @DisplayName("A server whose memory shrank in a round is not compared with ours")
    void shrank() throws IOException {
        var rows = rounds("theirs", ONES).map(row -> row.round() > 1 ? row
                : new Speed.Row(row.server(), row.software(),
                        true, 1, 1, 1, 1, 1, -1_500, 1, 1));
        var speed =
                new Speed("jbang bench", MACHINE, Stream.concat(rounds("ours", ONES), rows).toList(), List.of(), null);
        var page = speed.page();
        assertTrue(page.contains("1.5 (-1.5 to 1.5); in 1 of 8 rounds, its memory or ours did not grow |"),
                page);
        var mine = rounds("ours", ONES).map(row -> row.round() > 1 ? row
                : new Speed.Row("ours", "ours", true, 1, 1, 1, 1, 1, -1_500, 1, 1));
        var other = new Speed("jbang bench", MACHINE, Stream.concat(mine, rounds("theirs", ONES)).toList(), List.of(),
                null);
        var otherPage = other.page();
        assertTrue(otherPage.contains("1.5 (1.5 to 1.5); in 1 of 8 rounds, its memory or ours did not grow |"),
                otherPage);
    }

    @Test
    @DisplayName("A goal is met where the whole interval is on its side; inside the interval nobody can tell")
    void goals() {
        assertEquals("met", new Ratio(1, 0.9, 1.1).atMost(1.1));
        assertEquals("not met", new Ratio(2, 1.2, 3).atMost(1.1));
        assertEquals("cannot tell", new Ratio(1, 0.9, 1.2).atMost(1.1));
    }

    @Test
    @DisplayName("The verdict compares ours with FastAPI and with the best on the JVM, which Express is not")
    void verdict() {
        var speed = new Speed("jbang bench", MACHINE, Stream.of(rounds("ours", ONES), rounds("fastapi", 0.04),
                rounds("Vertx", 1.25, 1.25), rounds("SpringBoot", 0.3), rounds("express", 3))
                .flatMap(Function.identity()).toList(), List.of(), null);
        assertEquals(
                "server.java answers 25 times as many requests as FastAPI (expected: 20 or more; cannot tell), "
                        + "and 0.8 times as many as Vertx, the best other server on the JVM in this table (expected: "
                        + "0.75 or more; cannot tell).\n",
                speed.verdict());
        assertEquals("",
                new Speed("jbang bench", MACHINE, List.of(row("ours", 1, 2, 1), row("express", 1, 1, 1)), List.of(),
                        null)
                        .verdict());
    }

    @Test
    @DisplayName("It writes its rows, a picture and a page with table, machine and command; the rows read back give "
            + "the same")
    void files() throws IOException {
        var speed = new Speed("jbang bench --rounds 2", MACHINE,
                Stream.concat(rounds("ours", ONES), rounds("<theirs>", 1, 2, 1, 2, 1, 2, 1, 2)).toList(), startUps(),
                null);
        speed.write(folder);
        var page = Files.readString(folder.resolve("README.md"));
        assertTrue(page.contains(speed.markdown()) && page.contains("""

                ## To repeat it

                ```
                jbang bench --rounds 2
                ```
                """), page);
        assertTrue(page.contains("**Machine.** A CPU, 8 CPUs, 16 GiB; Linux 6.1; OpenJDK 25; commit ff005d9 (clean); "
                + "2026-01-26T02:46:24.017Z\n"), page);
        Speed.read(folder).write(folder.resolve("again"));
        for (var file : List.of("README.md", Speed.PICTURE))
            assertEquals(Files.readString(folder.resolve(file)), Files.readString(folder.resolve("again/" + file)));
        assertTrue(Files.readString(folder.resolve(Speed.PICTURE)).contains("&lt;theirs&gt;: 1.41"));
    }

    @Test
    @DisplayName("Starts that were measured apart say on what; without a benchmark there is nothing to add them to")
    void startsApart() throws IOException {
        var then = new Manifest.Machine("Another CPU", 2, "4 GiB", "Linux 6.1", "OpenJDK 26", "2026-02-01T00:00:00Z",
                "abc", "clean");
        var speed = new Speed("jbang bench --rounds 2", MACHINE, rounds("ours", ONES).toList(), startUps(), then);
        speed.write(folder);
        var page = Files.readString(folder.resolve("README.md"));
        assertTrue(
                page.contains(
                        "The starts were measured separately, in 8 rounds. **Machine.** Another CPU, 2 CPUs, 4 GiB; "),
                page);
        assertTrue(page.contains("jbang bench --rounds 2\njbang bench --start-ups --rounds 8\n"), page);
        var empty = Files.createDirectories(folder.resolve("empty"));
        var call = Call.of(Bench.commandLine(), "--start-ups", "--out", empty);
        assertEquals(1, call.exitCode());
        assertEquals(List.of("bench: --start-ups needs the bench.json of a benchmark; there is none in " + empty),
                call.err());
    }

    private static List<StartUp> startUps() {
        return IntStream.rangeClosed(1, 8).boxed()
                .flatMap(round -> Stream.of(new StartUp("uvicorn", round, 300 + round),
                        new StartUp("./jbang server.java", round, 900 + 3 * round)))
                .toList();
    }

    @Test
    @DisplayName("What a user types is compared round by round; what was not measured is left out")
    void typed() {
        assertEquals(
                "* `./jbang server.java`: 914 ms, 3 times as long as `uvicorn` (3 to 3; expected: at most 3.5; met)\n",
                StartUp.markdown(startUps()));
        assertEquals("", StartUp.markdown(List.of()));
    }

    @Test
    @DisplayName("A start-up that fails is named with what was said, and the others are measured")
    void startUpFails() throws Exception {
        var failed = new TreeSet<String>();
        var measured = StartUp.measure(Map.of("java -cp … Server", Bench.OURS, "uvicorn", List.of("false"),
                "python3 client.py 1 4", List.of("sh", "-c", "echo no aiohttp; exit 1"), "./jbang client.java 1 4",
                List.of("no such program")), 1, new Random(1), failed);
        assertEquals(List.of("java -cp … Server"), measured.stream().map(StartUp::what).toList());
        assertEquals(3, failed.size());
        assertTrue(failed.contains("python3 client.py 1 4 failed: no aiohttp"), failed::toString);
    }

    @Test
    @DisplayName("jbang bench faults refuses a file in place of its folder before it begins: one line, exit code 1")
    void outIsAFile() throws IOException {
        var file = Files.createFile(folder.resolve("file"));
        var faults = Call.of(Bench.commandLine(), "faults", "--out", file);
        assertEquals(1, faults.exitCode());
        assertEquals(List.of("bench: --out %s is a file, not a folder".formatted(file)), faults.err());
    }

    // ---- What the statistics promise

    @Test
    @DisplayName("The interval of eight pairs reaches from the smallest to the largest; of nine, one mean less on "
            + "each side")
    void interval() {
        assertEquals("1.5 to 8.5", ends(Ratio.of(exp(1.5, 2, 3, 4, 5, 6, 7, 8.5))));
        assertEquals("0 to Infinity", ends(Ratio.of(exp(1, 2, 3, 4, 5, 6, 7)))); // 2 of 128 are more than 1 %
        // P(T <= 1) = 2/512 < 0.005 < P(T <= 2) = 3/512: one mean lies outside on each side, 1.5 is the next
        assertEquals("1.5 to 8.5", ends(Ratio.of(exp(1, 2, 3, 4, 5, 6, 7, 8, 9))));
        assertEquals(5, Math.log(Ratio.of(exp(1, 2, 3, 4, 5, 6, 7, 8, 9)).middle()), 1e-9);
    }

    private static double[] exp(double... logarithms) { return DoubleStream.of(logarithms).map(Math::exp).toArray(); }

    private static String ends(Ratio ratio) {
        return Words.number(Math.log(Math.max(1, ratio.low()))) + " to "
                + (Double.isInfinite(ratio.high()) ? "Infinity" : Words.number(Math.log(ratio.high())));
    }

    /** How pairs come about: what is measured of the one and of the other in a round. */
    interface Noise {
        double[] pair(RandomGenerator random, int round, double ratio);
    }

    /** Wrong is a difference that is not there: 1 % at most. How many tell depends on the noise, 3 % here. */
    @ParameterizedTest(name = "{0}, {2} pairs: at most {4} of 1,000 comparisons are wrong, at least {5} tell")
    @MethodSource("simulated")
    void simulated(String name, double ratio, int pairs, Noise noise, int wrong, int told) {
        var random = new Random(42);
        var sides = new EnumMap<Ratio.Side, Integer>(Ratio.Side.class);
        for (var comparison = 0; comparison < 1_000; comparison++) {
            var ratios = new double[pairs];
            for (var round = 0; round < pairs; round++) {
                var pair = noise.pair(random, round, ratio);
                ratios[round] = pair[0] / pair[1];
            }
            sides.merge(Ratio.of(ratios).side(), 1, Integer::sum);
        }
        var right = ratio > 1 ? Ratio.Side.more : Ratio.Side.cannotTell;
        assertTrue(1_000 - sides.getOrDefault(Ratio.Side.cannotTell, 0)
                - (ratio > 1 ? sides.getOrDefault(right, 0) : 0) <= wrong, sides::toString);
        assertTrue(sides.getOrDefault(right, 0) >= told, sides::toString);
    }

    static Stream<Arguments> simulated() {
        Noise even = (random, _, ratio) -> new double[]{ratio * noise(random, 0.03), noise(random, 0.03)};
        Noise drifts = (random, round, ratio) -> { // of the two, one is measured first
            var first = random.nextInt(2);
            return new double[]{ratio * noise(random, 0.03) * (1 - 0.015 * (2 * round + first)),
                    noise(random, 0.03) * (1 - 0.015 * (2 * round + 1 - first))};
        };
        Noise outliers = (random, _, ratio) -> new double[]{ratio * noise(random, 0.03) * now(random),
                noise(random, 0.03) * now(random)};
        return Stream.of(Arguments.of("no difference", 1.0, 8, even, 10, 0),
                Arguments.of("no difference", 1.0, 20, even, 10, 0),
                Arguments.of("no difference, drift", 1.0, 8, drifts, 10, 0),
                Arguments.of("no difference, outliers", 1.0, 8, outliers, 10, 0),
                Arguments.of("2 %", 1.02, 8, even, 10, 0), Arguments.of("2 %", 1.02, 60, even, 10, 100),
                Arguments.of("5 %", 1.05, 8, even, 10, 100), Arguments.of("5 %", 1.05, 20, even, 10, 800),
                Arguments.of("5 %, drift", 1.05, 20, drifts, 10, 400),
                Arguments.of("5 %, outliers", 1.05, 20, outliers, 10, 300));
    }

    private static double noise(RandomGenerator random, double share) {
        return Math.exp(share * random.nextGaussian());
    }

    /** One in ten measurements is disturbed, and shows half of what there is. */
    private static double now(RandomGenerator random) {
        return random.nextInt(10) == 0 ? 0.5 : 1;
    }

    @Test
    @DisplayName("A waiting task costs least on the event loop, more on a virtual thread, most on an OS thread")
    void waiting() throws Exception {
        var resident = new ArrayList<Double>();
        for (var where : Waiting.Where.values()) {
            var tasks = where == Waiting.Where.OS_THREADS ? 1_000 : 100_000;
            try (var row = Script.start("Waiting", "--where", where, "--tasks", tasks)) {
                assertEquals(0, row.exitCode(), row.err()::toString);
                var cells = row.out().getFirst().split(" \\| ");
                assertEquals("%,d".formatted(tasks), cells[1]);
                resident.add(Double.parseDouble(cells[3].replace(",", "")));
            }
        }
        assertTrue(resident.get(0) < resident.get(1) && resident.get(1) < resident.get(2), resident::toString);
    }

    @Test
    @DisplayName("An unknown server is refused with exit code 2, and the known ones are listed")
    void unknown() {
        var bench = Call.of(Bench.commandLine(), "Tomcat");
        assertEquals(2, bench.exitCode());
        assertTrue(bench.err().getFirst().startsWith("There is no server Tomcat. There are: ours, "),
                bench.err()::toString);
        assertTrue(bench.err().getFirst().contains("CommonPool") && bench.err().getFirst().contains("fastapi"),
                bench.err()::toString);
    }

    private static Speed.Row row(String server, int round, double requests, double p99) {
        return new Speed.Row(server, server, !Set.of("fastapi", "express").contains(server), round, requests,
                requests, p99, 400, 1_500, 300, Double.NaN);
    }
}
