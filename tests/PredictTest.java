import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

@DisplayName("Predict.java")
class PredictTest {

    static final long SECOND = 1_000_000;
    static final Duration TASK_TIME = Duration.ofSeconds(3); // the article's

    @Test
    @DisplayName("All at once, the formula and the simulation agree on every task's wait: 1 to 40 requests, 1 to 20 slots, 1 to 4 tasks")
    void formula() {
        for (var requests = 1; requests <= 40; requests++)
            for (var slots = 1; slots <= 20; slots++)
                for (var tasks = 1; tasks <= 4; tasks++) agree(requests, slots, tasks, null);
    }

    @ParameterizedTest(name = "At {0} requests a second, prediction and simulation agree on every task''s wait")
    @CsvSource({"0.1", "0.3", "0.5", "0.7", "1", "1.1", "1.3333", "2", "3", "7", "1000", "1000000", "1e9"})
    void rates(BigDecimal rate) {
        for (var requests = 1; requests <= 20; requests++)
            for (var slots = 1; slots <= 21; slots++)
                for (var tasks = 1; tasks <= 3; tasks++) agree(requests, slots, tasks, rate);
    }

    @Test
    @DisplayName("A percentile is the least wait that so many tasks do not exceed: of ten, half is the fifth, and a little more the sixth")
    void percentiles() {
        var ten = new Predict.Prediction(10, 0, 0, rank -> rank);
        assertEquals(List.of(1L, 5L, 6L, 10L, 10L), IntStream.of(1, 50, 51, 99, 100).mapToObj(ten::wait).toList());
    }

    @Test
    @DisplayName("The highest concurrency predicted for all at once is the plateau of the log")
    void plateau() {
        for (var slots : List.of(1, 7, 12, 20, 30)) {
            var log = Model.log(Model.schedule(new long[20], 3, (_, _) -> 3 * SECOND, new Model.Slots(slots)), "model", TASK_TIME);
            assertEquals(log.plateau(), Predict.predict(20, slots, 3, 3 * SECOND, null).highest());
        }
    }

    @Test
    @DisplayName("A billion requests on 4,096 slots: 732,422 rounds; 25 days")
    void billion() {
        // 1e9 = 244,140 · 4,096 + 2,560. Of the first tasks 4,096 each wait 0, 1, … 244,139 rounds, and 2,560 wait 244,140. Of the 2e9 later ones,
        // 2,560 of each of the 488,281 rounds from 244,141 on wait 244,140, and the other 750,000,640 wait 244,139.
        var seen = Predict.predict(1_000_000_000, 4_096, 3, 3 * SECOND, null);
        assertEquals(3_000_000_000L, seen.tasks());
        assertEquals(4_096, seen.highest());
        assertEquals(732_422 * 3 * SECOND, seen.makespan());
        assertEquals(List.of(244_139L, 244_140L, 244_140L, 244_140L),
                IntStream.of(50, 90, 99, 100).mapToObj(p -> seen.wait(p) / 3 / SECOND).toList());
        assertEquals(List.of(244_138L, 244_139L),
                LongStream.of(999_993_344, 999_993_345).map(seen.waits()).map(wait -> wait / 3 / SECOND).boxed().toList());
        assertEquals(List.of(244_139L, 244_140L),
                LongStream.of(999_997_440 + 750_000_640, 999_997_440 + 750_000_641).map(seen.waits()).map(wait -> wait / 3 / SECOND).boxed()
                        .toList());
    }

    @Test
    @DisplayName("Four thousand and ninety-six slots keep up with 455 requests a second, each of which is unfinished for 9 s")
    void keepsUp() {
        var seen = Predict.predict(1_000_000_000, 4_096, 3, 3 * SECOND, new BigDecimal(455));
        assertEquals(List.of(4_095L, 0L), List.of(seen.highest(), seen.wait(100)));
        assertEquals(999_999_999L * SECOND / 455 + 9 * SECOND, seen.makespan());
    }

