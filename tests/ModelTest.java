import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Model.java")
class ModelTest {

    static final long SECOND = 1_000_000;

    @TempDir
    Path folder;

    @Test
    @DisplayName("Twenty requests on 12 threads: each of the 60 tasks where, and when, a hand computes it")
    void twentyOnTwelve() {
        // index, requests, then seconds: queued, started, ended; a line is a part of a round, and a round has 12 tasks
        var byHand = """
                0  0-11   0  0  3
                0 12-19   0  3  6
                1  0-3    3  3  6
                1  4-11   3  6  9
                1 12-15   6  6  9
                1 16-19   6  9 12
                2  0-3    6  9 12
                2  4-7    9  9 12
                2  8-15   9 12 15
                2 16-19  12 12 15
                """;
        var expected = new ArrayList<String>();
        byHand.lines().map(line -> Stream.of(line.split("[ -]+")).mapToInt(Integer::parseInt).toArray())
                .forEach(part -> {
                    for (var request = part[1]; request <= part[2]; request++)
                        expected.add(row(request, part[0], expected.size() % 12 + 1, 0, part[3], part[4], part[5]));
                });
        assertEquals(60, expected.size());
        assertEquals(expected, rows(Model.fifo(12), 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    @ParameterizedTest(name = "{0} requests, {1} {2}: {4}, {3} s")
    @CsvSource({"20, fifo, 12, 15, 0×12 | 0×8 1×4 | 1×12 | 1×4 2×8 | 2×12",
            "60, fifo, 40, 15, 0×40 | 0×20 1×20 | 1×40 | 2×40 | 2×20",
            "4, fifo, 12, 9, 0×4 | 1×4 | 2×4", "4, event loop, 1, 9, 0×4 | 1×4 | 2×4",
            "20, event loop, 1, 9, 0×20 | 1×20 | 2×20",
            "20, unbounded, 60, 9, 0×20 | 1×20 | 2×20"})
    @DisplayName("It agrees with the literals of E01 to E04 and E08")
    void rounds(int requests, String name, int threads, int seconds, String rounds) throws IOException {
        var model = switch (name) {
            case "fifo" -> Model.fifo(threads);
            case "event loop" -> Model.eventLoop();
            default -> Model.unbounded();
        };
        var file = Files.writeString(folder.resolve("model.csv"),
                Model.csv(model.schedule(new long[requests], 3, 3 * SECOND), Instant.EPOCH));
        var log = Log.read(file, null);
        assertEquals(rounds, log.rounds());
        assertEquals(seconds * SECOND, log.makespan());
        assertEquals(Math.min(threads, requests * (threads == 60 ? 3 : 1)), log.threads());
        assertEquals(name.equals("event loop") ? "async" : "sync", log.mode());
    }

    @Test
    @DisplayName("Three requests a second apart on two threads: a second task queues behind the first task that "
            + "came before it")
    void staggered() {
        assertEquals(List.of(row(0, 0, 1, 0, 0, 0, 3), row(1, 0, 2, 1, 1, 1, 4), row(2, 0, 1, 2, 2, 3, 6),
                row(0, 1, 2, 0, 3, 4, 7), row(1, 1, 1, 1, 4, 6, 9), row(2, 1, 2, 2, 6, 7, 10)),
                rows(Model.fifo(2), 2, 0, 1, 2));
    }

    @Test
    @DisplayName("A request that arrives at the moment of an end queues behind the task that the end submits")
    void endsBeforeArrivals() {
        assertEquals(
                List.of(row(0, 0, 1, 0, 0, 0, 3), row(0, 1, 1, 0, 3, 3, 6), row(1, 0, 1, 3, 3, 6, 9),
                        row(1, 1, 1, 3, 9, 9, 12)),
                rows(Model.fifo(1), 2, 0, 3));
    }

    @Test
    @DisplayName("What is out of its range is refused")
    void ranges() {
        assertThrows(IllegalArgumentException.class, () -> Model.fifo(0).schedule(new long[1], 1, 1));
        assertThrows(IllegalArgumentException.class, () -> Model.fifo(1).schedule(new long[1], 0, 1));
        assertThrows(IllegalArgumentException.class, () -> Model.fifo(1).schedule(new long[1], 1, 0));
        assertThrows(IllegalArgumentException.class, () -> Model.fifo(1).schedule(new long[]{2, 1}, 1, 1));
    }

    @Test
    @DisplayName("jbang lab predict: 1,000 requests on 12 threads, and long times in days")
    void predict() {
        assertEquals(List.of("highest   12", "makespan  12 min 30 s", "waits     median 4 min 6 s, max 4 min 9 s"),
                Call.of(Lab.commandLine(), "predict", "--requests", 1_000, "--threads", 12).out());
        assertEquals("25 d 10 h", Lab.text(2_197_266_000_000L));
        assertEquals("3 h 20 min", Lab.text(12_000_000_000L));
        assertEquals("15.0 s", Lab.text(15_000_000));
        assertEquals(2, Call.of(Lab.commandLine(), "predict", "--requests", 0, "--threads", 12).exitCode());
    }

    // ---- Deviation

    @Test
    @DisplayName("A log does not deviate from itself; one task that starts a second late deviates by one in flight "
            + "and a second")
    void deviation() throws IOException {
        var ideal = log("ideal", List.of(new Model.Row(0, 0, "sync", 1, 0, 0, 0, 3 * SECOND),
                new Model.Row(1, 0, "sync", 2, 0, 0, 0, 3 * SECOND)));
        var late = log("late", List.of(new Model.Row(0, 0, "sync", 1, 0, 0, 0, 3 * SECOND),
                new Model.Row(1, 0, "sync", 2, 0, 0, SECOND, 4 * SECOND)));
        assertEquals(new Deviation(0, 0), Deviation.of(ideal, ideal));
        assertEquals(new Deviation(1, 1_000), Deviation.of(late, ideal));
    }

    private Log log(String name, List<Model.Row> rows) throws IOException {
        return Log.read(Files.writeString(folder.resolve(name + ".csv"), Model.csv(rows, Instant.EPOCH)),
                Duration.ofSeconds(3));
    }

    private static List<String> rows(Model model, int tasks, int... seconds) {
        return model.schedule(IntStream.of(seconds).mapToLong(second -> second * SECOND).toArray(), tasks, 3 * SECOND)
                .stream()
                .map(row -> row(row.request(), row.task(), row.thread(), row.received() / SECOND,
                        row.queued() / SECOND, row.started() / SECOND,
                        row.ended() / SECOND))
                .toList();
    }

    private static String row(int request, int task, int thread, long received, long queued, long started,
            long ended) {
        return "%d/%d on %d: %d %d %d %d".formatted(request, task, thread, received, queued, started, ended);
    }
}
