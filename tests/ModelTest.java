import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("Model.java")
class ModelTest {

    static final long SECOND = 1_000_000;
    static final Duration TASK_TIME = Duration.ofSeconds(3); // the article's

    @Test
    @DisplayName("A discipline is read as it is written")
    void disciplines() {
        for (var discipline : List.of(new Model.Slots(12), new Model.NewestFirst(40), new Model.EventLoop(), new Model.Unbounded(),
                new Model.Shared(4, 2)))
            assertEquals(discipline, Model.discipline(discipline.toString()));
    }

    // ---- Schedules computed by hand

    @Test
    @DisplayName("Twenty requests on 12 slots: each of the 60 tasks where, and when, a hand computes it")
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
        byHand.lines().map(line -> Stream.of(line.split("[ -]+")).mapToInt(Integer::parseInt).toArray()).forEach(part -> {
            for (var request = part[1]; request <= part[2]; request++)
                expected.add(row(request, part[0], expected.size() % 12 + 1, 0, part[3], part[4], part[5]));
        });
        assertEquals(60, expected.size());
        assertEquals(expected, rows(atOnce(20), 3, 3, new Model.Slots(12)));
    }

    @ParameterizedTest(name = "{0} requests, {1} {2}: {4}, {3} s")
    @CsvSource({"20, slots, 12, 15, 0×12 | 0×8 1×4 | 1×12 | 1×4 2×8 | 2×12", "60, slots, 40, 15, 0×40 | 0×20 1×20 | 1×40 | 2×40 | 2×20",
            "60, newest first, 40, 18, 0×40 | 0×1 1×39 | 1×2 2×38 | 0×19 2×3 | 1×19 | 2×19", "4, slots, 12, 9, 0×4 | 1×4 | 2×4",
            "20, event loop, 1, 9, 0×20 | 1×20 | 2×20", "20, unbounded, 60, 9, 0×20 | 1×20 | 2×20"})
    void rounds(int requests, String discipline, int threads, int seconds, String rounds) {
        var log = Model.log(Model.schedule(atOnce(requests), 3, (_, _) -> 3 * SECOND, switch (discipline) {
            case "slots" -> new Model.Slots(threads);
            case "newest first" -> new Model.NewestFirst(threads);
            case "event loop" -> new Model.EventLoop();
            default -> new Model.Unbounded();
        }), "model", TASK_TIME);
        assertEquals(rounds, log.rounds());
        assertEquals(seconds * SECOND, (long) log.tasks().longColumn("ended").max() - log.begun());
        assertEquals(Math.min(threads, requests * (threads == 60 ? 3 : 1)), log.threads());
        assertEquals(discipline.equals("event loop") ? "async" : "sync", log.mode());
        assertEquals(0, log.lateness().max());
    }

    @Test
    @DisplayName("Three requests a second apart on two slots: a second task queues behind the first task that came before it")
    void staggered() {
        assertEquals(List.of(row(0, 0, 1, 0, 0, 0, 3), row(1, 0, 2, 1, 1, 1, 4), row(2, 0, 1, 2, 2, 3, 6),
                row(0, 1, 2, 0, 3, 4, 7), row(1, 1, 1, 1, 4, 6, 9), row(2, 1, 2, 2, 6, 7, 10)), rows(seconds(0, 1, 2), 2, 3, new Model.Slots(2)));
    }

    @Test
    @DisplayName("A request that comes at the moment of an end queues behind the task that the end hands over")
    void endsBeforeArrivals() {
        assertEquals(List.of(row(0, 0, 1, 0, 0, 0, 3), row(0, 1, 1, 0, 3, 3, 6), row(1, 0, 1, 3, 3, 6, 9), row(1, 1, 1, 3, 9, 9, 12)),
                rows(seconds(0, 3), 2, 3, new Model.Slots(1)));
    }

    @Test
    @DisplayName("Of three waiters the newest gets the free slot, and the oldest the last one")
    void newestFirst() {
        assertEquals(List.of(row(0, 0, 1, 0, 0, 0, 3), row(2, 0, 1, 2, 2, 3, 6), row(3, 0, 1, 5, 5, 6, 9), row(1, 0, 1, 1, 1, 9, 12)),
                rows(seconds(0, 1, 2, 5), 1, 3, new Model.NewestFirst(1)));
    }

    // ---- Tasks that compute, by hand

    @ParameterizedTest(name = "{0} tasks that compute for a second, {1} slots, {2} cores: they end at {3} s")
    @CsvSource({"4, 4, 2, 2 2 2 2", "3, 4, 2, 1.5 1.5 1.5", "2, 4, 2, 1 1", "4, 2, 2, 1 1 2 2",
            "5, 4, 3, 1.333333 1.333333 1.333333 1.333333 2.333333"})
    void computing(int tasks, int slots, int cores, String ends) {
        assertEquals(ends, ends(Model.schedule(atOnce(tasks), 1, (_, _) -> SECOND, new Model.Shared(slots, cores))));
    }

    @Test
    @DisplayName("One second and two seconds of work share a core: the first ends at 2 s, the second, alone from then on, at 3 s")
    void sharedUnevenly() {
        assertEquals("2 3", ends(Model.schedule(atOnce(2), 1, (request, _) -> (request + 1) * SECOND, new Model.Shared(2, 1))));
    }

    @Test
    @DisplayName("A second of work alone for half a second shares its core with the next one: ends at 1.5 s and 2 s")
    void sharedFromHalfOn() {
        assertEquals("1.5 2", ends(Model.schedule(new long[]{0, SECOND / 2}, 1, (_, _) -> SECOND, new Model.Shared(2, 1))));
    }

    @Test
    @DisplayName("Where a share of a core is no whole number of nanoseconds, what is at one moment stays so, and in its order")
    void sharedTies() {
        // seven tasks of 27 µs on three cores end at 63 µs, in floating point a bit later
        var rows = Model.schedule(new long[]{0, 0, 0, 0, 0, 0, 0, 63}, 2, (_, _) -> 27, new Model.Shared(7, 3));
        assertEquals(List.of(7, 1), List.of(rows.getLast().request(), rows.getLast().task()));
        assertEquals(126, rows.stream().filter(row -> row.request() == 7).findFirst().orElseThrow().started());
        // seven tasks have had 15 µs each, in floating point a bit less, when an eighth comes that is due with them
        rows = Model.schedule(new long[]{0, 0, 0, 0, 0, 0, 0, 35}, 1, (request, _) -> request < 7 ? 16 : 1, new Model.Shared(8, 3));
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7), rows.stream().map(Model.Row::request).toList());
    }

    // ---- What holds of every schedule

    static final List<Model.Discipline> waiting = List.of(new Model.Slots(1), new Model.Slots(3), new Model.NewestFirst(3), new Model.EventLoop(),
            new Model.Unbounded());
    static final List<Model.Shared> computing = List.of(new Model.Shared(4, 2), new Model.Shared(2, 4), new Model.Shared(5, 3));
    static final List<Model.Discipline> disciplines = Stream.concat(waiting.stream(), computing.stream()).toList();

    @ParameterizedTest(name = "{0}: every task runs once, after the one before it has ended, for its time")
    @FieldSource("disciplines")
    void everyTask(Model.Discipline discipline) {
        forRandom(discipline, (work, rows) -> {
            assertEquals(work.arrivals.length * work.times[0].length, rows.size());
            var byTask = rows.stream().collect(Collectors.toMap(row -> List.of(row.request(), row.task()), row -> row));
            for (var row : rows) {
                var before = byTask.get(List.of(row.request(), row.task() - 1));
                assertEquals(work.arrivals[row.request()], row.received());
                assertEquals(before == null ? row.received() : before.ended(), row.queued());
                assertTrue(row.queued() <= row.started());
                var time = work.times[row.request()][row.task()];
                assertTrue(discipline instanceof Model.Shared ? row.ended() - row.started() >= time - 1 : row.ended() - row.started() == time);
            }
            assertEquals(byTask.size(), rows.size());
            assertEquals(rows.stream().sorted(Comparator.comparing(Model.Row::ended)).toList(), rows);
        });
    }

    @ParameterizedTest(name = "{0}: never more in flight than slots, one a thread, and no slot is free while a task waits")
    @FieldSource("disciplines")
    void workConserving(Model.Discipline discipline) {
        forRandom(discipline, (_, rows) -> {
            for (var at : rows.stream().flatMap(row -> Stream.of(row.queued(), row.started(), row.ended())).distinct().toList()) {
                var inFlight = rows.stream().filter(row -> row.started() <= at && at < row.ended()).toList();
                assertTrue(inFlight.size() <= discipline.slots());
                if (rows.stream().anyMatch(row -> row.queued() <= at && at < row.started())) assertEquals(discipline.slots(), inFlight.size());
                var threads = inFlight.stream().map(Model.Row::thread).distinct().toList();
                assertEquals(discipline instanceof Model.EventLoop ? Math.min(1, inFlight.size()) : inFlight.size(), threads.size());
                assertTrue(discipline instanceof Model.Unbounded || threads.stream().allMatch(thread -> thread <= discipline.slots()));
            }
        });
    }

    @ParameterizedTest(name = "{0}: who starts has waited the longest, or for newest first the shortest time")
    @FieldSource("disciplines")
    void order(Model.Discipline discipline) {
        var newest = discipline instanceof Model.NewestFirst;
        forRandom(discipline, (_, rows) -> {
            for (var row : rows) {
                assertTrue(rows.stream().filter(other -> other.queued() < row.started() && row.started() < other.started())
                        .allMatch(other -> newest ? other.queued() <= row.queued() : other.queued() >= row.queued()));
            }
        });
    }

    @ParameterizedTest(name = "{0}: all at once, the makespan lies within Graham's bounds of 1966")
    @FieldSource("waiting")
    void graham(Model.Discipline discipline) {
        forRandom(discipline, (work, _) -> {
            var rows = Model.schedule(new long[work.arrivals.length], work.times[0].length, work::time, discipline);
            var makespan = rows.getLast().ended();
            var slots = Math.min(discipline.slots(), rows.size());
            var total = Stream.of(work.times).flatMapToLong(LongStream::of).sum();
            var longest = Stream.of(work.times).mapToLong(times -> LongStream.of(times).sum()).max().orElseThrow();
            assertTrue(makespan >= longest && makespan * slots >= total); // as is the optimum; so what follows is at most 2 - 1/slots of it
            assertTrue(makespan * slots <= total + (slots - 1) * longest);
        });
    }

    @Test
    @DisplayName("Six tasks of 1 s and then one of 3 s on 3 slots take 5 s where 3 s would do: Graham's bound is reached")
    void grahamsWorst() {
        assertEquals("1 1 1 2 2 2 5", ends(Model.schedule(atOnce(7), 1, (request, _) -> request < 6 ? SECOND : 3 * SECOND, new Model.Slots(3))));
    }

    @ParameterizedTest(name = "{0}: as many cores compute as there are tasks for them, so all work is done and none twice")
    @FieldSource("computing")
    void work(Model.Shared discipline) {
        forRandom(discipline, (work, rows) -> {
            var moments = rows.stream().flatMap(row -> Stream.of(row.started(), row.ended())).distinct().sorted().toList();
            var done = Lab.pairs(moments).mapToLong(pair -> (pair.get(1) - pair.get(0)) * Math.min(discipline.cores(), rows.stream()
                    .filter(row -> row.started() <= pair.get(0) && pair.get(0) < row.ended()).count())).sum();
            assertEquals(Stream.of(work.times).flatMapToLong(LongStream::of).sum(), done, 2.0 * rows.size()); // moments are rounded
        });
    }

    @Test
    @DisplayName("With a core for each slot, to compute takes no longer than to wait")
    void enoughCores() {
        forRandom(new Model.Slots(3), (work, rows) -> assertEquals(rows,
                Model.schedule(work.arrivals, work.times[0].length, work::time, new Model.Shared(3, 3))));
    }

    @Test
    @DisplayName("The rows make an events file as the server writes it")
    void csv() {
        assertEquals("""
                request,task,mode,thread,received,queued,started,ended,outcome
                0,0,sync,1,2021-01-26T00:00:00.000000Z,2021-01-26T00:00:00.000000Z,2021-01-26T00:00:00.000000Z,2021-01-26T00:00:03.000000Z,ok
                1,0,sync,1,2021-01-26T00:00:00.500000Z,2021-01-26T00:00:00.500000Z,2021-01-26T00:00:03.000000Z,2021-01-26T00:00:06.000000Z,ok
                """, Model.csv(Model.schedule(new long[]{0, SECOND / 2}, 1, (_, _) -> 3 * SECOND, new Model.Slots(1)),
                Instant.parse("2021-01-26T00:00:00Z")));
    }

    @Test
    @DisplayName("What no machine can be is refused: no slots, cores or tasks, no time for a task, arrivals that go back")
    void refused() {
        for (var discipline : List.of(new Model.Slots(0), new Model.NewestFirst(-1), new Model.Shared(1, 0)))
            assertThrows(IllegalArgumentException.class, () -> rows(seconds(0), 1, 3, discipline));
        assertThrows(IllegalArgumentException.class, () -> rows(seconds(0), 0, 3, new Model.EventLoop()));
        assertThrows(IllegalArgumentException.class, () -> rows(seconds(0), 1, 0, new Model.EventLoop()));
        assertThrows(IllegalArgumentException.class, () -> rows(seconds(1, 0), 1, 3, new Model.EventLoop()));
        assertThrows(IllegalArgumentException.class, () -> rows(seconds(-1), 1, 3, new Model.EventLoop()));
        assertEquals(List.of(), rows(seconds(), 1, 3, new Model.EventLoop()));
    }

    // ---- Plumbing

    record Work(long[] arrivals, long[][] times) {
        long time(int request, int task) {
            return times[request][task];
        }
    }

    /** Two hundred times as many requests and tasks as chance has it, with times of 1 to 9, so that much happens at one moment. */
    static void forRandom(Model.Discipline discipline, BiConsumer<Work, List<Model.Row>> check) {
        for (var seed = 0; seed < 200; seed++) {
            var random = new Random(seed);
            var unit = random.nextBoolean() ? 1 : SECOND;
            var tasks = random.nextInt(1, 5);
            var arrivals = random.longs(random.nextInt(1, 25), 0, 30).map(at -> at * unit).sorted().toArray();
            var times = Stream.generate(() -> random.longs(tasks, 1, 10).map(time -> time * unit).toArray()).limit(arrivals.length)
                    .toArray(long[][]::new);
            var work = new Work(arrivals, times);
            check.accept(work, Model.schedule(arrivals, tasks, work::time, discipline));
        }
    }

    static long[] atOnce(int requests) {
        return new long[requests];
    }

    static long[] seconds(long... seconds) {
        return LongStream.of(seconds).map(second -> second * SECOND).toArray();
    }

    static String row(int request, int task, int thread, int... seconds) {
        return "%d %d on %d: %s".formatted(request, task, thread, Arrays.toString(seconds));
    }

    /** The rows of tasks that all take so many seconds, as {@link #row} writes them. */
    static List<String> rows(long[] arrivals, int tasks, int seconds, Model.Discipline discipline) {
        return Model.schedule(arrivals, tasks, (_, _) -> seconds * SECOND, discipline).stream()
                .map(row -> row(row.request(), row.task(), row.thread(),
                        LongStream.of(row.received(), row.queued(), row.started(), row.ended()).mapToInt(at -> (int) (at / SECOND)).toArray()))
                .toList();
    }

    /** When they end, in seconds. */
    static String ends(List<Model.Row> rows) {
        return rows.stream().map(row -> BigDecimal.valueOf(row.ended(), 6).stripTrailingZeros().toPlainString()).collect(Collectors.joining(" "));
    }
}