    @Test
    @DisplayName("The command prints plateau, makespan and how long tasks wait in the queue")
    void command() {
        assertEquals("0: plateau     12|makespan    15 s|queue wait  p50 3 s, p90 3 s, p99 3 s, max 3 s|", predict("--requests=20", "--slots=12"));
        assertEquals("0: highest     9|makespan    28 s|queue wait  p50 0 s, p90 0 s, p99 0 s, max 0 s|",
                predict("--requests=20", "--slots=12", "--rate=1"));
        assertEquals("0: plateau     4096|makespan    2197266 s|queue wait  p50 732417 s, p90 732420 s, p99 732420 s, max 732420 s|",
                predict("--requests=1000000000", "--slots=4096", "--tasks=3", "--task-time=3s"));
    }

    @ParameterizedTest(name = "{0} is refused with exit code 2: {1}")
    @CsvSource(delimiter = '|',
            value = {"--requests=0 --slots=1 | --requests must be 1 or more, not 0", "--requests=1 --slots=0 | --slots must be 1 or more, not 0",
                    "--requests=1 --slots=-4 | --slots must be 1 or more, not -4",
                    "--requests=1 --slots=1 --tasks=0 | --tasks must be 1 or more, not 0",
                    "--requests=1 --slots=1 --task-time=0s | is no time from 1ms to a year", "--requests=1 | Missing required option",
                    "--requests=1 --slots=1 --rate=0 | --rate must be from 0.000001 to 1000000000 requests a second, not 0",
                    "--requests=1 --slots=1 --rate=1e999999999 | --rate must be from 0.000001 to 1000000000 requests a second, not 1E+999999999",
                    "--requests=1000000000 --slots=4096 --rate=456 | 3000000000 tasks are too many to simulate (1000000 at most)",
                    "--requests=9000000000000000000 --slots=1 | Too many tasks", "--requests=2000000000000 --slots=1 --task-time=100d | no time",
                    "--requests=90000000000 --slots=1 --task-time=2400h | Too many tasks"})
    void refusedByTheCommand(String options, String message) {
        var said = predict(options.split(" "));
        assertTrue(said.startsWith("2: ") && said.contains(message), said);
    }

    // ---- Plumbing

    /** The exit code, and what it said, with a bar for each end of a line. */
    static String predict(String... options) {
        var said = new StringWriter();
        var command = new CommandLine(new Predict()).registerConverter(Duration.class, analyze::duration)
                .setOut(new PrintWriter(said, true)).setErr(new PrintWriter(said, true));
        return command.execute(options) + ": " + said.toString().replace(System.lineSeparator(), "|");
    }

    /** Simulates the same with arrivals of its own. */
    static void agree(int requests, int slots, int tasks, BigDecimal rate) {
        var predicted = Predict.predict(requests, slots, tasks, 3 * SECOND, rate);
        var arrivals = IntStream.range(0, requests).mapToLong(n -> rate == null ? 0
                : new BigDecimal(n * SECOND).divide(rate, MathContext.DECIMAL128).setScale(0, RoundingMode.FLOOR).longValueExact()).toArray();
        var rows = Model.schedule(arrivals, tasks, (_, _) -> 3 * SECOND, new Model.Slots(slots));
        var highest = rows.stream().mapToLong(row -> rows.stream().filter(other -> other.started() <= row.started() && row.started() < other.ended())
                .count()).max().orElseThrow();
        var message = "%d requests, %d slots, %d tasks, rate %s".formatted(requests, slots, tasks, rate);
        assertEquals(rows.size(), predicted.tasks(), message);
        assertEquals(highest, predicted.highest(), message);
        assertEquals(rows.getLast().ended(), predicted.makespan(), message);
        assertArrayEquals(rows.stream().mapToLong(row -> row.started() - row.queued()).sorted().toArray(),
                LongStream.rangeClosed(1, rows.size()).map(predicted.waits()).toArray(), message);
    }
}
